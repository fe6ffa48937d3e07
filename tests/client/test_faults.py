"""What breaks, and that the client says so, loses nothing and comes back."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from amqpchat_tui.client import redial
from amqpchat_tui.client.rooms import hearing, topology
from amqpchat_tui.client.rooms.visit import Visit
from amqpchat_tui.model import Fate, Notice, Phase
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.proxy import Direction, Proxy
from tests.support.waiting import wait_until

from .conftest import Join, TakeSeat
from .support import PlainListener, Seat, plain_speaker


async def back_online(seat: Seat, connections: int = 1) -> None:
    """Wait until the client has lost its connection and has another."""
    await wait_until(
        lambda: len(seat.gaps) == connections and seat.client.state.phase is Phase.ONLINE,
        30,
        lambda: f"another connection: {seat.states}",
    )


# The connection


async def test_cut_link_and_lines_typed_meanwhile(join: Join, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        bea = await join(nick="bea")
        ann = await join(proxy.url, nick="ann")
        ann.say("before")
        await ann.settle()
        proxy.refuse()
        proxy.cut()
        state = await ann.reach(Phase.RECONNECTING)
        assert state.reason in {"the connection broke", f"nobody listens on 127.0.0.1:{proxy.port}"}
        bea.say("ann misses this")
        await bea.settle()
        lines = [f"typed meanwhile {number}" for number in range(20)]
        for line in lines:
            ann.say(line)
        assert {line.fate for line in ann.outbox()} == {Fate.QUEUED}
        await proxy.accept()
        await ann.settle()
        await bea.hear(lines[-1])
        assert bea.texts == ["before", "ann misses this", *lines]
        assert ann.texts == ["before", *lines]
        assert [type(entry).__name__ for entry in ann.entries[:3]] == ["ChatMessage", "Notice", "ChatMessage"]
        assert ann.gaps[0].startswith("Nothing heard from ")


async def test_a_connection_lost_as_we_begin_to_listen_is_a_gap_of_its_own(
    join: Join, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the queue has taken since it was bound goes with it, and the gap before is told already."""
    async with Proxy(amqp_url) as proxy:
        bea = await join(nick="bea")
        ann = await join(proxy.url, nick="ann")
        listen = Visit.listen

        async def miss_a_line_and_lose_the_link(visit: Visit) -> None:
            monkeypatch.undo()
            bea.say("ann misses this")
            await bea.settle()
            proxy.cut()
            await listen(visit)

        monkeypatch.setattr(Visit, "listen", miss_a_line_and_lose_the_link)
        proxy.cut()
        await back_online(ann, 2)
        assert "ann misses this" not in ann.texts
        gap = [entry.gap for entry in ann.entries if isinstance(entry, Notice) and entry.gap is not None][1]
        assert gap.began < bea.messages[-1].received_at < gap.ended


