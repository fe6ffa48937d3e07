"""Emoji by their names, as Rich has them: those that begin with something, or have it in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from amqpchat_tui.matching import folded

_SKINS = "_skin_tone"


class Named(NamedTuple):
    """An emoji and what it is called."""

    emoji: str
    name: str
    """In small letters, with `_` for blanks."""


def emoji_named(name: str) -> str:
    """Return the emoji of a name, which may stand between colons and have blanks; empty without one."""
    wanted = _form(name.strip().strip(":"))
    return next((emoji for emoji, other in _all() if other == wanted), "")


def emoji_beginning(text: str) -> Sequence[Named]:
    """Return the emoji with a name that begins so, each once, the shortest name first."""
    return list(_each_once(_beginning(_form(text))))


def find_emoji(text: str, most: int) -> Sequence[Named]:
    """Return emoji with something in their names: first where a name begins so, then where a word does."""
    wanted = _form(text)
    others = [named for named in _all() if wanted in named.name and not named.name.startswith(wanted)]
    others.sort(key=lambda named: f"_{wanted}" not in named.name)
    found = _each_once([*_beginning(wanted), *others])
    return [named for named, _ in zip(found, range(most), strict=False)]


def _beginning(wanted: str) -> Sequence[Named]:
    return [named for named in _all() if named.name.startswith(wanted)]


def _each_once(found: Sequence[Named]) -> Iterator[Named]:
    seen: set[str] = set()
    for named in found:
        if named.emoji not in seen:
            seen.add(named.emoji)
            yield named


def _form(text: str) -> str:
    return folded(text).replace(" ", "_").replace("-", "_")


@cache
def _all() -> Sequence[Named]:
    """Return all, the shortest name first, and last those of one colour of skin."""
    from rich._emoji_codes import EMOJI  # late, as it takes 30 ms, and most do without

    found = [Named(emoji, _form(name)) for name, emoji in EMOJI.items()]
    return sorted(found, key=lambda named: (_SKINS in named.name, len(named.name), named.name))
