"""What was shown last is known across stays, with what was filled in between them."""

from amqpchat_tui.client.history.matching import SHOWN_LINES
from amqpchat_tui.client.history.shown import Shown


def test_what_was_filled_in_stands_between_what_was_shown_before_and_what_has_come_since() -> None:
    shown = Shown()
    shown.bind()
    for key in ("a", "b"):
        shown.hear(key)
    shown.settle(["past"], tail=7)
    assert (shown.latest, shown.count, shown.tail) == (["past", "a", "b"], 2, 7)
    shown.bind()
    shown.hear("d")
    assert (shown.since, shown.count, shown.tail) == (["d"], 1, None)
    shown.settle(["c"])
    assert shown.latest == ["past", "a", "b", "c", "d"]


def test_all_is_known_until_it_is_settled_and_then_the_last_lines() -> None:
    shown = Shown()
    shown.bind()
    for number in range(500):
        shown.hear(number)
    assert len(shown.since) == 500
    shown.settle()
    assert shown.since == shown.latest == list(range(500))[-SHOWN_LINES:]
