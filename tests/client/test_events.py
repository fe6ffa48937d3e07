"""What people do about lines: all amqpchats in a room come to know of it, and plain listeners never do."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pika
import pytest

from amqpchat_tui.client import identity
from amqpchat_tui.client.rooms import hearing, room_events
from amqpchat_tui.model import Reaction, Withdrawal
from tests.support.broker import Broker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import Join
from .support import PlainListener, PlainSpeaker, Seat, plain_speaker

Meet = Callable[..., Awaitable[list[Seat]]]


@pytest.fixture
def meet(join: Join) -> Meet:
    """A function that lets people come, and waits until they can do something about lines."""

    async def come(*nicks: str, **options: Any) -> list[Seat]:
        seats = [await join(nick=nick, **options) for nick in nicks]
        for seat in seats:
            await seat.can_react()
        return seats

    return come


@pytest.fixture
def bob(amqp_url: str, room: str) -> Iterator[PlainSpeaker]:
    """A plain script, which speaks once somebody has declared the room."""
    with plain_speaker(amqp_url, room) as speaker:
        yield speaker


@pytest.fixture
def beside(amqp_url: str, room: str) -> Iterator[PlainSpeaker]:
    """A script that says what becomes of lines, once somebody has declared where."""
    with plain_speaker(amqp_url, f"{room}.events") as speaker:
        yield speaker


@pytest.fixture
async def network(amqp_url: str) -> AsyncIterator[Proxy]:
    """The way to the broker, to be cut."""
    async with Proxy(amqp_url) as proxy:
        yield proxy


def about_a_line(event_id: str, kind: str = "reaction", **headers: Any) -> pika.BasicProperties:
    headers = {"about": "id-1", "emoji": "👍"} | headers
    return pika.BasicProperties(type=kind, message_id=event_id, headers=headers)


def react(seat: Seat, emoji: str = "👍", about: str = "id-1", *, remove: bool = False) -> None:
    seat.client.events.react(seat.conversation, about, emoji, remove=remove)


def emojis(seat: Seat) -> list[str]:
    return [event.emoji for event in seat.events if isinstance(event, Reaction)]


async def have_seen(seat: Seat, *shown: str) -> None:
    """Wait until these reactions have come, and none besides."""
    await wait_until(
        lambda: emojis(seat) == list(shown), 20, lambda: f"{shown}, not {emojis(seat)}; {seat.notices}"
    )


async def test_three_know_the_same_and_a_plain_listener_hears_nothing_of_it(
    meet: Meet, amqp_url: str, room: str
) -> None:
    with PlainListener(amqp_url, room) as listener:
        ann, bea, cid = seats = await meet("ann", "bea", "cid")
        ann.say("hello")
        for seat in seats:
            await seat.hear("hello")
        about = bea.messages[0].message_id or ""
        react(bea, "👍", about)
        react(cid, "👩‍👩‍👧‍👦", about)
        react(bea, "👍", about, remove=True)
        ann.client.events.withdraw(ann.conversation, about)

        def told(seat: Seat) -> set[tuple[object, ...]]:
            return {(type(event), event.event_id, event.about, event.who, event.at) for event in seat.events}

        await wait_until(lambda: all(len(told(seat)) == 4 for seat in seats), 20, "four things to be known")
        assert told(ann) == told(bea) == told(cid)
        assert {event.about for event in ann.events} == {about}
        for seat in seats:
            assert len(seat.events) == 4
            assert {event.who.nick for event in seat.events if event.own} == {seat.client.nick}
            assert [type(event) for event in seat.events if event.who.nick == "ann"] == [Withdrawal]
            by_bea = [event for event in seat.events if event.who.nick == "bea"]
            assert [isinstance(event, Reaction) and event.remove for event in by_bea] == [False, True]
            assert by_bea[0].at < by_bea[1].at, "what she did last is what counts"
            assert seat.notices == []
        await wait_until(listener.heard, what="the line")
        assert [body for _, body, _ in listener.heard()] == [b"hello"]


async def test_only_what_comes_through_the_exchange_is_an_event_and_nothing_else_does_is_a_line(
    meet: Meet, bob: PlainSpeaker, beside: PlainSpeaker
) -> None:
    (ann,) = await meet("ann")
    bob.say("a line", properties=about_a_line("e-1"))
    beside.say("no line", properties=about_a_line("e-2"))
    beside.say("nor this", properties=about_a_line("e-3", "of another kind"))
    beside.say("nor this", nick=b"\xff" * 255)
    beside.say("", properties=about_a_line("e-4", about="\x1b[2J"))
    beside.say("", properties=about_a_line("e-5"))
    bob.say("the last")
    await ann.see("e-2", "e-5")
    await ann.hear("the last")
    assert ann.texts == ["a line", "the last"]
    assert [event.event_id for event in ann.events] == ["e-2", "e-5"]


async def test_a_flood_of_it_comes_through_and_does_not_push_out_the_ids_of_lines(
    meet: Meet, bob: PlainSpeaker, beside: PlainSpeaker, room: str
) -> None:
    (ann,) = await meet("ann", lines=50_000)
    line = pika.BasicProperties(message_id="the line")
    bob.say("twice", properties=line)
    unconfirmed = beside.channel.connection.channel()
    for number in range(10_500):
        unconfirmed.basic_publish(f"{room}.events", "bob", b"", about_a_line(f"e-{number}"))
    unconfirmed.basic_publish(f"{room}.events", "bob", b"", about_a_line("e-10499"))
    unconfirmed.close()
    bob.say("twice", properties=line)
    bob.say("that is all")
    await ann.hear("that is all")
    await wait_until(lambda: len(ann.events) >= 10_500, 20, lambda: f"all; {len(ann.events)}")
    assert [event.event_id for event in ann.events] == [f"e-{number}" for number in range(10_500)]
    assert ann.texts == ["twice", "that is all"]
    assert ann.gaps == []


async def test_what_did_not_come_back_is_published_again_and_counts_once(
    join: Join, meet: Meet, network: Proxy
) -> None:
    (bea,) = await meet("bea")
    ann = await join(network.url, nick="ann")
    await ann.can_react()
    network.delay(0.3)  # it reaches bea at once, and comes back later
    react(ann, "👍")
    await have_seen(bea, "👍")
    network.refuse()
    network.cut()
    network.delay(0.0)
    assert emojis(ann) == []
    await wait_until(lambda: ann.client.events.problem(ann.conversation), what="to be told why not")
    react(ann, "👎")
    await network.accept()
    await have_seen(ann, "👍")
    react(bea, "✅")
    await have_seen(ann, "👍", "✅")
    await have_seen(bea, "👍", "✅")
    assert ann.events[0].own


async def test_a_deleted_exchange_is_made_again(
    meet: Meet, beside: PlainSpeaker, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does something notices at once, and others by and by."""
    ann, bea = await meet("ann", "bea")
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(hearing, "ROOM_LOOK_SECONDS", 0.1)
    beside.channel.exchange_delete(f"{room}.events")
    react(ann, "👍")
    await have_seen(ann, "👍")

    def again() -> bool:
        react(ann, "👀")
        return "👀" in emojis(bea)

    await wait_until(again, 20, "to be heard again")
    assert (ann.notices, bea.notices) == ([], [])


