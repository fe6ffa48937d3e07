"""An embedded broker in a thread of its own, so that blocking clients can talk to it."""

import asyncio
import ssl
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from amqpchat_tui.broker import Host, HostEvent
from amqpchat_tui.broker.queues import Memory
from amqpchat_tui.passwords import PasswordHash

USERS = {"guest": PasswordHash.of("guest")}
"""Who may log in to brokers of tests."""


class HostThread:
    """Runs a `Host` on a free port; leaving the context fails if anything went wrong inside it."""

    def __init__(self, tls: ssl.SSLContext | None = None, max_connections: int = 500) -> None:
        self.events: list[HostEvent] = []
        self.errors: list[dict[str, Any]] = []
        self.port = 0
        self._tls = tls
        self._max_connections = max_connections
        self._listening: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="embedded broker")

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        assert not self.errors

    @property
    def url(self) -> str:
        """Where guest logs in."""
        return f"{'amqps' if self._tls else 'amqp'}://guest:guest@127.0.0.1:{self.port}/"

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._inside._connections)

    @property
    def memory(self) -> Memory:
        """What it counts for messages."""
        return self._inside._broker.memory

    def stop(self) -> None:
        """Close the host in order."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._enough.set)
            self._thread.join(10)
            assert not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.run(self._host())

    async def _host(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self._enough = asyncio.Event()
        try:
            async with Host(
                port=0,
                users=USERS,
                tls=self._tls,
                on_event=self.events.append,
                max_connections=self._max_connections,
            ) as host:
                self.port = host.port
                self._inside = host
                self._listening.set_result(None)
                await self._enough.wait()
        except BaseException as error:
            if not self._listening.done():
                self._listening.set_exception(error)
            raise
