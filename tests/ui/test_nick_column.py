"""Names with their marks, which stay however long the name is and however narrow the place."""

import pytest
from rich.cells import cell_len

from amqpchat_tui.chat.people.accounts import Called, Mark
from amqpchat_tui.ui.scrollback.columns import fit_name

OURS, THEIRS = Called("bob", mark=Mark.VERIFIED), Called("bob", "guest", Mark.DOUBTFUL)


@pytest.mark.parametrize(
    ("called", "cells", "shown"),
    [
        (Called("bob"), 6, "   bob"),
        (Called("bob", "ops"), 9, "bob (ops)"),
        (Called("bob", "ops"), 8, "bob (op…"),
        (OURS, 6, " bob ✓"),
        (OURS, 5, "bob ✓"),
        (OURS, 4, "b… ✓"),
        (THEIRS, 14, " bob (guest) ?"),
        (THEIRS, 9, "bob (g… ?"),
        (Called("日本語", mark=Mark.VERIFIED), 8, "日本語 ✓"),
        (Called("日本語", mark=Mark.VERIFIED), 7, "日本… ✓"),
        (Called("日本語", mark=Mark.VERIFIED), 6, "日 … ✓"),
        (OURS._replace(nick="*"), 6, "   * ✓"),
        (THEIRS._replace(nick="*"), 12, " * (guest) ?"),
    ],
)
def test_the_end_of_a_name_gives_way_and_its_mark_never(called: Called, cells: int, shown: str) -> None:
    assert fit_name(called, cells) == shown
    assert cell_len(shown) == cells
