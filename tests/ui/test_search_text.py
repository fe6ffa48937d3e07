"""How the rows of what was found read, and how they are gone through."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.hiding import NOTHING_HIDDEN
from amqpchat_tui.chat.logbook import Logbook
from amqpchat_tui.chat.mentions import Finder
from amqpchat_tui.model import ChatMessage, ConversationId, LoggedLine, LogSearch, NoLog
from amqpchat_tui.ui.search.results import PAGE_LINES, Results
from amqpchat_tui.ui.search.search_text import Columns, moment, row

NOW = datetime(2026, 9, 30, 12, 0).timestamp()


def line(
    text: str, *, number: int = 1, nick: str = "bob", room: str = "ops", action: bool = False
) -> LoggedLine:
    return LoggedLine(number, ConversationId.room(room), ChatMessage(nick, text, NOW - 60, action=action))


def drawn(
    one: LoggedLine, words: Sequence[str], cells: int, *, picked: bool = False
) -> tuple[str, list[str]]:
    """A row's text, and its hits."""
    when = moment(one, "%H:%M", NOW)
    made = row(one, words, Columns.of([one], "%H:%M", NOW), cells, when=when, picked=picked)
    return made.head + made.text, [made.text[start:end] for start, end in made.hits]


@pytest.mark.parametrize(
    ("one", "words", "cells", "text", "hits"),
    [
        (line("the disk is full"), ["disk"], 40, "  30 Sep 11:59 ops bob the disk is full ", ["disk"]),
        (line("Straße\nab"), ["STRASSE", "b"], 34, "  30 Sep 11:59 ops bob Straße␊ab  ", ["Straße", "b"]),
        (line("waves", action=True), [], 32, "  30 Sep 11:59 ops bob * waves  ", []),
        (line("aaa"), ["aa", "a"], 30, "  30 Sep 11:59 ops bob aaa    ", ["aaa"]),
        (line("明日は雨です"), ["雨"], 30, "  30 Sep 11:59 ops bob …は雨… ", ["雨"]),
    ],
)
def test_a_row_says_when_where_who_and_what(
    one: LoggedLine, words: list[str], cells: int, text: str, hits: list[str]
) -> None:
    assert drawn(one, words, cells) == (text, hits)


def test_a_hit_far_in_a_line_is_brought_into_view() -> None:
    text, hits = drawn(line(f"{'lorem ' * 50}here{' ipsum' * 50}"), ["here"], 80, picked=True)
    assert text.startswith("❯ 30 Sep 11:59 ops bob …")
    assert hits == ["here"]


def test_another_year_is_told() -> None:
    old = LoggedLine(
        1, ConversationId.room("ops"), ChatMessage("bob", "x", datetime(2025, 2, 3, 4, 5).timestamp())
    )
    assert moment(old, "%H:%M", NOW) == "2025-02-03 04:05"


@given(
    st.text(max_size=60),
    st.text(min_size=1, max_size=20),
    st.text(max_size=4),
    st.integers(0, 90),
    st.booleans(),
)
def test_a_row_has_its_width_and_its_hits_are_in_it(
    text: str, nick: str, word: str, cells: int, picked: bool
) -> None:
    made = row(line(text, nick=nick), [word], Columns(12, 3, 5), cells, when="30 Sep 11:59", picked=picked)
    assert cell_len(made.head) + cell_len(made.text) == cells
    assert all(0 <= start <= end <= len(made.text) for start, end in made.hits)


def test_of_a_time_it_says_what_is_known() -> None:
    exact, roughly, unknown = (
        LoggedLine(1, ConversationId.room("ops"), ChatMessage("bob", "hi", NOW, roughly=roughly))
        for roughly in (False, True, None)
    )
    assert moment(roughly, "%H:%M", NOW) == f"~{moment(exact, '%H:%M', NOW)}"
    assert moment(unknown, "%H:%M", NOW) == ""


class ManyLines(NoLog):
    """A log in which everything fits any search."""

    keeps = True

    async def search(
        self, brokers: Sequence[str], search: LogSearch, most: int, below: int | None = None
    ) -> Sequence[LoggedLine]:
        newest = PAGE_LINES + 20 if below is None else below - 1
        return [line(f"line {number}", number=number) for number in range(newest, max(0, newest - most), -1)]


async def test_one_goes_through_what_was_found_and_more_is_asked_for_at_its_end() -> None:
    logbook = Logbook(ManyLines(), (), private=False, later=lambda _, __: None)
    results = Results(Finder(logbook, Attention("alice"), NOTHING_HIDDEN), LogSearch(words=("line",)))
    assert (results.line, results.count, results.needs_more(0)) == (None, "nothing found", True)
    await results.more()
    assert (results.count, results.needs_more(1)) == (f"1 of {PAGE_LINES}+", False)
    results.move(-5)
    assert results.picked == 0
    results.move(PAGE_LINES - 1)
    assert results.needs_more(1)
    await results.more()
    results.move(1)
    assert results.line == line("line 20", number=20)
    assert results.count == f"{PAGE_LINES + 1} of {PAGE_LINES + 20}"
    assert results.complete
    await results.more()
    results.move(1000)
    assert results.line == line("line 1", number=1)
