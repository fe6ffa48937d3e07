"""Has passwords checked in threads, few at a time, and of one address not many wrong ones."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from amqpchat_tui.broker.accounts import Accounts
from amqpchat_tui.passwords import PasswordHash
from amqpchat_tui.rate import Rate

WRONG_AT_ONCE = 30
"""How many wrong passwords one address may try at once; right ones do not count."""
WRONG_PER_SECOND = 1.0
"""How many it may try for long; whoever comes from there meanwhile waits their turn."""
CHECKS_AT_ONCE = 2
"""How many passwords are hashed at a time, as each takes a processor and 4 MB."""
LINES = 1024
"""How many addresses are told apart; of more, some share what they may try."""


class Logins:
    """Tells who may log in, without holding up anybody who has."""

    def __init__(
        self, users: Mapping[str, PasswordHash], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._accounts = Accounts(users)
        self._threads = ThreadPoolExecutor(CHECKS_AT_ONCE, "passwords")
        self._lines = [_Line(clock) for _ in range(LINES)]

    async def check(self, address: str, user: str, password: str) -> bool:
        """Whether somebody at an IP address may log in, when it is their turn."""
        line = self._lines[hash(network_of(address)) % LINES]
        await line.wait()
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._threads, self._accounts.check, user, password)
        if right:
            line.give_back()
        return right

    def close(self) -> None:
        """Check nothing any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Line:
    """Those of one address, one behind the other while too many of them have been wrong."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rate = Rate(WRONG_AT_ONCE, WRONG_PER_SECOND)
        self._first = asyncio.Lock()
        self._given_back = asyncio.Event()

    async def wait(self) -> None:
        """Wait until one more password may be wrong."""
        async with self._first:
            while not self._rate.allows(self._clock()):
                self._given_back.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1 / WRONG_PER_SECOND):
                        await self._given_back.wait()

    def give_back(self) -> None:
        """A password was not wrong."""
        self._rate.give_back()
        self._given_back.set()


def network_of(address: str) -> str:
    """Return what is likely to be one machine or household: an IPv4 address, or the first 64 bits of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or int(ip) >> 64)
    return str(ip)
