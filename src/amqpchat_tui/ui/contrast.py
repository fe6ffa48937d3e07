"""Whether a text stands out from what is behind it, and what makes it do so: WCAG 2.1."""

from __future__ import annotations

import colorsys
from functools import lru_cache

Rgb = tuple[int, int, int]

MIN_CONTRAST = 4.5
"""WCAG 2.1, success criterion 1.4.3 (level AA)."""

_STEP = 0.02


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


def is_dark(background: Rgb) -> bool:
    """Whether white stands out from it more than black does."""
    return contrast((255, 255, 255), background) > contrast((0, 0, 0), background)


@lru_cache(maxsize=256)
def legible(color: Rgb, background: Rgb) -> Rgb:
    """A colour as it is where it stands out by `MIN_CONTRAST`, else as much lighter or darker as it takes."""
    if contrast(color, background) >= MIN_CONTRAST:
        return color
    red, green, blue = (channel / 255 for channel in color)
    return legible_hls(*colorsys.rgb_to_hls(red, green, blue), background)


def legible_hls(hue: float, lightness: float, saturation: float, background: Rgb) -> Rgb:
    """The colour of a hue that stands out, with the lightness nearest to the given one; all are 0 to 1."""
    step = _STEP if is_dark(background) else -_STEP
    while 0 < lightness < 1:
        red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
        color = (round(red * 255), round(green * 255), round(blue * 255))
        if contrast(color, background) >= MIN_CONTRAST:
            return color
        lightness += step
    return (255, 255, 255) if is_dark(background) else (0, 0, 0)
