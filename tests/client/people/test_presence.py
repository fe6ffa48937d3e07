"""Who is in a room, seen by several amqpchats over a real broker, and by a plain listener not at all."""

import asyncio
import time
from typing import Any

import pika
import pytest

from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.roster import MAX_OCCUPANTS
from amqpchat_tui.client import identity
from amqpchat_tui.client.people import presence_visit
from amqpchat_tui.client.rooms.topology import Joined, join
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import ConversationId, Here, Phase, Posting
from amqpchat_tui.wire import senders
from tests.client.people.company import Meet, Member
from tests.client.support import PlainListener, plain_speaker
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.waiting import wait_until


async def test_three_amqpchats_know_each_other_and_a_plain_listener_hears_nothing_of_it(
    meet: Meet, amqp_url: str, room: str
) -> None:
    with PlainListener(amqp_url, room) as listener:
        ann, bea = await meet("ann"), await meet("bea")
        await ann.see("ann", "bea")
        await bea.see("ann", "bea")
        cid = await meet("cid")
        for member in ann, bea, cid:
            await member.see("ann", "bea", "cid")
        ann.people.away = "lunch"
        ann.people.typed(ann.conversation)
        bea.people.rename("bob")
        cid.say("hello")
        for member in ann, bea:
            await member.hear("hello")
            await member.see("ann", "bob", "cid") if member is ann else None
        await wait_until(listener.heard, what="the line")
        await cid.close()
        await ann.see("ann", "bob")
        await bea.close()
        await ann.see("ann")
        assert [(nick, body) for nick, body, _ in listener.heard()] == [("cid", b"hello")]


async def test_a_newcomer_knows_all_within_a_second(meet: Meet) -> None:
    residents = [await meet(f"nick{number}") for number in range(5)]
    for member in residents:
        await member.settle_in()
    newcomer = await meet("new")
    began = time.monotonic()
    await newcomer.see("new", *(member.client.nick for member in residents))
    assert time.monotonic() - began < 3.0


async def test_away_is_told(meet: Meet) -> None:
    ann, bea = await meet("ann"), await meet("bea")
    await ann.see("ann", "bea")
    bea.people.away = "lunch"

    def absences() -> dict[str, str | None]:
        return {one.nick: one.away for one in ann.attendance.here(time.monotonic())}

    await wait_until(lambda: absences() == {"ann": None, "bea": "lunch"}, 20, "bea's absence")


async def test_who_only_listens_or_asks_is_in_nobodys_list(meet: Meet) -> None:
    ann = await meet("ann")
    await ann.settle_in()
    asker = await meet("asker", part=Part.ASKS)
    await asker.see("ann")
    listener = await meet("listener", presence=PresenceSettings(announce=False))
    bea = await meet("bea")
    await listener.see("bea")
    await bea.see("ann", "bea")
    assert ann.here == ["ann", "bea"]


async def test_people_of_another_room_are_others(meet: Meet, room: str) -> None:
    ann = await meet("ann")
    await meet("bea")
    await ann.see("ann", "bea")
    other = ConversationId.room(f"{room}-2")
    ann.client.join(other)

    def there() -> list[str]:
        people = ann.people.of(other)
        return [str(one.called) for one in people.here(time.monotonic())] if people is not None else []

    await wait_until(lambda: there() == ["ann"], 20, "to be there alone")
    ann.people.leave(other)
    ann.client.leave(other)
    assert ann.here == ["ann", "bea"]


async def test_after_an_outage_all_are_known_again(meet: Meet) -> None:
    ann, bea = await meet("ann"), await meet("bea")
    await ann.see("ann", "bea")
    mailbox = ann.client.mailbox.address
    ann.client.reconnect()
    await wait_until(lambda: ann.client.mailbox.address not in ("", mailbox), 20, "another connection")
    await ann.see("ann", "bea")
    await bea.see("ann", "bea")


