"""The connection to a broker: dial → online → lost → back off → dial, until it is closed.

What lives on it are its tenants: they join when there is a link, and wait when there is none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NoReturn

from amqpchat_tui.client.errors import (
    ConnectionProblem,
    Lost,
    NobodyListens,
    Refused,
    RoomRefused,
    first_problem,
)
from amqpchat_tui.client.redial import AddressRotation, BackOff
from amqpchat_tui.client.tenants import STABLE_SECONDS, Tenant, Tenants
from amqpchat_tui.model import ConnectionState, Phase

if TYPE_CHECKING:
    from amqpchat_tui.client.dialer import Dialer, Tell
    from amqpchat_tui.client.transport.alarm import Alarm
    from amqpchat_tui.client.transport.link import Link
    from amqpchat_tui.config import BrokerAddress, ConnectionSettings

STOP_SECONDS = 0.3
"""How long a link's life may take to end before the link is cut, after which nothing waits for the broker."""

_BLOCKED = "the broker is low on memory or disk and accepts no messages; yours are kept"
_INTERNAL = "an error inside amqpchat; its log has the details"

_log = logging.getLogger(__name__)


class Connection:
    """Owns the link, and the way to the next one when it is lost."""

    def __init__(
        self,
        settings: ConnectionSettings,
        dialer: Dialer,
        tenants: Iterable[Tenant],
        *,
        name: Callable[[], str],
        changed: Callable[[ConnectionState], None],
        tell: Tell,
    ) -> None:
        """`name` gives how we call ourselves to the broker at the next dial.

        `changed` is called when there is another state; `tell` says what the dialer has to say.
        """
        self._settings = settings
        self._dialer = dialer
        self.tenants = Tenants(tenants, joined=self._joined, wanted=self._tenant_wanted)
        self._name = name
        self._changed = changed
        self._tell = tell
        self._rotation = AddressRotation(len(settings.brokers), BackOff(random.uniform))
        self._reason = ""
        self._dial_now = asyncio.Event()
        self._moves = False
        """Whether the next dial is to other brokers."""
        self._link: Link | None = None
        self._life: asyncio.Task[None] | None = None
        """That of the link, from its dial until all who lived on it are gone."""
        self._alarm: Alarm | None = None
        self._nobody_wanted = False
        """Whether there is no link because all tenants were refused."""
        self._online_since: float | None = None
        self._others_back_at = 0.0
        self._was_stable: bool | None = None
        """Whether the latest link was; None when it never was of any use."""
        self._task: asyncio.Task[None] | None = None
        self._goodbyes: set[asyncio.Task[None]] = set()
        self.state = ConnectionState(Phase.CONNECTING, self._address.label)
        """As it is now."""

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._run())

    def reconnect(self) -> None:
        """Dial at once, dropping the link if there is one."""
        self._dial_now.set()

    def switch_broker(self, settings: ConnectionSettings) -> None:
        """Leave these brokers for others."""
        self._settings = settings
        self._rotation = AddressRotation(len(settings.brokers), BackOff(random.uniform))
        self._moves = True
        self.reconnect()

    def published(self) -> None:
        """Something that a tenant has published may wait for its confirm."""
        if self._alarm is not None:
            self._alarm.look()

    async def dial_beside(self) -> Link:
        """Open another connection to the same broker, for the caller to close; raise as dialers do."""
        return await self._dialer.dial(self._address, self._settings, self._name(), self._tell)

    async def close(self) -> None:
        """Close the link, and dial no more."""
        self._dial_now.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._end_life()  # the task may just have waited for that
        if self._goodbyes:
            await asyncio.wait(self._goodbyes)
        await self._dialer.close()

    # From link to link

    async def _run(self) -> None:
        while True:
            self._nobody_wanted = False
            self._show(Phase.RECONNECTING if self._reason else Phase.CONNECTING, self._reason)
            problem = await self._attempt()
            delay = self._decide(problem)
            self._nobody_wanted = delay is None and isinstance(problem, RoomRefused)
            if delay != 0.0:
                self._show_waiting(delay, nobody_listens=isinstance(problem, NobodyListens))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._dial_now.wait()
            if self._dial_now.is_set():
                self._dial_now.clear()
                self._moves = False
                self._rotation.reset()
                self._reason = ""

    async def _attempt(self) -> BaseException | None:
        """Let a link live to its end, or until the person wants another; return its problem."""
        life = self._life = asyncio.create_task(self._dial_and_live())
        life.add_done_callback(lambda done: done.cancelled() or done.exception())
        wanted = asyncio.create_task(self._dial_now.wait())
        try:
            await asyncio.wait({life, wanted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wanted.cancel()
            await self._end_life()
        return None if life.cancelled() else life.exception()

    async def _end_life(self) -> None:
        """Return when nobody lives on the link any more, so that nothing of it reaches into the next one."""
        life = self._life
        if life is not None and not life.done():
            if not life.cancelling():  # a second time, it would end what cleans up
                life.cancel()
            await asyncio.wait({life}, timeout=STOP_SECONDS)
            while not life.done():
                if self._link is not None:
                    self._link.cut()
                await asyncio.wait({life}, timeout=STOP_SECONDS)

    async def _dial_and_live(self) -> None:
        self._was_stable = None
        link = self._link = await self._dialer.dial(self._address, self._settings, self._name(), self._tell)
        silence = 0.0
        try:
            await self._live(link)
        except Lost as lost:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise  # we end it ourselves, and whoever gave up with that has no reason that would come
            explained = await link.explain(lost)
            silence = explained.silence
            raise explained from lost
        finally:
            self._leave(link, silence)

    def _leave(self, link: Link, silence: float) -> None:
        self._link = self._alarm = None
        self.tenants.left(silence)
        if self._online_since is not None:
            self._was_stable = time.monotonic() - self._online_since >= STABLE_SECONDS
            self._online_since = None
        if self._dial_now.is_set() and not self._moves:
            link.belongings.clear()  # who comes back looks whether they are there, and deletes them
        goodbye = asyncio.create_task(link.close())
        self._goodbyes.add(goodbye)
        goodbye.add_done_callback(self._goodbyes.discard)

    def _decide(self, problem: BaseException | None) -> float | None:
        """Return the seconds to wait before the next dial; None means until the person wants it."""
        if self._dial_now.is_set():
            return 0.0
        if isinstance(problem, ConnectionProblem):
            self._reason = problem.reason
        else:
            self._reason = _INTERNAL
            _log.error("the connection's task ended", exc_info=problem)
        if isinstance(problem, Refused):
            return self._rotation.refused()
        if self._was_stable is not None:
            return self._rotation.lost(stable=self._was_stable)
        return self._rotation.failed()

    # On a link

    async def _live(self, link: Link) -> NoReturn:
        from amqpchat_tui.client.transport.alarm import Alarm  # late: aio-pika is here by now

        self._alarm = Alarm(link, lambda: self.tenants.unconfirmed_since, self._show_blocked)
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(self.tenants.live(link))
                life.create_task(self._alarm.watch())
                await _watch(link)
        except BaseExceptionGroup as problems:
            raise first_problem(problems) from problems

    def _joined(self) -> float:
        if self._online_since is None:
            self._online_since = time.monotonic()
            self._others_back_at = self._online_since + self._rotation.online()
            self._reason = ""
            self._show(Phase.ONLINE)
        return self._others_back_at

    def _tenant_wanted(self) -> None:
        if self._nobody_wanted:
            self.reconnect()

    # What the person is told

    @property
    def _address(self) -> BrokerAddress:
        return self._settings.brokers[self._rotation.address]

    def _show_waiting(self, delay: float | None, *, nobody_listens: bool) -> None:
        if delay is None:
            self._show(Phase.REFUSED, self._reason)
        else:
            retry_at = time.monotonic() + delay
            self._show(Phase.RECONNECTING, self._reason, retry_at, nobody_listens=nobody_listens)

    def _show_blocked(self, blocked: bool) -> None:
        if blocked:
            self._show(Phase.BLOCKED, _BLOCKED)
        else:
            self._show(Phase.ONLINE)

    def _show(
        self, phase: Phase, reason: str = "", retry_at: float = 0.0, *, nobody_listens: bool = False
    ) -> None:
        state = ConnectionState(
            phase,
            self._address.label,
            reason,
            self._rotation.failures,
            retry_at,
            nobody_listens,
            product=self._link.product if self._link is not None else "",
            hosting=self._dialer.hosting,
        )
        if state != self.state:
            self.state = state
            _log.info("%s %s %s", state.broker, phase.value, reason)
            self._changed(state)


async def _watch(link: Link) -> NoReturn:
    """Raise `Lost` when a link is; without a reason where the link knows it better."""
    silence = asyncio.create_task(link.silence())
    try:
        await asyncio.wait({link.lost, silence}, return_when=asyncio.FIRST_COMPLETED)
        if silence.done():
            raise silence.result()
    finally:
        silence.cancel()
    raise Lost("")