async def test_a_gap_over_which_the_clock_is_set_back_is_as_long_as_it_was(
    join: Join, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Proxy(amqp_url) as proxy:
        began = time.monotonic()
        ann = await join(proxy.url, nick="ann")
        proxy.refuse()
        proxy.cut()
        cut = time.monotonic()
        await ann.reach(Phase.RECONNECTING)
        wall = time.time
        monkeypatch.setattr(time, "time", lambda: wall() - 3600)
        await wait_until(lambda: time.monotonic() - cut > 1.5, what="a gap that is to be told in seconds")
        await proxy.accept()
        await back_online(ann)
    (gap,) = [entry.gap for entry in ann.entries if isinstance(entry, Notice) and entry.gap]
    assert gap.ended < gap.began
    assert 1.5 <= gap.seconds <= time.monotonic() - began
    assert "less than 1 s" not in ann.gaps[0]


async def test_orderly_stop_of_the_broker(join: Join, broker: AnyBroker) -> None:
    ann = await join()
    await asyncio.to_thread(broker.stop)
    await ann.pass_through(Phase.RECONNECTING)
    assert ann.states[1].reason == "the broker was shut down"
    ann.say("typed while it was down")
    await asyncio.to_thread(broker.start)
    await ann.settle()
    assert ann.texts == ["typed while it was down"]
    assert len(ann.gaps) == 1


async def test_connection_closed_by_the_administrator(join: Join, node: Broker) -> None:
    ann = await join()
    await asyncio.to_thread(node.ctl, "close_all_connections", "maintenance, sorry")
    await back_online(ann)
    assert ann.states[1].reason == "the broker closed the connection: maintenance, sorry"


async def test_line_whose_fate_is_unknown_is_sent_again_and_shown_once(
    join: Join, amqp_url: str, room: str
) -> None:
    async with Proxy(amqp_url) as proxy:
        bea = await join(nick="bea")
        ann = await join(proxy.url, nick="ann")
        with PlainListener(amqp_url, room) as listener:
            proxy.stall(Direction.DOWN)
            ann.say("twice on the wire")
            await bea.hear("twice on the wire")
            assert [line.fate for line in ann.outbox()] == [Fate.SENT]
            proxy.cut()
            proxy.resume()
            await ann.settle()
            bea.say("end")
            await ann.hear("end")
            await bea.settle()
            await wait_until(lambda: len(listener.heard()) == 3, what="three messages on the wire")
            ids = [properties.message_id for _, _, properties in listener.heard()]
        assert ids[0] == ids[1] != ids[2]
        assert ann.texts == ["twice on the wire", "end"]
        assert bea.texts == ["twice on the wire", "end"]


async def test_silent_link_is_noticed_by_the_heartbeat(join: Join, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        ann = await join(proxy.url, heartbeat=1)
        ann.say("before")
        await ann.settle()
        began = time.time()
        proxy.half_open()
        ann.say("into the void")
        await ann.settle()
        assert ann.states[1].reason == "no sign of life for 3 s"
        began_in_notice = time.strftime("%H:%M:%S", time.localtime(began + 1))
        assert ann.gaps[0].split()[3] <= began_in_notice, "the gap begins with the silence"


async def test_what_is_on_its_way_when_the_connection_ends_is_in_the_gap(
    join: Join, node: Broker, room: str
) -> None:
    """The last bytes come long after they were sent, so that they do not tell when the gap began."""
    async with Proxy(node.url()) as proxy:
        ann = await join(proxy.url)
        proxy.stall(Direction.DOWN)
        with plain_speaker(node.url(), room) as bob:
            bob.say("on its way")
        await asyncio.to_thread(node.ctl, "close_all_connections", "test")
        with plain_speaker(node.url(), room) as bob:
            bob.say("to nobody")
            said_at = time.time()
        proxy.resume()
        await back_online(ann)
    (gap,) = [entry.gap for entry in ann.entries if isinstance(entry, Notice)]
    assert gap is not None
    assert gap.began < said_at < gap.ended


async def test_reconnect_while_online(join: Join) -> None:
    ann = await join()
    ann.client.reconnect()
    await back_online(ann)
    ann.say("again")
    await ann.settle()
    assert ann.phases == [Phase.ONLINE, Phase.CONNECTING, Phase.ONLINE]


async def test_reconnect_while_backing_off(
    take_seat: TakeSeat, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redial.BackOff, "next", lambda _: 3600.0)
    async with Proxy(amqp_url) as proxy:
        proxy.refuse()
        ann = take_seat(proxy.url)
        await wait_until(lambda: ann.client.state.retry_at, what="the wait")
        await proxy.accept()
        ann.client.reconnect()
        await ann.reach(Phase.ONLINE)


async def test_who_leaves_before_a_line_is_answered_leaves_no_task(join: Join, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        ann = await join(proxy.url)
        proxy.stall(Direction.DOWN)
        ann.say("into the dark")
        await wait_until(lambda: [line.fate for line in ann.outbox()] == [Fate.SENT], what="it to be sent")
        await ann.close()


async def test_reconnect_while_dialling_in_vain(take_seat: TakeSeat, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        proxy.stall(Direction.DOWN)
        ann = take_seat(proxy.url)
        await wait_until(lambda: proxy.accepted == 1, what="the first dial")
        proxy.resume()
        proxy.half_open()
        ann.client.reconnect()
        await ann.reach(Phase.ONLINE)
        assert proxy.accepted == 2


# The room


async def test_exchange_deleted_and_made_again_while_we_only_listen(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 0.3)
    ann = await join()
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "fanout")
        number = 0

        def heard_again() -> bool:
            nonlocal number
            number += 1
            bob.say(f"can you hear me? {number}")
            return bool(ann.texts)

        await wait_until(heard_again, what="the room to be heard again")
    assert ann.phases == [Phase.ONLINE]


async def test_own_line_that_does_not_come_back_heals_the_room(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "DEAF_SECONDS", 0.5)
    ann = await join()
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "fanout")
        ann.say("do you hear me?")
        await ann.settle()
        bob.say("yes")
        await ann.hear("yes")
    assert ann.texts == ["do you hear me?", "yes"]
    assert ann.phases == [Phase.ONLINE]


async def test_own_line_that_never_comes_back_fails_in_the_end(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await join()

    async def join_in_vain(*_: object) -> topology.Joined:
        return topology.Joined("", shown=True)

    monkeypatch.setattr(hearing, "DEAF_SECONDS", 0.1)
    monkeypatch.setattr(hearing, "join", join_in_vain)
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "fanout")
        ann.say("hello?")
        await wait_until(lambda: ann.outbox()[0].fate is Fate.FAILED, what="the line to fail")
    assert "the room does not hear it" in ann.outbox()[0].reason


async def test_exchange_deleted_and_then_we_speak(join: Join, amqp_url: str, room: str) -> None:
    ann = await join()
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_delete(room)
        for number in range(5):
            ann.say(f"line {number}")
        await ann.settle()
    assert ann.texts == [f"line {number}" for number in range(5)]
    assert ann.phases == [Phase.ONLINE]


async def test_exchange_replaced_by_another_type(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 0.3)
    ann = await join()
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "topic")
    state = await ann.reach(Phase.REFUSED)
    assert state.reason == f"exchange `{room}` is a `topic` exchange; a room needs a fanout"


async def test_queue_deleted_under_us(join: Join, node: Broker) -> None:
    ann = await join()
    for queue in node.ctl("list_queues", "name").split():
        if queue.startswith("amq.gen-"):
            node.ctl("delete_queue", queue)
    await back_online(ann)
    assert ann.states[1].reason == "the broker deleted our queue"
    ann.say("with a queue again")
    await ann.settle()


@pytest.fixture
def short_messages(node: Broker) -> Iterator[None]:
    """A broker that takes messages of at most 1000 bytes, on channels that are opened meanwhile."""
    node.ctl("eval", "application:set_env(rabbit, max_message_size, 1000).")
    yield
    node.ctl("eval", "application:set_env(rabbit, max_message_size, 134217728).")


@pytest.mark.usefixtures("short_messages")
async def test_a_line_longer_than_the_broker_takes_fails(join: Join) -> None:
    ann = await join()
    ann.say("x" * 1001)
    await wait_until(lambda: ann.outbox()[0].fate is Fate.FAILED, what="the line to fail")
    assert "1000" in ann.outbox()[0].reason
    ann.say("short")
    await ann.hear("short")
    assert ann.phases == [Phase.ONLINE]


@pytest.mark.usefixtures("short_messages")
async def test_a_long_line_among_others_fails_alone(join: Join) -> None:
    ann = await join()
    short = [f"line {number}" for number in range(20)]
    for line in *short[:10], "x" * 1001, *short[10:]:
        ann.say(line)
    await ann.hear(*short)
    await wait_until(lambda: [line.fate for line in ann.outbox()] == [Fate.FAILED], what="one to fail")
    assert sorted(ann.texts) == sorted(short)


async def test_memory_alarm(join: Join, node: Broker) -> None:
    ann = await join()
    with node.memory_alarm():
        ann.say("kept")
        state = await ann.reach(Phase.BLOCKED)
        assert "low on memory" in state.reason
        ann.say("kept too")
        assert [line.fate for line in ann.outbox()] == [Fate.SENT, Fate.QUEUED]
    await ann.settle()
    assert ann.texts == ["kept", "kept too"]
    assert ann.phases == [Phase.ONLINE, Phase.BLOCKED, Phase.ONLINE]


async def test_memory_alarm_in_a_deaf_room(
    join: Join, node: Broker, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker answers no question meanwhile; that one waits for its answer is no reason not to tell."""
    ann = await join()
    monkeypatch.setattr(hearing, "DEAF_SECONDS", 3600.0)
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "fanout")
    ann.say("unheard")
    await wait_until(lambda: [line.fate for line in ann.outbox()] == [Fate.SENT], what="the line to be sent")
    with node.memory_alarm():
        ann.say("kept")
        monkeypatch.setattr(hearing, "DEAF_SECONDS", 0.0)
        await ann.reach(Phase.BLOCKED)
    await ann.settle()


# Idleness


async def test_nothing_happens_while_nothing_happens(join: Join) -> None:
    """Timers are for what is under way; a silent room wakes nobody but for heartbeats and looks at it."""
    ann = await join()
    ann.say("hello")
    await ann.settle()
    loop = asyncio.get_running_loop()
    timers: list[asyncio.TimerHandle] = vars(loop)["_scheduled"]
    await wait_until(
        lambda: all(timer.when() - loop.time() > 1 for timer in timers if not timer.cancelled()),
        what=lambda: f"no timer to be due soon: {timers}",
    )