async def test_a_deleted_exchange_is_made_again(meet: Meet, amqp_url: str, room: str) -> None:
    ann, bea = await meet("ann"), await meet("bea")
    await ann.see("ann", "bea")
    await bea.see("ann", "bea")
    with plain_speaker(amqp_url, room) as speaker:
        speaker.channel.exchange_delete(f"{room}.presence")
    for member in ann, bea:
        member.client.post(member.conversation, Posting(Here(member.attendance.announcer.me)))
    bound = [1, 1]

    def again() -> bool:
        bea.client.post(bea.conversation, Posting(Here(bea.attendance.announcer.me, away=str(bound))))
        return any(one.away == str(bound) for one in ann.attendance.here(time.monotonic()))

    await wait_until(again, 20, "to be heard again")
    assert (ann.notices, bea.notices) == ([], [])


async def test_bindings_are_renewed_for_who_never_speaks(
    meet: Meet, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence_visit, "RENEW_SECONDS", 0.2)
    listener = await meet("ann", presence=PresenceSettings(announce=False))
    with plain_speaker(amqp_url, room) as speaker:
        speaker.channel.exchange_delete(f"{room}.presence")
        speaker.channel.exchange_declare(f"{room}.presence", "fanout")
    await meet("bea")
    await listener.see("bea")


async def test_garbage_and_a_flood_of_names_do_no_harm(meet: Meet, amqp_url: str, room: str) -> None:
    ann, bea = await meet("ann"), await meet("bea")
    await ann.see("ann", "bea")
    await asyncio.to_thread(pester, amqp_url, room, ann.client.mailbox.address)
    await wait_until(lambda: len(ann.attendance.roster) > 500, 20, "some of the flood")
    bea.say("still here")
    await ann.hear("still here")
    assert len(ann.attendance.roster) <= MAX_OCCUPANTS
    assert "bea" in ann.here
    assert ann.notices == []


def pester(url: str, room: str, mailbox: str) -> None:
    """Send what no amqpchat sends, and very many names."""
    wrong: list[dict[str, Any]] = [
        {},
        {"type": "here"},
        {"type": "\x1b[2J", "headers": {"session": "x"}},
        {"type": "here", "headers": {"session": "x" * 1_000, "since": "y", "away": ["z"]}},
        {"type": "here", "headers": {"session": "evil", "since": -5, "away": "\x1b[31m" * 100}},
        {"type": "hello", "headers": {"session": "loud"}, "message_id": "1", "reply_to": mailbox},
        {"type": "ask", "headers": {"session": "x", "nick": 5, "room": {}}, "message_id": "1"},
        {"type": "answer", "headers": {"session": "x", "room": room}, "correlation_id": "1"},
    ]
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        for properties in wrong:
            for body in b"", b"[[" * 1_000, b"\xff" * 300_000:
                channel.basic_publish(f"{room}.presence", "x", body, pika.BasicProperties(**properties))
                channel.basic_publish("", mailbox, body, pika.BasicProperties(**properties))
        for number in range(5_000):
            properties = pika.BasicProperties(type="here", headers={"session": f"{number:x}"})
            channel.basic_publish(f"{room}.presence", f"x{number}", b"", properties)


class TestPermissions:
    """Each missing one costs the roster alone, and is told once."""

    async def come(self, meet: Meet, node: Broker, nick: str, **permissions: str) -> Member:
        node.add_user(nick, nick)
        node.set_permissions(nick, **permissions)
        return await meet(nick, node.url(nick, nick), heard=False)

    async def speak(self, member: Member) -> None:
        member.say("the room goes on")
        await member.hear("the room goes on")
        assert member.phases == [Phase.ONLINE]

    async def test_of_reading(self, meet: Meet, node: Broker, room: str) -> None:
        member = await self.come(meet, node, "deaf", read=r"^(?!.*\.presence$).*")
        lacks = f"No roster: user deaf lacks the permission `read` on exchange `{room}.presence`."
        await wait_until(lambda: member.notices, 20, "a word about it")
        await self.speak(member)
        assert member.notices == [lacks]
        assert member.here == []

    async def test_of_configuring_what_is_not_there(self, meet: Meet, node: Broker, room: str) -> None:
        member = await self.come(meet, node, "plain", configure=r"^(?!.*\.presence$).*")
        await wait_until(lambda: member.notices, 20, "a word about it")
        await self.speak(member)
        assert member.notices == [
            f"No roster: user plain lacks the permission `configure` on exchange `{room}.presence`, "
            "which does not exist yet."
        ]

    async def test_of_configuring_what_is_there(self, meet: Meet, node: Broker, room: str) -> None:
        ann = await meet("ann")
        await ann.settle_in()
        member = await self.come(meet, node, "user", configure=r"^(?!.*\.presence$).*")
        await member.see("ann", "user ✓")
        await ann.see("ann", "user ✓")
        assert member.notices == []

    async def test_of_writing(self, meet: Meet, node: Broker, room: str) -> None:
        ann = await meet("ann")
        await ann.settle_in()
        member = await self.come(meet, node, "silent", write=r"^(?!.*\.presence$).*")
        await wait_until(lambda: member.notices, 20, "a word about it")
        await self.speak(member)
        assert member.notices == [
            "Nobody is told that you are here: "
            f"user silent lacks the permission `write` on exchange `{room}.presence`."
        ]
        bea = await meet("bea")
        await bea.settle_in()
        await wait_until(lambda: "bea" in member.here, 20, "bea")
        assert "silent" not in member.here


