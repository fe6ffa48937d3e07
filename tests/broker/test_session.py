"""A session without a socket: the clock, hostile bytes, and that nobody else notices."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import base, body, commands, decode, frame, header

from amqpchat_tui.broker.routing import Broker
from amqpchat_tui.broker.session import GOODBYE_SECONDS, LOGIN_SECONDS, Session, Stage

from .frames import PROTOCOL, damaged, raw_frame, raw_frames


def session(broker: Broker | None = None) -> Session:
    """A session of which every password is right at once, if it is that of guest."""
    client = Session(
        broker or Broker(), lambda user, password: client.checked(user == password == "guest"), lambda: None
    )
    return client


def receive(session: Session, data: bytes) -> list[tuple[int, frame.FrameTypes]]:
    """Have a session handle these bytes, and return the frames it answers, with their channels."""
    return frames_in(answer_to(session, data))


def answer_to(session: Session, data: bytes) -> bytes:
    """Have a session handle these bytes, and return what it answers."""
    session.feed(data)
    while session.work():
        pass
    return session.take_output()


def frames_in(data: bytes) -> list[tuple[int, frame.FrameTypes]]:
    answers = []
    while data:
        count, channel, answer = frame.unmarshal(data)
        answers.append((channel, answer))
        data = data[count:]
    return answers


def method(value: base.Frame, channel: int = 1) -> bytes:
    return frame.marshal(value, channel)


def login(heartbeat: int = 10, name: str = "client") -> bytes:
    """What a client sends until its first channel is open."""
    properties: dict[str, object] = {
        "connection_name": name,
        "capabilities": {"consumer_cancel_notify": True},
    }
    return PROTOCOL + b"".join(
        (
            method(commands.Connection.StartOk(properties, "PLAIN", "\0guest\0guest"), 0),  # type: ignore[arg-type]
            method(commands.Connection.TuneOk(100, 131072, heartbeat), 0),
            method(commands.Connection.Open("/"), 0),
            method(commands.Channel.Open()),
        )
    )


def publish(text: bytes, exchange: str = "room", **properties: object) -> bytes:
    content = header.ContentHeader(
        body_size=len(text),
        properties=commands.Basic.Properties(**properties),  # type: ignore[arg-type]
    )
    return b"".join(
        (
            method(commands.Basic.Publish(exchange=exchange, routing_key="key", mandatory=True)),
            frame.marshal(content, 1),
            frame.marshal(body.ContentBody(text), 1) if text else b"",
        )
    )


def opened(broker: Broker | None = None) -> Session:
    client = session(broker)
    receive(client, login())
    assert client.stage is Stage.RUNNING
    return client


def capture() -> tuple[bytes, ...]:
    """The frames of a client that uses all there is, one by one."""
    return (
        PROTOCOL,
        *(raw_frames(login()[len(PROTOCOL) :])),
        *raw_frames(
            b"".join(
                (
                    method(commands.Exchange.Declare(exchange="room", exchange_type="fanout")),
                    method(commands.Exchange.Declare(exchange="topics", exchange_type="topic")),
                    method(commands.Queue.Declare(exclusive=True, arguments={"x-max-length": 10})),
                    method(commands.Queue.Bind(exchange="room")),
                    method(commands.Confirm.Select()),
                    method(commands.Basic.Qos(prefetch_count=3)),
                    method(commands.Basic.Consume(consumer_tag="tag")),
                    publish(b"text", headers={"a": 1, "b": {"c": [True, "x"]}}, message_id="id") * 3,
                    publish(b"", exchange="topics"),
                    publish(b"x" * 300, exchange=""),
                    method(commands.Basic.Ack(1, multiple=True)),
                    method(commands.Basic.Nack(2)),
                    method(commands.Basic.Reject(4, requeue=False)),
                    raw_frame(8, 0, b""),
                    method(commands.Basic.Get()),
                    method(commands.Queue.Purge()),
                    method(commands.Basic.Cancel("tag")),
                    method(commands.Queue.Unbind(exchange="room")),
                    method(commands.Queue.Delete()),
                    method(commands.Exchange.Delete(exchange="topics")),
                    method(commands.Channel.Close(200, "", 0, 0)),
                    method(commands.Connection.Close(200, "", 0, 0), 0),
                )
            )
        ),
    )


def test_the_capture_is_a_client_that_nothing_is_wrong_with() -> None:
    client = session()
    answers = receive(client, b"".join(capture()))
    assert client.stage is Stage.CLOSED
    assert client.reason == ""
    kinds = [type(answer) for _, answer in answers]
    assert commands.Channel.Close not in kinds
    assert commands.Connection.Close not in kinds
    assert kinds.count(commands.Basic.Deliver) == 4, "three, and one again"
    assert kinds.count(commands.Basic.Return) == 2
    assert kinds[-1] is commands.Connection.CloseOk


@given(st.data())
def test_bytes_may_come_in_any_pieces(data: st.DataObject) -> None:
    whole = b"".join(capture())
    expected = [type(answer) for _, answer in receive(session(), whole)]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=20)))
    client = session()
    answers: list[tuple[int, frame.FrameTypes]] = []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        answers += receive(client, whole[start:end])
    assert client.stage is Stage.CLOSED
    acks = commands.Basic.Ack  # which may be fewer, for several messages each
    assert [type(answer) for _, answer in answers if not isinstance(answer, acks)] == [
        kind for kind in expected if kind is not acks
    ]


CLOSE = commands.Connection.Close.index.to_bytes(4)
CONNECTION_ERRORS = 403, 501, 502, 503, 504, 505, 506, 530, 540


def check_that_others_notice_nothing(hostile: bytes) -> None:
    broker = Broker()
    neighbour = opened(broker)
    receive(
        neighbour,
        b"".join(
            (
                method(commands.Exchange.Declare(exchange="theirs", exchange_type="fanout")),
                method(commands.Queue.Declare(exclusive=True)),
                method(commands.Queue.Bind(exchange="theirs")),
                method(commands.Basic.Consume(consumer_tag="tag", no_ack=True)),
            )
        ),
    )
    client = session(broker)
    answers = raw_frames(answer_to(client, hostile))  # which may echo a routing key that is no UTF-8
    assert client.stage is not Stage.CLOSING or client.reason
    errors = [answer for answer in answers if answer[7:11] == CLOSE]
    assert bool(errors) <= bool(client.reason)
    assert all(int.from_bytes(error[11:13]) in CONNECTION_ERRORS for error in errors)
    client.end("the connection broke")
    kept = [queue for queue in broker.queues.values() if queue.owner is not None]
    assert len(kept) == 1, "exclusive queues end with their connection"
    assert all(len(queue.consumers) == (queue.owner is not None) for queue in broker.queues.values())
    neighbour.take_output()
    heard = receive(neighbour, publish(b"still here", exchange="theirs"))
    assert [type(answer) for _, answer in heard] == [
        commands.Basic.Deliver,
        header.ContentHeader,
        body.ContentBody,
    ]


@given(damaged(capture()))
def test_a_damaged_client_harms_nobody(hostile: bytes) -> None:
    check_that_others_notice_nothing(hostile)


@given(st.binary(max_size=300))
def test_garbage_harms_nobody(hostile: bytes) -> None:
    check_that_others_notice_nothing(hostile)
    check_that_others_notice_nothing(PROTOCOL + hostile)
    check_that_others_notice_nothing(login() + hostile)


@given(st.integers(0, 2**32 - 1), st.binary(max_size=120))
def test_garbage_for_arguments_harms_nobody(index: int, arguments: bytes) -> None:
    known = list(commands.INDEX_MAPPING)
    for method_index in index, known[index % len(known)]:
        for channel in 0, 1:
            payload = struct.pack(">I", method_index) + arguments
            check_that_others_notice_nothing(login() + raw_frame(1, channel, payload))


@given(st.integers(0, 0xFFFF), st.binary(max_size=120))
def test_properties_are_passed_on_only_if_all_can_read_them(flags: int, values: bytes) -> None:
    broker = Broker()
    client = opened(broker)
    receive(client, method(commands.Queue.Declare(queue="q")))
    content = raw_frame(2, 1, struct.pack(">HHQH", 60, 0, 0, flags) + values)
    receive(client, method(commands.Basic.Publish(routing_key="q")) + content)
    entries = iter(broker.queues["q"].take, None)
    assert all(readable(message.header) for _, message, _ in entries)


def readable(payload: bytes) -> bool:
    """Whether a content header is sound on the wire, be it of odd contents."""
    with pytest.MonkeyPatch.context() as strict:  # amqpchat's client makes some of these lenient
        strict.setitem(decode.METHODS, "shortstr", decode.short_str)
        strict.setitem(decode.METHODS, "table", decode.field_table)
        try:
            header.ContentHeader().unmarshal(payload)
        except ValueError as error:
            return isinstance(error, UnicodeDecodeError) or "year" in str(error)
        except (OverflowError, OSError):  # times of no calendar
            return True
    return True


def test_deeply_nested_headers_are_refused() -> None:
    field = b"\x01aV"
    for _ in range(5000):
        field = b"\x01aF" + struct.pack(">I", len(field)) + field
    content = raw_frame(2, 1, struct.pack(">HHQHI", 60, 0, 0, 0x2000, len(field)) + field)
    check_that_others_notice_nothing(login() + method(commands.Basic.Publish()) + content)
    arguments = (
        struct.pack(">I", commands.Queue.Declare.index) + b"\0\0\x01q\0" + struct.pack(">I", len(field))
    )
    check_that_others_notice_nothing(login() + raw_frame(1, 1, arguments + field))


def test_unfinished_messages_are_bounded() -> None:
    client = opened()
    piece = raw_frame(3, 1, b"x" * 131_000)
    answers: list[tuple[int, frame.FrameTypes]] = []
    for channel in 1, 2, 3:
        announce = frame.marshal(header.ContentHeader(body_size=16 * 1024 * 1024), channel)
        receive(client, (method(commands.Channel.Open(), channel) if channel > 1 else b""))
        answers += receive(client, method(commands.Basic.Publish(), channel) + announce)
        for _ in range(127):
            answers += receive(client, piece[:1] + struct.pack(">H", channel) + piece[3:])
    (error,) = [answer for _, answer in answers if isinstance(answer, commands.Connection.Close)]
    assert error.reply_code == 506


def test_a_login_takes_only_so_long() -> None:
    for sent in b"", PROTOCOL[:5], PROTOCOL, login()[:-30]:
        client = session()
        receive(client, sent)
        client.tick(100)
        client.tick(100 + LOGIN_SECONDS)
        assert client.stage is not Stage.CLOSED
        client.tick(101 + LOGIN_SECONDS)
        assert (client.stage, client.reason) == (Stage.CLOSED, "no login in time")


def test_heartbeats_are_sent_when_nothing_else_is() -> None:
    client = opened()  # with a heartbeat of 10 seconds
    client.tick(0)
    sent = []
    for now in range(1, 16):
        client.feed(raw_frame(8, 0, b""))
        client.work()
        client.tick(now)
        if client.take_output():
            sent.append(now)
            client.tick(now)
    assert sent == [5, 10, 15]


def test_a_silent_client_is_given_up_after_two_heartbeats() -> None:
    client = opened()
    client.tick(0)
    client.tick(20)
    assert client.stage is Stage.RUNNING
    client.tick(20.5)
    assert (client.stage, client.reason) == (Stage.CLOSED, "missed heartbeats from client, timeout: 10s")


def test_who_does_not_acknowledge_the_end_is_cut_off() -> None:
    client = opened()
    receive(client, raw_frame(9, 1, b""))
    assert client.stage is Stage.CLOSING
    client.tick(0)
    assert receive(client, publish(b"ignored")) == []
    client.tick(GOODBYE_SECONDS + 1)
    assert client.reason.startswith("FRAME_ERROR")
    assert client.stage.name == "CLOSED"


def test_many_frames_are_handled_in_fair_shares() -> None:
    broker = Broker()
    client = opened(broker)
    client.feed(method(commands.Queue.Declare(queue="q")) + publish(b"x", exchange="") * 2000)
    shares = 1
    while client.work():
        shares += 1
    assert shares > 2
    kinds = [type(answer) for _, answer in frames_in(client.take_output())]
    assert kinds.count(commands.Basic.Return) == 2000


def test_what_was_kept_back_while_others_took_the_memory_is_sent_when_they_have_left_it() -> None:
    broker = Broker()
    listener, speaker = opened(broker), opened(broker)
    consume = commands.Basic.Consume(queue="q", no_ack=True)
    receive(listener, method(commands.Queue.Declare(queue="q")) + method(consume))
    saying = commands.Basic.Publish(exchange="", routing_key="q")
    content = frame.marshal(header.ContentHeader(body_size=1), 1) + frame.marshal(body.ContentBody(b"x"), 1)
    receive(speaker, method(saying) + content)
    broker.memory.unsent += broker.memory.limit
    receive(speaker, method(saying) + content)
    broker.memory.unsent -= broker.memory.limit
    first = frames_in(listener.take_output())
    listener.outgoing.sent()
    assert listener.outgoing.passed_over
    listener.resume()
    second = frames_in(listener.take_output())
    assert not listener.outgoing.passed_over
    assert [type(answer) for _, answer in first[-3:]] == [type(answer) for _, answer in second]
    assert isinstance(second[0][1], commands.Basic.Deliver)
