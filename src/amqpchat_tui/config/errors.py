"""What is said about a setting that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable

from amqpchat_tui.wire.text import clean_line

_LIMIT = 5000  # characters: room for the longest path


class ConfigError(Exception):
    """A setting that cannot be used.

    Its message is one line of clean text, names the place, says what to do, and never holds a password.
    """

    def __init__(self, message: str) -> None:
        super().__init__(clean_line(message, _LIMIT))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return what a mistyped word probably meant."""
    from difflib import get_close_matches  # only needed on the way out

    return next(iter(get_close_matches(word, list(known), n=1)), None)
