"""What no library would send, and what either broker makes of it."""

import struct
from collections.abc import Callable

import pytest
from pamqp import base, body, commands, frame, header, heartbeat

from .conftest import OpenRaw
from .frames import PROTOCOL, raw_frame
from .raw import Closed, RawClient
from .support import HostThread

Act = Callable[[RawClient], object]
Publish = commands.Basic.Publish


def method_bytes(method: base.Frame) -> bytes:
    return frame.marshal(method, 1)


def content_header(*fields: int | bytes, code: str = ">HHQH") -> bytes:
    """Make a content header frame of class, weight, size, flags, and what follows."""
    numbers = [field for field in fields if isinstance(field, int)]
    rest = b"".join(field for field in fields if isinstance(field, bytes))
    return raw_frame(2, 1, struct.pack(code, *numbers) + rest)


def read_body(client: RawClient) -> bytes:
    piece = client.read_frame()
    assert isinstance(piece, body.ContentBody)
    return piece.value


PUBLISH = method_bytes(Publish())
EMPTY = frame.marshal(header.ContentHeader(body_size=0), 1)
NINE = frame.marshal(header.ContentHeader(body_size=9), 1)
VIOLATIONS: dict[str, tuple[int, str, Act]] = {
    "channel opened twice": (
        504,
        "CHANNEL_ERROR - second 'channel.open' seen",
        lambda c: c.send(commands.Channel.Open()),
    ),
    "connection opened twice": (
        504,
        "CHANNEL_ERROR - unexpected method in connection state running",
        lambda c: c.send(commands.Connection.Open(), channel=0),
    ),
    "connection's method on a channel": (
        503,
        "COMMAND_INVALID - unimplemented method",
        lambda c: c.send(commands.Connection.Open()),
    ),
    "server's method": (
        503,
        "COMMAND_INVALID - unimplemented method",
        lambda c: c.send(commands.Queue.DeclareOk("q", 0, 0)),
    ),
    "immediate": (
        540,
        "NOT_IMPLEMENTED - immediate=true",
        lambda c: c.publish(Publish(immediate=True), b"now"),
    ),
    "consumer tag used twice": (
        530,
        "NOT_ALLOWED - attempt to reuse consumer tag 'tag'",
        lambda c: c.send(
            commands.Queue.Declare(exclusive=True),
            *[commands.Basic.Consume(queue="", consumer_tag="tag")] * 2,
        ),
    ),
    "frame too large": (501, "FRAME_ERROR", lambda c: c.write(raw_frame(1, 1, b"x" * 200_000))),
    "frame without its end": (501, "FRAME_ERROR", lambda c: c.write(raw_frame(1, 1, b"x" * 9, end=b"x"))),
    "unknown frame": (501, "FRAME_ERROR", lambda c: c.write(raw_frame(9, 1, b"x" * 9))),
    "empty method": (501, "FRAME_ERROR", lambda c: c.write(raw_frame(1, 1, b""))),
    "truncated method": (
        501,
        "FRAME_ERROR",
        lambda c: c.write(raw_frame(1, 1, method_bytes(commands.Queue.Declare(queue="q"))[7:14])),
    ),
    "name that is no UTF-8": (
        501,
        "FRAME_ERROR",
        lambda c: c.write(
            method_bytes(commands.Queue.Declare(queue="name")).replace(b"name", b"\xff\xfe\xfd\xfc")
        ),
    ),
    "heartbeat on a channel": (505, "UNEXPECTED_FRAME", lambda c: c.write(raw_frame(8, 1, b""))),
    "heartbeat with something in it": (501, "FRAME_ERROR", lambda c: c.write(raw_frame(8, 0, b"x"))),
    "header of nothing": (
        505,
        "UNEXPECTED_FRAME - expected method frame, got non method frame instead",
        lambda c: c.write(NINE),
    ),
    "body of nothing": (
        505,
        "UNEXPECTED_FRAME - expected method frame, got non method frame instead",
        lambda c: c.write(raw_frame(3, 1, b"x")),
    ),
    "body without header": (
        505,
        "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead",
        lambda c: c.write(PUBLISH + raw_frame(3, 1, b"x")),
    ),
    "two headers": (
        505,
        "UNEXPECTED_FRAME - expected content body, got non content body frame instead",
        lambda c: c.write(PUBLISH + NINE + NINE),
    ),
    "method instead of header": (
        505,
        "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead",
        lambda c: c.write(PUBLISH + PUBLISH),
    ),
    "method instead of body": (
        505,
        "UNEXPECTED_FRAME - expected content body, got non content body frame instead",
        lambda c: c.write(PUBLISH + NINE + PUBLISH),
    ),
    "header of another class": (
        505,
        "UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead",
        lambda c: c.write(PUBLISH + content_header(50, 0, 9, 0)),
    ),
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_a_violation_closes_the_connection(open_raw: OpenRaw, case: str) -> None:
    code, text, act = VIOLATIONS[case]
    client = open_raw().open().open_channel()
    act(client)
    scope, actual_code, actual_text = client.wait_closed()
    assert (scope, actual_code) == ("connection", code)
    assert str(actual_text).startswith(text)


BAD_PROPERTIES = {
    "truncated": (0x8000, b"\xffabc"),
    "more than flagged": (0, b"abc"),
    "table with an unknown type": (0x2000, b"\x00\x00\x00\x03\x01aZ"),
    "table longer than its frame": (0x2000, b"\x00\x00\x10\x00"),
    "table cut in a value": (0x2000, b"\x00\x00\x00\x04\x01aI\x00"),
}


@pytest.mark.parametrize("case", BAD_PROPERTIES)
def test_properties_that_cannot_be_read_reach_nobody(open_raw: OpenRaw, case: str) -> None:
    flags, values = BAD_PROPERTIES[case]
    listener = open_raw().open().open_channel()
    queue = str(listener.ask(commands.Queue.Declare(), commands.Queue.DeclareOk).queue)
    sender = open_raw().open().open_channel()
    sender.write(method_bytes(Publish(routing_key=queue)) + content_header(60, 0, 0, flags, values))
    assert sender.wait_closed()[0] == "connection"
    assert listener.ask(commands.Queue.Delete(queue=queue), commands.Queue.DeleteOk).message_count == 0


def test_the_negotiated_frame_size_holds_both_ways(open_raw: OpenRaw) -> None:
    client = open_raw().open(frame_max=4096).open_channel()
    other = open_raw().open().open_channel()
    text = b"0123456789" * 2000
    queue = str(client.ask(commands.Queue.Declare(exclusive=True), commands.Queue.DeclareOk).queue)
    client.ask(commands.Basic.Consume(queue=queue, no_ack=True), commands.Basic.ConsumeOk)
    other.publish(Publish(routing_key=queue), text)
    client.read(commands.Basic.Deliver)
    client.read_frame()
    pieces = [read_body(client) for _ in range(5)]
    assert (b"".join(pieces), max(map(len, pieces))) == (text, 4088)
    client.write(raw_frame(1, 1, b"x" * 5000))
    assert client.wait_closed()[:2] == ("connection", 501)


def test_nothing_is_answered_that_wants_no_answer(open_raw: OpenRaw) -> None:
    client = open_raw().open().open_channel()
    client.send(
        commands.Exchange.Declare(exchange="amq.fanout", exchange_type="fanout", durable=True, nowait=True),
        commands.Queue.Declare(queue="", exclusive=True, nowait=True),
        commands.Queue.Bind(exchange="amq.direct", routing_key="k", nowait=True),
        commands.Queue.Purge(nowait=True),
        commands.Basic.Consume(consumer_tag="c", nowait=True),
        commands.Basic.Cancel("c", nowait=True),
        commands.Queue.Delete(nowait=True),
        commands.Exchange.Delete(exchange="not-there", nowait=True),
        commands.Confirm.Select(nowait=True),
        commands.Channel.Close(200, "", 0, 0),
    )
    assert isinstance(client.read_frame(), commands.Channel.CloseOk)


def test_a_routing_key_may_be_no_utf8(open_raw: OpenRaw) -> None:
    client = open_raw().open().open_channel()
    client.ask(commands.Queue.Declare(exclusive=True), commands.Queue.DeclareOk)
    client.ask(commands.Queue.Bind(exchange="amq.fanout"), commands.Queue.BindOk)
    published = method_bytes(Publish(exchange="amq.fanout", routing_key="key"))
    client.write(published.replace(b"key", b"\xff\xfek") + EMPTY)
    client.send(commands.Basic.Get(no_ack=True))
    data = b""
    while EMPTY not in data:
        data += client.socket.recv(4096)
    assert b"\x03\xff\xfek" in data


def test_a_channel_that_failed_says_nothing_until_its_end_is_acknowledged(open_raw: OpenRaw) -> None:
    client = open_raw().open().open_channel()
    client.send(commands.Basic.Ack(9), commands.Queue.Declare(exclusive=True))
    client.publish(Publish(routing_key="nobody", mandatory=True), b"x")
    with pytest.raises(Closed):
        client.read(commands.Queue.DeclareOk)
    client.send(commands.Channel.CloseOk())
    client.open_channel()
    client.ask(commands.Queue.Declare(exclusive=True), commands.Queue.DeclareOk)


def test_heartbeats_come_and_silence_ends_the_connection(open_raw: OpenRaw) -> None:
    client = open_raw().open(heartbeat=1)
    assert isinstance(client.read_frame(), heartbeat.Heartbeat)
    with pytest.raises((EOFError, ConnectionError)):
        client.read(commands.Connection.Close)


def test_confirms_count_from_one(open_raw: OpenRaw) -> None:
    client = open_raw().open().open_channel()
    client.publish(Publish(routing_key="nobody"), b"not counted")
    client.ask(commands.Confirm.Select(), commands.Confirm.SelectOk)
    for number in range(1, 4):
        client.publish(Publish(routing_key="nobody"), b"x")
        assert client.read(commands.Basic.Ack).delivery_tag == number


@pytest.mark.parametrize(
    "opening", [b"GET / HTTP/1.1\r\n\r\n", b"AMQP\x00\x01\x00\x00", b"\x16\x03\x01\x02\x00\x01\x00\x01"]
)
def test_other_protocols_are_answered_with_ours(open_raw: OpenRaw, opening: bytes) -> None:
    client = open_raw()
    client.write(opening)
    answer = client.socket.recv(8)
    assert answer == PROTOCOL
    with pytest.raises((EOFError, ConnectionError)):
        client.read_frame()


def test_another_vhost(open_raw: OpenRaw) -> None:
    with pytest.raises(Closed) as closed:
        open_raw().open("other")
    assert closed.value.args == ("connection", 530, "NOT_ALLOWED - vhost other not found")


@pytest.mark.parametrize("response", ["\0guest\0wrong", "\0nobody\0guest"])
def test_a_wrong_password(open_raw: OpenRaw, response: str) -> None:
    client = open_raw()
    client.start(response)
    assert client.wait_closed() == (
        "connection",
        403,
        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker"
        " logfile.",
    )


# RabbitMQ takes seconds to end a connection that fails before it is open, and mostly says nothing.


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda client: client.start("\0guest\0wrong", close=False), None),
        (lambda client: client.start(mechanism="EXTERNAL"), 503),
        (lambda client: client.start("\0guest\0" + "x" * 5000), 501),
        (lambda client: client.open(frame_max=1), 530),
        (lambda client: client.open(frame_max=0), 530),
        (lambda client: client.open(frame_max=200_000), 530),
        (lambda client: client.open(channel_max=0), 530),
        (lambda client: client.open(channel_max=2048), 530),
        (lambda client: client.open().open_channel(101), 504),
        (lambda client: client.open().send(commands.Queue.Declare(queue="q")), 504),
        (lambda client: client.open().send(commands.Queue.Declare(queue="q"), channel=0), 503),
        (lambda client: (client.write(PROTOCOL), client.send(commands.Channel.Open())), 504),
    ],
)  # fmt: skip
def test_a_login_that_fails(embedded: HostThread, act: Act, code: int | None) -> None:
    with RawClient(embedded.url) as client:
        try:
            act(client)
            told = client.wait_closed()
        except Closed as closed:
            told = closed.args
    assert told[:2] == (("connection", code) if code else ())


