"""Leaving: at once where every line has been heard, else after a moment, else when it is said again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.timer import Timer

from amqpchat_tui.model import Fate, OutboxLine
from amqpchat_tui.wording.unheard import question

SEND_GRACE_SECONDS = 1.0
"""How long one waits for lines under way before one is asked."""


class Leaving:
    """Leaves the program or a room, which may have to wait or to be said again."""

    def __init__(
        self,
        command: str,
        *,
        unheard: Callable[[], Sequence[OutboxLine]],
        online: Callable[[], bool],
        set_timer: Callable[[float, Callable[[], None]], Timer],
        say: Callable[[str], None],
        leave: Callable[[], None],
    ) -> None:
        """`command` is what has to be said again; `unheard` gives the lines that would be left behind."""
        self._command = command
        self._unheard = unheard
        self._online = online
        self._set_timer = set_timer
        self._say = say
        self._on_leave = leave
        self._asked = False
        self._timer: Timer | None = None

    def leave(self) -> bool:
        """Leave; with lines that nobody has heard, wait for them a moment, then ask once more: False."""
        lines = self._unheard()
        if not lines or self._asked:
            self._end()
            return True
        under_way = any(line.fate is not Fate.FAILED for line in lines)
        if not self._online() or not under_way:
            self._ask()
        elif self._timer is None:
            self._timer = self._set_timer(SEND_GRACE_SECONDS, self._ask)
        return False

    def stay(self) -> None:
        """Something else was entered: wait no more, and ask again next time."""
        self._asked = False
        self._stop_waiting()

    def outbox_changed(self) -> None:
        """Leave when the last line has been heard that was waited for."""
        if self._timer is not None and not self._unheard():
            self._end()

    def _end(self) -> None:
        self._stop_waiting()
        self._on_leave()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _ask(self) -> None:
        self._timer = None
        if lines := self._unheard():
            self._asked = True
            self._say(question(lines, self._command))
        else:
            self._end()
