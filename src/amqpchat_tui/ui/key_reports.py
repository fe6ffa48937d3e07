"""Keys as terminals report them: in xterm's escape sequences, and in kitty's keyboard protocol beyond them.

Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/
"""

from __future__ import annotations

import re
import sys
import unicodedata
from string import digits

from textual import events
from textual.keys import KEY_NAME_REPLACEMENTS

from amqpchat_tui.ui.textual_private import (
    CHARACTERS_BY_KEY,
    FUNCTIONAL_KEYS,
    KEYS_BY_SEQUENCE,
    MODIFIER_FUNCTIONAL_KEYS,
    character_to_key,
)

_REPORT = re.compile(r"\x1b\[([0-9:;]*)([u~ABCDEFHPQRS])")
_MODIFIERS = ("shift", "alt", "ctrl", "super", "hyper", "meta")
"""In the order of their bits; what follows are Caps Lock and Num Lock, which the key's text shows already."""
_SHIFT, _ALT = 1, 2
_CHORD_BITS = 0b111110
_RELEASE = 3
_PRIVATE_KEYS = range(57344, 63744)
"""Code points that kitty gives to keys which type nothing."""


def key_of(character: str) -> events.Key:
    """The key that a character stands for when it comes by itself, a control character too."""
    if character < "\x80" and isinstance(keys := KEYS_BY_SEQUENCE.get(character), tuple):
        return events.Key(keys[0].value, character)
    return events.Key(_name(character), character)


def key_with_alt(character: str) -> events.Key:
    """The key that a character behind ESC stands for, in terminals that send Alt as ESC."""
    name = key_of(character).key
    return events.Key(f"alt+shift+{name.lower()}" if name.isupper() else f"alt+{name}", None)


def reported_keys(sequence: str) -> list[events.Key] | None:
    """Read a report `CSI code:shifted:base ; modifiers:event ; text final`; None if it is something else.

    A release, a modifier by itself, and what makes no sense are no keys: an empty list.
    """
    if (match := _REPORT.fullmatch(sequence)) is None:
        return None
    fields = [[int(part or 0) for part in field.split(":")] for field in match[1].split(";")]
    codes, held, text = [*fields, [], []][:3]
    code, shifted, base = [*codes, 0, 0][:3]
    modifiers, kind = [*held, 0, 0][:2]
    if kind == _RELEASE:
        return []
    bits = max(modifiers - 1, 0)
    typed = "".join(map(_character, text))
    if name := FUNCTIONAL_KEYS.get(f"{code or 1}{match[2]}"):
        return [] if name in MODIFIER_FUNCTIONAL_KEYS else [_functional_key(name, bits, typed)]
    if match[2] != "u":
        return None
    if typed and not bits & _CHORD_BITS & ~_ALT:  # with text, Alt has chosen the character, as on a Mac
        return [key_of(character) for character in typed]
    character = _character(code)
    if not character or code in _PRIVATE_KEYS:
        return []
    if bits & _CHORD_BITS:
        return [events.Key(_chord(_name(_chorded(character, _character(base))), bits), None)]
    return [key_of(_character(shifted) or character.upper()[:1] if bits & _SHIFT else character)]


def _functional_key(name: str, bits: int, typed: str) -> events.Key:
    if typed and not bits & _CHORD_BITS:  # a key pad's digit, say
        return events.Key(name, typed)
    return events.Key(
        _chord(name, bits), None if bits & (_SHIFT | _CHORD_BITS) else CHARACTERS_BY_KEY.get(name)
    )


def _chorded(character: str, place: str) -> str:
    """The character that names a key held with Ctrl, Alt and the like.

    It is known by its `place`, what it is on a US keyboard, where the layout has no Latin letter there, and
    in the row of digits: a French keyboard has `&` for 1.
    """
    return place if place and (not character.isascii() or place in digits) else character


def _chord(name: str, bits: int) -> str:
    """A key's name with its modifiers, as Textual writes it."""
    modifiers = [modifier for place, modifier in enumerate(_MODIFIERS) if bits >> place & 1]
    return "+".join([*sorted(modifiers), name])


def _character(code: int) -> str:
    """The character of a code point; none for control characters, surrogates and what is beyond Unicode."""
    if not 0 < code <= sys.maxunicode or unicodedata.category(character := chr(code)) in ("Cc", "Cs"):
        return ""
    return character


def _name(character: str) -> str:
    name = character if character.isalnum() else character_to_key(character)
    return KEY_NAME_REPLACEMENTS.get(name, name)
