"""Answers on the wire: which line another is about."""

from collections.abc import Callable

import pytest

from amqpchat_tui.model import Bearing, ChatMessage, ConversationId, LinkedMessage, OutboxLine
from amqpchat_tui.wire.lines import decode, encode, line_name
from amqpchat_tui.wire.private import decode_private
from tests.wire.arrived import arrived

ROOM = ConversationId.room("ops")


def test_an_answer_names_its_line_in_a_property_and_is_plain_text() -> None:
    line = OutboxLine(ROOM, "id", "ann", "bob: on it", 1.0, bearing=Bearing(answers="that"))
    outgoing = encode(line, "session")
    assert (outgoing.correlation_id, outgoing.body) == ("that", b"bob: on it")


def test_a_line_that_answers_none_has_no_such_property() -> None:
    outgoing = encode(OutboxLine(ROOM, "id", "ann", "hello", 1.0), "session")
    assert outgoing.correlation_id is None


@pytest.mark.parametrize("read", [decode, decode_private], ids=["in a room", "in private"])
def test_an_answer_is_read(read: Callable[..., ChatMessage]) -> None:
    message = read(arrived(b"on it", correlation_id="that"), received_at=1.0)
    assert isinstance(message, LinkedMessage)
    assert (message.text, message.answers) == ("on it", "that")


@pytest.mark.parametrize("name", [None, "", 7, b"that", "x" * 256, "a\x1bb", "a\nb", ["that"]])
def test_what_can_be_no_name_makes_no_answer(name: object) -> None:
    assert type(decode(arrived(b"on it", correlation_id=name), received_at=1.0)) is ChatMessage


def test_a_line_is_named_by_its_id() -> None:
    assert line_name(ChatMessage("bob", "hello", 1.0, message_id="id")) == "id"


def test_a_plain_line_is_named_by_nick_and_body() -> None:
    waves = decode(arrived(b"/me waves", "bob"), received_at=1.0)
    # printf 'bob\0/me waves' | sha256sum
    assert line_name(waves) == "~2963f806f338c840"
    assert line_name(decode(arrived(b"waves", "bob"), received_at=1.0)) != line_name(waves)


def test_a_correction_names_its_line_in_a_header() -> None:
    line = OutboxLine(ROOM, "new", "ann", "4 GB", 1.0, bearing=Bearing(replaces="old"))
    headers = encode(line, "session").headers
    assert headers["replaces"] == "old"
    message = decode(arrived(b"4 GB", headers=headers), received_at=1.0)
    assert isinstance(message, LinkedMessage)
    assert (message.answers, message.replaces) == ("", "old")


@pytest.mark.parametrize("name", [None, "", 7, b"old", "x" * 256, "a\x1bb", ["old"]])
def test_what_can_be_no_id_makes_no_correction(name: object) -> None:
    assert type(decode(arrived(b"4 GB", headers={"replaces": name}), received_at=1.0)) is ChatMessage
