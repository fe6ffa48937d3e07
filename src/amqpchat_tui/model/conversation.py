"""Where one talks: the identity that everything about a conversation is kept under."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Self


class ConversationKind(StrEnum):
    """What kind of place it is; the values are kept on disk."""

    ROOM = "room"
    """A fanout exchange that anybody may speak into."""
    PRIVATE = "private"
    """Lines to and from one person, through the default exchange."""
    WATCHED = "watched"
    """An exchange of others, which is only read."""


class Level(StrEnum):
    """What a conversation may do to a person; the values are kept on disk and stand in the configuration."""

    ALL = "all"
    """Lines make it unread, and those that concern the person ring."""
    MENTIONS = "mentions"
    """Only lines that concern the person are news."""
    NONE = "none"
    """Not even those."""


class ConversationId(NamedTuple):
    """A place to talk in or to watch; the key for whatever belongs to it, in every layer and on disk."""

    kind: ConversationKind
    name: str
    """The exchange of a room or of what is watched; the nick of the other person."""
    pattern: str = ""
    """The binding key of what is watched; the account of the other person, which the broker has checked;
    else empty."""

    @property
    def label(self) -> str:
        """What it is called on the screen, its kind included."""
        match self.kind:
            case ConversationKind.ROOM:
                return self.name
            case ConversationKind.PRIVATE:
                known = self.pattern in ("", self.name) or self.name == f"user:{self.pattern}"
                return f"@{self.name}" if known else f"@{self.name} ({self.pattern})"
            case ConversationKind.WATCHED:
                return f"={self.name} {self.pattern}".rstrip()

    @property
    def short_label(self) -> str:
        """What it may be called where no other is meant: its kind and its name."""
        return {ConversationKind.PRIVATE: "@", ConversationKind.WATCHED: "="}.get(self.kind, "") + self.name

    @classmethod
    def room(cls, name: str) -> Self:
        """The conversation in a room."""
        return cls(ConversationKind.ROOM, name)

    @classmethod
    def private(cls, nick: str, account: str = "") -> Self:
        """The conversation with one person: under one nick, each account has its own, and so has none."""
        return cls(ConversationKind.PRIVATE, nick, account)
