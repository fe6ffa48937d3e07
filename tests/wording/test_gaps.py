import time
from collections.abc import Iterator

import pytest

from amqpchat_tui.model import Gap
from amqpchat_tui.wording.gaps import (
    describe_backlog,
    describe_deafness,
    describe_deletion,
    describe_gap,
    describe_overflow,
)

NOON = 1_800_014_400.0
"""2027-01-15 12:00:00 UTC."""


@pytest.mark.parametrize(
    ("seconds", "duration"),
    [
        (0.2, "less than 1 s"),
        (21, "21 s"),
        (59.7, "1 min 0 s"),
        (754, "12 min 34 s"),
        (2 * 3600 + 60, "2 h 1 min"),
        (3 * 86400 + 5 * 3600, "3 d 5 h"),
    ],
)
def test_says_how_long(seconds: float, duration: str) -> None:
    assert f"({duration})" in describe_gap(Gap(0.0, seconds, seconds))


def test_says_how_many_lines_the_broker_keeps() -> None:
    told = describe_backlog(Gap(0.0, 200.0, 200.0), 100_000)
    assert "(3 min 20 s). Of what waits, the broker keeps the latest 100,000 lines," in told


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("utc")
def test_says_when_in_local_time() -> None:
    began = NOON + 2 * 3600 + 130
    gap = Gap(began, began + 21, 21.0)
    assert describe_gap(gap) == (
        "Nothing heard from 14:02:10 to 14:02:31 (21 s): lines sent meanwhile are missing here."
    )
    assert describe_deletion(gap) == (
        "The room was deleted. Nothing heard from 14:02:10 to 14:02:31 (21 s): "
        "lines sent meanwhile may be missing here."
    )
    assert describe_overflow(gap) == (
        "Stopped, or too slow for the room, from 14:02:10 to 14:02:31 (21 s): "
        "lines sent meanwhile may be missing here."
    )
    assert describe_deafness(gap) == (
        "Own lines did not come back: lines between 14:02:10 and 14:02:31 may be missing here."
    )


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize(
    ("set_by", "then", "how"),
    [(-3600, "13:00:06", "back"), (3600, "15:00:06", "ahead"), (-8, "13:59:58", "back")],
)
def test_says_how_long_it_really_was_when_the_clock_was_set(set_by: float, then: str, how: str) -> None:
    began = NOON + 2 * 3600
    gap = Gap(began, began + 6 + set_by, seconds=6.0)
    assert f"from 14:00:00 to {then} (6 s), while the clock was set {how}: lines" in describe_gap(gap)
    assert f"14:00:00 and {then}, while the clock was set {how} may be" in describe_deafness(gap)


@pytest.mark.usefixtures("utc")
def test_a_clock_that_is_put_right_by_little_is_not_told_of() -> None:
    assert "(6 s): lines" in describe_gap(Gap(NOON, NOON + 7.5, seconds=6.0))
