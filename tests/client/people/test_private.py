"""Private lines between clients, and from and to plain scripts."""

import asyncio
from typing import Any

import pika
import pytest

from amqpchat_tui.client import identity
from amqpchat_tui.client.people import correspondence, private
from amqpchat_tui.model import ChatMessage, ConversationId, Correspondent, Fate, Phase
from tests.client.lodger import Lodger
from tests.client.support import PlainListener
from tests.support.broker import Broker
from tests.support.waiting import wait_until

from .correspondents import Come, begin, who
from .test_mail import LACKS, put

SOMEBODY = ConversationId.private("somebody")


async def hears(lodger: Lodger, where: ConversationId, *texts: str) -> None:
    await lodger.hear(where, *texts)


async def fails(lodger: Lodger, where: ConversationId, reason: str) -> None:
    """Wait until the only line of an outbox has failed."""
    await wait_until(
        lambda: [(line.fate, line.reason) for line in lodger.client.outbox(where)] == [(Fate.FAILED, reason)],
        20,
        lambda: f"{reason}: {lodger.client.outbox(where)}",
    )


async def test_a_private_line_reaches_one_and_nobody_else(come: Come, amqp_url: str, room: str) -> None:
    ann, bob, eve = await come("ann"), await come("bob"), await come("eve")
    with PlainListener(amqp_url, room) as listener:
        to_bob = begin(ann, who(bob))
        ann.client.say(to_bob, "just you")
        await hears(ann, to_bob, "just you")
        from_ann = ConversationId.private("ann")
        await hears(bob, from_ann, "just you")
        bob.client.say(from_ann, "/me nods")
        await hears(ann, to_bob, "just you", "nods")
        await eve.talk(eve.first, "anything new?")
        await ann.hear(ann.first, "anything new?")
        assert [body for _, body, _ in listener.heard()] == [b"anything new?"]
    assert bob.opened == [from_ann]
    assert (ann.opened, eve.opened, eve.client.conversations) == ([], [], (eve.first,))
    secrecy = "{}'s client gets this; whoever runs the broker could read it."
    assert ann.notices(to_bob) == [f"Only {secrecy.format('bob')}"]
    assert bob.notices(from_ann) == [f"Only {secrecy.format('ann')}"]
    own, theirs = (entry for entry in ann.entries[to_bob] if isinstance(entry, ChatMessage))
    assert (own.nick, own.own, own.action, own.sent_at is not None) == ("ann", True, False, True)
    assert (theirs.nick, theirs.own, theirs.action) == ("bob", False, True)
    assert theirs.who == who(bob)


async def test_a_line_to_who_is_gone_stays_and_is_for_nobody_of_the_same_name(come: Come) -> None:
    ann, bob = await come("ann"), await come("bob")
    gone = who(bob)
    to_bob = begin(ann, gone)
    await bob.client.close()
    ann.client.say(to_bob, "are you there?")
    await fails(ann, to_bob, "bob is not here")
    assert ann.client.correspondent(to_bob) == Correspondent(gone, here=False)
    other = await come("bob")
    ann.client.address(to_bob, who(other))
    (line,) = ann.client.outbox(to_bob)
    assert line.fate is Fate.FAILED, "it is not sent by itself"
    ann.client.resend(to_bob, line.message_id)
    await fails(ann, to_bob, "bob is not here")
    assert ann.notices(to_bob)[1:] == ["From here on you write to another bob than before."]
    ann.client.withdraw(to_bob, line.message_id)
    ann.client.say(to_bob, "hello, whoever you are")
    await hears(other, ConversationId.private("ann"), "hello, whoever you are")


async def test_a_line_to_the_same_program_with_another_mailbox_is_sent_when_the_person_says_so(
    come: Come, node: Broker
) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob = begin(ann, who(bob))
    first = bob.client.mailbox.address
    await asyncio.to_thread(node.ctl, "delete_queue", first)
    await wait_until(lambda: bob.client.mailbox.address not in ("", first), 20, "another mailbox")
    ann.client.say(to_bob, "once more")
    await fails(ann, to_bob, "bob is not here")
    ann.client.address(to_bob, who(bob))
    ann.client.resend(to_bob, ann.client.outbox(to_bob)[0].message_id)
    await hears(bob, ConversationId.private("ann"), "once more")
    await wait_until(lambda: not ann.client.outbox(to_bob), what="the line to leave the outbox")


