"""What of the scrollback's texts is selected: from a cell to a character, and from a selection to a text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import split_graphemes
from textual.selection import Selection

from amqpchat_tui.scrollback import Position, Reader, RowKind, Scrollback


def character_at(reader: Reader, position: Position, cell: int) -> int:
    """Return which character of an entry is at a cell of the text's column, in one of its rows."""
    seq, index = position
    kind, start, end = reader.rows_of(seq)[index]
    text = reader.store.text(seq)
    if kind is RowKind.TEXT:
        return start + characters_before(text[start:end], cell)
    return 0 if kind is RowKind.QUOTE else len(text)


def selected_text(store: Scrollback, selection: Selection) -> str | None:
    """Return whole lines as they were sent, without nicks, times or the rows' breaks; None: no line."""
    lines = []
    for ordinal, text in _texts_from(store, selection.start.y if selection.start is not None else None):
        if (span := selection.get_span(ordinal)) is None:
            break
        start, end = span
        lines.append(text[max(start, 0) : len(text) if end == -1 else end])
    return "\n".join(lines) if lines else None


def _texts_from(store: Scrollback, ordinal: int | None) -> Iterator[tuple[int, str]]:
    """Go down from the first entry at or below an `ordinal`, each text with its own."""
    start = store.first if ordinal is None else store.seq_at(ordinal)
    for stretch in store.stretches(start, 1) if start is not None else ():
        for seq, text in store.texts(stretch):
            yield store.ordinal(seq), text


def characters_before(text: str, cells: int) -> int:
    """Return how many characters of a row lie before a cell."""
    position = 0
    for start, _, width in split_graphemes(text)[0]:
        position += width
        if position > cells:
            return start
    return len(text)
