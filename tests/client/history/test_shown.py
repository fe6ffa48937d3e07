"""What was shown last is known across stays, with what was filled in between them."""

from amqpchat_tui.client.history.matching import SHOWN_LINES, LineKey
from amqpchat_tui.client.history.shown import Shown


def key(text: str | int) -> LineKey:
    return LineKey(b"bob", text)


def test_what_was_filled_in_stands_between_what_was_shown_before_and_what_has_come_since() -> None:
    shown = Shown()
    shown.bind()
    for text in ("a", "b"):
        shown.hear([key(text)])
    shown.settle([key("past")], tail=7)
    assert (shown.latest, shown.count, shown.stretch.tail) == ([key("past"), key("a"), key("b")], 2, 7)
    shown.bind()
    shown.hear([key("d")])
    assert (shown.since, shown.count, shown.stretch.tail) == ([key("d")], 1, None)
    shown.settle([key("c")], whole=True)
    assert [line.text for line in shown.latest] == ["past", "a", "b", "c", "d"]


def test_all_is_known_until_it_is_settled_and_then_the_last_lines() -> None:
    shown = Shown()
    shown.bind()
    said = [key(number) for number in range(500)]
    for line in said:
        shown.hear([line])
    assert len(shown.since) == 500
    shown.settle()
    assert shown.since == shown.latest == said[-SHOWN_LINES:]


def test_what_was_shown_before_a_gap_that_stays_is_not_followed_by_what_came_after() -> None:
    shown = Shown()
    shown.bind()
    shown.hear([key("a")])
    shown.settle(tail=1)
    shown.bind()
    shown.hear([key("c")])
    assert shown.latest == [key("c")], "b may have been missed"
    shown.settle([key("b")])
    assert shown.latest == [key("b"), key("c")], "and something before b"
    shown.bind()
    shown.hear([key("e")])
    assert shown.latest == [key("e")], "as d may have been missed"
    shown.bind()
    shown.settle([key("f")], whole=True)
    assert shown.latest == [key("e"), key("f")]
