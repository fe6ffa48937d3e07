"""Sentences about people: who comes and goes, and of whom one cannot be sure."""

from __future__ import annotations

from collections.abc import Sequence

_NAMED_AT_MOST = 5
"""More are counted: all who come and go are one row."""


def describe_doubt(nick: str, account: str, owner: str) -> str:
    """Warn that a nick which an account was known by is used by another one, or by none that was checked."""
    if account:
        return f"{nick} was known as account {owner}, and now comes from account {account}: who is it?"
    return f"{nick} was known as account {owner}, and now comes without an account: anybody may take a name"


def describe_movements(
    came: Sequence[str], left: Sequence[str], renamed: Sequence[tuple[str, str]], more: int = 0
) -> str:
    """Say who has come, left and taken another nick, as in `→ carol, dmitri ← bob`; `more` are not named."""
    parts = [f"{arrow} {_listed(nicks)}" for arrow, nicks in (("→", came), ("←", left)) if nicks]
    if renamed:
        parts.append(_listed([f"{before} is {after}" for before, after in renamed]))
    if more:
        parts.append(f"and {more:,} more")
    return " ".join(parts)


def describe_headcount(number: int, *, is_estimate: bool) -> str:
    """Say how many are here; an estimate is rounded to what it is worth."""
    if not is_estimate:
        return f"{number:,} here"
    step = 10 ** max(0, len(str(number)) - 2)
    return f"about {round(number / step) * step:,} here"


def describe_typists(nicks: Sequence[str]) -> str:
    """Say who is writing; empty when nobody is."""
    if len(nicks) > 3:
        return f"✎ {len(nicks)} people"
    return f"✎ {', '.join(nicks)}" if nicks else ""


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _NAMED_AT_MOST:
        return ", ".join(names)
    named = names[: _NAMED_AT_MOST - 1]
    return f"{', '.join(named)} and {len(names) - len(named):,} more"
