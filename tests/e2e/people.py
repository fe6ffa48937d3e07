"""Who takes part in a conversation besides the test: amqpchats, plain scripts, and a network that fails."""

import asyncio
import os
import pty
import re
import select
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.proxy import Direction, Proxy
from tests.support.terminal import Key, Terminal
from tests.support.waiting import block_until

AMQPCHAT = Path(sysconfig.get_path("scripts")) / "amqpchat"
"""The program as it is installed."""
ONLINE = "● online"
"""What the status line says to somebody who hears the room and is heard."""
START_SECONDS = 20.0
"""How long a program may take to start on a busy machine."""

_plain = Path(__file__).parent.parent / "plain"
_chat_row = re.compile(  # at the right there may be the scrollbar, and the list of people
    r"\d\d:\d\d +(?P<nick>\S.*?) [│┃] ?(?P<text>.*?) *[▁-█]?(?:  +│.{0,21})?"
)


def enter(terminal: Terminal, line: str) -> None:
    """Type a line, look at it, and press Enter."""
    terminal.write(line)
    terminal.wait_for(f"❯ {line}")
    terminal.write(Key.ENTER)


def wait_until_gone(terminal: Terminal, text: str) -> None:
    """Wait until the screen no longer shows a text."""
    block_until(lambda: text not in terminal.text, what=lambda: f"{text!r} to go:\n{terminal.text}")


def conversation(terminal: Terminal) -> list[tuple[str, str]]:
    """Nick and first row of each message on an amqpchat's screen, without the program's own notices."""
    found = [row.groups() for row in map(_chat_row.fullmatch, terminal.rows) if row]
    return [(nick, text) for nick, text in found if nick != "–"]


def send(url: str, room: str, nick: str, *lines: str) -> None:
    """Say lines with the plain script."""
    subprocess.run(
        [sys.executable, _plain / "send.py", nick],
        env={**os.environ, "AMQPCHAT_URL": url, "AMQPCHAT_ROOM": room},
        input="\n".join(lines),
        text=True,
        timeout=START_SECONDS,
        check=True,
    )


class Listener:
    """The plain script that listens, and what it prints; it listens once entered with `with`."""

    def __init__(self, url: str, room: str, folder: Path) -> None:
        """`folder` is where its output goes."""
        self._output, self._remarks = folder / "heard", folder / "remarks"
        with self._output.open("wb") as output, self._remarks.open("wb") as remarks:
            self._process = subprocess.Popen(
                [sys.executable, _plain / "listen.py"],
                env={**os.environ, "AMQPCHAT_URL": url, "AMQPCHAT_ROOM": room},
                stdout=output,
                stderr=remarks,
            )

    def __enter__(self) -> Self:
        block_until(self._remarks.read_text, START_SECONDS, "the listener to listen")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def heard(self) -> str:
        """All that it has printed so far."""
        return self._output.read_text()

    def wait_for(self, printed: str) -> None:
        """Wait until it has printed a text."""
        block_until(lambda: printed in self.heard, what=lambda: f"{printed!r} in {self.heard!r}")

    def finish(self) -> str:
        """End it in order, and return all that it has printed."""
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(START_SECONDS) == 0, self._remarks.read_text()
        return self.heard


class Network:
    """A `Proxy` in a thread of its own, for tests that block; it carries once entered with `with`."""

    def __init__(self, upstream: str) -> None:
        self._proxy = Proxy(upstream)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self.url = self._proxy.url

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._proxy.__aexit__(kind, error, trace), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def accept(self) -> None:
        """Carry new connections, again after a `refuse`."""
        asyncio.run_coroutine_threadsafe(self._proxy.accept(), self._loop).result(10)

    def do(self, step: Callable[[Proxy], None]) -> None:
        """Take a step of the proxy's: `network.do(Proxy.refuse)`."""

        async def take() -> None:
            step(self._proxy)

        asyncio.run_coroutine_threadsafe(take(), self._loop).result(10)

    def stall(self) -> None:
        """Hold all bytes back, both ways, as a broker that hangs does."""
        for direction in Direction:
            self.do(partial(Proxy.stall, direction=direction))


class BareTerminal:
    """An amqpchat in a terminal that can do what `Terminal` cannot: send bytes that are no text, hang up."""

    def __init__(self, url: str, room: str) -> None:
        self._master, tty = pty.openpty()
        controlled = 'exec "$@" <>"$0" >&0 2>&0'
        self.program = subprocess.Popen(
            ["/bin/sh", "-c", controlled, os.ttyname(tty), AMQPCHAT, "--url", url, "--room", room],
            env={**os.environ, "TERM": "xterm-256color"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.read_until("online")
        os.close(tty)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.program.kill()
        self.program.wait()
        self.hang_up()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        os.write(self._master, data)

    def read_until(self, shown: str) -> None:
        """Read until the program has written a text, in one style; fail when it ends before."""
        output = b""
        while shown.encode() not in output:
            assert select.select([self._master], [], [], START_SECONDS)[0], f"no {shown!r} after {output!r}"
            data = os.read(self._master, 65536)
            assert data, f"the program ended after {output!r}"
            output += data

    def hang_up(self) -> None:
        """Close the terminal, as a closed window does; doing so again changes nothing."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1
