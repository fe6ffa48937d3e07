"""The connection for all histories: opened when one is needed, and closed when none has been for a while.

What a broker has against a stream may close the connection, and only this one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from amqpchat_tui.client.errors import ConnectionProblem, Lost
from amqpchat_tui.client.history.problems import Silent, Unreachable

if TYPE_CHECKING:
    from amqpchat_tui.client.transport.link import Link

IDLE_SECONDS = 10.0
"""How long the connection is kept after its last use."""
READERS = 8
"""How many read at once: a window of messages is with us for each."""


_Result = TypeVar("_Result")


class OverLink(Protocol):
    """Does something over a connection, as often as that is lost meanwhile and worth another try."""

    async def __call__(self, work: Callable[[Link], Awaitable[_Result]]) -> _Result:
        """Return what comes of it; raise as that does."""


class Access:
    """Opens the connection, and runs what needs it."""

    def __init__(self, dial: Callable[[], Awaitable[Link]]) -> None:
        """`dial` opens a connection to the broker on which the rooms are."""
        self._dial = dial
        self._link: Link | None = None
        self._beside: Link | None = None
        self._opening = asyncio.Lock()
        self._places = asyncio.Semaphore(READERS)
        self._users = 0
        self._idle: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._goodbyes: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def link(self, beside: Link) -> AsyncIterator[Link]:
        """Use the connection that is `beside` the one on which the rooms are.

        Raises:
            Unreachable: if there is none, or if it is lost meanwhile.
        """
        self._users += 1
        if self._idle is not None:
            self._idle.cancel()
        try:
            async with self._places:
                link = await self._open(beside)
                try:
                    yield link
                except Lost as lost:
                    raise Unreachable((await link.explain(lost)).reason) from lost
                except Silent:
                    self.leave()  # it may be this connection that is silent
                    raise
        finally:
            self._users -= 1
            if not self._users:
                self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self.leave)

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside all else, until `close` at the latest."""
        return _keep(self._tasks, work)

    def leave(self) -> None:
        """Close the connection: it is not needed any more, or not good."""
        link, self._link = self._link, None
        if link is not None:
            _keep(self._goodbyes, link.close())

    async def close(self) -> None:
        """End all that runs, and close the connection."""
        if self._idle is not None:
            self._idle.cancel()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self.leave()
        if self._goodbyes:
            await asyncio.wait(self._goodbyes)

    async def _open(self, beside: Link) -> Link:
        async with self._opening:
            if self._link is not None and (self._beside is not beside or self._link.lost.done()):
                self.leave()
            if self._link is None:
                try:
                    self._link = await self._dial()
                except ConnectionProblem as problem:
                    raise Unreachable(problem.reason) from problem
                self._beside = beside
            return self._link


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task
