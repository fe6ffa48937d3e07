"""What a program that calls the person is told, and what is told of it."""

import pytest

from amqpchat_tui.chat.calling import call_environment
from amqpchat_tui.model import ChatMessage, ConversationId, ConversationKind
from amqpchat_tui.programs import describe_end
from tests.support.fake_client import message

OPS = ConversationId.room("ops")


def test_room_nick_and_text_are_told_in_utf8() -> None:
    assert call_environment(OPS, message("bob", "grüß dich\n$(rm) 👋")) == {
        b"AMQPCHAT_ROOM": b"ops",
        b"AMQPCHAT_NICK": b"bob",
        b"AMQPCHAT_TEXT": "grüß dich\n$(rm) 👋".encode(),
    }


def test_another_conversation_has_the_name_that_the_screen_shows() -> None:
    watched = ConversationId(ConversationKind.WATCHED, "amq.topic", "a.#")
    assert call_environment(watched, message("bob", "hello"))[b"AMQPCHAT_ROOM"] == b"=amq.topic a.#"


def test_what_no_environment_can_hold_is_replaced() -> None:
    told = call_environment(OPS, ChatMessage("b\0b", "a\0b\ud800c", 0.0))
    assert told[b"AMQPCHAT_NICK"] == "b␀b".encode()
    assert told[b"AMQPCHAT_TEXT"] == "a␀b\ufffdc".encode()


@pytest.mark.parametrize(
    ("status", "words"), [(0, ""), (3, "ended with exit status 3"), (-9, "was ended by signal 9")]
)
def test_only_a_failure_is_told(status: int, words: str) -> None:
    assert describe_end(status) == words