LACKING: dict[str, Act] = {
    "durable exchange": lambda c: c.send(commands.Exchange.Declare(exchange="x", durable=True)),
    "durable queue": lambda c: c.send(commands.Queue.Declare(queue="q", durable=True)),
    "headers exchange": lambda c: c.send(commands.Exchange.Declare(exchange="x", exchange_type="headers")),
    "alternate exchange": lambda c: c.send(
        commands.Exchange.Declare(exchange="x", arguments={"alternate-exchange": "y"})
    ),
    "quorum queue": lambda c: c.send(commands.Queue.Declare(arguments={"x-queue-type": "quorum"})),
    "expiring messages": lambda c: c.send(commands.Queue.Declare(arguments={"x-message-ttl": 1000})),
    "full queues that refuse": lambda c: c.send(
        commands.Queue.Declare(arguments={"x-overflow": "reject-publish"})
    ),
    "priorities": lambda c: c.send(
        commands.Queue.Declare(exclusive=True), commands.Basic.Consume(arguments={"x-priority": 1})
    ),
    "transactions": lambda c: c.send(commands.Tx.Select()),
    "recover": lambda c: c.send(commands.Basic.Recover(True)),
    "flow": lambda c: c.send(commands.Channel.Flow(True)),
    "prefetch of a channel": lambda c: c.send(commands.Basic.Qos(prefetch_count=9, global_=True)),
    "blind copies": lambda c: c.write(PUBLISH + content_header(60, 0, 0, 0x2000, b"\0\0\0\x05\x03BCCV")),
}


