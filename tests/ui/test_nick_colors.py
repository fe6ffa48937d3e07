"""Nick colours: stable, as XEP-0392 says, and readable on every theme."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from amqpchat_tui.ui.contrast import MIN_CONTRAST, Rgb, contrast
from amqpchat_tui.ui.scrollback.nick_colors import hue, nick_color


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("Romeo", 327.255249), ("juliet@capulet.lit", 209.410400), ("😺", 331.199341), ("council", 359.994507)],
)
def test_hues_are_those_of_xep_0392(text: str, degrees: float) -> None:
    """The test vectors of its section 13.2."""
    assert hue(text) * 360 == pytest.approx(degrees, abs=1e-5)


@given(st.text(min_size=1), st.tuples(*[st.integers(0, 255)] * 3))
def test_every_nick_is_readable_on_every_background(nick: str, background: Rgb) -> None:
    assert contrast(nick_color(nick, background), background) >= MIN_CONTRAST


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
def test_every_nick_is_readable_on_every_theme(name: str) -> None:
    background = Color.parse(BUILTIN_THEMES[name].to_color_system().generate()["background"]).rgb
    ratios = [contrast(nick_color(f"nick{n}", background), background) for n in range(500)]
    assert min(ratios) >= MIN_CONTRAST
