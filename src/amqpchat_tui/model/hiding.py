"""What the person does not want to see: people who are ignored, and patterns of lines."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from msgspec import Struct

ACCOUNT_PREFIX = "user:"
"""Begins the name of an account where a nick may stand."""


class HidingKind(Enum):
    """By what lines are hidden."""

    IGNORE = "ignore"
    """By who says them."""
    FILTER = "filter"
    """By what they say."""


class HidingRule(Struct, frozen=True):
    """Lines that the person does not want to see; none of them is dropped."""

    kind: HidingKind
    name: str
    """A nick or, behind `ACCOUNT_PREFIX`, an account; or what the filter is called."""
    pattern: str = ""
    """What a filter looks for, as `patterns.Pattern` has it."""
    room: str = ""
    """The name of the conversation in which it hides; empty: in all."""
    until: float | None = None
    """When it ends; None: never."""


class HidingStore(Protocol):
    """The rules that the person has given by a command, apart for each set of brokers."""

    async def all(self, brokers: Sequence[str]) -> Sequence[HidingRule]:
        """Return those that are kept, in the order in which they were given."""

    def keep(self, brokers: Sequence[str], rule: HidingRule) -> None:
        """Keep a rule, in the place of one of its kind and name."""

    def forget(self, brokers: Sequence[str], rule: HidingRule) -> None:
        """Keep a rule no more."""


class NoHiding:
    """Keeps nothing; implements `HidingStore`."""

    async def all(self, brokers: Sequence[str]) -> Sequence[HidingRule]:
        """Nothing is kept."""
        return ()

    def keep(self, brokers: Sequence[str], rule: HidingRule) -> None:
        """Do nothing: this rule ends with the program."""

    def forget(self, brokers: Sequence[str], rule: HidingRule) -> None:
        """There is nothing to forget."""
