"""The map in `docs/architecture.md` shows the files that there are."""

from pathlib import Path

import pytest

from tests.map import DOCUMENT, SOURCE, first_line, table, with_map


def test_the_map_is_made_from_the_files_that_there_are() -> None:
    text = DOCUMENT.read_text()
    assert with_map(text) == text, "run `python -m tests.map`"
    assert len(table()) == 2 + len(list(SOURCE.rglob("*.py")))


@pytest.mark.parametrize("source", ["", "import os\n", '"""Two lines\nwith one sentence."""\n'])
def test_a_file_that_does_not_say_in_a_line_what_it_is_for_is_refused(tmp_path: Path, source: str) -> None:
    file = tmp_path / "silent.py"
    file.write_text(source)
    with pytest.raises(AssertionError, match=r"silent\.py"):
        first_line(file)
