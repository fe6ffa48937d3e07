"""Leaving: at once where the room has heard everything, else after a moment, else when it is said again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.timer import Timer

from amqpchat_tui.model import Fate, OutboxLine

SEND_GRACE_SECONDS = 1.0
"""How long `/quit` waits for lines under way before it asks."""


class Leaving:
    """Carries `/quit` out, which may have to wait or to ask again."""

    def __init__(
        self,
        *,
        unheard: Callable[[], Sequence[OutboxLine]],
        online: Callable[[], bool],
        set_timer: Callable[[float, Callable[[], None]], Timer],
        say: Callable[[str], None],
        leave: Callable[[], None],
    ) -> None:
        """`unheard` gives the lines, in whatever conversation, that have not come back."""
        self._unheard = unheard
        self._online = online
        self._set_timer = set_timer
        self._say = say
        self._leave = leave
        self._asked = False
        self._timer: Timer | None = None

    def quit(self) -> bool:
        """Leave; with lines that nobody has heard, wait for them a moment, then ask once more: False."""
        lines = self._unheard()
        if not lines or self._asked:
            self._leave()
            return True
        under_way = any(line.fate is not Fate.FAILED for line in lines)
        if not self._online() or not under_way:
            self._ask()
        elif self._timer is None:
            self._timer = self._set_timer(SEND_GRACE_SECONDS, self._ask)
        return False

    def stay(self) -> None:
        """Something else was entered: ask again next time."""
        self._asked = False

    def outbox_changed(self) -> None:
        """Leave when the last line has been heard that was waited for."""
        if self._timer is not None and not self._unheard():
            self._leave()

    def _ask(self) -> None:
        self._timer = None
        self._asked = True
        count = len(self._unheard())
        lines = "1 line has" if count == 1 else f"{count} lines have"
        kept = "/quit again leaves without sending, and keeps what is unsent."
        self._say(f"{lines} not been heard in the room yet. {kept}")
