"""A stable colour per nick, readable on any background."""

from __future__ import annotations

import colorsys
from functools import lru_cache
from hashlib import sha1

Rgb = tuple[int, int, int]

MIN_CONTRAST = 4.5
"""WCAG 2.1, success criterion 1.4.3 (level AA)."""

_STEP = 0.02


def hue(nick: str) -> float:
    """The hue of a nick, in turns (0 to 1), as XEP-0392 §5.1 generates it: clients that follow it agree."""
    digest = sha1(nick.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:2], "little") / 65536


def relative_luminance(color: Rgb) -> float:
    """The relative luminance of an sRGB colour, 0 to 1, as WCAG 2.1 defines it."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.1 defines it."""
    darker, lighter = sorted((relative_luminance(one), relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def nick_color(nick: str, background: Rgb) -> Rgb:
    """The colour of a nick: its own hue, as vivid as `MIN_CONTRAST` against the background allows."""
    nick_hue = hue(nick)
    away = 1 if contrast((255, 255, 255), background) > contrast((0, 0, 0), background) else -1
    lightness = 0.6 if away > 0 else 0.45
    while 0 < lightness < 1:
        red, green, blue = colorsys.hls_to_rgb(nick_hue, lightness, 0.75)
        color = (round(red * 255), round(green * 255), round(blue * 255))
        if contrast(color, background) >= MIN_CONTRAST:
            return color
        lightness += away * _STEP
    return (255, 255, 255) if away > 0 else (0, 0, 0)
