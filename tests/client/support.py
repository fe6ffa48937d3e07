"""People in a room: one at an amqpchat without a screen, others at plain pika scripts."""

import asyncio
import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import pika

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import (
    BrokerAddress,
    ConnectionSettings,
    HistorySettings,
    Secret,
    Settings,
    Tls,
    UiSettings,
)
from amqpchat_tui.config.broker_url import parse_broker_url
from amqpchat_tui.model import (
    Arrivals,
    ChatMessage,
    ConnectionState,
    ConversationId,
    Entry,
    LineEvent,
    Notice,
    NoticeKind,
    OutboxLine,
    Phase,
    Replay,
)
from amqpchat_tui.storage.store import DiskStore
from tests.support.waiting import wait_until


def settings(
    *urls: str,
    room: str,
    nick: str = "ann",
    heartbeat: int = 10,
    tls: Tls | None = None,
    lines: int = 1000,
    show: int = 200,
    create: bool = False,
) -> Settings:
    """What the program would have read from its configuration."""
    return Settings(
        connection=ConnectionSettings(
            brokers=tuple(address(url) for url in urls), heartbeat=heartbeat, tls=tls or Tls()
        ),
        nick=nick,
        conversations=(ConversationId.room(room),),
        ui=UiSettings(scrollback_lines=lines),
        history=HistorySettings(show=show, create=create),
    )


def address(url: str) -> BrokerAddress:
    """A URL taken apart."""
    return parse_broker_url(Secret(url))


class Seat:
    """An `AmqpClient` and what a screen in front of it has been told; it drains whatever arrives, at once."""

    def __init__(self, client: AmqpClient, store: DiskStore | None = None) -> None:
        """`store` is the client's, to be closed behind it."""
        self.client = client
        self._store = store
        self.states: list[ConnectionState] = []
        self.entries: list[Entry] = []
        self.replays: list[Replay] = []
        self.events: list[LineEvent] = []
        """What has become of lines, live or from the history."""
        self.outbox_changes = 0
        self.drains = True
        """Set to False to leave what arrives in the client's buffer."""

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        self.states.append(state)

    def outbox_changed(self, conversation: ConversationId) -> None:
        self.outbox_changes += 1

    def room_changed(self, conversation: ConversationId) -> None: ...

    def conversation_opened(self, conversation: ConversationId) -> None: ...

    def entries_arrived(self, conversation: ConversationId) -> None:
        if self.drains:
            self.drain()

    # For tests

    @property
    def conversation(self) -> ConversationId:
        return self.client.conversations[0]

    async def close(self) -> None:
        """Leave, as the program does."""
        await self.client.close()
        if self._store is not None:
            assert await asyncio.to_thread(self._store.close) == ""

    async def be_told_what_is_left(self) -> None:
        """Wait until the client knows what earlier programs left; it asks in its first turn."""
        assert self._store is not None
        await asyncio.sleep(0)
        await self._store.recall.latest()

    def say(self, body: str) -> None:
        self.client.say(self.conversation, body)

    def drain(self) -> None:
        more = True
        while more:
            arrived = self.client.drain(self.conversation, 1000)
            self.take(arrived)
            more = arrived.more

    def take(self, arrived: Arrivals) -> None:
        """Take in what was drained."""
        self.entries += arrived.entries
        self.replays += arrived.replays
        self.events += arrived.events
        self.events += [event for replay in arrived.replays for event in replay.events]

    @property
    def messages(self) -> list[ChatMessage]:
        return [entry for entry in self.entries if isinstance(entry, ChatMessage)]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def notices(self) -> list[str]:
        return [entry.text for entry in self.entries if isinstance(entry, Notice)]

    @property
    def gaps(self) -> list[str]:
        return [
            entry.text for entry in self.entries if isinstance(entry, Notice) and entry.kind is NoticeKind.GAP
        ]

    @property
    def phases(self) -> list[Phase]:
        """The phases gone through, without repetitions in a row."""
        phases = [state.phase for state in self.states]
        return [phase for phase, before in zip(phases, [None, *phases], strict=False) if phase is not before]

    async def reach(self, phase: Phase) -> ConnectionState:
        """Wait for a phase, and return the state."""
        await wait_until(
            lambda: self.client.state.phase is phase, 20, lambda: f"{phase}, not {self.client.state}"
        )
        return self.client.state

    async def pass_through(self, phase: Phase) -> ConnectionState:
        """Wait until a phase has been shown, and return that state, be it over or not."""
        passed = await wait_until(
            lambda: [state for state in self.states if state.phase is phase], 20, str(phase)
        )
        return passed[0]

    async def hear(self, *texts: str) -> None:
        """Wait until messages with these texts have arrived, among others perhaps."""
        await wait_until(
            lambda: set(texts) <= set(self.texts),
            20,
            lambda: f"{texts}, not {self.texts}; {self.client.state}",
        )

    async def can_react(self) -> None:
        """Wait until something can be done about lines."""
        events = self.client.events
        await wait_until(
            lambda: not events.problem(self.conversation), 20, lambda: events.problem(self.conversation)
        )

    async def see(self, *event_ids: str) -> None:
        """Wait until these things have become of lines, among others perhaps."""
        await wait_until(
            lambda: set(event_ids) <= {event.event_id for event in self.events},
            20,
            lambda: f"{event_ids}, not {self.events}; {self.notices}",
        )

    async def settle(self) -> None:
        """Wait until all that was typed has come back."""
        await wait_until(lambda: not self.outbox(), 30, lambda: f"{self.outbox()[:3]} in {self.client.state}")

    def outbox(self) -> list[OutboxLine]:
        return list(self.client.outbox(self.conversation))


class PlainListener:
    """Thirty lines of pika: a queue bound to the room, and whatever comes out of it."""

    def __init__(self, url: str, room: str) -> None:
        self._heard: list[tuple[str, bytes, pika.BasicProperties]] = []
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        try:
            channel = self._connection.channel()
            channel.exchange_declare(exchange=room, exchange_type="fanout")
            queue = channel.queue_declare(queue="", exclusive=True).method.queue
            channel.queue_bind(exchange=room, queue=queue)
            channel.basic_consume(queue, self._receive, auto_ack=True)
        except pika.exceptions.AMQPChannelError:  # there is something else under the room's name
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def heard(self) -> list[tuple[str, bytes, pika.BasicProperties]]:
        """Routing key, body and properties of all messages so far."""
        self._connection.process_data_events(0)
        return self._heard

    def _receive(
        self,
        _: object,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        self._heard.append((method.routing_key, body, properties))


class PlainSpeaker:
    """A connection of plain pika that publishes into the room; each call returns when the broker has it."""

    def __init__(self, channel: pika.adapters.blocking_connection.BlockingChannel, room: str) -> None:
        self.channel = channel
        self._room = room
        channel.confirm_delivery()

    def say(self, body: str | bytes, nick: str | bytes = "bob", properties: object = None) -> None:
        self.channel.basic_publish(self._room, nick, body, properties)


@contextlib.contextmanager
def plain_speaker(url: str, room: str) -> Iterator[PlainSpeaker]:
    """Connect as the workshop's scripts do, without declaring anything."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        yield PlainSpeaker(connection.channel(), room)
