"""What is asked for again and again is done soon, and not too often."""

from collections.abc import Callable

from amqpchat_tui.chat.pace import Pace


class Clock:
    """A clock that the test sets, and what is to be done later."""

    def __init__(self) -> None:
        self.now = 100.0
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.done = 0

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self.due.append((seconds, do))

    def do(self) -> None:
        self.done += 1

    def pass_by(self) -> float:
        """Let what is due come; return how long that took."""
        ((seconds, do),) = self.due
        self.due.clear()
        self.now += seconds
        do()
        return seconds


def test_the_first_time_is_at_once_and_the_next_a_while_after() -> None:
    clock = Clock()
    pace = Pace(clock.do, 0.5, clock.later, clock)
    pace.ask()
    pace.ask()
    assert clock.pass_by() == 0.0
    assert clock.done == 1
    clock.now += 0.25
    pace.ask()
    assert clock.pass_by() == 0.25
    assert clock.done == 2
    clock.now += 5.0
    pace.ask()
    assert clock.pass_by() == 0.0


def test_who_asks_while_it_is_done_has_it_done_again() -> None:
    clock = Clock()

    def do() -> None:
        clock.do()
        if clock.done < 3:
            pace.ask()

    pace = Pace(do, 0.5, clock.later, clock)
    pace.ask()
    assert [clock.pass_by() for _ in range(3)] == [0.0, 0.5, 0.5]
    assert not clock.due


def test_a_rest_holds_back_also_what_is_due() -> None:
    clock = Clock()
    pace = Pace(clock.do, 0.5, clock.later, clock)
    pace.ask()
    pace.rest(2.0)
    assert [clock.pass_by() for _ in range(2)] == [0.0, 2.0]
    assert clock.done == 1
    pace.rest(0.25)
    pace.ask()
    assert clock.pass_by() == 0.5
    assert clock.done == 2


def test_rests_that_follow_each_other_hold_it_back_once() -> None:
    clock = Clock()
    pace = Pace(clock.do, 0.5, clock.later, clock)
    pace.ask()
    for _ in range(2):
        clock.now += 0.1
        pace.rest(2.0)
        clock.pass_by()
    assert clock.done == 1
    pace.rest(9.0)
    pace.ask()
    assert clock.pass_by() == 9.0, "while nothing is due, all count"
