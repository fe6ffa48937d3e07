"""Each state of the screen looks as its picture in docs/screenshots."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.screenshots import FOLDER, SCENES, picture

_TIME = re.compile(r">(\d\d:\d\d)(?:&#160;)+</text>")
"""The time column of a row that begins an entry."""


@pytest.mark.parametrize("name", SCENES)
async def test_the_screen_looks_as_in_its_picture(name: str, tmp_path: Path) -> None:
    seen = await picture(name)
    committed = FOLDER / f"{name}.svg"
    if not committed.exists() or seen != committed.read_text():
        now = tmp_path / f"{name}.svg"
        now.write_text(seen)
        pytest.fail(
            f"the screen no longer looks as in {committed}; look at {now}, "
            "and if it is meant to look so, run python -m tests.screenshots",
            pytrace=False,
        )


@pytest.mark.parametrize("name", SCENES)
def test_the_lines_of_a_picture_are_in_the_order_of_their_times(name: str) -> None:
    times = _TIME.findall((FOLDER / f"{name}.svg").read_text())
    assert times == sorted(times)


def test_there_is_no_picture_without_a_scene() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(SCENES)
