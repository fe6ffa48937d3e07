"""A room on a real broker: what goes over the wire, both ways, and what hostile senders can do."""

import asyncio
import subprocess
import sys
import time

import pika

from amqpchat_tui.client.client import WINDOW
from amqpchat_tui.client.rooms.publisher import IN_FLIGHT
from amqpchat_tui.model import Bearing, Fate, LinkedMessage
from amqpchat_tui.wire.lines import line_name
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import Join, TakeSeat
from .support import PlainListener, plain_speaker


def test_importing_the_client_does_not_import_the_broker_libraries() -> None:
    code = "import sys, amqpchat_tui.client; print({'aio_pika', 'aiormq', 'pamqp'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


async def test_a_plain_listener_hears_nothing_but_nick_and_text(join: Join, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ann = await join(nick="ann")
        ann.say("grüß dich")
        ann.say("/me waves")
        ann.client.rename("anna")
        ann.say("two\nlines")
        await ann.settle()
        await wait_until(lambda: len(listener.heard()) == 3, what="three lines")
        assert [(key, body.decode()) for key, body, _ in listener.heard()] == [
            ("ann", "grüß dich"),
            ("ann", "/me waves"),
            ("anna", "two\nlines"),
        ]


async def test_an_answer_is_a_plain_line_for_plain_listeners(join: Join, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ann, bea = await join(nick="ann"), await join(nick="bea")
        ann.say("who looks?")
        await bea.hear("who looks?")
        bea.client.say(bea.conversation, "ann: me", Bearing(answers=line_name(bea.messages[0])))
        await ann.hear("who looks?", "ann: me")
        answer = ann.messages[1]
        assert isinstance(answer, LinkedMessage)
        assert answer.answers == ann.messages[0].message_id
        await wait_until(lambda: len(listener.heard()) == 2, what="both lines")
        key, body, properties = listener.heard()[1]
        assert (key, body.decode()) == ("bea", "ann: me")
        assert properties.correlation_id == answer.answers


async def test_what_we_add_rides_in_properties(join: Join, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ann = await join()
        await wait_until(lambda: ann.client.mailbox.address, 20, "a mailbox")
        before = time.time()
        ann.say("hello")
        await ann.settle()
        await wait_until(listener.heard, what="the line")
        properties = listener.heard()[0][2]
        assert properties.content_type == "text/plain"
        assert properties.content_encoding == "utf-8"
        assert properties.message_id == ann.messages[0].message_id
        assert properties.delivery_mode == 1
        assert properties.app_id.startswith("amqpchat/")
        assert properties.reply_to.startswith("amq.gen-")
        assert abs(properties.timestamp - before) < 2
        assert properties.headers["session"] == ann.client.session
        assert abs(properties.headers["sent_at_ms"] / 1000 - before) < 2


async def test_a_plain_speaker_is_heard_under_the_routing_key(join: Join, amqp_url: str, room: str) -> None:
    ann = await join()
    with plain_speaker(amqp_url, room) as bob:
        bob.say("hi there", nick="bob")
        bob.say("no name", nick="")
    await ann.hear("hi there", "no name")
    assert [(message.nick, message.own) for message in ann.messages] == [
        ("bob", False),
        ("anonymous", False),
    ]


async def test_plain_declarations_still_succeed(join: Join, amqp_url: str, room: str) -> None:
    await join()
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_declare(exchange=room, exchange_type="fanout")


async def test_two_clients_talk(join: Join) -> None:
    ann, bea = await join(nick="ann"), await join(nick="bea")
    ann.say("hello bea")
    await bea.hear("hello bea")
    bea.say("/me waves")
    await ann.hear("hello bea", "waves")
    await ann.settle()
    assert [(message.nick, message.own, message.action) for message in ann.messages] == [
        ("ann", True, False),
        ("bea", False, True),
    ]
    assert ann.client.lag is not None
    assert 0 < ann.client.lag < 10
    assert bea.messages[0].sent_at is not None


async def test_lines_typed_before_the_connection_go_out_in_order(take_seat: TakeSeat, amqp_url: str) -> None:
    ann = take_seat(amqp_url)
    lines = [f"line {number}" for number in range(5)]
    for line in lines:
        ann.say(line)
    await ann.settle()
    assert ann.texts == lines


async def test_many_lines_are_pipelined_in_order(join: Join, amqp_url: str) -> None:
    lines = [f"line {number}" for number in range(2 * IN_FLIGHT)]
    async with Proxy(amqp_url) as proxy:
        ann, bea = await join(proxy.url, nick="ann"), await join(nick="bea")
        proxy.delay(0.1)  # so that lines are under way for long enough to be seen there
        for line in lines:
            ann.say(line)
        await wait_until(
            lambda: sum(line.fate is Fate.SENT for line in ann.outbox()) > 1,
            what="more than one line under way at a time",
        )
        proxy.delay(0.0)
        await ann.settle()
        await bea.hear(lines[-1])
    assert ann.texts == lines
    assert bea.texts == lines


async def test_changes_of_the_outbox_in_one_turn_of_the_loop_are_told_as_one(join: Join) -> None:
    ann = await join()
    told = ann.outbox_changes
    for number in range(100):
        ann.say(f"line {number}")
    await asyncio.sleep(0)
    assert ann.outbox_changes == told + 1


async def test_a_line_that_comes_twice_is_shown_once(join: Join, amqp_url: str, room: str) -> None:
    ann = await join()
    with plain_speaker(amqp_url, room) as bob:
        for text in "once", "once", "other":
            bob.say(text, properties=pika.BasicProperties(message_id=text))
        bob.say("without an id")
        bob.say("without an id")
        bob.say("end")
    await ann.hear("end")
    assert ann.texts == ["once", "other", "without an id", "without an id", "end"]


async def test_a_slow_screen_costs_the_oldest_lines_beyond_window_and_queue(
    join: Join, amqp_url: str, room: str
) -> None:
    """A client that stopped fills neither its own memory nor the broker's."""
    ann = await join(lines=1000)
    ann.drains = False
    with plain_speaker(amqp_url, room) as bob:
        for number in range(WINDOW + 1500):
            bob.say(str(number))
            await asyncio.sleep(0)
    ann.drains = True
    ann.drain()
    await ann.hear(str(WINDOW + 1499))
    kept = [*range(WINDOW), *range(WINDOW + 500, WINDOW + 1500)]
    assert ann.texts == [str(number) for number in kept]
