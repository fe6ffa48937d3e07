"""What stands out in a text of somebody: addresses, and code."""

from __future__ import annotations

from collections.abc import Iterator

from amqpchat_tui.scrollback.code import FENCE
from amqpchat_tui.ui.scrollback.links import ascii_address, find_links
from amqpchat_tui.ui.scrollback.palette import Palette
from amqpchat_tui.ui.scrollback.row_painter import Mark, link_style


def text_marks(text: str, palette: Palette) -> Iterator[Mark]:
    """Go through the styles on parts of a text, later ones on top."""
    for start, end, url in find_links(text):
        if (address := ascii_address(url)) is not None:
            yield Mark(start, end, link_style(address))
    if FENCE in text:
        from amqpchat_tui.ui.scrollback.code_marks import code_marks  # late: most lines have no code

        yield from code_marks(text, palette)
