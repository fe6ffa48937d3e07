"""Drawing one row of an entry: its columns on the first row, its text under a hanging indent below."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from amqpchat_tui.chat.people.accounts import Called
from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, FoldedMessage, Notice, NoticeKind, Occupant
from amqpchat_tui.scrollback import Annotation, Row, RowKind, Span
from amqpchat_tui.scrollback.rows import CUT_SIGN, QUOTE_SIGN
from amqpchat_tui.ui.scrollback.columns import ACTION, LEVEL_RULE, OWN_RULE, RULE, Columns, fit_name
from amqpchat_tui.ui.scrollback.palette import Palette
from amqpchat_tui.wire.text import open_directions

ROUGH_SIGN = "~"
"""Stands before a time that is only roughly known."""


UNDERLINED = Style(underline=True)
"""What is the person's own among others'."""


class Mark(NamedTuple):
    """A style on some characters of a text."""

    start: int
    end: int
    style: Style


@lru_cache(maxsize=1024)
def link_style(url: str) -> Style:
    """Underlined, and written as OSC 8; one style per address, so that a wrapped one is one link."""
    return Style(underline=True, link=url)


class RowPainter:
    """Turns a row of an entry into a strip, for one palette and one set of columns."""

    def __init__(
        self, palette: Palette, columns: Columns, time_format: str, called: Callable[[Occupant], Called]
    ) -> None:
        """`called` tells what to call a sender."""
        self._palette = palette
        self._columns = columns
        self._time_format = time_format
        self._called = called

    def paint(
        self,
        entry: Entry,
        text: str,
        annotation: Annotation,
        rows: Sequence[Row],
        index: int,
        marks: Iterable[Mark],
        band: Style | None,
    ) -> Strip:
        """Draw one of the `rows` of an entry that says `text`.

        `marks` are styles on spans of `text`, later ones on top; `band` is a style on the whole row.
        """
        row = rows[index]
        is_text = row.kind is RowKind.TEXT
        if is_text and (isinstance(entry, DaySeparator) or _is_border(entry)):
            return self._paint_border(text[row.start : row.end])
        palette, columns = self._palette, self._columns
        own = isinstance(entry, ChatMessage) and entry.own
        level = entry.level if isinstance(entry, ChatMessage) else None
        if level is not None:
            rule = Segment(f" {LEVEL_RULE} ", palette.level(level))
        else:
            rule = Segment(f" {OWN_RULE if own else RULE} ", palette.own_rule if own else palette.rule)
        if index == 0:
            head = [Segment(self._when(entry), palette.time), self._nick(entry, annotation), rule]
        else:
            head = [Segment(" " * (columns.time + 1 + columns.nick), palette.text), rule]
        span = (row.start, row.end)
        body = self._body(entry, text, annotation, span) if is_text else [self._beside(annotation, row)]
        if row.kind is RowKind.REACTIONS:
            marks = [Mark(*mine, UNDERLINED) for mine in annotation.underlined]
        for mark in marks if row.kind is not RowKind.QUOTE else ():
            body = _lay(body, span, mark)
        if is_text and row.end < len(text) and isinstance(entry, FoldedMessage) and annotation.text is None:
            body.append(Segment(CUT_SIGN, palette.quote))
        if due := open_directions("".join(segment.text for segment in body)):
            body.append(Segment(due, palette.text))
        if annotation.mark and index == len(rows) - 1:
            room = columns.text - Segment.get_line_length(body) - cell_len(annotation.mark)
            body.append(Segment(" " * room + annotation.mark, palette.quote))
        strip = Strip([*head, *body]).adjust_cell_length(columns.width, palette.text).simplify()
        if band is None:
            return strip
        return Strip([Segment(text, _over(style, band)) for text, style, _ in strip], columns.width)

    def _when(self, entry: Entry) -> str:
        """The time of an entry and a cell more: before it where it is only roughly known, else behind."""
        if not isinstance(entry, ChatMessage):
            at, roughly = entry.at, False
        elif entry.roughly is None:
            return " " * (self._columns.time + 1)
        else:
            at, roughly = entry.received_at, entry.roughly
        when = set_cell_size(time.strftime(self._time_format, time.localtime(at)), self._columns.time)
        return f"{ROUGH_SIGN}{when}" if roughly else f"{when} "

    def _beside(self, annotation: Annotation, row: Row) -> Segment:
        """What stands around the text: the quoted row above, or the reactions below."""
        if row.kind is RowKind.QUOTE:
            line, sign, style = annotation.quote, QUOTE_SIGN, self._palette.quote
        else:
            line, sign, style = annotation.reactions, "", self._palette.reactions
        return Segment(sign + line[row.start : row.end] + CUT_SIGN * (row.end < len(line)), style)

    def _nick(self, entry: Entry, annotation: Annotation) -> Segment:
        palette, width = self._palette, self._columns.nick
        if not isinstance(entry, ChatMessage):
            return Segment("–".rjust(width), palette.time)
        is_faded = annotation.faded or annotation.withdrawn
        style = palette.notice if is_faded else palette.nick(entry.nick, own=entry.own)
        called = self._called(entry.who)
        if entry.action:  # whose text begins with the nick
            called = called._replace(nick=ACTION)
        return Segment(fit_name(called, width), style)

    def _body(self, entry: Entry, text: str, annotation: Annotation, span: Span) -> list[Segment]:
        start, end = span
        palette = self._palette
        if annotation.faded or annotation.withdrawn:
            return [Segment(text[start:end], palette.notice)]
        if not isinstance(entry, ChatMessage):
            assert not isinstance(entry, DaySeparator)
            return [Segment(text[start:end], palette.notice_style(entry.kind))]
        if entry.action and start < (name_end := len(entry.nick)):
            name_end = min(name_end, end)
            return [
                Segment(text[start:name_end], palette.nick(entry.nick, own=entry.own)),
                Segment(text[name_end:end], palette.text + Style(italic=True)),
            ]
        return [Segment(text[start:end], palette.text + Style(italic=True) if entry.action else palette.text)]

    def _paint_border(self, text: str) -> Strip:
        width = self._columns.width
        label = f" {text} "
        left = max(0, (width - cell_len(label)) // 2)
        line = "─" * left + label
        line += "─" * max(0, width - cell_len(line))
        return Strip([Segment(set_cell_size(line, width), self._palette.day)], width)


def _is_border(entry: Entry) -> bool:
    return isinstance(entry, Notice) and entry.kind is NoticeKind.BORDER


@lru_cache(maxsize=1024)
def _over(style: Style | None, upper: Style) -> Style:
    """One style on another. Rich makes another link of each sum, so that only a cached one keeps its id."""
    return style + upper if style is not None else upper


def _lay(segments: list[Segment], span: Span, mark: Mark) -> list[Segment]:
    """Put a mark on the segments that show `span`; one that ends at -1 goes to the end."""
    position, end = span
    first, last = max(mark.start, position), end if mark.end == -1 else min(mark.end, end)
    if first >= last:
        return segments
    pieces: list[Segment] = []
    for text, style, _ in segments:
        start, stop = (min(max(cut - position, 0), len(text)) for cut in (first, last))
        pieces += [
            Segment(text[:start], style),
            Segment(text[start:stop], _over(style, mark.style)),
            Segment(text[stop:], style),
        ]
        position += len(text)
    return [piece for piece in pieces if piece.text]
