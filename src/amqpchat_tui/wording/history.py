"""Sentences about what was said before: how much of it there is, and why there is none."""

from __future__ import annotations


def describe_problem(room: str, reason: str) -> str:
    """Say why a room's history cannot be had."""
    return f"The history of {room} cannot be had: {reason}."
