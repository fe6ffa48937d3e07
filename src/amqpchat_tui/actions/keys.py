"""How keys are called: by people, as Ctrl-Home, and by Textual, as `ctrl+home`."""

from __future__ import annotations

import unicodedata
from string import punctuation

_NAMES = {"pageup": "PgUp", "pagedown": "PgDn", "escape": "Esc"}
_ALIASES = {"pgup": "pageup", "pgdn": "pagedown", "esc": "escape", "return": "enter", "del": "delete"}
_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_IN_TEXTS = ("up", "down", "left", "right", "home", "end", "enter", "escape", "tab", "delete", "backspace")
_NAMED = {*_IN_TEXTS, "insert", "pageup", "pagedown", "space", *(f"f{number}" for number in range(1, 25))}
_SHORT_NAMES = {
    "/": "slash",
    "\\": "backslash",
    "@": "at",
    "-": "minus",
    "+": "plus",
    "_": "underscore",
}
"""What Textual calls otherwise than Unicode does."""
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter"}
"""What a terminal sends the same for (ASCII's control characters)."""


def key_of(character: str) -> str:
    """Return Textual's name of the key that types a character."""
    if character.isalnum():
        return character
    return _SHORT_NAMES.get(character) or unicodedata.name(character).lower().replace("-", "_").replace(
        " ", "_"
    )


_CHARACTERS = {key_of(character): character for character in punctuation}


def is_typed(key: str) -> bool:
    """Whether a key types a character where one writes."""
    return len(key) == 1 or key in _CHARACTERS or key == "space"


def is_for_texts(key: str) -> bool:
    """Whether a key types a character where one writes, or moves and deletes there."""
    return is_typed(key) or key in _IN_TEXTS


def key_name(key: str) -> str:
    """A key as people call it: `ctrl+home` is Ctrl-Home, and a letter alone stays as it is."""
    *modifiers, last = key.split("+")
    name = _NAMES.get(last) or _CHARACTERS.get(last)
    name = name or (last.title() if len(last) > 1 or modifiers else last)
    return "-".join([*(modifier.title() for modifier in modifiers), name])


def read_key(text: str) -> str:
    """Read a key as people or Textual call it: `Ctrl-G`, `alt+1`, `F5`, `PgUp`, `?` or `n`.

    Raises:
        ValueError: when there is no such key; with what to write instead.
    """
    *modifiers, last = _parts(text)
    modifiers = sorted(modifier.lower() for modifier in modifiers)
    name = last if len(last) == 1 and not modifiers else last.lower()
    name = _ALIASES.get(name, name)
    if len(name) == 1 and name.isprintable() and name != " ":
        name = key_of(name)
    elif name not in _NAMED and name not in _CHARACTERS:
        raise ValueError(f"there is no key {text!r}; keys are called Ctrl-G, Alt-1, F5, PgUp or Enter")
    if unknown := next((modifier for modifier in modifiers if modifier not in _MODIFIERS), ""):
        raise ValueError(f"there is no key {unknown!r} to hold; there are Ctrl, Alt and Shift")
    key = "+".join([*dict.fromkeys(modifiers), name])
    if same := _SAME.get(key):
        raise ValueError(f"a terminal sends {key_name(same)} for {key_name(key)}; say {key_name(same)}")
    return key


def _parts(text: str) -> list[str]:
    """Split at `-` and `+`, but where they are the key itself."""
    before, last = text[:-1], text[-1:]
    parts = before.replace("-", "+").split("+")
    if last in "-+" and last:
        return [*filter(None, parts), last]
    return [*parts[:-1], parts[-1] + last]