async def test_a_line_typed_without_a_connection_is_sent_with_the_next_one(come: Come, node: Broker) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob = begin(ann, who(bob))
    await asyncio.to_thread(node.ctl, "close_all_user_connections", "guest", "test")
    ann.client.say(to_bob, "queued")
    await wait_until(lambda: bob.client.mailbox.address, 20, "another mailbox")
    await wait_until(
        lambda: not ann.client.outbox(to_bob) or ann.client.outbox(to_bob)[0].fate is Fate.FAILED,
        20,
        "an answer from the broker",
    )


async def test_without_the_permission_a_line_fails_with_its_name_and_rooms_go_on(
    come: Come, node: Broker, room: str
) -> None:
    node.add_user("letterless", "letterless")
    node.set_permissions("letterless", write=r"^(?!amq\.default$).*")
    lacks = LACKS.format("letterless")
    ann, bob = await come("ann", node.url("letterless", "letterless")), await come("bob")
    to_bob = begin(ann, who(bob))
    ann.client.say(to_bob, "can you hear me?")
    await fails(ann, to_bob, lacks)
    await ann.talk(ann.first, "nothing but this")
    node.set_permissions("letterless")
    ann.client.resend(to_bob, ann.client.outbox(to_bob)[0].message_id)
    await hears(bob, ConversationId.private("ann", "letterless"), "can you hear me?")
    assert ann.notices(ann.first) == [f"Nothing private can be sent: {lacks}."], "it is told once"


async def test_a_script_writes_privately_and_is_answered_where_it_says(come: Come, amqp_url: str) -> None:
    ann = await come("ann")

    def ask() -> bytes | None:
        with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
            channel = connection.channel()
            queue = channel.queue_declare("", exclusive=True).method.queue
            properties = pika.BasicProperties(reply_to=queue, user_id="guest")
            channel.basic_publish("", ann.client.mailbox.address, b"which disk?", properties)
            for _, _, body in channel.consume(queue, auto_ack=True, inactivity_timeout=20):
                return bytes(body) if body is not None else None
        return None

    asking = asyncio.create_task(asyncio.to_thread(ask))
    script = ConversationId.private("user:guest", "guest")
    await hears(ann, script, "which disk?")
    assert ann.notices(script) == [
        "Private, from user:guest: a plain script. Whoever runs the broker could read it."
    ]
    ann.client.say(script, "the second one")
    assert await asking == b"the second one"
    await asyncio.to_thread(put, amqp_url, ann.client.mailbox.address, b"no name at all")
    await hears(ann, SOMEBODY, "no name at all")
    ann.client.say(SOMEBODY, "who are you?")
    await fails(ann, SOMEBODY, "somebody is not here")


async def test_another_one_under_the_same_nick_is_told_apart_and_not_written_to(
    come: Come, amqp_url: str
) -> None:
    ann, bob, mallory = await come("ann"), await come("bob"), await come("bob")
    to_bob = begin(ann, who(bob))
    to_ann = begin(mallory, who(ann))
    mallory.client.say(to_ann, "it is me, bob")
    await hears(ann, to_bob, "it is me, bob")
    assert ann.notices(to_bob)[1:] == [
        "This bob is not the one you write to: anybody may take a name. /msg bob chooses anew."
    ]
    ann.client.say(to_bob, "the key is under the mat")
    await hears(bob, ConversationId.private("ann"), "the key is under the mat")
    assert mallory.texts(to_ann) == ["it is me, bob"]
    properties: dict[str, Any] = {"headers": {"nick": "bob", "session": bob.client.session}}
    mailbox = mallory.client.mailbox.address
    await asyncio.to_thread(
        put, amqp_url, ann.client.mailbox.address, b"stolen", reply_to=mailbox, **properties
    )
    await hears(ann, to_bob, "it is me, bob", "the key is under the mat", "stolen")
    there = ann.client.correspondent(to_bob)
    assert there == Correspondent(who(bob)), "whoever copies a session gets nothing for it"


