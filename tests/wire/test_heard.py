"""Lines that are handed on arrive as they were heard, marked, and without what nobody vouches for now."""

from typing import Any

import pytest

from amqpchat_tui.model import ChatMessage, LinkedMessage, Occupant
from amqpchat_tui.wire.heard import HEARD_AT_HEADER, HEARD_BY_HEADER, encode_heard, read_heard_by
from amqpchat_tui.wire.lines import decode
from tests.wire.arrived import arrived

ANN = Occupant("ann", session="s1", account="ann", mailbox="amq.gen-ann")
LINE = ChatMessage("ann", "waves\ntwice", 1_700_000_001.5, True, 1_700_000_000.25, "id-1", ANN, own=True)
PLAIN = ChatMessage("anonymous", "hi", 1_700_000_001.5)


def heard(line: ChatMessage) -> ChatMessage:
    """What others read of a line that bob hands on."""
    sent = encode_heard(line, "bob")
    properties: dict[str, Any] = {
        "message_id": sent.message_id,
        "correlation_id": sent.correlation_id,
        "timestamp": sent.timestamp,
        "headers": sent.headers,
    }
    return decode(arrived(sent.body, sent.routing_key, **properties), received_at=7.0)


def test_a_line_arrives_as_it_was_but_for_account_and_mailbox() -> None:
    assert heard(LINE) == ChatMessage(
        "ann", "waves\ntwice", 7.0, True, 1_700_000_000.25, "id-1", Occupant("ann", session="s1")
    )


@pytest.mark.parametrize(("answers", "replaces"), [("id-0", ""), ("", "id-0"), ("id-0", "id-00")])
def test_it_stays_about_the_lines_that_it_was_about(answers: str, replaces: str) -> None:
    line = LinkedMessage("ann", "hello", 7.0, message_id="id-1", answers=answers, replaces=replaces)
    assert heard(line) == line


def test_a_plain_line_stays_one() -> None:
    assert heard(PLAIN) == ChatMessage("anonymous", "hi", 7.0)


def test_it_is_marked_with_who_heard_it_and_when() -> None:
    headers = encode_heard(PLAIN, "bob").headers
    assert headers == {HEARD_BY_HEADER: "bob", HEARD_AT_HEADER: 1_700_000_001_500}


@pytest.mark.parametrize(
    ("headers", "by"),
    [
        ({HEARD_BY_HEADER: "bob"}, "bob"),
        ({HEARD_BY_HEADER: "b\x1bob"}, "b␛ob"),
        ({HEARD_BY_HEADER: 7}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_whoever_reads_it_knows_who_says_so(headers: object, by: str) -> None:
    assert read_heard_by(headers) == by


def test_an_id_that_cannot_be_sent_is_left_out() -> None:
    line = ChatMessage("ann", "hi", 1.0, message_id="\N{REPLACEMENT CHARACTER}" * 255)
    assert encode_heard(line, "bob").message_id is None
