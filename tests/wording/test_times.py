"""Points in time and durations, in words."""

from __future__ import annotations

import pytest

from amqpchat_tui.wording.times import elapsed

DURATION = r"(?:\d+\.\d s|\d+ s|\d+ m \d+ s)"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (9.4, "9.4 s"), (12.3, "12 s"), (192.0, "3 m 12 s"), (7_380.0, "2 h 3 m")],
)
def test_how_long_something_took_is_told_in_two_units(seconds: float, said: str) -> None:
    assert elapsed(seconds) == said
