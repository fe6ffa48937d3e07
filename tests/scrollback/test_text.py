import re
import sys

import pytest
from rich.cells import cell_len

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, Notice
from amqpchat_tui.scrollback import display_text, folded
from amqpchat_tui.scrollback.text import rough_cells
from tests.scrollback.support import DAY, NOON, message


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (message("hello\nworld"), "hello\nworld"),
        (message("a\tb\n\tc"), "a   b\n    c"),
        (ChatMessage("ann", "waves\tonce", NOON, action=True), "ann waves   once"),
        (Notice("connected\tagain", NOON), "connected   again"),
        (DaySeparator(NOON - 8 * DAY), "Tuesday, 7 November 2023"),
        (DaySeparator(NOON), "Wednesday, 15 November 2023"),
    ],
)
def test_every_entry_has_one_text(entry: Entry, expected: str) -> None:
    assert display_text(entry) == expected


@pytest.mark.parametrize("text", ["", "plain", "größer", "漢字" * 3000, "👩\u200d💻"])
def test_rough_cells_are_exact_for_even_texts(text: str) -> None:
    assert rough_cells(text) == cell_len(text)


def test_rough_cells_look_at_a_sample_only() -> None:
    assert rough_cells("漢" * 100 + "x" * 100) == 400


def test_what_a_pattern_takes_for_the_same_in_any_case_is_folded_alike() -> None:
    letters = map(chr, range(sys.maxunicode + 1))
    for letter in [letter for letter in letters if {letter.lower(), letter.upper()} != {letter}]:
        pattern = re.compile(letter, re.IGNORECASE)
        for other in {*letter.lower(), *letter.upper(), *letter.casefold(), *"ikstµß"}:
            if pattern.fullmatch(other):
                assert folded(letter) == folded(other)


@pytest.mark.parametrize("text", ["\u0307", "z\u0307"])
def test_folding_takes_no_mark_away_but_the_dot_of_an_i(text: str) -> None:
    assert folded(text) == text
