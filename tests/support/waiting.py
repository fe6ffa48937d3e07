"""Patience: wait for a condition instead of sleeping and hoping."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_poll_seconds = 0.01


async def wait_until(
    predicate: Callable[[], T],
    timeout: float = 10.0,  # noqa: ASYNC109 - `asyncio.timeout` would not say what was waited for
    what: str | Callable[[], str] = "the condition",
) -> T:
    """Let the event loop run until the predicate returns something true, and return that.

    `timeout` is in seconds; `what` names what is waited for, or is a function that tells how things stand.

    Raises:
        AssertionError: if that takes longer than the timeout.
    """
    __tracebackhide__ = True
    deadline = time.monotonic() + timeout
    while not (result := predicate()):
        _check_deadline(deadline, timeout, what)
        await asyncio.sleep(_poll_seconds)
    return result


def block_until(
    predicate: Callable[[], T], timeout: float = 10.0, what: str | Callable[[], str] = "the condition"
) -> T:
    """Do as `wait_until` does, for tests without an event loop."""
    __tracebackhide__ = True
    deadline = time.monotonic() + timeout
    while not (result := predicate()):
        _check_deadline(deadline, timeout, what)
        time.sleep(_poll_seconds)
    return result


def _check_deadline(deadline: float, timeout: float, what: str | Callable[[], str]) -> None:
    __tracebackhide__ = True
    if time.monotonic() >= deadline:
        raise AssertionError(f"waited {timeout:g} s in vain for {what if isinstance(what, str) else what()}")
