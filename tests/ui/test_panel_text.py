"""What the panels say, exactly, at many widths: nothing is halved, and what matters most is cut last."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConversationKind
from amqpchat_tui.ui.panels.panel_text import (
    Look,
    Part,
    Visibility,
    fill,
    fit,
    list_cells,
    list_rows,
    prompt_mark,
    status_row,
)
from amqpchat_tui.wire.text import one_line
from tests.ui.panels import listed

SIGHTS = "sights-and-sounds"
CJK = "日本語の部屋"
COMBINED = "e\u0301cole"
HEBREW = "שלום"

names = st.text(min_size=1, max_size=40).map(partial(one_line, limit=200)).filter(bool)
"""As names come out of cleaning: nothing invisible is left of them."""


def text_of(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


# A text in so many cells


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("ops", 3, "ops"),
        ("ops", 2, "o…"),
        ("ops", 1, "…"),
        ("ops", 0, ""),
        ("ops", -1, ""),
        (CJK, 12, CJK),
        (CJK, 11, "日本語の部…"),
        (CJK, 10, "日本語の…"),
        (CJK, 2, "…"),
        (COMBINED, 5, COMBINED),
        (COMBINED, 2, "e\u0301…"),
        (HEBREW, 4, HEBREW),
        (HEBREW, 3, "של…"),
    ],
)
def test_what_does_not_fit_ends_in_an_ellipsis(text: str, cells: int, shown: str) -> None:
    assert fit(text, cells) == shown


@given(names, st.integers(-1, 50))
def test_no_character_is_halved(name: str, cells: int) -> None:
    shown = fit(name, cells)
    assert cell_len(shown) <= max(0, cells)
    assert shown == name or name.startswith(shown.removesuffix("…"))


@given(st.lists(names, min_size=1, max_size=5), st.integers(0, 60))
def test_parts_fill_their_cells_exactly(texts: list[str], cells: int) -> None:
    assert cell_len(text_of(fill([Part(text) for text in texts], cells))) == cells


# The list of rooms


@pytest.mark.parametrize(
    ("visibility", "columns", "conversations", "cells"),
    [
        (Visibility.AUTOMATIC, 80, 5, 0),
        (Visibility.AUTOMATIC, 109, 2, 0),
        (Visibility.AUTOMATIC, 110, 2, 18),
        (Visibility.AUTOMATIC, 139, 2, 18),
        (Visibility.AUTOMATIC, 140, 2, 22),
        (Visibility.AUTOMATIC, 200, 1, 0),
        (Visibility.SHOWN, 200, 1, 22),
        (Visibility.SHOWN, 80, 2, 18),
        (Visibility.SHOWN, 20, 2, 10),
        (Visibility.HIDDEN, 200, 9, 0),
    ],
)
def test_the_list_is_as_wide_as_the_terminal_allows(
    visibility: Visibility, columns: int, conversations: int, cells: int
) -> None:
    assert list_cells(visibility, columns, conversations) == cells


def test_the_list_goes_from_automatic_to_shown_to_hidden_and_round() -> None:
    way = [Visibility.AUTOMATIC]
    for _ in range(3):
        way.append(way[-1].following)
    assert way == [Visibility.AUTOMATIC, Visibility.SHOWN, Visibility.HIDDEN, Visibility.AUTOMATIC]


def rows(cells: int, *listing: Listed) -> list[str]:
    return [text_of(row.parts) for row in list_rows(listing, cells)]


def test_the_list_names_all_with_what_is_new_in_them() -> None:
    listing = (
        listed(1, "ops", shown=True),
        listed(2, "lab", unread=3),
        listed(3, "alerts", muted=True, unread=40),
        listed(4, "bob", kind=ConversationKind.PRIVATE, unread=1),
        listed(5, "broadcast_chat", draft=True, unread=12, mentions=1),
        listed(6, "no", problem="no permission"),
        listed(7, "quiet", muted=True, unread=40, mentions=2),
        listed(8, "amq.topic", kind=ConversationKind.WATCHED, unread=100_000),
    )
    assert rows(21, *listing) == [
        " ROOMS               ",
        "❯1 ops               ",
        " 2 lab              3",
        " 3 alerts        40 ·",
        " 5 broadcast_c… ✎ 12!",
        " 6 no               ✕",
        " 7 quiet         2! ·",
        " PRIVATE             ",
        " 4 @bob            1!",
        " WATCHED             ",
        " 8 =amq.topic    999+",
    ]
    assert rows(17, *listing)[1:7] == [
        "❯1 ops           ",
        " 2 lab          3",
        " 3 alerts    40 ·",
        " 5 broadca… ✎ 12!",
        " 6 no           ✕",
        " 7 quiet     2! ·",
    ]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        (CJK, " 1 日本語の部屋 3"),
        (CJK + "x", " 1 日本語の部…  3"),
        ("日本語の部x屋", " 1 日本語の部x… 3"),
        ("x" + CJK, " 1 x日本語の部… 3"),
        (COMBINED, f" 1 {COMBINED}        3"),
        (HEBREW, f" 1 {HEBREW}         3"),
        (SIGHTS, " 1 sights-and-… 3"),
    ],
)
def test_names_of_any_script_keep_the_columns(name: str, row: str) -> None:
    assert rows(17, listed(1, name, unread=3))[1] == row
    assert cell_len(row) == 17


def test_numbers_stand_below_each_other() -> None:
    assert rows(17, listed(1, "ops", shown=True), listed(10, "lab"), listed(200, "far"))[1:] == [
        "❯  1 ops         ",
        "  10 lab         ",
        " 200 far         ",
    ]


def test_each_row_knows_what_it_is_about() -> None:
    listing = [listed(1, "ops"), listed(2, "bob", kind=ConversationKind.PRIVATE)]
    assert [row.listed for row in list_rows(listing, 18)] == [None, listing[0], None, listing[1]]


def test_what_is_new_looks_otherwise_than_what_is_muted() -> None:
    def looks(one: Listed) -> list[Look]:
        return [part.look for part in list_rows([one], 18)[1].parts if part.text.strip()]

    assert looks(listed(1, "ops")) == [Look.PLAIN]
    assert looks(listed(1, "ops", shown=True)) == [Look.SHOWN]
    assert looks(listed(1, "ops", unread=3)) == [Look.PLAIN, Look.NEWS]
    assert looks(listed(1, "ops", unread=3, mentions=1)) == [Look.PLAIN, Look.URGENT]
    assert looks(listed(1, "ops", unread=3, muted=True)) == [Look.MUTED, Look.MUTED, Look.MUTED]
    assert looks(listed(1, "ops", problem="no")) == [Look.PLAIN, Look.PROBLEM]


@given(
    names,
    st.integers(1, 999),
    st.integers(0, 2000),
    st.booleans(),
    st.booleans(),
    st.integers(0, 30),
)
def test_a_row_of_the_list_is_as_wide_as_the_list(
    name: str, number: int, unread: int, has_problem: bool, muted: bool, cells: int
) -> None:
    one = listed(number, name, unread=unread, muted=muted, problem="no" * has_problem, draft=has_problem)
    assert {cell_len(row) for row in rows(cells, one)} == {cells}


# The status line

TWO = (listed(1, "ops", shown=True), listed(2, "lab", unread=3))
MANY = (
    *TWO,
    listed(3, "alerts", muted=True, unread=40),
    listed(4, "bob", kind=ConversationKind.PRIVATE, unread=1),
    listed(5, "silent"),
    listed(6, "deploy", unread=7, mentions=2),
    listed(7, "noise", muted=True, unread=40, mentions=2),
)


def status(
    cells: int, *listing: Listed, state: str = " ● online 3 ms", warning: str = "", below: int = 0
) -> str:
    parts = status_row(
        [Part(state)],
        warning=warning,
        broker="localhost:5672",
        nick="alice",
        listing=listing,
        new_below=below,
        cells=cells,
    )
    return text_of(parts)


def test_with_one_room_the_status_line_is_that_of_one_room() -> None:
    one = listed(1, "ops", shown=True, unread=12)
    assert status(50, one) == " ● online 3 ms │ ops │ localhost:5672 │ alice     "
    assert status(40, one) == " ● online 3 ms │ ops │ localhost:5672 │…"
    assert status(60, one, below=12) == " ● online 3 ms │ ops │ localhost:5672 │ alice      ↓ 12 new "
    assert status(60, one, warning="not encrypted") == (
        " ● online 3 ms │ not encrypted │ ops │ localhost:5672 │ ali…"
    )


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        (61, " ● online 3 ms │ ops │ 2 lab:3 │ alice │ localhost:5672      "),
        (56, " ● online 3 ms │ ops │ 2 lab:3 │ alice │ localhost:5672 "),
        (54, " ● online 3 ms │ ops │ 2 lab:3 │ alice │ localhost:56…"),
        (40, " ● online 3 ms │ ops │ 2 lab:3 │ alice …"),
        (36, " ● online 3 ms │ ops │ 2 lab:3 │ al…"),
        (31, " ● online 3 ms │ ops │ 2 lab:3…"),
        (25, " ● online 3 ms │ ops │ 2…"),
        (20, " ● online 3 ms │ op…"),
        (1, "…"),
        (0, ""),
    ],
)
def test_what_is_cut_first_stands_last(cells: int, row: str) -> None:
    assert status(cells, *TWO) == row


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        (80, " ● online 3 ms │ ops │ 2 lab:3  4 @bob:1!  6 deploy:7!  7 noise:2! │ alice │ lo…"),
        (67, " ● online 3 ms │ ops │ 2 lab:3  4 @bob:1!  6 deploy:7!  7 noise:2!…"),
        (66, " ● online 3 ms │ ops │ 2 4 @bob:1! 6 deploy:7! 7 noise:2! │ alice…"),
        (58, " ● online 3 ms │ ops │ 2 4 @bob:1! 6 deploy:7! 7 noise:2!…"),
        (57, " ● online 3 ms │ ops │ 2 4! 6! 7! │ alice │ localhost:56…"),
        (33, " ● online 3 ms │ ops │ 2 4! 6! 7…"),
    ],
)
def test_activity_is_what_is_new_elsewhere_by_number(cells: int, row: str) -> None:
    assert status(cells, *MANY) == row


def test_the_right_end_is_kept_for_what_is_new_below() -> None:
    assert status(48, *TWO, below=12) == " ● online 3 ms │ ops │ 2 lab:3 │ alic… ↓ 12 new "
    assert status(24, *TWO, below=12) == " ● online 3 m… ↓ 12 new "


def test_one_that_is_refused_says_so_while_it_is_shown() -> None:
    refused = listed(1, "ops", shown=True, problem="no permission")
    assert status(40, refused, TWO[1]) == " ● online 3 ms │ ops ✕ │ 2 lab:3 │ alic…"


def test_long_names_leave_room_for_others_in_the_activity() -> None:
    listing = (TWO[0], listed(2, "x" * 255, unread=1), listed(3, CJK * 3, unread=100_000))
    assert status(64, *listing) == " ● online 3 ms │ ops │ 2 xxxxxxx…:1  3 日本語…:999+ │ alice │ l…"
    assert status(47, *listing) == " ● online 3 ms │ ops │ 2 3 │ alice │ localhost…"


@given(st.lists(names, min_size=1, max_size=4), st.integers(0, 2000), st.integers(10, 120))
def test_the_status_line_is_as_wide_as_the_screen(texts: list[str], unread: int, cells: int) -> None:
    listing = [listed(n, name, shown=n == 1, unread=unread * (n > 1)) for n, name in enumerate(texts, 1)]
    assert cell_len(status(cells, *listing, below=1)) == cells


# The prompt


@pytest.mark.parametrize(
    ("listing", "columns", "mark"),
    [
        (TWO[:1], 80, "❯"),
        (TWO, 80, "ops ❯"),
        (TWO, 8, "o… ❯"),
        ((listed(1, "x" * 20, shown=True), TWO[1]), 80, "xxxxxxxxxxxxxxx… ❯"),
        ((listed(1, "x" * 20, shown=True), TWO[1]), 40, "xxxxxxxxx… ❯"),
        ((listed(1, CJK, shown=True), TWO[1]), 40, "日本語の… ❯"),
        ((listed(1, "bob", kind=ConversationKind.PRIVATE, shown=True), TWO[1]), 80, "@bob ❯"),
    ],
)
def test_the_prompt_says_where_a_line_goes_if_there_are_several(
    listing: Sequence[Listed], columns: int, mark: str
) -> None:
    assert prompt_mark(listing, columns) == mark
