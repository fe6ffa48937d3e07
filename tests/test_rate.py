"""A token bucket: so much at once, and so much a second for long."""

from amqpchat_tui.rate import Rate


def allowed(rate: Rate, now: float, tries: int = 100) -> int:
    """How many of so many tries at once are allowed."""
    return sum(rate.allows(now) for _ in range(tries))


def test_so_many_at_once_and_then_so_many_a_second() -> None:
    rate = Rate(burst=5, per_second=2)
    assert allowed(rate, 100.0) == 5
    assert allowed(rate, 100.4) == 0
    assert allowed(rate, 101.0) == 2
    assert allowed(rate, 101.5) == 1


def test_a_pause_earns_no_more_than_so_many_at_once() -> None:
    rate = Rate(burst=5, per_second=2)
    assert allowed(rate, 0.0) == 5
    assert allowed(rate, 1e9) == 5


def test_what_is_given_back_is_allowed_again_and_no_more_than_so_many_at_once() -> None:
    rate = Rate(burst=2, per_second=1)
    rate.give_back()
    assert allowed(rate, 0.0) == 2
    rate.give_back()
    assert allowed(rate, 0.0) == 1
