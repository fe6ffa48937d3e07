"""One thing that a person can do, and who may have the keys for it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class Scope(Enum):
    """Who has the keys."""

    ANYWHERE = "anywhere"
    """Whatever else has them: the prompt, or a bar in its place."""
    PROMPT = "prompt"
    FIND = "find"
    """The find bar, while one types what to find."""
    FOUND = "found"
    """The find bar after Enter, when letters are keys."""
    PICK = "pick"
    """The bar for a message that is picked."""
    REACT = "react"
    """The bar in which one chooses what to put below a line."""
    OUTBOX = "outbox"
    """The bar for a line that its room has not heard."""
    RECALL = "recall"
    """The bar in which one finds a line that was entered before."""
    GO = "go"
    """The bar in which one chooses where to go."""
    SEARCH = "search"
    """The bar in which one searches the log, with the list of what was found."""
    SEARCHED = "searched"
    """The same where a line that was found is shown, when letters are keys."""


class Action(NamedTuple):
    """Something that a person can do."""

    id: str
    help: str
    """What it does, in one sentence; an id in braces stands for a key of that action."""
    scopes: tuple[Scope, ...] = (Scope.ANYWHERE,)
    """Where its keys mean it."""
    keys: tuple[str, ...] = ()
    """Its keys, as Textual names them."""
    bar_keys: tuple[str, ...] = ()
    """More keys, which would be typed in the prompt, and mean this only in a bar."""
    command: str = ""
    aliases: tuple[str, ...] = ()
    argument: str = ""
    """What follows the command, as help calls it; empty when nothing may."""
    optional: bool = False
    """Whether the argument may be missing."""
    rooms: bool = False
    """Whether the argument is one of the rooms that there are."""
    check: Callable[[str], str] | None = None
    """Makes the argument fit to be used; raises `WireError` when it cannot be."""
    by_digit: bool = False
    """Whether its keys are the digits, all with one modifier; the digit that was pressed is its argument."""
    says: bool = False
    """Whether the argument is a line to say."""
    palette: str = ""
    """Its title in the command palette; empty where it is not there."""
    hint: str | None = None
    """Its word in the hint of a bar, empty where the key speaks for itself; None where it is not told."""
    stays: bool = False
    """Whether its hint stays in a bar where there is no place for all of them."""
    brief: bool = False
    """Whether `/help` tells its keys."""
    needed: bool = False
    """Whether it has to have a key, as nothing else does the same."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its command under all its names, the first one first; empty where it has none."""
        return (self.command, *self.aliases) if self.command else ()

    @property
    def usage(self) -> str:
        """How its command is typed, as in `/nick NAME` and `/leave [ROOM]`."""
        argument = f"[{self.argument}]" if self.optional else self.argument
        return f"/{self.command} {argument}".rstrip()
