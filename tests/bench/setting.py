"""Where measurements take place: a home folder, a broker, and the programs that are compared."""

import os
import sys
import sysconfig
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import pika

from tests.bench.program import ANYWHERE, Place, Program
from tests.support.broker import Broker

_programs = Path(__file__).parent / "programs"
_chat = Path(sysconfig.get_path("scripts")) / "amqpchat"


class Setting:
    """A clean home folder, and a broker that is started when the first measurement asks for it."""

    def __init__(self, runs: int | None) -> None:
        """`runs` overrides how often each program is run."""
        self._runs = runs
        self._stack = ExitStack()
        self._home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="amqpchat-bench-")))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def runs(self, default: int) -> int:
        """How often to run each program."""
        return self._runs or default

    @cached_property
    def url(self) -> str:
        """The broker: AMQPCHAT_TEST_URL's, or a private RabbitMQ node."""
        return os.environ.get("AMQPCHAT_TEST_URL") or self._stack.enter_context(Broker()).url()

    @contextmanager
    def room(self) -> Iterator[str]:
        """A room of its own for a run."""
        name = f"bench-{uuid.uuid4().hex[:8]}"
        yield name
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            connection.channel().exchange_delete(name)

    def chat(
        self,
        room: str,
        url: str | None = None,
        place: Place = ANYWHERE,
        more_rooms: Sequence[str] = (),
        *,
        options: Sequence[str] = (),
        home: Path | None = None,
    ) -> Program:
        """The installed amqpchat, in one room or in several, of which the first is shown."""
        rooms = [word for name in (room, *more_rooms) for word in ("--room", name)]
        argv = [str(_chat), "--url", url or self.url, *rooms, "--name", "bench", *options]
        return Program(argv, home or self._home, place)

    def hosting_chat(self, room: str, port: int) -> Program:
        """The installed amqpchat, which opens the room itself."""
        flags = "--host", "--listen", f"127.0.0.1:{port}"
        return Program([str(_chat), *flags, "--room", room, "--name", "bench"], self._home)

    def full_room(self, *messages: int) -> Program:
        """The real screen with so many messages in each room, the first of them shown; without a broker."""
        return self.module("full_room", *map(str, messages))

    def hostile_sender(self, room: str) -> Program:
        """Who sends a room what nobody should."""
        return self.module("hostile_sender", self.url, room)

    def script(self, name: str, *arguments: str) -> Program:
        """One of tests/bench/programs, run by the same Python."""
        return Program([sys.executable, str(_programs / f"{name}.py"), *arguments], self._home)

    def module(self, name: str, *arguments: str, place: Place = ANYWHERE) -> Program:
        """One of them that shares code with the others."""
        argv = [sys.executable, "-m", f"tests.bench.programs.{name}", *arguments]
        return Program(argv, self._home, place)
