"""Whether somebody looks at the terminal."""

from __future__ import annotations

AWAY_AFTER_SECONDS = 20.0
"""How long who has not touched a key is taken to read, where the terminal does not tell."""


class Presence:
    """A person before a terminal that may report whether it has the focus (xterm's mode 1004).

    All moments are the monotonic clock's, in seconds.
    """

    def __init__(self, now: float) -> None:
        self._focused: bool | None = None
        """None while the terminal has never reported a loss."""
        self._since = now
        """The last sign: of life, or that the focus was lost."""

    def report_focus(self, has_focus: bool, now: float) -> None:
        """The terminal reports that it has got the focus or lost it.

        Only who has reported a loss is believed: tmux without `focus-events` reports the focus when it is
        attached, and then never that it is elsewhere.
        """
        if self._focused is not None or not has_focus:
            self._focused = has_focus
        self._since = now

    def act(self, now: float) -> None:
        """A key was pressed, or the mouse used: that needs the focus, whatever was reported."""
        self._since = now
        if self._focused is not None:
            self._focused = True

    def away_since(self, now: float) -> float | None:
        """When the person was last here, the same for all of one absence; None while they are."""
        here = now - self._since < AWAY_AFTER_SECONDS if self._focused is None else self._focused
        return None if here else self._since
