"""Who lives on a connection, such as rooms: let in one after the other, each with its own troubles."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn, Protocol

from amqpchat_tui.client.entrance import Entrance
from amqpchat_tui.client.errors import ChannelLost, Lost, RoomRefused

if TYPE_CHECKING:
    from amqpchat_tui.client.transport.link import Link

RETRY_SECONDS = 30.0
"""How long a tenant that was refused waits until it is tried again."""
STABLE_SECONDS = 1.0
"""What lived shorter than this counts as a failed try when it is lost: a connection, or a stay on it."""
FAILED_TRIES = 3
"""After so many in a row, a tenant counts as refused, so that it is tried again less often."""
PAUSE_SECONDS = 0.5
"""How long a tenant waits after a failed try; after the second twice as long."""

_log = logging.getLogger(__name__)

OnJoined = Callable[[], float]
"""To be called by a tenant when it has what it needs on this link.

Returns until when others, who had the same outage, may still be away, by the monotonic clock.
"""


class Tenant(Protocol):
    """What lives on a connection."""

    @property
    def essential(self) -> bool:
        """Whether a link is of use when this tenant alone has what it needs there."""

    @property
    def unconfirmed_since(self) -> float | None:
        """When the oldest message that waits for its confirm was published, by the monotonic clock."""

    async def live(self, link: Link, joined: OnJoined) -> NoReturn:
        """Do what there is to do on a link, until something cannot be mended. It may be cancelled.

        Raises:
            RoomRefused: when this tenant is not wanted: it ends alone.
            ChannelLost: when this tenant has lost what it had, and may try again on the same link.
            Lost: when the link is lost, for all.
        """

    async def move_out(self) -> None:
        """Remove what `live` has left on a link that goes on, within seconds. Never raises."""

    def left(self, silence: float, refusal: RoomRefused | None = None) -> None:
        """A try to live on a link is over, after `silence` seconds without a sign of life.

        It may be called when there was none. `refusal` is given when the tenant was not wanted.
        """


class _Stay:
    """A tenant's life on a link."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.joined_at: float | None = None
        """When it got what it needs; None while it does not have it."""
        self.refusal: RoomRefused | None = None
        """Why it is not wanted, while it waits for the next try."""
        self.try_again = asyncio.Event()


class Tenants:
    """Who lives on a connection, in the order in which they are let in."""

    def __init__(self, tenants: Iterable[Tenant], *, joined: OnJoined, wanted: Callable[[], None]) -> None:
        """`joined` is called when one has what it needs, `wanted` when the person wants one to be let in."""
        self._tenants = list(tenants)
        self._joined = joined
        self._wanted = wanted
        self._entrance = Entrance(self._tenants)
        self._stays: dict[Tenant, _Stay] = {}
        """Those on the link, if there is one."""
        self._news = asyncio.Event()

    @property
    def unconfirmed_since(self) -> float | None:
        """When the oldest message of all that waits for its confirm was published."""
        since = (tenant.unconfirmed_since for tenant in self._tenants)
        return min((moment for moment in since if moment is not None), default=None)

    def add(self, tenant: Tenant) -> None:
        """Let somebody live here from now on."""
        self._tenants.append(tenant)
        self._news.set()
        self._wanted()

    async def remove(self, tenant: Tenant) -> None:
        """Let somebody live here no more; return when nothing of theirs is left on the link."""
        self._tenants.remove(tenant)
        stay = self._stays.pop(tenant, None)
        if stay is not None and stay.task is not None:
            stay.task.cancel()
            await asyncio.wait({stay.task})
            for other in self._stays.values():
                if other.refusal is not None:  # it may be for lack of channels, and there are more now
                    other.try_again.set()

    def try_again(self, tenant: Tenant) -> None:
        """Let in at once somebody who was refused."""
        if tenant in self._stays:
            self._stays[tenant].try_again.set()
        self._wanted()

    def put_first(self, tenant: Tenant) -> None:
        """Let somebody in before all others who wait."""
        self._tenants.remove(tenant)
        self._tenants.insert(0, tenant)

    async def live(self, link: Link) -> NoReturn:
        """Let all live on a link.

        Raises:
            Lost: when it is lost.
            RoomRefused: when none is wanted that the link is for: this is about the first.
            ExceptionGroup: with one of these in it.
        """
        self._entrance = Entrance(self._tenants)
        async with asyncio.TaskGroup() as life:
            while True:
                self._news.clear()
                for tenant in self._tenants:
                    if tenant not in self._stays:
                        stay = self._stays[tenant] = _Stay()
                        stay.task = life.create_task(self._stay(tenant, stay, link))
                await self._news.wait()

    def left(self, silence: float) -> None:
        """Tell all that the link is gone, after `silence` seconds without a sign of life."""
        stays, self._stays = self._stays, {}
        for tenant in tuple(self._tenants):
            tenant.left(silence, stays[tenant].refusal if tenant in stays else None)

    async def _stay(self, tenant: Tenant, stay: _Stay, link: Link) -> None:
        """Let a tenant live on a link until that is lost, or the tenant removed."""
        try:
            await self._accommodate(tenant, stay, link)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or not task.cancelling():
                # aiormq ends what waits for a dead connection with a cancellation that nobody asked for.
                raise Lost("") from None
            if tenant in self._tenants:
                raise
            task.uncancel()
        await tenant.move_out()
        self._require_anybody()

    async def _accommodate(self, tenant: Tenant, stay: _Stay, link: Link) -> NoReturn:
        failed = 0
        while True:
            try:
                await self._entrance.wait(tenant)
                await tenant.live(link, partial(self._has_joined, tenant, stay))
            except RoomRefused as refusal:
                stay.refusal = refusal
            except ChannelLost as loss:
                if self._is_alone(tenant):
                    raise  # there is nobody else to disturb, and a new link is the surer way
                _log.info("%s; the connection goes on", loss.reason)
                joined_at = stay.joined_at or time.monotonic()
                failed = 0 if time.monotonic() - joined_at >= STABLE_SECONDS else failed + 1
                if failed == FAILED_TRIES:
                    failed, stay.refusal = 0, RoomRefused(loss.reason)
            finally:
                stay.joined_at = None
                self._entrance.leave(tenant)
            self._require_anybody()
            await tenant.move_out()
            tenant.left(0.0, stay.refusal)
            if stay.refusal is None:
                await asyncio.sleep(failed * PAUSE_SECONDS)
            else:
                await self._until_the_next_try(stay)

    def _has_joined(self, tenant: Tenant, stay: _Stay) -> float:
        stay.joined_at = time.monotonic()
        self._entrance.leave(tenant)
        return self._joined() if tenant.essential else stay.joined_at

    async def _until_the_next_try(self, stay: _Stay) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RETRY_SECONDS):
                await stay.try_again.wait()
        stay.try_again.clear()
        stay.refusal = None

    def _is_alone(self, tenant: Tenant) -> bool:
        """Whether the link would be of no use without this tenant."""
        others = (other for other in self._essential if other is not tenant)
        return tenant.essential and all(self._refusal(other) is not None for other in others)

    def _require_anybody(self) -> None:
        """Raise the refusal of the first, if all are refused that the link is for."""
        refusals = [self._refusal(tenant) for tenant in self._essential]
        if refusals and refusals[0] is not None and None not in refusals:
            raise refusals[0] from None

    @property
    def _essential(self) -> Sequence[Tenant]:
        return [tenant for tenant in self._tenants if tenant.essential]

    def _refusal(self, tenant: Tenant) -> RoomRefused | None:
        return self._stays[tenant].refusal if tenant in self._stays else None
