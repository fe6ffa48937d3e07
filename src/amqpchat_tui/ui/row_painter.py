"""Drawing one row of an entry: its columns on the first row, its text under a hanging indent below."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, NoticeKind
from amqpchat_tui.ui.columns import OWN_RULE, RULE, Columns
from amqpchat_tui.ui.nick_colors import Rgb, nick_color

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of a theme."""

    text: Style
    time: Style
    rule: Style
    own_rule: Style
    notice: Style
    error: Style
    gap: Style
    day: Style
    selection: Style
    background: Rgb
    """What nick colours are to stand out from."""
    ansi: bool
    """The terminal chooses the colours, so that no contrast can be measured: nicks stay uncoloured."""

    def nick(self, nick: str, *, own: bool) -> Style:
        """The style of a nick."""
        if self.ansi:
            return self.text + Style(bold=True)
        color = Color.from_rgb(*nick_color(nick, self.background))
        return self.text + Style(color=color, bold=own)

    def notice_style(self, kind: NoticeKind) -> Style:
        """The style of a line of our own."""
        return {NoticeKind.INFO: self.notice, NoticeKind.ERROR: self.error, NoticeKind.GAP: self.gap}[kind]


class RowPainter:
    """Turns a row of an entry into a strip, for one palette and one set of columns."""

    def __init__(self, palette: Palette, columns: Columns, time_format: str) -> None:
        self._palette = palette
        self._columns = columns
        self._time_format = time_format

    def paint(self, entry: Entry, text: str, row: int, span: Span, selected: Span | None) -> Strip:
        """Draw row number `row`, which shows `span` of the entry's `text`; `selected` is a span of it."""
        if isinstance(entry, DaySeparator):
            return self._paint_day(text, span)
        palette, columns = self._palette, self._columns
        own = isinstance(entry, ChatMessage) and entry.own
        rule = Segment(f" {OWN_RULE if own else RULE} ", palette.own_rule if own else palette.rule)
        if row == 0:
            at = entry.received_at if isinstance(entry, ChatMessage) else entry.at
            when = set_cell_size(time.strftime(self._time_format, time.localtime(at)), columns.time)
            head = [Segment(f"{when} ", palette.time), self._nick(entry), rule]
        else:
            head = [Segment(" " * (columns.time + 1 + columns.nick), palette.text), rule]
        body = _highlight(self._body(entry, text, span), span, selected, palette.selection)
        return Strip([*head, *body]).adjust_cell_length(columns.width, palette.text)

    def _nick(self, entry: Entry) -> Segment:
        palette, width = self._palette, self._columns.nick
        if not isinstance(entry, ChatMessage):
            return Segment("–".rjust(width), palette.time)
        if entry.action:
            return Segment("*".rjust(width), palette.nick(entry.nick, own=entry.own))
        nick = entry.nick
        if (cells := cell_len(nick)) > width:
            nick = set_cell_size(nick, width - 1) + "…"
            cells = width
        return Segment(" " * (width - cells) + nick, palette.nick(entry.nick, own=entry.own))

    def _body(self, entry: Entry, text: str, span: Span) -> list[Segment]:
        start, end = span
        palette = self._palette
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

    def _paint_day(self, text: str, span: Span) -> Strip:
        width = self._columns.width
        label = f" {text[slice(*span)]} "
        left = max(0, (width - cell_len(label)) // 2)
        line = "─" * left + label
        line += "─" * max(0, width - cell_len(line))
        return Strip([Segment(set_cell_size(line, width), self._palette.day)], width)


def _highlight(segments: list[Segment], span: Span, selected: Span | None, style: Style) -> list[Segment]:
    """Put a style on what is selected of a row's segments; a selection that ends at -1 goes to the end."""
    if selected is None:
        return segments
    position, end = span
    from_, to = max(selected[0], position), end if selected[1] == -1 else min(selected[1], end)
    pieces: list[Segment] = []
    for text, own_style, _ in segments:
        cuts = [min(max(cut - position, 0), len(text)) for cut in (from_, max(from_, to))]
        pieces += [
            Segment(text[: cuts[0]], own_style),
            Segment(text[cuts[0] : cuts[1]], own_style + style if own_style else style),
            Segment(text[cuts[1] :], own_style),
        ]
        position += len(text)
    return [piece for piece in pieces if piece.text]
