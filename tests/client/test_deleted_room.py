"""The room's exchange is deleted under amqpchats that stay connected."""

import asyncio
import itertools
import time
from typing import Any

import pytest

from amqpchat_tui.client.rooms import canary, hearing, outbox, topology
from amqpchat_tui.client.transport import link
from amqpchat_tui.model import Notice, Phase
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import Join
from .history.support import texts
from .support import PlainListener, Seat, plain_speaker

BACK_SECONDS = 5.0
"""How long after the recreation somebody may be deaf."""


def delete(url: str, room: str, *, again: bool = True) -> float:
    """Delete the room's exchange, and declare it again; return when that was."""
    with plain_speaker(url, room) as bob:
        bob.channel.exchange_delete(room)
        deleted_at = time.time()
        if again:
            bob.channel.exchange_declare(room, "fanout")
    return deleted_at


async def told(seat: Seat) -> Notice:
    """Wait until somebody has been told of a gap, and return the only notice of it."""
    await wait_until(lambda: seat.gaps, BACK_SECONDS, lambda: f"to be told; {seat.entries}")
    (notice,) = [entry for entry in seat.entries if isinstance(entry, Notice) and entry.gap is not None]
    return notice


async def shown(seat: Seat, text: str) -> None:
    """Wait until somebody is shown a line, be it live or filled in."""
    await wait_until(lambda: text in texts(seat), 20, lambda: f"{text}; {seat.entries}")


def is_within(moment: float, notice: Notice) -> bool:
    assert notice.gap is not None
    return notice.gap.began <= moment <= notice.gap.ended


async def test_who_only_listens_is_back_and_told_though_nobody_speaks(
    join: Join, amqp_url: str, room: str
) -> None:
    seats = [await join(nick=nick) for nick in ("ann", "bea")]
    deleted_at = await asyncio.to_thread(delete, amqp_url, room)
    notices = [await told(seat) for seat in seats]
    assert all(is_within(deleted_at, notice) for notice in notices)
    assert all(notice.text.startswith("The room was deleted. Nothing heard from ") for notice in notices)
    with plain_speaker(amqp_url, room) as bob:
        bob.say("still there?")
    for seat in seats:
        await seat.hear("still there?")
        assert seat.phases == [Phase.ONLINE]


async def test_a_line_into_a_deleted_room_reaches_the_others_once(
    join: Join, amqp_url: str, room: str
) -> None:
    """Who speaks is told at once, and says it again when the others are back as well."""
    ann, *others = [await join(nick=nick) for nick in ("ann", "bea", "cyd")]
    await wait_until(lambda: all(seat.replays for seat in (ann, *others)), what="what was said before")
    await asyncio.to_thread(delete, amqp_url, room)
    ann.say("who is here?")
    await ann.settle()
    for seat in ann, *others:
        await shown(seat, "who is here?")
        await told(seat)
        assert texts(seat) == ["who is here?"]


async def test_a_line_is_not_given_up_however_often_the_room_is_deleted(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "UNHEARD_LIMIT", 1)
    ann = await join()
    await asyncio.to_thread(delete, amqp_url, room)
    ann.say("who is here?")
    await ann.settle()
    assert ann.texts == ["who is here?"]


async def test_the_room_is_deleted_and_nobody_makes_it_again(join: Join, amqp_url: str, room: str) -> None:
    ann, bea = [await join(nick=nick) for nick in ("ann", "bea")]
    deleted_at = await asyncio.to_thread(delete, amqp_url, room, again=False)
    for seat in ann, bea:
        assert is_within(deleted_at, await told(seat))
    ann.say("we are back")
    await ann.settle()
    await bea.hear("we are back")


async def test_a_room_deleted_again_and_again_is_told_of_each_time(
    join: Join, amqp_url: str, room: str
) -> None:
    ann = await join()
    for count in range(1, 4):
        deleted_at = await asyncio.to_thread(delete, amqp_url, room)
        await wait_until(lambda: len(ann.gaps) == count, BACK_SECONDS, "to be told")  # noqa: B023
        latest = [entry for entry in ann.entries if isinstance(entry, Notice)][-1]
        assert is_within(deleted_at, latest)