async def test_where_the_broker_knows_us_under_another_name_we_have_no_account(
    meet: Meet, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await meet("ann")
    monkeypatch.setattr(senders, "SHARED_ACCOUNT", "nobody")
    await meet("bea")
    await ann.see("ann", "bea")
    accounts = {one.nick: one.account for one in ann.attendance.here(time.monotonic())}
    assert accounts == {"ann": "", "bea": "guest"}
    monkeypatch.setattr(identity, "account_of", lambda user: "somebody else")
    cid = await meet("cid")
    await ann.see("ann", "bea", "cid")
    await cid.see("ann", "bea", "cid")
    assert {one.account for one in ann.attendance.here(time.monotonic())} == {"", "guest"}
    told = ["The broker does not take our account guest: all that we send goes without it."]
    assert cid.notices == told
    cid.say("a line goes without it too")
    await ann.hear("a line goes without it too")
    cid.client.reconnect()
    cid.say("and so does the next")
    await ann.hear("and so does the next")
    assert cid.notices == told


async def test_who_turns_out_to_have_no_account_is_no_stranger_to_themselves(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await meet("ann")
    joins = 0

    async def join_once(*arguments: Any) -> Joined:
        nonlocal joins
        joins += 1
        if joins > 1:  # what the broker answers next comes after all that is said meanwhile
            await asyncio.Event().wait()
        return await join(*arguments)

    monkeypatch.setattr(presence_visit, "join", join_once)
    monkeypatch.setattr(identity, "account_of", lambda user: "somebody else")
    cid = await meet("cid")
    await ann.see("ann", "cid")
    ann.people.away = "lunch"

    def heard_since() -> bool:
        return any(one.away for one in cid.attendance.here(time.monotonic()))

    await wait_until(heard_since, 20, "what came after their own words")
    assert cid.here == ["ann", "cid"]


async def test_an_exchange_of_another_type_is_no_roster(meet: Meet, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as speaker:
        speaker.channel.exchange_declare(f"{room}.presence", "topic")
    ann = await meet("ann", heard=False)
    await wait_until(lambda: ann.notices, 20, "a word about it")
    ann.say("the room goes on")
    await ann.hear("the room goes on")
    assert ann.notices == [
        f"No roster: exchange `{room}.presence` is a `topic` exchange; a room needs a fanout."
    ]


async def test_the_broker_restarts(meet: Meet, broker: AnyBroker) -> None:
    ann, bea = await meet("ann", broker.url()), await meet("bea", broker.url())
    await ann.see("ann", "bea")
    await bea.see("ann", "bea")
    await asyncio.to_thread(broker.kill)
    await wait_until(lambda: not ann.attendance.is_bound, 20, "to be cut off")
    assert ann.here == ["ann", "bea"]
    assert [one.stale for one in ann.attendance.here(time.monotonic())] == [False, True]
    await asyncio.to_thread(broker.start)

    def fresh(member: Member) -> bool:
        return not any(one.stale for one in member.attendance.here(time.monotonic()))

    await wait_until(lambda: ann.attendance.is_bound and fresh(ann), 60, "bea to be heard again")
    await ann.see("ann", "bea")
    await bea.see("ann", "bea")
