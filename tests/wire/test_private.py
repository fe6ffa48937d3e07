"""Private lines as they travel, and whatever else comes into a mailbox."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.model import ChatMessage, ConversationId, Occupant, OutboxLine
from amqpchat_tui.wire.lines import ANONYMOUS
from amqpchat_tui.wire.private import SOMEBODY, decode_private, encode_private, is_script
from amqpchat_tui.wire.text import clean_line, clean_text
from tests.wire.arrived import arrived

LINE = OutboxLine(ConversationId.private("bob"), "1f", "ann", "/me grüßt", 1_800_000_000.25)


def read(body: bytes = b"hi", **properties: Any) -> ChatMessage:
    return decode_private(arrived(body, **properties), received_at=1.0)


def test_a_private_line_is_read_as_it_was_sent() -> None:
    sent = encode_private(LINE, "session", "amq.gen-bob")
    assert (sent.routing_key, sent.body) == ("amq.gen-bob", "/me grüßt".encode())
    message = read(
        sent.body,
        message_id=sent.message_id,
        timestamp=sent.timestamp,
        headers=sent.headers,
        user_id="ann",
        reply_to="amq.gen-ann",
    )
    assert message == ChatMessage(
        "ann",
        "grüßt",
        1.0,
        action=True,
        sent_at=1_800_000_000.25,
        message_id="1f",
        sender=Occupant("ann", "session", "ann", "amq.gen-ann"),
    )


@pytest.mark.parametrize(
    ("properties", "nick", "account"),
    [
        ({}, SOMEBODY, ""),
        ({"user_id": "ci"}, "user:ci", "ci"),
        ({"headers": {"nick": ""}, "user_id": "ci"}, "user:ci", "ci"),
        ({"headers": {"nick": 7}}, SOMEBODY, ""),
        ({"headers": {"nick": "user:root"}}, SOMEBODY, ""),
        ({"headers": {"nick": "USER:root"}, "user_id": "ci"}, "user:ci", "ci"),
        ({"headers": {"nick": "Somebody", "session": "1"}}, SOMEBODY, ""),
        ({"headers": {"nick": "\u200buser:root"}}, SOMEBODY, ""),
        ({"headers": {"nick": "\x1b[2J"}}, "␛[2J", ""),
        ({"headers": {"nick": "\u200b"}}, ANONYMOUS, ""),
        ({"headers": "none"}, SOMEBODY, ""),
        ({"user_id": "\x1b"}, SOMEBODY, ""),
    ],
)
def test_who_sends_it(properties: dict[str, Any], nick: str, account: str) -> None:
    message = read(**properties)
    assert (message.nick, message.who.nick, message.who.account) == (nick, nick, account)
    assert is_script(nick) == (nick in (SOMEBODY, "user:ci"))


names = st.sampled_from(["nick", "session", "sent_at_ms"])
printable = st.text(string.printable)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=5,
)


@given(
    st.binary(),
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("message_id", "timestamp", "headers", "user_id", "reply_to"),
            anything | st.text(string.printable),
        ),
    ),
)
def test_whatever_comes_in_is_read_and_clean(body: bytes, properties: dict[str, Any]) -> None:
    message = read(body, **properties)
    assert clean_text(message.text) == message.text
    assert clean_line(message.nick, 40) == message.nick
    assert 0 < len(message.nick) <= 32
    assert message.who.nick == message.nick
