"""Sentences about people: who comes and goes, and of whom one cannot be sure."""

from __future__ import annotations

import time
from collections.abc import Sequence

_NAMED_AT_MOST = 5
"""More are counted: all who come and go are one row."""
COMPANY_NAMED_AT_MOST = 100
"""The same for who is in a room: a screen of names."""


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
    return f"{describe_number(number, is_estimate=is_estimate)} here"


def describe_number(number: int, *, is_estimate: bool) -> str:
    """Say a number of people as `describe_headcount` does, alone."""
    if not is_estimate:
        return f"{number:,}"
    step = 10 ** max(0, len(str(number)) - 2)
    return f"about {round(number / step) * step:,}"


def describe_typists(nicks: Sequence[str]) -> str:
    """Say who is writing; empty when nobody is."""
    if len(nicks) > 3:
        return f"✎ {len(nicks)} people"
    return f"✎ {', '.join(nicks)}" if nicks else ""


def describe_company(
    label: str,
    number: str,
    here: Sequence[tuple[str, int, str | None, bool]],
    heard: Sequence[tuple[str, str]],
) -> str:
    """Say who is in a room, in a row each for those who say so and for plain scripts.

    `number` says how many they are, as `describe_number` does; it is empty where nobody can tell. Each of
    those `here` has a name, a number of programs, an absence and whether it is oneself; each of those `heard`
    a name and when that was.
    """
    named = _first([describe_present(*one) for one in here])
    if number:
        rows = [f"{label}, {number} here: {named}" if named else f"{label}, {number} here."]
    else:
        rows = [f"Nobody can tell who is in {label} now.{named and f' Last seen: {named}'}"]
    if heard:
        said = _first([f"{nick} {at}" for nick, at in heard])
        rows.append(f"Heard{', plain' if here else ''}: {said}")
    return "\n".join(rows)


def describe_person(
    nick: str, account: str, sessions: int, away: str | None, *, since: float, heard_at: float
) -> str:
    """Say what is known of somebody who is here; `account` is what the broker has checked, or empty.

    Since when they are, and when they were heard last, is by the clock on the wall.
    """
    facts = [f"here since {_clock_time(since)}"]
    if sessions > 1:
        facts.append(f"by {sessions} programs")
    facts.append(f"last heard at {_clock_time(heard_at)}")
    facts.append(f"account {account}, checked by the broker" if account else "no account that was checked")
    if away is not None:
        facts.append(f"away: {away}" if away else "away")
    return f"{nick}: {', '.join(facts)}."


def describe_present(name: str, sessions: int, away: str | None, own: bool = False) -> str:
    """Say who is here, by how many programs, and whether they are away, or oneself."""
    notes = ["you"] * own + ([f"away: {away}" if away else "away"] if away is not None else [])
    described = ", ".join(notes)
    many = f" ×{sessions}" if sessions > 1 else ""
    return f"{name}{many}{f' ({described})' if notes else ''}"


def _clock_time(at: float) -> str:
    return time.strftime("%H:%M", time.localtime(at))


def _first(names: Sequence[str]) -> str:
    more = len(names) - COMPANY_NAMED_AT_MOST
    return ", ".join(names[:COMPANY_NAMED_AT_MOST]) + (f" and {more:,} more" if more > 0 else "")


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _NAMED_AT_MOST:
        return ", ".join(names)
    named = names[: _NAMED_AT_MOST - 1]
    return f"{', '.join(named)} and {len(names) - len(named):,} more"
