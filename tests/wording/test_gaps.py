import time

import pytest

from amqpchat_tui.model import Gap
from amqpchat_tui.wording.gaps import describe_deafness, describe_deletion, describe_gap, describe_overflow


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
    assert f"({duration})" in describe_gap(Gap(0.0, seconds))


def test_says_how_many_lines_the_broker_keeps() -> None:
    told = describe_overflow(Gap(0.0, 200.0), 100_000)
    assert "(3 min 20 s). Of what waits, the broker keeps the latest 100,000 lines," in told


def test_says_when_in_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    began = 1_800_014_400.0 + 2 * 3600 + 130
    gap = Gap(began, began + 21)
    try:
        assert describe_gap(gap) == (
            "Nothing heard from 14:02:10 to 14:02:31 (21 s): lines sent meanwhile are missing here."
        )
        assert describe_deletion(gap) == (
            "The room was deleted. Nothing heard from 14:02:10 to 14:02:31 (21 s): "
            "lines sent meanwhile may be missing here."
        )
        assert describe_deafness(gap) == (
            "Own lines did not come back: lines between 14:02:10 and 14:02:31 may be missing here."
        )
    finally:
        monkeypatch.undo()
        time.tzset()