async def test_each_account_has_a_conversation_of_its_own(come: Come, node: Broker) -> None:
    node.add_user("second", "second")
    node.set_permissions("second")
    ann = await come("ann")
    headers = {"nick": "bob", "session": "0"}
    for user in "guest", "second":
        properties = {"headers": headers, "user_id": user, "reply_to": "q"}
        url, mailbox = node.url(user, user), ann.client.mailbox.address
        await asyncio.to_thread(put, url, mailbox, user.encode(), **properties)
    for user in "guest", "second":
        await hears(ann, ConversationId.private("bob", user), user)
    assert [where.label for where in ann.opened] == ["@bob (guest)", "@bob (second)"]


async def test_who_says_too_much_is_cut_short(
    come: Come, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "PER_SECOND", 0.0)
    ann = await come("ann")
    await _flood(amqp_url, ann, ["somebody"] * (private.BURST + 20))
    await wait_until(lambda: len(ann.notices(SOMEBODY)) == 2, 20, "the notice")
    await asyncio.to_thread(put, amqp_url, ann.client.mailbox.address, b"me too", headers={"nick": "eve"})
    await hears(ann, ConversationId.private("eve"), "me too")
    assert len(ann.texts(SOMEBODY)) == private.BURST
    assert ann.notices(SOMEBODY)[1] == "somebody says too much at once: some lines are left out here."


async def test_strangers_with_many_names_open_few_conversations(come: Come, amqp_url: str) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob = begin(ann, who(bob))
    most = correspondence.MAX_STRANGERS
    await _flood(amqp_url, ann, [f"eve{number}" for number in range(most + 30)])
    await wait_until(lambda: ann.notices(ann.first), 20, "the notice")
    from_bob = begin(bob, who(ann))
    bob.client.say(from_bob, "what a crowd")
    await hears(ann, to_bob, "what a crowd")
    assert len(ann.opened) == most
    assert ann.notices(ann.first) == [
        "Too many strangers write to you: more are left out. /leave @ closes what you have not answered."
    ]
    ann.client.leave(ann.opened[0])
    await asyncio.to_thread(put, amqp_url, ann.client.mailbox.address, b"in", headers={"nick": "late"})
    await hears(ann, ConversationId.private("late"), "in")


async def _flood(url: str, ann: Lodger, nicks: list[str]) -> None:
    def flood() -> None:
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            channel = connection.channel()
            for nick in nicks:
                headers = {"nick": nick} if nick != "somebody" else None
                properties = pika.BasicProperties(headers=headers)
                channel.basic_publish("", ann.client.mailbox.address, b"x", properties)

    await asyncio.to_thread(flood)


@pytest.mark.parametrize(
    "properties",
    [
        {"headers": {"nick": "\x1b[2Jeve\u202e"}},
        {"headers": {"nick": 7, "session": ["a"]}, "type": "private"},
        {"headers": {"nick": "x" * 5000}},
        {"headers": {"nick": "user:root"}},
        {"headers": {"nick": "Somebody"}, "message_id": "\x1b", "reply_to": "\x1b"},
        {"type": "unheard of", "correlation_id": "1"},
        {"content_type": "x", "timestamp": 2**62},
    ],
)
async def test_whatever_comes_in_is_shown_clean_and_harms_nothing(
    come: Come, amqp_url: str, properties: dict[str, Any]
) -> None:
    ann = await come("ann")
    url, mailbox = amqp_url, ann.client.mailbox.address
    await asyncio.to_thread(put, url, mailbox, b"\x1b]0;pwned\x07\xff\n" * 300, **properties)
    await wait_until(lambda: ann.opened and ann.texts(ann.opened[0]), 20, "the line")
    (where,) = ann.opened
    (text,) = ann.texts(where)
    for shown in (where.label, text, *ann.notices(where)):
        assert not {"\x1b", "\u202e"} & set(shown)
    assert len(where.name) <= 32
    assert where.name != "user:root"
    await ann.talk(ann.first, "still here")


async def test_a_conversation_that_is_left_is_begun_anew_by_the_next_line(come: Come) -> None:
    ann, bob = await come("ann"), await come("bob")
    to_bob, to_ann = begin(ann, who(bob)), begin(bob, who(ann))
    ann.client.say(to_bob, "one")
    await hears(bob, to_ann, "one")
    await hears(ann, to_bob, "one")
    ann.client.leave(to_bob)
    assert ann.client.conversations == (ann.first,)
    bob.client.say(to_ann, "two")
    await hears(ann, to_bob, "one", "two")
    assert ann.opened == [to_bob]


