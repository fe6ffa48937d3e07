"""A key that terminals send and Textual does not know yet."""

from __future__ import annotations

from enum import Enum
from typing import Any, cast

from textual import _ansi_sequences


class _Key(Enum):
    ALT_ENTER = "alt+enter"


def register() -> None:
    """Teach Textual's parser the legacy form of Alt-Enter: it would read it as Enter, which sends."""
    cast("dict[str, Any]", _ansi_sequences.ANSI_SEQUENCES_KEYS)["\x1b\r"] = (_Key.ALT_ENTER,)
