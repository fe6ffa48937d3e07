"""A screen that paints no more than its terminal takes, and than leaves time for keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual.events import Callback, ScreenResume

from amqpchat_tui.chat.pace import Pace
from amqpchat_tui.ui.driver import ChatDriver
from amqpchat_tui.ui.textual_private import GatedScreen, QuietApp

FRAME_SECONDS = 1 / 20
"""Between two repaints for what has arrived."""

LISTING_SECONDS = 1 / 5
"""The same for how much is new in conversations that are not shown: nobody reads a count faster."""

REST_FACTOR = 8
"""How many times as long as the last frame took there is none for what has arrived: keys come in between."""

REST_SECONDS = 1.0
"""The longest such time: a frame may have taken long as the whole machine stood still."""

TERMINAL_LOOK_SECONDS = 1 / 30
"""Between two looks at a terminal that has yet to take a frame."""


class PatientScreen(GatedScreen):
    """Waits with a frame until the terminal has taken the one before; what changes meanwhile is one frame.

    So a key waits behind one frame at most, and who writes to a terminal that stands still does not. A slow
    or busy machine draws fewer frames for what has arrived.
    """

    def __init__(self) -> None:
        super().__init__()
        self.frame_pace = Pace(self.show_news, FRAME_SECONDS, self.later)
        """Who has news to show asks it."""
        self._look_pace = Pace(self.check_idle, TERMINAL_LOOK_SECONDS, self.later)

    def show_news(self) -> None:
        """Put what has arrived into the next frame."""

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done after some seconds, between two messages of this screen."""
        # Not by Textual's timer, which never fires when its moment is over before it looks at the clock, and
        # not by its `call_later`, which looks up each time how many parameters the function has.
        asyncio.get_running_loop().call_later(seconds, self.post_message, Callback(callback=do))

    @property
    def terminal_lags(self) -> bool:
        """Whether the terminal has yet to take something that was painted."""
        driver = self.app.driver if isinstance(self.app, QuietApp) else None
        return isinstance(driver, ChatDriver) and driver.lags

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Come up the first time with the styles that all has just been given."""
        if not self.stack_updates:
            event.refresh_styles = False

    def do_redraw(self) -> None:
        """Paint everything again."""
        self.refresh(layout=True)

    def paint(self) -> None:
        """Paint, or look again later at a terminal that lags."""
        if self.terminal_lags:
            self.leave_unpainted()
            self._look_pace.ask()
        else:
            began = time.monotonic()
            super().paint()
            self.frame_pace.rest(min(REST_SECONDS, REST_FACTOR * (time.monotonic() - began)))
