"""What panels say, cell by cell: status line, list of rooms, the name before the prompt. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, StrEnum, auto
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

from amqpchat_tui.chat.listing import Listed, News
from amqpchat_tui.model import ConversationKind

MAX_COUNT = 999
"""More unread lines than that are `999+`."""

ACTIVITY_LABEL_CELLS = ((16, 16), (8, 16), (0, 16), (0, 0))
"""How wide names are in the status line's activity, and those of the urgent, from much to little room."""

PROMPT_LABEL_CELLS = 16
"""How wide the name before the prompt is, at most; it never takes more than a quarter of the screen."""

WIDE_COLUMNS, WIDER_COLUMNS = 110, 140
"""From how many columns of the terminal on there is a list of rooms, and a wider one."""

LIST_CELLS, WIDER_LIST_CELLS = 18, 22
"""How wide the list of rooms is, with the column of its scrollbar and without the rule at its right."""

MIN_LABEL_CELLS = 4
"""How much of a name the list shows at least, whatever else there is to show."""

SHOWN_MARK = "❯"
"""Marks the conversation on the screen, also where there are no colours."""

PROBLEM_MARK, DRAFT_MARK, MUTED_MARK = "✕", "✎", "·"
_CUT = "…"
_RULE = " │ "

_HEADINGS = {
    ConversationKind.ROOM: "ROOMS",
    ConversationKind.PRIVATE: "PRIVATE",
    ConversationKind.WATCHED: "WATCHED",
}


class Visibility(StrEnum):
    """When a panel is there."""

    AUTOMATIC = "auto"
    SHOWN = "always"
    HIDDEN = "never"

    @property
    def following(self) -> Visibility:
        """What comes next when one goes through them."""
        ways = list(Visibility)
        return ways[(ways.index(self) + 1) % len(ways)]


class Look(Enum):
    """How a part looks; each widget has its own style for it."""

    PLAIN = auto()
    MUTED = auto()
    SHOWN = auto()
    """Is about the conversation on the screen."""
    NEWS = auto()
    URGENT = auto()
    """Is private, or names the person."""
    PROBLEM = auto()
    WARNING = auto()
    GOOD = auto()


class Part(NamedTuple):
    """A piece of a row."""

    text: str
    look: Look = Look.PLAIN


class ListRow(NamedTuple):
    """A row of the list of rooms."""

    parts: Sequence[Part]
    listed: Listed | None = None
    """What it is about; None for a heading."""


def fit(text: str, cells: int) -> str:
    """A text in at most so many cells: its end gives way to “…”, and no character is halved."""
    return text if cell_len(text) <= cells else _beginning(text, cells - 1) + _CUT * (cells > 0)


def fill(parts: Sequence[Part], cells: int) -> list[Part]:
    """Parts in exactly so many cells: padded with blanks, or cut as by `fit`."""
    room = cells - _cells(parts)
    if room >= 0:
        return [*parts, Part(" " * room)]
    filled: list[Part] = []
    room = cells - 1
    for text, look in parts:
        beginning = _beginning(text, room)
        room -= cell_len(beginning)
        if beginning != text:
            filled.append(Part(beginning + (_CUT + " " * room) * (cells > 0), look))
            break
        filled.append(Part(text, look))
    return filled


def _cells(parts: Iterable[Part]) -> int:
    return sum(cell_len(part.text) for part in parts)


def _beginning(text: str, cells: int) -> str:
    """As many whole characters as so many cells hold."""
    for start, _, size in split_graphemes(text)[0]:
        if (cells := cells - size) < 0:
            return text[:start]
    return text


# The list of rooms


