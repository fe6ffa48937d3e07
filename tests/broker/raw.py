"""A client that speaks AMQP frame by frame, and so can also say what no library would."""

import socket
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

from pamqp import base, body, commands, frame, header
from pamqp.common import FieldTable

from .frames import PROTOCOL

CAPABILITIES: FieldTable = {"authentication_failure_close": True, "consumer_cancel_notify": True}

Method = TypeVar("Method", bound=base.Frame)


class Closed(Exception):  # noqa: N818 - it is what the tests expect to happen
    """The broker closed a channel or the connection; `args` are "channel" or "connection", code and text."""


class RawClient:
    """A blocking connection; `replies` are read one at a time."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=timeout)
        self._data = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def send(self, *methods: base.Frame, channel: int = 1) -> None:
        """Send methods."""
        self.write(b"".join(frame.marshal(method, channel) for method in methods))

    def publish(self, method: base.Frame, payload: bytes, size: int | None = None, channel: int = 1) -> None:
        """Send a method with content in one frame, of a length that may be a lie."""
        content = header.ContentHeader(body_size=len(payload) if size is None else size)
        self.write(frame.marshal(method, channel) + frame.marshal(content, channel))
        if payload:
            self.write(frame.marshal(body.ContentBody(payload), channel))

    def read_frame(self) -> frame.FrameTypes:
        """Wait for a frame.

        Raises:
            EOFError: if the connection has ended.
        """
        while True:
            _, _, size = frame.frame_parts(self._data)
            if size is not None and len(self._data) >= size + 8:
                count, _, read = frame.unmarshal(self._data)
                self._data = self._data[count:]
                return read
            received = self.socket.recv(65536)
            if not received:
                raise EOFError
            self._data += received

    def read(self, kind: type[Method]) -> Method:
        """Wait for a method; those before it are skipped.

        Raises:
            Closed: if the broker closes the channel or the connection instead.
            EOFError: if the connection has ended without that.
        """
        while not isinstance(read := self.read_frame(), kind):
            if isinstance(read, commands.Channel.Close | commands.Connection.Close):
                raise Closed(read.name.split(".")[0].lower(), read.reply_code, read.reply_text)
        return read

    def ask(self, method: base.Frame, answer: type[Method], channel: int = 1) -> Method:
        """Send a method and wait for its answer."""
        self.send(method, channel=channel)
        return self.read(answer)

    def start(self, response: str = "\0guest\0guest", mechanism: str = "PLAIN", close: bool = True) -> None:
        """Introduce ourselves, as far as the password."""
        self.write(PROTOCOL)
        self.read(commands.Connection.Start)
        properties: FieldTable = {"capabilities": CAPABILITIES if close else {}}
        self.send(commands.Connection.StartOk(properties, mechanism, response), channel=0)

    def open(
        self, vhost: str = "/", frame_max: int = 131072, channel_max: int = 100, heartbeat: int = 0
    ) -> Self:
        """Log in and open the connection."""
        self.start()
        self.read(commands.Connection.Tune)
        self.send(
            commands.Connection.TuneOk(channel_max, frame_max, heartbeat),
            commands.Connection.Open(vhost),
            channel=0,
        )
        self.read(commands.Connection.OpenOk)
        return self

    def open_channel(self, number: int = 1) -> Self:
        """Open a channel."""
        self.ask(commands.Channel.Open(), commands.Channel.OpenOk, number)
        return self

    def wait_closed(self) -> tuple[object, ...]:
        """Wait for the broker to close the channel or connection, and return what it says; () if nothing."""
        try:
            self.read(commands.Connection.Unblocked)  # which never comes
        except Closed as closed:
            return closed.args
        except (EOFError, ConnectionError):
            return ()
        raise AssertionError
