"""What may follow `/notify`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.actions.levels import LevelChoice, check_level, read_level
from amqpchat_tui.model import Level
from amqpchat_tui.wire.text import WireError

HOUR = 3600.0


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("all", LevelChoice(Level.ALL)),
        ("mentions", LevelChoice(Level.MENTIONS)),
        ("None", LevelChoice(Level.NONE)),
        ("mentions for 2h", LevelChoice(Level.MENTIONS, 2 * HOUR)),
        ("NONE  FOR  30 M ", LevelChoice(Level.NONE, HOUR / 2)),
        ("all for 1d", LevelChoice(Level.ALL, 24 * HOUR)),
        ("none for 365d", LevelChoice(Level.NONE, 365 * 24 * HOUR)),
        ("none for 8760h", LevelChoice(Level.NONE, 365 * 24 * HOUR)),
    ],
)
def test_a_level_and_a_time(text: str, choice: LevelChoice) -> None:
    assert read_level(text) == choice


@pytest.mark.parametrize("text", ["some", "for 2h", "2h", "mention", "alle", "all,"])
def test_which_levels_there_are_is_said(text: str) -> None:
    with pytest.raises(WireError, match=r"^say /notify all or /notify mentions or /notify none$"):
        read_level(text)


@pytest.mark.parametrize(
    "time", ["2h", "for", "for 2", "for h", "for 0h", "for -1h", "for 1.5h", "for 2 months", "for ٣h"]
)
def test_how_a_time_is_written_is_said(time: str) -> None:
    with pytest.raises(WireError, match=r"in minutes, hours or days, as in for 30m, for 2h or for 1d$"):
        read_level(f"none {time}")


@pytest.mark.parametrize("time", ["for 366d", "for 8761h", "for 999999999d"])
def test_no_time_passes_a_year(time: str) -> None:
    with pytest.raises(WireError, match=r"say for 365d at most"):
        read_level(f"none {time}")


@given(st.text(min_size=1).filter(str.strip) | st.text("alnoe for129mhd ", min_size=1).filter(str.strip))
def test_whatever_it_is_it_is_read_or_told_of(text: str) -> None:
    try:
        assert check_level(text) == text
    except WireError:
        return
    assert read_level(text).level in Level
