"""Exchange, queue or channel are taken away under a connection that stays."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from tests.client.support import Seat, plain_speaker
from tests.support.broker import Broker
from tests.support.waiting import wait_until

from .people import AWAY, BACK_SECONDS, ONLINE, hears_once, talker

HEAL_SECONDS = 5.0
"""How long a room may be deaf."""
AT_ONCE_SECONDS = 2.0


def delete_exchange(url: str, room: str) -> None:
    with plain_speaker(url, room) as bob:
        bob.channel.exchange_delete(room)


def recreate_exchange(url: str, room: str) -> None:
    with plain_speaker(url, room) as bob:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "fanout")


@pytest.mark.parametrize("fault", [delete_exchange, recreate_exchange])
async def test_exchange(amqp_url: str, bea: Seat, room: str, fault: Callable[[str, str], None]) -> None:
    async with talker(amqp_url, room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            await asyncio.to_thread(fault, amqp_url, room)
            deaf = len(ann.typed)
            await wait_until(
                lambda: set(ann.typed[deaf:]) & set(ann.heard), HEAL_SECONDS, "ann to hear again"
            )
            await wait_until(
                lambda: set(ann.typed[deaf:]) & set(bea.texts), HEAL_SECONDS, "bea to hear again"
            )
            healed = len(ann.typed)
            await wait_until(lambda: len(ann.typed) > healed + 5, what="some more lines")
        await ann.settle()
        await hears_once(bea, ann.typed[healed:])


async def test_own_line_heals_a_deaf_room_at_once(
    amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amqpchat_tui.client.rooms.hearing.RENEW_SECONDS", 3600.0)
    async with talker(amqp_url, room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        await asyncio.to_thread(recreate_exchange, amqp_url, room)
        await ann.say("do you hear me?")
        await ann.settle()


async def test_lines_into_a_deaf_room_come_back_though_others_talk(amqp_url: str, room: str) -> None:
    """The binding is renewed before the deafness is noticed, and from then on the room is never silent."""
    async with talker(amqp_url, room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        await asyncio.to_thread(recreate_exchange, amqp_url, room)
        await ann.say("do you hear me?")
        with plain_speaker(amqp_url, room) as bob:

            def heard() -> bool:
                bob.say("chatter")
                return "do you hear me?" in ann.heard

            await wait_until(heard, 15.0, lambda: f"the line to be heard: {ann.outbox}")


async def bound_to(node: Broker, room: str) -> list[str]:
    """The queues that hear a room."""
    return [queue for source, queue in await asyncio.to_thread(node.bindings) if source == room]


async def test_queue_deleted(node: Broker, bea: Seat, room: str) -> None:
    others = set(await bound_to(node, room))
    async with talker(node.url(), room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        (queue,) = set(await bound_to(node, room)) - others
        async with ann.talking():
            await asyncio.to_thread(node.ctl, "delete_queue", queue)
            await ann.sees(AWAY, "the broker deleted our queue", within=AT_ONCE_SECONDS)
            await ann.sees(ONLINE, within=BACK_SECONDS)
        await ann.settle()
        await hears_once(bea, ann.typed)
        assert ann.gaps == 1


@pytest.mark.parametrize("consumers", [1, 0], ids=["that we listen on", "that we publish on"])
async def test_channel_closed_by_the_broker(node: Broker, bea: Seat, room: str, consumers: int) -> None:
    node.add_user(room, "secret")
    node.set_permissions(room)
    async with talker(node.url(room, "secret"), room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            await asyncio.to_thread(node.close_channels, room, consumers=consumers, confirms=not consumers)
            if consumers:
                await ann.sees(AWAY, "the broker closed our channel", within=AT_ONCE_SECONDS)
                await ann.sees(ONLINE, within=BACK_SECONDS)
            since = len(ann.typed)
            await wait_until(
                lambda: set(ann.typed[since:]) & set(ann.heard), HEAL_SECONDS, "more to be heard"
            )
        await ann.settle()
        assert Counter(ann.heard + ann.failed) == Counter(ann.typed)
        await hears_once(bea, [line for line in ann.typed if line not in ann.failed])


async def test_after_deafness_lines_may_be_missing_and_the_screen_says_so(amqp_url: str, room: str) -> None:
    async with talker(amqp_url, room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        await asyncio.to_thread(recreate_exchange, amqp_url, room)
        with plain_speaker(amqp_url, room) as bob:
            bob.say("nobody hears this")
        await ann.say("do you hear me?")
        await ann.settle()
        assert ann.gaps == 1
