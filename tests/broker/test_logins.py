"""How many passwords are checked at a time, and how many wrong ones an address may try."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from amqpchat_tui.broker import logins
from amqpchat_tui.broker.logins import CHECKS_AT_ONCE, LINES, WRONG_AT_ONCE, Logins, network_of
from amqpchat_tui.passwords import PasswordHash
from tests.support.waiting import wait_until

HERE = "192.0.2.1"
ELSEWHERE = next(
    address
    for address in (f"198.51.100.{number}" for number in range(100))
    if (hash(network_of(address)) - hash(network_of(HERE))) % LINES
)


class Door:
    """Where people log in, with a clock that stands still, and passwords of which `right` is right."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.tried = self.running = self.most = 0
        self.threads: set[int] = set()
        self._lock = threading.Lock()
        monkeypatch.setattr(PasswordHash, "fits", lambda _, password: self._fits(password))
        monkeypatch.setattr(logins, "WRONG_PER_SECOND", 1000.0)
        self.logins = Logins({}, lambda: self.now)

    async def try_all(self, *passwords: str, address: str = HERE) -> list[bool]:
        """Try passwords at once, and return which were right."""
        checks = (self.logins.check(address, "ann", password) for password in passwords)
        return await asyncio.gather(*checks)

    def _fits(self, password: str) -> bool:
        with self._lock:
            self.tried += 1
            self.running += 1
            self.most = max(self.most, self.running)
            self.threads.add(threading.get_ident())
        if password == "slow":
            self.pair.wait(10)
        with self._lock:
            self.running -= 1
        return password != "wrong"

    pair = threading.Barrier(CHECKS_AT_ONCE)
    """Passes those who are checked at the same time."""


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    door = Door(monkeypatch)
    yield door
    door.logins.close()


async def test_any_number_with_the_right_password_come_in_at_once_from_one_address(door: Door) -> None:
    assert await door.try_all(*["right"] * 300) == [True] * 300
    assert door.tried == 300
    assert await door.try_all(*["wrong"] * WRONG_AT_ONCE) == [False] * WRONG_AT_ONCE


async def test_of_wrong_ones_so_many_are_tried_and_the_others_wait_their_turn(door: Door) -> None:
    guesser = asyncio.create_task(door.try_all(*["wrong"] * 300))
    await wait_until(lambda: door.tried == WRONG_AT_ONCE)
    assert await door.try_all("right", address=ELSEWHERE) == [True]
    assert door.tried == WRONG_AT_ONCE + 1
    door.now = 0.005
    await wait_until(lambda: door.tried == WRONG_AT_ONCE + 6)
    assert await door.try_all("right", address=ELSEWHERE) == [True]
    assert door.tried == WRONG_AT_ONCE + 7
    assert not guesser.done()
    guesser.cancel()


async def test_who_gives_up_waiting_holds_nobody_up(door: Door) -> None:
    await door.try_all(*["wrong"] * WRONG_AT_ONCE)
    impatient = asyncio.create_task(door.try_all(*["right"] * 10))
    patient = asyncio.create_task(door.try_all("right"))
    await asyncio.sleep(0)
    impatient.cancel()
    door.now = 0.001
    assert await patient == [True]
    assert door.tried == WRONG_AT_ONCE + 1


async def test_few_are_checked_at_a_time_and_none_by_the_loop(door: Door) -> None:
    assert all(await door.try_all(*["slow"] * 10 * CHECKS_AT_ONCE))
    assert door.most == CHECKS_AT_ONCE
    assert threading.get_ident() not in door.threads


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("?", "?", True),
    ],
)
def test_who_may_be_the_same_shares_what_may_be_tried(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) == same
