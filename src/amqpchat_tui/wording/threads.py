"""Threads, in words."""

from __future__ import annotations

NO_THREAD = "No line here has been answered yet."
IN_THREAD = "Nothing but a thread is shown: {back} returns."
"""The id in braces stands for its key."""


def describe_thread(first: str, lines: int) -> tuple[str, str]:
    """Tell which thread it is, by its first line, and how long it is."""
    return f"thread of {first}" if first else "thread", f"{lines} line{'s' * (lines != 1)}"
