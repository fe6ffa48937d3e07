import pytest
from rich.cells import cell_len

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, Notice
from amqpchat_tui.scrollback import display_text
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
