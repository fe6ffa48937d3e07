"""What becomes of lines after they were said: reactions to them, and that they are withdrawn."""

from __future__ import annotations

from msgspec import Struct

from amqpchat_tui.model.presence import Occupant


class LineEvent(Struct, frozen=True):
    """Something that somebody does about a line; what that is, tells the class."""

    about: str
    """The name of the line, as `wire.lines.line_name` gives it."""
    who: Occupant
    at: float
    """When, by the clock of whoever does it; when it came, where they do not say."""
    event_id: str
    """What comes twice counts once; of two events at one time that of the greater id is later."""
    own: bool = False
    """Whether it was done here, by this program."""


class Reaction(LineEvent, frozen=True):
    """Somebody puts a few characters under a line, or takes them away again."""

    emoji: str = ""
    """One emoji, or a few characters."""
    remove: bool = False
    """Whether they are taken away."""


class Withdrawal(LineEvent, frozen=True):
    """Somebody would rather not have said a line."""
