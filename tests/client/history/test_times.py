"""No time is made up: a line without one has that of a stamped line before it, if the next is not far."""

from amqpchat_tui.client.history.times import with_times
from amqpchat_tui.model import ChatMessage

NOON = 1_800_014_400.0


def lines(*sent_at: float | None) -> list[ChatMessage]:
    return [ChatMessage("bob", "hi", 0.0, sent_at=at) for at in sent_at]


def told(*sent_at: float | None, until: float = NOON) -> list[tuple[float, bool | None]]:
    return [(line.received_at, line.roughly) for line in with_times(lines(*sent_at), until)]


def test_a_stamped_line_has_its_own_time() -> None:
    assert told(NOON - 60) == [(NOON - 60, False)]


def test_a_plain_line_has_roughly_that_of_the_one_before() -> None:
    assert told(NOON - 60, None) == [(NOON - 60, False), (NOON - 60, True)]
    assert told(NOON - 90, None, NOON - 60)[1] == (NOON - 90, True)


def test_nothing_is_told_where_hours_are_between_or_nothing_is_before() -> None:
    assert told(NOON - 9000, None)[1] == (NOON - 9000, None)
    assert told(None, NOON - 60)[0] == (NOON - 60, None)
    assert told(None, None) == [(NOON, None), (NOON, None)]


def test_nobody_has_said_anything_later_than_now() -> None:
    assert told(NOON + 1e6, None) == [(NOON, False), (NOON, True)]
    assert told(NOON - 60, None, NOON - 120)[1] == (NOON - 60, None)  # somebody's clock is wrong
