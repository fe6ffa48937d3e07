"""Programs that somebody has configured, in words."""

from __future__ import annotations


def describe_end(exit_status: int) -> str:
    """Say how a program has failed, as `subprocess` tells it; empty when it has not."""
    if exit_status < 0:
        return f"was ended by signal {-exit_status}"
    return f"ended with exit status {exit_status}" if exit_status else ""