async def test_the_connection_is_lost_on_the_way_back_into_the_room(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the gap of the connection begins when the room was deleted."""
    async with Proxy(amqp_url) as proxy:
        ann = await join(proxy.url)

        async def cut_and_join(*arguments: Any) -> topology.Joined:
            monkeypatch.undo()
            proxy.cut()
            return await topology.join(*arguments)

        monkeypatch.setattr(hearing, "join", cut_and_join)
        deleted_at = await asyncio.to_thread(delete, amqp_url, room)
        notice = await told(ann)
        assert notice.text.startswith("Nothing heard from ")
        assert is_within(deleted_at, notice)


@pytest.mark.parametrize("rhythm", [0.0, 0.01])
async def test_a_room_that_is_deleted_while_it_is_joined(
    join: Join, amqp_url: str, room: str, rhythm: float
) -> None:
    """Whoever joins meanwhile ends up in the room that is there in the end."""
    enough = asyncio.Event()

    def keep_deleting() -> None:
        with plain_speaker(amqp_url, room) as bob:
            while not enough.is_set():
                bob.channel.exchange_delete(room)
                bob.channel.exchange_declare(room, "fanout")
                time.sleep(rhythm)

    deleting = asyncio.create_task(asyncio.to_thread(keep_deleting))
    try:
        seats = [await join(nick=f"nick{number}") for number in range(8)]
    finally:
        enough.set()
        await deleting
    said = itertools.count()
    with plain_speaker(amqp_url, room) as bob:

        def all_hear() -> bool:
            bob.say(f"line {next(said)}")
            return all(seat.texts for seat in seats)

        await wait_until(all_hear, BACK_SECONDS, "all to hear")


async def test_nothing_is_left_on_the_broker(join: Join, node: Broker, room: str) -> None:
    def left() -> set[str]:
        names = node.ctl("list_exchanges", "name").split()
        return {name for name in names if name.startswith(f"{room}.amqpchat-")}

    async with Proxy(node.url()) as proxy:
        ann = await join(proxy.url)
        (first,) = left()
        proxy.cut()
        await wait_until(lambda: len(ann.gaps) == 1, what="another connection")
        await ann.reach(Phase.ONLINE)
        await wait_until(lambda: len(left() - {first}) == 1, what="another exchange instead of the first")
        assert left() - {first} == left()
        ann.client.reconnect()
        await wait_until(lambda: len(ann.gaps) == 2, what="a third connection")
        await ann.client.close()
        assert left() == set()


@pytest.mark.parametrize(("configure", "write"), [("^amq", ".*"), (".*", "^amq")])
async def test_who_may_not_watch_the_room_is_told_when_own_lines_do_not_come_back(
    join: Join, node: Broker, room: str, configure: str, write: str
) -> None:
    """The gap then begins when the room was last known to be heard, and nothing is left on the broker."""
    node.add_user(room, "secret")
    node.set_permissions(room, configure=configure, write=write)
    with PlainListener(node.url(), room):
        ann = await join(node.url(room, "secret"))
        assert f"{room}.amqpchat-" not in node.ctl("list_exchanges", "name")
        deleted_at = await asyncio.to_thread(delete, node.url(), room)
        node.set_permissions(room)
        ann.say("do you hear me?")
        notice = await told(ann)
        assert is_within(deleted_at, notice)
        assert notice.text.startswith("Own lines did not come back: lines between ")
        await ann.settle()


async def test_who_may_not_watch_the_room_asks_once(
    join: Join, node: Broker, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker logs each refusal, so that asking with each renewal would fill its log."""
    buried: list[set[str]] = []
    renewed = itertools.count()
    bury = canary.Canary._bury

    async def noted_bury(self: canary.Canary, exchanges: set[str]) -> None:
        buried.append(set(exchanges))
        await bury(self, exchanges)

    async def counted_join(*arguments: Any) -> topology.Joined:
        next(renewed)
        return await topology.join(*arguments)

    monkeypatch.setattr(canary.Canary, "_bury", noted_bury)
    monkeypatch.setattr(hearing, "join", counted_join)
    monkeypatch.setattr(hearing, "ROOM_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 0.0)
    node.add_user(room, "secret")
    node.set_permissions(room, configure=f"^(amq.*|{room})$")
    await join(node.url(room, "secret"))
    await wait_until(lambda: next(renewed) > 10, what="some renewals")
    assert [len(exchanges) for exchanges in buried] == [0, 1], "once, to leave nothing behind"


async def test_a_broker_that_cannot_bind_exchanges_is_not_asked_to(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_EXCHANGE_BINDINGS", "nobody has this")
    ann = await join()
    deleted_at = await asyncio.to_thread(delete, amqp_url, room)
    ann.say("do you hear me?")
    notice = await told(ann)
    assert is_within(deleted_at, notice)
    assert notice.text.startswith("Own lines did not come back: lines between ")
    await ann.settle()


async def test_the_channel_on_which_we_look_is_closed(join: Join, node: Broker, room: str) -> None:
    node.add_user(room, "secret")
    node.set_permissions(room)
    ann = await join(node.url(room, "secret"))
    await asyncio.to_thread(node.close_channels, room, consumers=0, confirms=False)
    deleted_at = await asyncio.to_thread(delete, node.url(), room)
    notice = await told(ann)
    assert is_within(deleted_at, notice)
    assert notice.text.startswith("The room was deleted. ")
    assert ann.phases == [Phase.ONLINE], "it is no reason to leave"


async def test_a_memory_alarm_delays_only_the_looks(join: Join, node: Broker, room: str) -> None:
    """A broker that takes no messages answers nobody who has published."""
    ann, bea = await join(nick="ann"), await join(nick="bea")
    with node.memory_alarm():
        ann.say("kept")
        await ann.reach(Phase.BLOCKED)
        deleted_at = await asyncio.to_thread(delete, node.url(), room)
        assert is_within(deleted_at, await told(bea))
        began = time.monotonic()
        cyd = await join(nick="cyd")
        cyd.say("kept too")
        await cyd.reach(Phase.BLOCKED)
        await cyd.client.close()
        assert time.monotonic() - began < 10
    assert is_within(deleted_at, await told(ann))
    await ann.settle()
    await bea.hear("kept")


async def test_the_room_of_a_restarted_broker_is_another_one(join: Join, broker: AnyBroker) -> None:
    """There is one gap, of the connection; the new room is not taken for one that was deleted."""
    ann = await join()
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)
    await wait_until(lambda: ann.gaps and ann.client.state.phase is Phase.ONLINE, 40, "to be back")
    ann.say("back")
    await ann.settle()
    assert [gap.split(":")[0].split()[0] for gap in ann.gaps] == ["Nothing"]
