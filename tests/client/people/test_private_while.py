"""Private conversations in which something changes meanwhile: the broker is blocked, the other is renamed."""

import asyncio

from msgspec.structs import replace

from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import ConversationId, Fate, Occupant, Phase
from tests.support.broker import Broker
from tests.support.waiting import wait_until

from .company import Meet
from .correspondents import Come, begin, who


async def test_a_line_is_not_under_way_while_the_broker_takes_none(come: Come, node: Broker) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob = begin(ann, who(bob))
    with node.memory_alarm():
        ann.client.say(ann.first, "to the room")
        await wait_until(lambda: ann.client.state.phase is Phase.BLOCKED, 20, "an alarm")
        for text in "a typo", "kept":
            ann.client.say(to_bob, text)
        for _ in range(10):  # turns in which they could be taken
            await asyncio.sleep(0)
        assert [line.fate for line in ann.client.outbox(to_bob)] == [Fate.QUEUED] * 2
        first = ann.client.withdraw(to_bob, ann.client.outbox(to_bob)[0].message_id, for_editing=True)
        assert first is not None
        assert first.body == "a typo"
        ann.client.say(to_bob, "no typo")
    await ann.hear(to_bob, "kept", "no typo")


async def test_a_line_that_waits_for_the_broker_outlives_the_connection(come: Come, node: Broker) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob = begin(ann, who(bob))
    with node.memory_alarm():
        ann.client.say(ann.first, "to the room")
        await wait_until(lambda: ann.client.state.phase is Phase.BLOCKED, 20, "an alarm")
        ann.client.say(to_bob, "kept")
        ann.client.reconnect()
        await wait_until(lambda: ann.client.state.phase is not Phase.BLOCKED, 20, "another connection")
    await ann.hear(to_bob, "kept")


async def test_who_is_renamed_goes_on_in_the_same_conversation(come: Come) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob, to_ann = begin(ann, who(bob)), begin(bob, who(ann))
    bob.client.say(to_ann, "hello")
    await ann.hear(to_bob, "hello")
    bob.client.rename("bobby")
    for text in "me again", "and again":
        bob.client.say(to_ann, text)
    await ann.hear(to_bob, "hello", "me again", "and again")
    assert ann.notices(to_bob)[1:] == ["bob is now bobby."]
    ann.client.address(to_bob, replace(who(bob), nick="bob"))  # as an old line in the room tells it
    ann.client.say(to_bob, "hello, bobby")
    await bob.hear(to_ann, "hello", "me again", "and again", "hello, bobby")
    there = ann.client.correspondent(to_bob)
    assert there is not None
    assert there.who.nick == "bobby"
    assert ann.opened == []


async def test_who_takes_the_name_that_somebody_had_is_told_apart(come: Come) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob, to_ann = begin(ann, who(bob)), begin(bob, who(ann))
    bob.client.rename("bobby")
    bob.client.say(to_ann, "me")
    await ann.hear(to_bob, "me")
    eve = await come("bob")
    eve.client.say(begin(eve, who(ann)), "not me")
    await ann.hear(to_bob, "me", "not me")
    assert ann.notices(to_bob)[2].startswith("This bob is not the one you write to")


async def test_who_writes_is_told_to_the_other_one_and_a_stranger_is_not_heard(meet: Meet) -> None:
    wants = PresenceSettings(send_typing=True)
    ann, bob, eve = [await meet(nick, presence=wants) for nick in ("ann", "bob", "eve")]
    to_bob, to_ann, from_eve = begin(ann, who(bob)), begin(bob, who(ann)), begin(eve, who(ann))
    eve.people.typed(from_eve)
    bob.people.typed(to_ann)
    await wait_until(lambda: ann.people.typing(to_bob) == ["bob"], 20, "bob to write")
    assert ann.client.conversations == (ann.conversation, to_bob)
    assert ann.people.typing(ann.conversation) == []


async def test_who_copies_what_a_guest_says_of_himself_cannot_take_his_place_unnoticed(come: Come) -> None:
    ann, bob, eve = await come("ann"), await come("bob"), await come("bob")
    to_bob = begin(ann, who(bob))
    ann.client.say(to_bob, "for bob")
    await bob.hear(ConversationId.private("ann"), "for bob")
    before = ann.notices(to_bob)
    ann.client.address(to_bob, who(bob))
    assert ann.notices(to_bob) == before
    pretended = Occupant("bob", bob.client.session, mailbox=eve.client.mailbox.address)
    ann.client.address(to_bob, pretended)
    (told,) = ann.notices(to_bob)[len(before) :]
    assert told.endswith("without an account nobody can tell.")
    assert eve.opened == []