def list_cells(visibility: Visibility, columns: int, conversations: int) -> int:
    """How wide the list is in a terminal of so many columns; 0 where there is none.

    The terminal's width decides, not what the chat has left of it, or a panel would flicker at the border.
    """
    match visibility:
        case Visibility.HIDDEN:
            return 0
        case Visibility.AUTOMATIC if columns < WIDE_COLUMNS or conversations < 2:
            return 0
        case _:
            pass
    return WIDER_LIST_CELLS if columns >= WIDER_COLUMNS else min(LIST_CELLS, columns // 2)


def list_rows(listing: Sequence[Listed], cells: int) -> list[ListRow]:
    """The list in its order, each kind of conversation under a heading."""
    digits = max((len(str(one.number)) for one in listing), default=1)
    rows: list[ListRow] = []
    for kind in ConversationKind:
        if members := [one for one in listing if one.id.kind is kind]:
            rows.append(ListRow(fill([Part(f" {_HEADINGS[kind]}", Look.MUTED)], cells)))
            rows += [ListRow(_list_row(one, digits, cells), one) for one in members]
    return rows


@lru_cache(maxsize=1024)
def _list_row(one: Listed, digits: int, cells: int) -> Sequence[Part]:
    news = list(marks(one))
    head = f"{SHOWN_MARK if one.shown else ' '}{one.number:>{digits}} "
    room = max(MIN_LABEL_CELLS, cells - cell_len(head) - _cells(news))
    label = fit(one.label, room)
    blank = " " * (room - cell_len(label))
    look = Look.SHOWN if one.shown else Look.MUTED if one.muted else Look.PLAIN
    return fill([Part(f"{head}{label}{blank}", look), *news], cells)


def marks(one: Listed) -> Iterator[Part]:
    """What stands at the right end of a row, each behind a blank."""
    if one.problem:
        yield Part(f" {PROBLEM_MARK}", Look.PROBLEM)
    if one.has_draft:
        yield Part(f" {DRAFT_MARK}")
    if count := _count(one):
        yield Part(f" {count}", _news_look(one))
    if one.muted:
        yield Part(f" {MUTED_MARK}", Look.MUTED)


def _is_urgent(one: Listed) -> bool:
    return one.news >= News.MENTION


def _news_look(one: Listed) -> Look:
    if one.news < News.LINE:
        return Look.MUTED
    return Look.URGENT if _is_urgent(one) else Look.NEWS


def _count(one: Listed) -> str:
    """How many lines are unread, of a muted conversation with a mention those that count; empty for none."""
    number = one.mentions if one.muted and one.mentions else one.unread
    text = f"{MAX_COUNT}+" if number > MAX_COUNT else f"{number or ''}"
    return text + "!" * _is_urgent(one)


# The status line


def status_row(
    state: Sequence[Part],
    *,
    warning: str,
    broker: str,
    nick: str,
    listing: Sequence[Listed],
    new_below: int,
    cells: int,
    people: str = "",
    hidden: int = 0,
    typing: str = "",
) -> list[Part]:
    """The status line; what matters most stands first, so that a narrow terminal cuts the rest.

    `state` is in words, `people` how many are here, `hidden` how many lines are not to be seen. `new_below`
    tells how many lines wait below what is read: they keep the right end; else who is `typing` has it.
    """
    right = (
        Part(f" ↓ {new_below} new ", Look.NEWS) if new_below else Part(typing and f" {typing} ", Look.MUTED)
    )
    room = cells - cell_len(right.text)
    here = " · ".join(filter(None, (_shown_label(listing), people, f"{hidden:,} hidden" if hidden else "")))
    if len(listing) < 2:
        left = [*state, _behind_rules(warning, here, broker, nick)]
    else:
        left = [*state, _behind_rules(warning, here)]
        if news := _activity(listing, room - _cells(left) - len(_RULE + _CUT)):
            left += [Part(_RULE, Look.MUTED), *news]
        left.append(_behind_rules(nick, broker))
    return [*fill(left, room), right]


def _behind_rules(*texts: str) -> Part:
    return Part("".join(f"{_RULE}{text}" for text in texts if text), Look.MUTED)


def _shown_label(listing: Sequence[Listed]) -> str:
    """The conversation on the screen, with a mark where it is the only one that is refused."""
    shown = next(one for one in listing if one.shown)
    return f"{shown.label} {PROBLEM_MARK}" if shown.problem and len(listing) > 1 else shown.label


def _activity(listing: Sequence[Listed], cells: int) -> list[Part]:
    """What is new elsewhere, by number; where that does not fit, names are cut, those of the urgent last."""
    news = [one for one in listing if one.news >= News.LINE and not one.shown]
    parts: list[Part] = []
    for label_cells in ACTIVITY_LABEL_CELLS:
        parts, room = [], cells
        for one in news:
            gap = [Part(" " if label_cells[0] == 0 else "  ")] if parts else []
            item = [*gap, Part(_item(one, label_cells[_is_urgent(one)]), _news_look(one))]
            parts += item
            room -= _cells(item)
            if room < 0:
                break
        else:
            break
    return parts


def _item(one: Listed, label_cells: int) -> str:
    if label_cells == 0:
        return f"{one.number}{'!' * _is_urgent(one)}"
    return f"{one.number} {fit(one.label, label_cells)}:{_count(one)}"


# The prompt


def prompt_mark(listing: Sequence[Listed], columns: int) -> str:
    """What stands before the prompt in a terminal of so many columns: where a line goes, if one may ask."""
    if len(listing) < 2:
        return SHOWN_MARK
    shown = next(one for one in listing if one.shown)
    return f"{fit(shown.label, min(PROMPT_LABEL_CELLS, columns // 4))} {SHOWN_MARK}"
