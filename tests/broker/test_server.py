"""The embedded broker as a server: who is told what, what is bounded, and how it ends."""

import asyncio
import contextlib
import ssl

import aio_pika
import pytest
import trustme
from aiormq.exceptions import ConnectionClosed
from pamqp import commands
from pamqp.common import FieldTable

from amqpchat_tui.broker import Host, HostEvent, Joined, Left
from amqpchat_tui.broker.frames import OUTPUT_BYTES
from amqpchat_tui.broker.queues import QUEUE_BYTES
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import Phase
from amqpchat_tui.passwords import PasswordHash
from tests.client.support import Seat, settings
from tests.support.waiting import block_until, wait_until

from .raw import Closed, RawClient
from .support import USERS, HostThread
from .test_session import login

pytestmark = pytest.mark.broker


async def test_joins_and_leaves_are_told() -> None:
    events: list[HostEvent] = []
    async with Host(port=0, users={"ann": PasswordHash.of("secret")}, on_event=events.append) as host:
        url = f"amqp://ann:secret@127.0.0.1:{host.port}/"
        properties: FieldTable = {"connection_name": "ann\x1b[2J\nhere"}
        connection = await aio_pika.connect(url, client_properties=properties)
        (joined,) = events
        assert isinstance(joined, Joined)
        assert (joined.user, joined.address.split(":")[0]) == ("ann", "127.0.0.1")
        assert joined.name.startswith("ann")
        assert joined.name.isprintable()
        await connection.close()
        await wait_until(lambda: len(events) == 2)
        assert events[1] == Left("ann", joined.address, joined.name, "")
        _, writer = await asyncio.open_connection("127.0.0.1", host.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        writer.close()
    assert len(events) == 2


async def test_clients_are_told_that_it_ends() -> None:
    events: list[HostEvent] = []
    async with Host(port=0, users=USERS, on_event=events.append) as host:
        connection = await aio_pika.connect(f"amqp://guest:guest@127.0.0.1:{host.port}/")
        told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        connection.close_callbacks.add(lambda _, error: told.set_result(error))
    error = await told
    assert isinstance(error, ConnectionClosed)
    assert "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'" in str(error)
    assert [type(event) for event in events] == [Joined, Left]
    await connection.close()


async def test_a_client_that_does_not_answer_cannot_keep_it_open() -> None:
    async with Host(port=0, users=USERS) as host:
        silent = await asyncio.open_connection("127.0.0.1", host.port)
        mute = await asyncio.to_thread(lambda: RawClient(f"amqp://127.0.0.1:{host.port}").open())
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", host.port)
    silent[1].close()
    mute.socket.close()


async def test_its_port_is_free_when_it_has_ended() -> None:
    async with Host(port=0, users=USERS) as first:
        with pytest.raises(OSError, match="in use"):
            await Host(port=first.port, users=USERS).start()
        connection = await aio_pika.connect(f"amqp://guest:guest@127.0.0.1:{first.port}/")
    async with Host(port=first.port, users=USERS):
        pass
    await connection.close()


async def test_nothing_is_left_running() -> None:
    before = asyncio.all_tasks()
    async with Host(port=0, users=USERS):
        assert asyncio.all_tasks() == before
    assert asyncio.all_tasks() == before


async def test_over_tls() -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    async with Host(port=0, users=USERS, tls=server) as host:
        url = f"amqps://guest:guest@127.0.0.1:{host.port}/"
        async with await aio_pika.connect(url, ssl_context=client) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(exclusive=True)
            body = b"0123456789" * 300_000
            await channel.default_exchange.publish(aio_pika.Message(body), queue.name)
            assert (await queue.get(no_ack=True)).body == body


async def test_300_people_behind_one_address_come_in_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amqpchat_tui.passwords.COST", 16)
    monkeypatch.setattr("amqpchat_tui.broker.session.LOGIN_SECONDS", 300.0)
    users = {"guest": PasswordHash.of("guest")}
    events: list[HostEvent] = []
    async with Host(port=0, users=users, on_event=events.append) as host:
        people = [await asyncio.open_connection("127.0.0.1", host.port) for _ in range(300)]
        for _, writer in people:
            writer.write(login())
        await wait_until(lambda: len(events) == len(people), 120)
        assert all(isinstance(event, Joined) for event in events)
        for _, writer in people:
            writer.close()


def test_a_full_broker_says_so() -> None:
    with HostThread(max_connections=2) as broker:
        clients = [RawClient(broker.url).open() for _ in range(2)]
        with RawClient(broker.url) as third, pytest.raises(Closed) as refused:
            third.open()
        reason = "NOT_ALLOWED - connection refused: node connection limit (2) is reached"
        assert refused.value.args == ("connection", 530, reason)
        clients[0].socket.close()
        block_until(lambda: len(broker.events) == 3, what="one to leave")
        RawClient(broker.url).open().socket.close()
        clients[1].socket.close()


def test_too_many_who_do_not_log_in_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amqpchat_tui.broker.server.MAX_WAITING", 1)
    with HostThread(max_connections=2) as broker, contextlib.ExitStack() as clients:
        for _ in range(3):
            clients.enter_context(RawClient(broker.url)).start()
        with RawClient(broker.url) as fourth, pytest.raises((EOFError, ConnectionError)):
            fourth.start()


async def test_who_finds_it_full_is_told_and_comes_in_when_somebody_leaves() -> None:
    async with Host(port=0, users=USERS, max_connections=1) as host:
        url = f"amqp://guest:guest@127.0.0.1:{host.port}/"
        first = await aio_pika.connect(url)
        ann = Seat(AmqpClient(settings(url, room="ops")))
        ann.client.start(ann)
        state = await ann.pass_through(Phase.RECONNECTING)
        assert state.reason == "the connection limit of the broker is reached (1)"
        await first.close()
        await ann.reach(Phase.ONLINE)
        await ann.close()


def listen(client: RawClient, exchange: str) -> None:
    """Consume what is said in a room."""
    client.open().open_channel()
    declare = commands.Exchange.Declare(exchange=exchange, exchange_type="fanout", auto_delete=True)
    client.ask(declare, commands.Exchange.DeclareOk)
    client.ask(commands.Queue.Declare(exclusive=True), commands.Queue.DeclareOk)
    client.ask(commands.Queue.Bind(exchange=exchange), commands.Queue.BindOk)
    client.ask(commands.Basic.Consume(no_ack=True), commands.Basic.ConsumeOk)


def say(client: RawClient, exchange: str, number: int, size: int) -> None:
    """Publish a message of this size."""
    client.publish(commands.Basic.Publish(exchange=exchange, routing_key=str(number)), b"x" * size)


def hear(client: RawClient) -> int:
    """Wait for the next message, and return its number."""
    return int(client.read(commands.Basic.Deliver).routing_key or 0)


def test_who_does_not_read_loses_the_oldest_and_stops_nobody(embedded: HostThread, name: str) -> None:
    size = 100_000
    count = (QUEUE_BYTES + OUTPUT_BYTES) // size + 200
    with RawClient(embedded.url) as stopped, RawClient(embedded.url) as listening:
        for client in stopped, listening:
            listen(client, name)
        with RawClient(embedded.url) as sender:
            sender.open().open_channel().ask(commands.Confirm.Select(), commands.Confirm.SelectOk)
            for number in range(count):
                say(sender, name, number, size)
                assert hear(listening) == number
            while sender.read(commands.Basic.Ack).delivery_tag < count:
                pass
        heard = [hear(stopped)]
        while heard[-1] < count - 1:
            heard.append(hear(stopped))
        assert heard == sorted(set(heard))
        assert QUEUE_BYTES // size * 0.9 < len(heard) < count


def test_many_who_do_not_read_take_only_so_much_and_stop_nobody(name: str) -> None:
    size, limit = 100_000, 3_000_000
    with HostThread() as broker, contextlib.ExitStack() as clients:
        broker.memory.limit = limit
        stopped = [clients.enter_context(RawClient(broker.url)) for _ in range(8)]
        listening, sender = (clients.enter_context(RawClient(broker.url)) for _ in range(2))
        for client in *stopped, listening:
            listen(client, name)
        sender.open().open_channel()
        for number in range(300):
            say(sender, name, number, size)
            assert hear(listening) == number
        assert broker.memory.unsent < 10 * 2 * size
        assert limit * 0.9 < broker.memory.stored <= limit
