"""The scrollbar beside the scrollback."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.reactive import Reactive
from textual.scrollbar import ScrollBar


class Bar(ScrollBar):
    """Is painted only when it looks otherwise than before: most of what a flood adds moves it too little."""

    window_virtual_size: Reactive[int] = Reactive(100, repaint=False)
    window_size: Reactive[int] = Reactive(0, repaint=False)
    position: Reactive[float] = Reactive(0.0, repaint=False)

    def __init__(self) -> None:
        super().__init__(vertical=True)
        self._drawn: Sequence[Segment] = ()

    def show(self, *, rows: int, height: int, top: int) -> None:
        """Show where a view of `height` rows is, with its top row `top` of `rows`."""
        self.window_virtual_size, self.window_size, self.position = rows, height, top
        drawn = self.renderer.render_bar(
            size=height,
            virtual_size=rows,
            window_size=height if height < rows else 0,
            position=self.position,
        ).segments
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()
