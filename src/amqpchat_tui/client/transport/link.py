"""An open connection to a broker."""

from __future__ import annotations

import asyncio
import contextlib
import time

from aio_pika.abc import AbstractConnection
from aiormq.abc import AbstractChannel as Channel
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import ConnectionClosed, ProtocolSyntaxError
from pamqp.common import FieldTable

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.transport.channels import Channels
from amqpchat_tui.client.transport.failures import REASON_SECONDS, broker_text, failures_are_losses
from amqpchat_tui.client.transport.sieve import Receive
from amqpchat_tui.client.transport.stream import Stream
from amqpchat_tui.wire.lines import BODY_READ_BYTES
from amqpchat_tui.wire.text import clean_line

GOODBYE_SECONDS = 0.8
"""How long the broker may be silent while we say goodbye."""
LONG_GOODBYE_SECONDS = 4.0
"""How long all of it may take: a broker that has much to do takes 20 ms and more for an exchange."""
DELETED_AT_ONCE = 8
"""Of so many exchanges, the broker answers for the last; what is on its way when we hang up is not done."""
CUT_SECONDS = 0.4
"""How long our own side may take to end once its socket is gone."""
LOOKS_A_SECOND = 20
"""How often all rooms together look, now and then, whether they are still there: that costs CPU."""

_EXCHANGE_BINDINGS = "exchange_exchange_bindings"
"""A capability (https://www.rabbitmq.com/docs/e2e)."""


class Link:
    """A connection that was open when this was made; `lost` says when and why it is no longer."""

    def __init__(self, connection: AbstractConnection, stream: Stream, heartbeat: int, user: str) -> None:
        assert connection.transport is not None, "it is open"
        self._raw = connection.transport.connection
        self.channels = Channels(self._raw, self._raw.connection_tune.channel_max)
        self.user = user
        """Who we are to the broker."""
        self.writable = asyncio.Event()
        """Set while messages may be published."""
        self.writable.set()
        self.lost: asyncio.Future[Lost] = asyncio.get_running_loop().create_future()
        self._connection = connection
        self._stream = stream
        self.heartbeat = heartbeat
        self._patience = 3.0 * heartbeat
        self.belongings: set[str] = set()
        """Exchanges of ours; they are deleted before the connection is closed."""
        self._next_look = 0.0
        connection.close_callbacks.add(self._connection_closed)

    def take_deliveries(self, channel: Channel, receive: Receive, body_bytes: int = BODY_READ_BYTES) -> None:
        """Have a channel's deliveries given to `receive` until it is closed.

        No more than `body_bytes` of a body are kept.
        """
        sieve, number = self._stream.sieve, channel.number
        sieve.take(number, receive, body_bytes)
        channel.closing.add_done_callback(lambda _: sieve.forget(number))

    def drop_deliveries(self, channel: Channel) -> None:
        """Receive no more on a channel; what is still on its way is lost."""
        self._stream.sieve.drop(channel.number)

    async def consume(self, channel: Channel, queue: str, arguments: FieldTable | None = None) -> str:
        """Begin to consume a queue, with manual acknowledgement; return the consumer's tag.

        Raises:
            AMQPError: as the channel does.
        """
        consumed = await channel.basic_consume(queue, _not_reached, arguments=arguments)
        return consumed.consumer_tag or ""

    @property
    def product(self) -> str:
        """What the broker calls itself (AMQP 0-9-1, section 1.4.2.1); empty where it does not say."""
        return clean_line(str(self._raw.server_properties.get("product", "")))

    @property
    def version(self) -> str:
        """Which version of that it is; empty where the broker does not say."""
        return clean_line(str(self._raw.server_properties.get("version", "")))

    @property
    def binds_exchanges(self) -> bool:
        """Whether the broker says that it binds exchanges to exchanges; others may hang up when asked to."""
        capabilities = self._raw.server_properties.get("capabilities")
        return isinstance(capabilities, dict) and bool(capabilities.get(_EXCHANGE_BINDINGS))

    async def look_later(self, seconds: float) -> None:
        """Wait so long to see whether something is still there, and longer if many look at something."""
        now = time.monotonic()
        self._next_look = max(self._next_look + 1 / LOOKS_A_SECOND, now + seconds)
        await asyncio.sleep(self._next_look - now)

    def cut(self) -> None:
        """Drop the connection without a word."""
        self._stream.cut()

    async def silence(self) -> Lost:
        """Return when nothing has come for three heartbeats: the link is dead.

        aiormq has a watch of its own, which takes longer (AMQP 0-9-1, section 4.2.7, asks for two).
        """
        while True:
            left = self._stream.heard_at + self._patience - time.monotonic()
            if left <= 0:
                return self._dead()
            await asyncio.sleep(left)

    def _dead(self) -> Lost:
        return Lost(f"no sign of life for {self._patience:.0f} s", silence=self._patience)

    async def unblocked(self) -> None:
        """Return when the broker takes messages; it does not while it has an alarm for memory or disk."""
        await self._raw.ready()

    async def explain(self, lost: Lost) -> Lost:
        """Return a loss with its reason, which is known when the connection has ended."""
        if lost.reason:
            return lost
        await asyncio.wait({self.lost}, timeout=REASON_SECONDS)
        return self.lost.result() if self.lost.done() else Lost("the connection broke")

    async def close(self) -> None:
        """Say goodbye and close; cut when the broker is silent for 0.8 s, or after 4 s. Never raises."""
        # aio-pika's close() cannot be cancelled while it waits for the broker; it ends when its stream does.
        closing = asyncio.ensure_future(self._close())
        latest, heard_at = time.monotonic() + LONG_GOODBYE_SECONDS, -1.0
        while not closing.done() and heard_at != self._stream.heard_at and time.monotonic() < latest:
            heard_at = self._stream.heard_at
            await asyncio.wait({closing}, timeout=GOODBYE_SECONDS)
        if not closing.done():
            self.cut()
            await asyncio.wait({closing}, timeout=CUT_SECONDS)
        if closing.done() and not closing.cancelled():
            closing.exception()

    async def _close(self) -> None:
        if self.belongings and time.monotonic() - self._stream.heard_at < self._patience:
            with contextlib.suppress(Lost), failures_are_losses():
                async with self.channels.brief() as channel:
                    belongings = list(self.belongings)
                    for number, exchange in enumerate(belongings, 1):
                        if number % DELETED_AT_ONCE and number < len(belongings):
                            await channel.exchange_delete(exchange, nowait=True)
                        else:
                            await channel.exchange_delete(exchange)  # when answered, those before are gone
        await self.channels.settle()
        await self._connection.close()

    def _connection_closed(self, _: AbstractConnection | None, error: BaseException | None) -> None:
        if not self.lost.done():
            self.lost.set_result(self._explain(error))

    def _explain(self, error: BaseException | None) -> Lost:
        match error:
            case asyncio.CancelledError():
                return self._dead()
            case ConnectionClosed() if error.args:
                text = broker_text(error)
                if "'shutdown'" in text:
                    return Lost("the broker was shut down")
                return Lost(f"the broker closed the connection: {text}")
            case ProtocolSyntaxError():
                return Lost("the broker sent something that is not AMQP")
            case _:
                return Lost("the connection broke")


async def _not_reached(_: DeliveredMessage) -> None:
    """Stand in for a consumer where aiormq asks for one."""
