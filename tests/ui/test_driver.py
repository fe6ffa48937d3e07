"""The streams to the terminal and from it: how much of what is written or typed waits, and where."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import IO, Any, cast

import pytest
from textual.drivers._writer_thread import WriterThread
from textual.message import Message

from amqpchat_tui.ui.driver import READ_BYTES, UNHEARD_EVENTS, ChatDriver, Output
from tests.support.waiting import block_until, wait_until


class SlowTerminal(io.StringIO):
    """Takes what is written to it when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.takes = threading.Event()

    def flush(self) -> None:
        self.takes.wait()


def test_output_is_taken_when_the_terminal_has_it_all() -> None:
    terminal = SlowTerminal()
    output = Output(terminal)
    writer = WriterThread(cast("IO[str]", output))
    writer.start()
    for text in "abc":
        writer.write(text)
    block_until(lambda: terminal.getvalue() == "abc", what="the writes")
    assert output.taken == 0
    terminal.takes.set()
    block_until(lambda: output.taken == len("abc"), what="all to be taken")
    writer.stop()


class Typed(ChatDriver):
    """Reads a pipe for an app that comes to what it gets when it is told to."""

    def __init__(self, pipe: int) -> None:
        self.fileno = pipe
        self._parsed = []
        self.exit_event = threading.Event()
        self.heard = 0
        self.posted: list[int] = []
        """How many messages each call into the event loop has brought."""
        self.behind: list[Callable[[], None]] = []
        """What tells that the app has caught up."""
        pump = SimpleNamespace(call_later=self._come_to_it_later)
        self._app: Any = SimpleNamespace(call_later=self._come_to_it_later, focused=None, screen=pump)
        self._loop = asyncio.get_running_loop()

    def _come_to_it_later(self, reached: Callable[[], None]) -> bool:
        self.behind.append(reached)
        return True

    def process_message(self, message: Message) -> None:
        self.heard += 1
        self.send_message(message)

    async def _post(self, messages: Sequence[Message]) -> None:
        self.posted.append(len(messages))


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """All the time that a loaded machine needs."""
    monkeypatch.setattr("amqpchat_tui.ui.driver.CATCH_UP_SECONDS", 60.0)


@pytest.mark.usefixtures("patience")
async def test_what_the_app_has_not_come_to_waits_in_the_terminal() -> None:
    """Whoever types without end, such as /dev/zero, fills no memory and holds up no signal."""
    reader, writer = os.pipe()
    os.write(writer, b"x" * (UNHEARD_EVENTS + 2 * READ_BYTES))
    driver = Typed(reader)
    reading = threading.Thread(target=driver.run_input_thread)
    reading.start()
    for heard in READ_BYTES, 2 * READ_BYTES:
        await wait_until(lambda: bool(driver.behind), what="the driver to wait for the app")
        assert driver.heard == heard
        driver.behind.pop()()
        await wait_until(lambda: bool(driver.behind), what="the driver to wait for who has the focus")
        assert driver.heard == heard
        driver.behind.pop()()
    await wait_until(lambda: driver.heard == UNHEARD_EVENTS + 2 * READ_BYTES, what="all to be heard")
    assert not driver.behind
    await wait_until(lambda: len(driver.posted) == 3, what="a call into the event loop for each read")
    assert driver.posted == [READ_BYTES, READ_BYTES, UNHEARD_EVENTS]
    driver.exit_event.set()
    await asyncio.to_thread(reading.join)
    os.close(reader)
    os.close(writer)


@pytest.mark.usefixtures("patience")
async def test_the_end_is_not_held_up_by_an_app_that_never_comes_to_it() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"x" * 2 * READ_BYTES)
    driver = Typed(reader)
    reading = threading.Thread(target=driver.run_input_thread)
    reading.start()
    await wait_until(lambda: bool(driver.behind), what="the driver to wait for the app")
    driver.exit_event.set()
    await asyncio.to_thread(reading.join, 10)
    assert not reading.is_alive()
    assert driver.heard == READ_BYTES
    os.close(reader)
    os.close(writer)


async def test_who_is_gone_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amqpchat_tui.ui.driver.CATCH_UP_SECONDS", 0.01)
    reader, writer = os.pipe()
    os.write(writer, b"x" * 2 * READ_BYTES)
    driver = Typed(reader)
    reading = threading.Thread(target=driver.run_input_thread)
    reading.start()
    await wait_until(lambda: driver.heard == 2 * READ_BYTES, what="all to be heard")
    driver.exit_event.set()
    await asyncio.to_thread(reading.join)
    os.close(reader)
    os.close(writer)
