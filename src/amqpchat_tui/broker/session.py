"""One connection's side of the protocol, from its first byte to its last; it knows no socket and no clock."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from pamqp import base, commands
from pamqp.common import FieldTable
from pamqp.heartbeat import Heartbeat

from amqpchat_tui import __version__
from amqpchat_tui.broker import frames
from amqpchat_tui.broker.channel import Channel, Client
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.frames import FRAME_MAX, FRAME_MIN, FrameReader
from amqpchat_tui.broker.routing import Broker

CHANNEL_MAX = 2047
"""How many channels a connection may have, as many as RabbitMQ offers."""
HEARTBEAT_SECONDS = 60
"""Seconds; what is proposed to a client, which decides."""
LOGIN_SECONDS = 10.0
"""How long each step of the login may take."""
REFUSAL_SECONDS = 1.0
"""How long after a wrong password its refusal is told, at least."""
GOODBYE_SECONDS = 3.0
"""How long a client may take to acknowledge that its connection is closed."""
BATCH_FRAMES = 1000
"""Frames handled before others get their turn."""
BATCH_DELIVERIES = 3000
"""Deliveries made before others get their turn."""

_PROTOCOL = b"AMQP\x00\x00\x09\x01"
_CONNECTION_CLASS = commands.Connection.frame_id.to_bytes(2)
_SERVER_PROPERTIES: FieldTable = {
    "product": "amqpchat",
    "version": __version__,
    "capabilities": {
        "publisher_confirms": True,
        "basic.nack": True,
        "exchange_exchange_bindings": True,
        "consumer_cancel_notify": True,
        "per_consumer_qos": True,
        "authentication_failure_close": True,
    },
}


_LOGIN_REFUSED = "Login was refused using authentication mechanism PLAIN. For details see the broker logfile."


class Stage(Enum):
    """How far a connection has come; each but the last two waits for one thing."""

    PROTOCOL_HEADER = auto()
    START_OK = auto()
    CHECKING = auto()
    """A password was given, and it is not known yet whether it is right."""
    TUNE_OK = auto()
    OPEN = auto()
    REFUSING = auto()
    """A wrong password was given, which is told later."""
    RUNNING = auto()
    CLOSING = auto()
    """Told that it is over, and not yet acknowledged."""
    CLOSED = auto()


class Session:
    """A connection; the owner of the socket passes bytes both ways, and the time to `tick`."""

    def __init__(
        self,
        broker: Broker,
        check: Callable[[str, str], None],
        wake: Callable[[], object],
        let_in: Callable[[], None] = lambda: None,
    ) -> None:
        """`check` takes a user and a password, of which `checked` is told later whether they are right.

        `wake` is called when there is something to write.
        `let_in` is called when the client has logged in, and raises `AmqpError` if there is no room for it.
        """
        self.stage = Stage.PROTOCOL_HEADER
        self.reason = ""
        """Why it has ended, empty while it has not or if the client has closed it."""
        self.name = ""
        """How the client calls itself; untrusted text."""
        self._check = check
        self._told_of_refusals = False
        """Whether the client understands what is told of a wrong password."""
        self._let_in = let_in
        self._broker = broker
        self._client = Client(broker, wake)
        self.outgoing = self._client.outgoing
        self._frames = FrameReader()
        self._channel_max = CHANNEL_MAX
        self._heartbeat = 0
        self._heard = self._spoke = True
        self._heard_at = self._spoke_at = self._stage_since = -1.0
        self._ticked_stage: Stage | None = None

    @property
    def user(self) -> str:
        """Who has logged in, or wants to."""
        return self._client.user

    def feed(self, data: bytes) -> None:
        """Add what has been received; `work` handles it."""
        self._heard = True
        self._frames.feed(data)

    def work(self) -> bool:
        """Handle what has been received, or a fair share of it; True if there is more to do."""
        more = False
        try:
            more = self._work()
        except AmqpError as error:
            self.close(error)
        self._client.confirm()
        return more

    def checked(self, right: bool) -> None:
        """It is known now whether the password is right: `work` goes on with what has come meanwhile."""
        if self.stage is not Stage.CHECKING:
            return
        if not right:
            self.stage = Stage.REFUSING
            return
        self.stage = Stage.TUNE_OK
        self.outgoing.send_method(0, commands.Connection.Tune(CHANNEL_MAX, FRAME_MAX, HEARTBEAT_SECONDS))

    def take_output(self) -> bytes:
        """Return what is to be written now."""
        data = self.outgoing.take()
        self._spoke = self._spoke or bool(data)
        return data

    def resume(self) -> None:
        """Send on what its queues had to keep because too much waited to be written."""
        self.outgoing.open = True
        self.outgoing.passed_over = False
        self._client.pump()

    def tick(self, now: float) -> None:
        """Send heartbeats and notice silence; to be called about twice a second with the time in seconds."""
        if self.stage is not self._ticked_stage:
            self._ticked_stage, self._stage_since = self.stage, now
        if self._heard:
            self._heard, self._heard_at = False, now
        if self._spoke:
            self._spoke, self._spoke_at = False, now
        waited = now - self._stage_since
        if self.stage is Stage.RUNNING:
            if self._heartbeat and now - self._heard_at > 2 * self._heartbeat:
                self.end(f"missed heartbeats from client, timeout: {self._heartbeat}s")
            elif self._heartbeat and now - self._spoke_at >= self._heartbeat / 2:
                self.outgoing.send(Heartbeat.marshal())
        elif self.stage is Stage.REFUSING:
            if waited >= REFUSAL_SECONDS:
                self._refuse()
        elif self.stage is Stage.CLOSING:
            if waited > GOODBYE_SECONDS:
                self.end(self.reason)
        elif waited > LOGIN_SECONDS:
            self.end("no login in time")

    def close(self, error: AmqpError, method: int = 0) -> None:
        """Tell the client that it is over, and why, and by which of its methods (their index)."""
        if self.stage in (Stage.PROTOCOL_HEADER, Stage.CLOSING, Stage.CLOSED):
            self.end(error.text)
            return
        self.reason = error.text
        self.stage = Stage.CLOSING
        self._release()
        self.outgoing.send_method(
            0, commands.Connection.Close(error.code, error.text, method >> 16, method & 0xFFFF)
        )

    def end(self, reason: str) -> None:
        """Give up whatever the client holds; nothing more is read."""
        self.reason = self.reason or reason
        self.stage = Stage.CLOSED
        self._release()

    def _release(self) -> None:
        channels, self._client.channels = self._client.channels, {}
        for channel in channels.values():
            channel.release()
        self._broker.forget_owner(self._client)

    def _work(self) -> bool:
        if self.stage is Stage.PROTOCOL_HEADER and not self._greet():
            return False
        enough = self._broker.handed_out + BATCH_DELIVERIES
        for _ in range(BATCH_FRAMES):
            waits = self.stage in (Stage.CHECKING, Stage.CLOSED)
            if waits or (frame := self._frames.next()) is None:
                return False
            self._receive(*frame)
            if self._broker.handed_out >= enough:
                break
        return True

    def _greet(self) -> bool:
        header = self._frames.take(len(_PROTOCOL))
        if header is None:
            return False
        if header != _PROTOCOL:
            self.outgoing.send(_PROTOCOL)
            self.end(f"it does not speak AMQP 0-9-1, but began with {header!r}")
            return False
        self.stage = Stage.START_OK
        self.outgoing.send_method(0, commands.Connection.Start(0, 9, _SERVER_PROPERTIES, "PLAIN", "en_US"))
        return True

    def _receive(self, kind: int, number: int, payload: bytes) -> None:
        if kind == frames.HEARTBEAT:
            if number or payload:
                raise AmqpError(505 if number else 501, "a heartbeat is empty, and on channel 0")
            return
        channel = self._client.channels.get(number)
        if number == 0:
            if kind != frames.METHOD or payload[:2] != _CONNECTION_CLASS:
                raise AmqpError(503, "only methods of class connection belong on channel 0")
            self._receive_control(frames.read_method(payload))
        elif self.stage is not Stage.RUNNING:
            if self.stage is not Stage.CLOSING:
                raise AmqpError(504, f"channel {number} before the connection is open")
        elif channel is None:
            self._open_channel(kind, number, payload)
        else:
            self._receive_on(channel, kind, payload)

    def _receive_on(self, channel: Channel, kind: int, payload: bytes) -> None:
        index = int.from_bytes(payload[:4]) if kind == frames.METHOD else 0
        if index == commands.Channel.Close.index:
            channel.release()
            del self._client.channels[channel.number]
            self.outgoing.send_method(channel.number, commands.Channel.CloseOk())
        elif channel.closing:
            if index == commands.Channel.CloseOk.index:
                del self._client.channels[channel.number]
        elif index == commands.Channel.Open.index:
            raise AmqpError(504, "second 'channel.open' seen")
        else:
            try:
                channel.receive(kind, payload)
            except AmqpError as error:
                if error.ends_connection:
                    self.close(error, channel.method)
                    return
                channel.release()
                channel.closing = True
                close = commands.Channel.Close(
                    error.code, error.text, channel.method >> 16, channel.method & 0xFFFF
                )
                self.outgoing.send_method(channel.number, close)

    def _open_channel(self, kind: int, number: int, payload: bytes) -> None:
        if kind != frames.METHOD or int.from_bytes(payload[:4]) != commands.Channel.Open.index:
            raise AmqpError(504, "expected 'channel.open'")
        if number > self._channel_max:
            raise AmqpError(504, f"channel number {number} is above the negotiated {self._channel_max}")
        self._client.channels[number] = Channel(number, self._client)
        self.outgoing.send_method(number, commands.Channel.OpenOk())

    def _receive_control(self, method: base.Frame) -> None:
        match method:
            case commands.Connection.CloseOk() if self.stage is Stage.CLOSING:
                self.end(self.reason)
            case commands.Connection.Close():
                self.stage = Stage.CLOSED
                self._release()
                self.outgoing.send_method(0, commands.Connection.CloseOk())
            case _ if self.stage in (Stage.REFUSING, Stage.CLOSING):
                pass
            case commands.Connection.StartOk() if self.stage is Stage.START_OK:
                self._log_in(method)
            case commands.Connection.TuneOk() if self.stage is Stage.TUNE_OK:
                self._tune(method)
            case commands.Connection.Open() if self.stage is Stage.OPEN:
                if method.virtual_host != "/":
                    raise AmqpError(530, f"vhost {method.virtual_host} not found")
                self._let_in()
                self.stage = Stage.RUNNING
                self.outgoing.send_method(0, commands.Connection.OpenOk())
            case _:
                raise AmqpError(504, f"unexpected method in connection state {self.stage.name.lower()}")

    def _log_in(self, method: commands.Connection.StartOk) -> None:
        if method.mechanism != "PLAIN":
            raise AmqpError(503, f"unknown authentication mechanism '{method.mechanism}'")
        properties = method.client_properties
        capabilities = properties.get("capabilities")
        capabilities = capabilities if isinstance(capabilities, dict) else {}
        parts = str(method.response).split("\x00")
        user, password = parts[1:] if len(parts) == 3 else ("", "")
        self._told_of_refusals = bool(capabilities.get("authentication_failure_close"))
        self._client.user = user
        self._client.told_of_cancels = bool(capabilities.get("consumer_cancel_notify"))
        self.name = str(properties.get("connection_name") or "")
        self.stage = Stage.CHECKING
        self._check(user, password)

    def _refuse(self) -> None:
        if self._told_of_refusals:
            self.close(AmqpError(403, _LOGIN_REFUSED))
        else:
            self.end(_LOGIN_REFUSED)

    def _tune(self, method: commands.Connection.TuneOk) -> None:
        for name, value, least, most in (
            ("frame_max", method.frame_max, FRAME_MIN, FRAME_MAX),
            ("channel_max", method.channel_max, 1, CHANNEL_MAX),
        ):
            if not least <= value <= most:  # 0 would mean that there is no limit
                raise AmqpError(530, f"negotiated {name} = {value} is not from {least} to {most}")
        self._frames.frame_max = self.outgoing.frame_max = method.frame_max
        self._channel_max = method.channel_max
        self._heartbeat = method.heartbeat
        self.stage = Stage.OPEN
