"""What is read: lines of the room, lines of our own between them, and days."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

from amqpchat_tui.model.moment import Moment
from amqpchat_tui.model.presence import Occupant

Severity = Literal["info", "warn", "fail"]
"""How bad the news is that a program tells."""


class ChatMessage(Struct, frozen=True):
    """One line as the room saw it."""

    nick: str
    text: str
    received_at: float
    action: bool = False
    """True for `/me` lines (XEP-0245); `text` is then without the `/me `."""
    sent_at: float | None = None
    """When its sender says it was typed; None where the sender does not say."""
    message_id: str | None = None
    sender: Occupant | None = None
    """Who sent it; None where nothing but the nick is known."""
    own: bool = False
    """True when this is the echo of a line typed here."""

    roughly: bool | None = False
    """Whether `received_at` is only roughly when it was said, as lines around it tell; None where nothing
    tells, and it only gives the line a place."""

    level: Severity | None = None
    """How bad the news is; None for what a person says."""

    @property
    def who(self) -> Occupant:
        """Who sent it, as far as is known."""
        return self.sender or Occupant(self.nick, "")


class FoldedMessage(ChatMessage, frozen=True):
    """One whose text is only a line of what was sent."""

    whole: str = ""
    """All of it, on as many lines as it takes."""


class LinkedMessage(ChatMessage, frozen=True):
    """One that is about another."""

    answers: str = ""
    """The name of the line that it answers, as `wire.lines.line_name` gives it; empty for none."""
    replaces: str = ""
    """The id of the line of which it is the corrected text; empty for none."""


class NoticeKind(Enum):
    """What a line of our own in the scrollback is about."""

    INFO = "info"
    ERROR = "error"
    GAP = "gap"
    """Lines may be missing here."""
    BORDER = "border"
    """What is above comes from somewhere else than what is below."""


class Gap(Struct, frozen=True):
    """From when to when lines may be missing."""

    began: float
    ended: float
    """Earlier than `began` when the clock was set back meanwhile."""
    seconds: float
    """How long it was."""

    @classmethod
    def between(cls, began: Moment, ended: Moment) -> Gap:
        """Make a gap of the moments at its ends."""
        return cls(began.wall, ended.wall, ended - began)


class Notice(Struct, frozen=True):
    """A line of our own in the scrollback; it never was on the wire."""

    text: str
    at: float
    kind: NoticeKind = NoticeKind.INFO
    gap: Gap | None = None
    """What a notice of the kind GAP is about."""


class DaySeparator(Struct, frozen=True):
    """A new day begins below this line; `at` is any moment of that day."""

    at: float


Entry = ChatMessage | Notice | DaySeparator
"""What a scrollback holds."""
