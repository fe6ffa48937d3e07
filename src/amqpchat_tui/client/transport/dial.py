"""Dialling: from an address to an open connection, or to a reason that a person understands."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

import aio_pika
from aio_pika.connection import make_url
from aiormq.exceptions import (
    AMQPError,
    AuthenticationError,
    ConnectionClosed,
    ProbableAuthenticationError,
    ProtocolSyntaxError,
)

from amqpchat_tui import __version__
from amqpchat_tui.client.errors import ConnectionProblem, NobodyListens, Refused, Unreachable
from amqpchat_tui.client.transport import lenient_pamqp as decoding
from amqpchat_tui.client.transport import tls
from amqpchat_tui.client.transport.failures import broker_text
from amqpchat_tui.client.transport.handshake import explain_refusal
from amqpchat_tui.client.transport.link import CUT_SECONDS, Link
from amqpchat_tui.client.transport.steps import StepTaken, ignore_step
from amqpchat_tui.client.transport.stream import Stream
from amqpchat_tui.wire.text import clean_line

if TYPE_CHECKING:
    from amqpchat_tui.config import BrokerAddress, ConnectionSettings

DIAL_SECONDS = 10.0
"""How long name look-up, TCP, TLS and AMQP handshake may take together."""

_HUNG_UP = (ConnectionResetError, BrokenPipeError, asyncio.IncompleteReadError, ssl.SSLEOFError)


async def dial(
    address: BrokerAddress, settings: ConnectionSettings, name: str, step_taken: StepTaken = ignore_step
) -> Link:
    """Open a connection; `name` is what the broker's administrator sees, `step_taken` is told each step.

    Raises:
        Refused: if trying again is in vain.
        Unreachable: if there is no broker to talk to.
    """
    decoding.install()
    if not address.password:
        raise Refused(f"user {clean_line(address.user)} has no password")  # aiormq would send `guest`
    context = await asyncio.to_thread(tls.context, settings.tls) if address.tls else None
    stream = Stream(address.host, address.port, context, step_taken)
    try:
        url = make_url(
            host=address.host,
            port=address.port,
            login=address.user,
            password=address.password.reveal(),
            virtualhost=address.vhost,
            ssl=address.tls,
            heartbeat=settings.heartbeat,
        )
    except ValueError:
        raise Unreachable(f"no such host: {clean_line(address.host)}") from None
    connection = aio_pika.Connection(
        url,
        client_properties={"connection_name": name, "product": "amqpchat", "version": __version__},
    )
    connection.kwargs["transport_factory"] = stream
    try:
        await _open(connection, stream, address, context)
    except BaseException:
        stream.cut()
        await connection.close()
        raise
    stream.handshake.over()
    return Link(connection, stream, settings.heartbeat, address.user)


async def _open(
    connection: aio_pika.Connection, stream: Stream, address: BrokerAddress, context: ssl.SSLContext | None
) -> None:
    opening = asyncio.ensure_future(connection.connect())
    # Once we give up, nobody asks how it ended.
    opening.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait({opening}, timeout=DIAL_SECONDS)
    finally:
        if timed_out := not opening.done():
            stream.cut()
            opening.cancel()
            await asyncio.wait({opening}, timeout=CUT_SECONDS)
    if timed_out:
        raise _silent(stream, address)
    try:
        opening.result()
    except (AMQPError, OSError, UnicodeError, EOFError) as error:
        objection = None
        if context is not None and any(isinstance(cause, _HUNG_UP) for cause in _causes(error)):
            objection = await tls.objection(address, context)
        refusal = stream.handshake.refusal
        if refusal is not None:
            raise explain_refusal(refusal, address.vhost, address.user) from error
        raise _explain(objection or error, address) from error


# Reasons


def _silent(stream: Stream, address: BrokerAddress) -> Unreachable:
    if stream.reached:
        return Unreachable(
            f"{address.label} accepts connections, but does not speak "
            f"{'TLS and ' if address.tls else ''}AMQP: no answer within {DIAL_SECONDS:.0f} s"
        )
    return Unreachable(f"no answer from {address.label} within {DIAL_SECONDS:.0f} s")


def _explain(error: Exception, address: BrokerAddress) -> ConnectionProblem:
    """Say what an exception of aiormq, ssl or socket means; the cases were measured against RabbitMQ."""
    match error:
        case ProbableAuthenticationError():
            return Refused(f"wrong user name or password{_guest_hint(address)}")
        case AuthenticationError():
            return Refused("the broker takes no login by user name and password")
        case ConnectionClosed() if error.args:
            return Unreachable(f"the broker closed the connection: {broker_text(error)}")
        case ProtocolSyntaxError():
            return _not_amqp(address)
        case UnicodeError():
            return Unreachable(f"no such host: {clean_line(address.host)}")
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return _name_problem(cause, address)
            case ssl.SSLError():
                return tls.explain(cause, address)
            case asyncio.IncompleteReadError() if cause.expected != 1:  # what came before was no frame
                return _not_amqp(address)
            case asyncio.IncompleteReadError() | ConnectionResetError() | BrokenPipeError():
                return Unreachable(f"{address.label} closed the connection at once{_tls_hint(address)}")
            case OSError() if cause.errno == errno.ECONNREFUSED:
                return NobodyListens(f"nobody listens on {address.label}")
            case OSError() if cause.errno is not None:
                return Unreachable(f"cannot reach {address.label}: {_os_words(cause)}")
    return Unreachable(f"cannot talk to {address.label}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _not_amqp(address: BrokerAddress) -> Unreachable:
    return Unreachable(f"{address.label} does not speak AMQP 0-9-1{_tls_hint(address)}")


def _tls_hint(address: BrokerAddress) -> str:
    return "" if address.tls else "; if it speaks TLS, use amqps://"


def _guest_hint(address: BrokerAddress) -> str:
    if address.loopback or address.user != "guest":
        return ""
    return "; RabbitMQ lets guest in from its own machine only"


def _name_problem(error: socket.gaierror, address: BrokerAddress) -> Unreachable:
    if error.errno == socket.EAI_AGAIN:
        return Unreachable(f"no name server answers for {clean_line(address.host)}")
    return Unreachable(f"no such host: {clean_line(address.host)}")


def _os_words(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno is not None else "it failed"