@pytest.mark.parametrize("case", LACKING)
def test_what_rabbitmq_has_and_we_lack_is_refused(embedded: HostThread, case: str) -> None:
    with RawClient(embedded.url) as client:
        LACKING[case](client.open().open_channel())
        scope, code, text = client.wait_closed()
    assert (scope, code) == ("connection", 540)
    assert "this broker" in str(text)


def test_a_message_that_is_too_large(embedded: HostThread) -> None:
    with RawClient(embedded.url) as client:
        client.open().open_channel().publish(Publish(routing_key="q"), b"x", size=16 * 1024 * 1024 + 1)
        scope, code, _ = client.wait_closed()
    assert (scope, code) == ("channel", 406)


def test_a_body_longer_than_announced(embedded: HostThread) -> None:
    with RawClient(embedded.url) as client:
        client.open().open_channel().publish(Publish(routing_key="q"), b"four", size=2)
        assert client.wait_closed()[:2] == ("connection", 501)


def test_as_many_channels_as_two_hundred_rooms_need(open_raw: OpenRaw) -> None:
    client = open_raw()
    client.start()
    most = client.read(commands.Connection.Tune).channel_max
    assert most == 2047
    client.send(commands.Connection.TuneOk(most, 131072, 0), commands.Connection.Open("/"), channel=0)
    client.read(commands.Connection.OpenOk)
    for number in range(1, most + 1):
        client.send(commands.Channel.Open(), commands.Confirm.Select(), channel=number)
    for _ in range(most):
        client.read(commands.Confirm.SelectOk)
    for number in 1, most:
        client.publish(Publish(exchange="", routing_key="nowhere"), b"x", channel=number)
        assert client.read(commands.Basic.Ack).delivery_tag == 1