async def test_whoever_is_deaf_to_a_room_that_was_deleted_hears_all_of_it_again(
    meet: Meet, bob: PlainSpeaker, room: str
) -> None:
    ann, bea = await meet("ann", "bea")
    for exchange in room, f"{room}.events":
        bob.channel.exchange_delete(exchange)
    for seat in ann, bea:
        await wait_until(lambda seat=seat: seat.gaps, 20, "to be told of it")  # type: ignore[misc]

    def again() -> bool:
        react(ann, "👀")
        return "👀" in emojis(bea)

    await wait_until(again, 20, "to be heard again")


async def test_a_room_of_too_long_a_name_is_one_without_reactions(join: Join) -> None:
    ann = await join(room="r" * 250)
    ann.say("hello")
    await ann.hear("hello")
    assert ann.client.events.problem(ann.conversation) == "No reactions: the room's name is too long."
    assert ann.notices == []


async def test_another_kind_of_exchange_costs_reactions_alone(join: Join, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as speaker:
        speaker.channel.exchange_declare(f"{room}.events", "direct")
    ann = await join()
    await wait_until(lambda: ann.notices, 20, "to be told")
    told = f"No reactions: exchange `{room}.events` is a `direct` exchange; a room needs a fanout."
    assert ann.client.events.problem(ann.conversation) == told
    react(ann)
    ann.say("hello")
    await ann.hear("hello")
    ann.client.reconnect()
    ann.say("and again")
    await ann.hear("and again")
    await wait_until(lambda: ann.client.events.problem(ann.conversation) == told, 20, "the same again")
    assert [notice for notice in ann.notices if "reactions" in notice] == [told]
    assert ann.events == []


async def test_another_fanout_is_used_as_it_is(meet: Meet, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as speaker:
        speaker.channel.exchange_declare(f"{room}.events", "fanout", auto_delete=True)
    ann, bea = await meet("ann", "bea")
    react(ann)
    await have_seen(bea, "👍")


# Permissions


async def restricted(join: Join, node: Broker, room: str, **permissions: str) -> Seat:
    """Let dan come, who may not do everything."""
    user = f"dan-{room}"
    node.add_user(user, "secret")
    node.set_permissions(user, **permissions)
    return await join(node.url(user, "secret"), nick="dan")


BUT_EVENTS = r"^(?!.*\.events$).*$"


@pytest.mark.parametrize(("permission", "more"), [("configure", ", which does not exist yet"), ("read", "")])
async def test_a_missing_permission_costs_reactions_alone(
    join: Join, node: Broker, room: str, permission: str, more: str
) -> None:
    dan = await restricted(join, node, room, **{permission: BUT_EVENTS})
    told = (
        f"No reactions: user dan-{room} lacks the permission `{permission}` "
        f"on exchange `{room}.events`{more}."
    )
    await wait_until(lambda: told in dan.notices, 20, lambda: f"{told}; {dan.notices}")
    assert dan.client.events.problem(dan.conversation) == told
    react(dan)
    dan.say("hello")
    await dan.hear("hello")
    assert [notice for notice in dan.notices if "reactions" in notice] == [told]


async def test_who_may_not_configure_uses_what_is_there(
    meet: Meet, join: Join, node: Broker, room: str
) -> None:
    (ann,) = await meet("ann")
    dan = await restricted(join, node, room, configure=BUT_EVENTS)
    await dan.can_react()
    for emoji in "👍", "👎":
        react(dan, emoji)
    await have_seen(ann, "👍", "👎")
    await have_seen(dan, "👍", "👎")
    assert dan.notices == []


async def test_who_may_not_write_hears_what_others_do(
    meet: Meet, join: Join, node: Broker, room: str
) -> None:
    (ann,) = await meet("ann")
    dan = await restricted(join, node, room, write=BUT_EVENTS)
    await dan.can_react()
    react(dan)
    why = f"user dan-{room} lacks the permission `write` on exchange `{room}.events`"
    told = f"Nobody sees your reactions: {why}."
    await wait_until(lambda: dan.client.events.problem(dan.conversation) == told, 20, "to be told why not")
    react(dan)
    react(ann, "✅")
    await have_seen(dan, "✅")
    dan.say("hello")
    await ann.hear("hello")
    assert [notice for notice in dan.notices if "reactions" in notice] == [told]
    assert emojis(ann) == ["✅"]


async def test_accounts_are_told_as_on_lines(meet: Meet, join: Join, node: Broker, room: str) -> None:
    (ann,) = await meet("ann")
    dan = await restricted(join, node, room)
    await dan.can_react()
    react(dan, "👍")
    await have_seen(ann, "👍")
    react(ann, "👎")
    await have_seen(dan, "👍", "👎")
    for seat in ann, dan:
        assert [event.who.account for event in seat.events] == [f"dan-{room}", ""]
    assert [event.own for event in dan.events] == [True, False]


async def test_who_is_known_under_another_name_reacts_without(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "account_of", lambda user: f"not {user}")
    ann, bea = await meet("ann", "bea")
    react(ann)
    await have_seen(bea, "👍")
    await have_seen(ann, "👍")
    assert [(event.who.account, event.own) for event in ann.events] == [("", True)]
    ann.say("hello")
    await bea.hear("hello")
    assert len([notice for notice in ann.notices if "account" in notice]) == 1


async def test_what_is_taken_and_comes_from_nowhere_is_not_repeated_for_ever(
    join: Join, node: Broker, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may not ask of what kind an exchange is finds that from another nothing comes back."""
    with plain_speaker(node.url(), room) as speaker:
        speaker.channel.exchange_declare(f"{room}.events", "topic")
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(hearing, "ROOM_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(room_events, "UNHEARD_SECONDS", 0.0)
    dan = await restricted(join, node, room, configure=BUT_EVENTS)
    await dan.can_react()
    react(dan)
    told = "Nobody sees your reactions: the broker takes them, and they do not come back."
    await wait_until(lambda: told in dan.notices, 20, "to be told why not")
    assert dan.events == []
