"""What has become of a line, in words."""

from __future__ import annotations

from collections.abc import Sequence

NAMES_TOLD = 10
"""How many of those who have reacted are named."""

NO_LINE_TO_REACT_TO = "There is no line of anybody else to react to."
NO_LINE_TO_WITHDRAW = "You have no line here that could be withdrawn."
NOT_YOURS = "It is not your line."
IS_WITHDRAWN = "It was withdrawn."


def ask_to_withdraw(again: str) -> str:
    """Say what withdrawing a line cannot do, before it is done by the same key or command again."""
    return f"Plain scripts, and whoever has seen it, keep it. {again} again withdraws."


def describe_outcomes(withdrawn: str, reactions: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Tell what a line said that was withdrawn, and who has put what below it; empty for nothing."""
    told = [f"withdrawn: {withdrawn}".replace("\n", " ")] if withdrawn else []
    return " · ".join([*told, *(f"{emoji} {_names(names)}" for emoji, names in reactions)])


def describe_reaction(emoji: str, line: str) -> str:
    """Tell whoever is called what somebody has put below a line of theirs."""
    return f"{emoji} to “{line}”"


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMES_TOLD
    return ", ".join(names[:NAMES_TOLD]) + (f" and {more} more" if more > 0 else "")