async def test_what_was_not_delivered_is_offered_by_the_next_start_and_sent_to_nobody(
    come: Come, amqp_url: str, room: str
) -> None:
    ann, bob = Lodger(amqp_url, room), await come("bob")
    to_bob = begin(ann, who(bob))
    await bob.client.close()
    ann.client.say(to_bob, "for the bob of today")
    await fails(ann, to_bob, "bob is not here")
    await ann.leave()
    again, other = await come("ann"), await come("bob")
    begin(again, who(other))
    await again.offers(to_bob, "for the bob of today")
    (line,) = again.client.outbox(to_bob)
    again.client.resend(to_bob, line.message_id)
    reason = "kept from last time, for who is gone: e edits it"
    await fails(again, to_bob, reason)
    assert again.client.withdraw(to_bob, line.message_id, for_editing=True)
    again.client.say(to_bob, "for the bob of tomorrow")
    await hears(other, ConversationId.private("ann"), "for the bob of tomorrow")


async def test_nothing_is_bound_to_a_mailbox(come: Come, node: Broker) -> None:
    ann = await come("ann")
    rows = await asyncio.to_thread(node.bindings)
    assert [source for source, queue in rows if queue == ann.client.mailbox.address] == [""]


async def test_a_line_tells_the_account_that_the_broker_has_checked(come: Come, node: Broker) -> None:
    node.add_user("checked", "checked")
    node.set_permissions("checked")
    ann, bob = await come("ann"), await come("bob", node.url("checked", "checked"))
    to_ann = begin(bob, who(ann))
    bob.client.say(to_ann, "it is really me")
    from_bob = ConversationId.private("bob", "checked")
    await hears(ann, from_bob, "it is really me")
    ann.client.say(from_bob, "so it is")
    await hears(bob, to_ann, "it is really me", "so it is")


async def test_a_line_whose_account_the_broker_does_not_take_goes_without(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "account_of", lambda user: f"not {user}")
    ann, bob = await come("ann"), await come("bob")
    to_bob = begin(ann, who(bob))
    ann.client.say(to_bob, "one")
    ann.client.say(to_bob, "two")
    await hears(bob, ConversationId.private("ann"), "one", "two")
    await ann.talk(ann.first, "online all the time")
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_that_the_broker_does_not_take_our_account_is_found_out_and_told_once_for_all(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "account_of", lambda user: f"not {user}")
    refused: list[str] = []
    is_disowned = identity.Identity.is_disowned

    def note(own: identity.Identity, user: str, problem: Exception) -> bool:
        refused.append(user)
        return is_disowned(own, user, problem)

    bob, ann = await come("bob"), await come("ann")
    monkeypatch.setattr(identity.Identity, "is_disowned", note)
    await ann.talk(ann.first, "in the room")
    to_bob = begin(ann, who(bob))
    ann.client.say(to_bob, "in private")
    await hears(bob, ConversationId.private("ann"), "in private")
    assert refused == ["guest"]
    told = "The broker does not take our account guest: all that we send goes without it."
    assert [notice for notice in ann.notices(ann.first) if "account" in notice] == [told]


async def test_a_line_that_came_twice_is_shown_once(come: Come, amqp_url: str) -> None:
    ann = await come("ann")
    for text in b"one", b"one", b"two":
        mailbox = ann.client.mailbox.address
        await asyncio.to_thread(put, amqp_url, mailbox, text, message_id=text.decode())
    await hears(ann, SOMEBODY, "one", "two")


async def test_of_what_has_no_text_and_of_control_messages_nothing_is_shown(
    come: Come, amqp_url: str
) -> None:
    ann = await come("ann")
    for body, kind in (b"", None), (b"", "tick"), (b"[]", "answer"), (b"x", "ask"), (b"shown", None):
        await asyncio.to_thread(put, amqp_url, ann.client.mailbox.address, body, type=kind)
    await hears(ann, SOMEBODY, "shown")
    assert ann.opened == [SOMEBODY]
