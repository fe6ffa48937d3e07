"""Sentences about lines that no room has heard, and about several rooms."""

import pytest

from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.wording.lists import enumerated
from amqpchat_tui.wording.unheard import question


def lines(*rooms: str) -> list[OutboxLine]:
    return [OutboxLine(ConversationId.room(room), str(n), "ann", "hi", 0.0) for n, room in enumerate(rooms)]


@pytest.mark.parametrize(
    ("rooms", "begins"),
    [
        (["ops"], "1 line has not been heard in ops yet. "),
        (["ops", "ops"], "2 lines have not been heard in ops yet. "),
        (["ops", "lab", "ops"], "3 lines have not been heard in ops and lab yet. "),
    ],
)
def test_each_room_is_named_once(rooms: list[str], begins: str) -> None:
    said = question(lines(*rooms), "/quit")
    assert said == f"{begins}/quit again leaves without sending, and keeps what is unsent."


@pytest.mark.parametrize(
    ("names", "sentence"),
    [("a", "a"), ("ab", "a and b"), ("abcde", "a, b, c, d and e"), ("abcdefg", "a, b, c, d and 3 more")],
)
def test_of_many_names_the_first_are_told(names: str, sentence: str) -> None:
    assert enumerated(names) == sentence
