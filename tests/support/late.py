"""A program that is late: to see which tests do not wait for what they look at.

With `AMQPCHAT_TEST_LATE=1`, all that the program in the test's own process puts off, such as taking what has
arrived, happens some tenths of a second later than it asks for, as on a machine under load.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

LATE_SECONDS = 0.2, 0.5
"""How late something is, at least and at most."""


def make_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the program's own timers be late; those of libraries, and of tests, are as before."""
    call_later = asyncio.BaseEventLoop.call_later

    def call_late(
        loop: asyncio.BaseEventLoop,
        delay: float,
        callback: Callable[..., object],
        *args: object,
        **more: Any,
    ) -> asyncio.TimerHandle:
        if _is_ours(sys._getframe(1)):
            delay += random.uniform(*LATE_SECONDS)
        return call_later(loop, delay, callback, *args, **more)

    monkeypatch.setattr(asyncio.BaseEventLoop, "call_later", call_late)


def _is_ours(frame: FrameType | None) -> bool:
    """Whether the program asks; who sleeps stands behind `asyncio.sleep`, which asks for them."""
    while frame is not None and frame.f_globals.get("__name__") == "asyncio.tasks":
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__")).startswith("amqpchat_tui.")
