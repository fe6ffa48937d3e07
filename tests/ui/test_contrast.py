"""What stands out from what is behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.ui.contrast import MIN_CONTRAST, Rgb, contrast, legible

colors = st.tuples(*[st.integers(0, 255)] * 3)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@given(colors, colors)
def test_what_does_not_stand_out_is_made_to(color: Rgb, background: Rgb) -> None:
    seen = legible(color, background)
    assert contrast(seen, background) >= MIN_CONTRAST
    assert seen == color or contrast(color, background) < MIN_CONTRAST


def test_a_hue_is_kept() -> None:
    assert legible((90, 0, 0), (0, 0, 0)) == (243, 0, 0)
