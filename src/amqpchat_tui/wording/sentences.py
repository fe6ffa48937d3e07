"""Reasons and the like as whole sentences."""

from __future__ import annotations


def sentence(words: str) -> str:
    """Return words, of which there are some, with a capital letter and a full stop."""
    return f"{words[0].upper()}{words[1:]}."
