"""From client to client alone: mailboxes, and the way to those of others."""

import asyncio
from typing import Any

import pika
from pamqp.commands import Basic

from amqpchat_tui.client.people.postman import Outcome, Receipt
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import Phase
from tests.client.conftest import Join, TakeSeat
from tests.client.support import PlainListener, Seat, plain_speaker
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.waiting import wait_until

GONE = "amq.gen-AAAAAAAAAAAAAAAAAAAAAA"
LACKS = "user {} lacks the permission `write` on exchange `amq.default`"


async def mail_of(seat: Seat) -> list[Delivery]:
    """Wait until somebody has a mailbox, and return what comes into it."""
    mail: list[Delivery] = []
    seat.client.mailbox.register_for_others(mail.append)
    await wait_until(lambda: seat.client.mailbox.address, 20, "a mailbox")
    await wait_until(lambda: seat.client.postman.can_tell, 20, "a postman")
    return mail


async def post(seat: Seat, mailbox: str, body: bytes = b"", **properties: Any) -> Receipt:
    return await seat.client.postman.post(mailbox, body, Basic.Properties(**properties))


def put(url: str, mailbox: str, body: bytes, **properties: Any) -> None:
    """Send to a mailbox as a plain script does."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("", mailbox, body, pika.BasicProperties(**properties), mandatory=True)


async def test_lines_name_the_mailbox_in_which_an_answer_reaches_their_author_alone(
    join: Join, amqp_url: str, room: str
) -> None:
    ann, bea = await join(nick="ann"), await join(nick="bea")
    mail = await mail_of(ann)
    with PlainListener(amqp_url, room) as listener:
        ann.say("who answers?")
        await wait_until(listener.heard, what="the line")
        reply_to = listener.heard()[0][2].reply_to
        await asyncio.to_thread(put, amqp_url, reply_to, b"I do")
        await wait_until(lambda: mail, what="the answer")
        bea.say("the last")
        await ann.hear("the last")
        assert [body for _, body, _ in listener.heard()] == [b"who answers?", b"the last"]
    assert reply_to == ann.client.mailbox.address
    assert [(one.exchange, one.routing_key, one.body) for one in mail] == [(b"", reply_to.encode(), b"I do")]
    assert ann.texts == bea.texts == ["who answers?", "the last"]


async def test_what_is_posted_is_delivered_with_all_that_belongs_to_it(join: Join) -> None:
    ann, bea = await join(nick="ann"), await join(nick="bea")
    mail = await mail_of(bea)
    await mail_of(ann)
    receipt = await post(ann, bea.client.mailbox.address, b"x" * 50_000, message_type="odd", headers={"a": 1})
    assert receipt == Receipt(Outcome.DELIVERED)
    await wait_until(lambda: mail, what="the message")
    (delivery,) = mail
    properties = delivery.properties
    assert (len(delivery.body), delivery.missing) == (50_000, 0)
    assert (properties.message_type, properties.headers) == ("odd", {"a": 1})
    assert properties.reply_to == ann.client.mailbox.address


async def test_what_is_posted_to_who_is_gone_comes_back(join: Join) -> None:
    ann, bea = await join(nick="ann"), await join(nick="bea")
    await mail_of(ann)
    await mail_of(bea)
    mailbox = bea.client.mailbox.address
    assert await post(ann, mailbox) == Receipt(Outcome.DELIVERED)
    await bea.close()
    assert await post(ann, mailbox) == Receipt(Outcome.RETURNED)
    assert await post(ann, GONE) == Receipt(Outcome.RETURNED)


async def test_each_kind_goes_to_whoever_is_registered_for_it(join: Join, amqp_url: str) -> None:
    ann = await join()
    others = await mail_of(ann)
    asks: list[Delivery] = []
    ann.client.mailbox.register("ask", asks.append)
    for kind in "ask", "answer", "private", None:
        await asyncio.to_thread(put, amqp_url, ann.client.mailbox.address, str(kind).encode(), type=kind)
    await wait_until(lambda: len(others) == 2, what="two of others")
    assert [one.body for one in asks] == [b"ask"]
    assert [one.body for one in others] == [b"private", b"None"], "a control message is shown to nobody"


async def test_what_comes_through_another_exchange_is_ignored(join: Join, amqp_url: str) -> None:
    ann = await join()
    mail = await mail_of(ann)
    ann.client.mailbox._receive([Delivery(1, b"amq.fanout", b"bob")])
    ann.client.mailbox._inbox.drain(1)
    await asyncio.to_thread(put, amqp_url, ann.client.mailbox.address, b"directly")
    await wait_until(lambda: mail, what="the other one")
    assert [one.body for one in mail] == [b"directly"]


async def test_a_flood_into_a_mailbox_is_taken_as_it_is_acknowledged(join: Join, amqp_url: str) -> None:
    ann = await join()
    mail = await mail_of(ann)

    def flood() -> None:
        with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
            channel = connection.channel()
            for number in range(500):
                channel.basic_publish("", ann.client.mailbox.address, str(number).encode())

    await asyncio.to_thread(flood)
    await wait_until(lambda: len(mail) == 500, 20, lambda: f"all of them, not {len(mail)}")
    assert [one.body for one in mail] == [str(number).encode() for number in range(500)]


async def test_without_a_connection_nothing_is_posted(take_seat: TakeSeat, broker: AnyBroker) -> None:
    ann = take_seat(broker.url())
    assert await post(ann, GONE) == Receipt(Outcome.LOST)


async def test_who_may_not_write_to_the_default_exchange_is_told_once_and_the_room_goes_on(
    join: Join, node: Broker, room: str
) -> None:
    node.add_user("postless", "postless")
    node.set_permissions("postless", write=r"^(?!amq\.default$).*")
    ann = await join(node.url("postless", "postless"))
    await mail_of(ann)
    refused = Receipt(Outcome.REFUSED, LACKS.format("postless"))
    receipts = await asyncio.gather(*(post(ann, GONE) for _ in range(5)))
    assert receipts == [refused] * 5
    assert await post(ann, GONE) == refused, "nothing is tried any more"
    ann.say("still here")
    await ann.hear("still here")
    assert ann.notices == [f"Nothing private can be sent: {refused.reason}."]
    assert ann.phases == [Phase.ONLINE]


async def test_a_deleted_mailbox_is_followed_by_another_and_no_room_notices(
    join: Join, node: Broker, room: str
) -> None:
    ann = await join()
    mail = await mail_of(ann)
    first = ann.client.mailbox.address
    await asyncio.to_thread(node.ctl, "delete_queue", first)
    await wait_until(lambda: ann.client.mailbox.address not in ("", first), 20, "another mailbox")
    await asyncio.to_thread(put, node.url(), ann.client.mailbox.address, b"hello again")
    await wait_until(lambda: mail, what="what was sent to the other one")
    with plain_speaker(node.url(), room) as bob:
        bob.say("here as well")
    await ann.hear("here as well")
    assert (ann.notices, ann.phases) == ([], [Phase.ONLINE])


async def test_after_an_outage_there_are_mailbox_and_postman_again(join: Join, node: Broker) -> None:
    ann = await join()
    mail = await mail_of(ann)
    first = ann.client.mailbox.address
    await asyncio.to_thread(node.ctl, "close_all_connections", "test")
    await wait_until(lambda: ann.client.mailbox.address not in ("", first), 20, "another mailbox")
    await mail_of(ann)
    ann.client.mailbox.register_for_others(mail.append)
    assert await post(ann, ann.client.mailbox.address, b"to myself") == Receipt(Outcome.DELIVERED)
    assert await post(ann, first) == Receipt(Outcome.RETURNED)
    await wait_until(lambda: mail, what="the message")
