"""The room on the broker: its exchange, our queue and the binding between them, as in `docs/wire.md`."""

from __future__ import annotations

import contextlib
import re

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused, ChannelNotFoundEntity, ChannelPreconditionFailed

from amqpchat_tui.client.errors import Refused
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.wire.text import clean_line

OWN_QUEUES = "queues named amq.gen-…"
"""What permissions on our own queue are about, in words."""

JOIN_TRIES = 3
"""How often a room may be deleted while we join it, before we say that the connection does not do."""

_OTHER_TYPE = re.compile(r"inequivalent arg 'type' .* but current is '(?P<type>[^']*)'")
_OTHER_ARGUMENT = re.compile(r"inequivalent arg '(?P<argument>[^']*)'")
_RESERVED_NAME = "contains reserved prefix"
_WORDS = {"durable": "durable", "auto_delete": "auto-delete", "internal": "internal"}


async def declare_queue(channel: AbstractChannel, max_length: int, user: str) -> str:
    """Declare a queue of our own, which keeps the latest messages while we are slow; return its name.

    Raises:
        Refused: if the user may not.
    """
    try:
        queue = await channel.declare_queue(
            exclusive=True, arguments={"x-max-length": max_length, "x-overflow": "drop-head"}
        )
    except ChannelAccessRefused as error:
        raise missing("configure", OWN_QUEUES, user) from error
    return queue.name


async def join(connection: AbstractConnection, room: str, queue: str, user: str, canary: Canary) -> str:
    """Declare the room's exchange, use it as it is if it exists otherwise, and bind our queue to it.

    A refused declaration closes its channel, so each has its own. Doing it again mends what has been taken
    away meanwhile. Returns what is worth telling about the exchange, or an empty text.

    Raises:
        Refused: if the exchange is no fanout, or a permission is missing.
        ChannelNotFoundEntity: if the exchange is deleted again and again.
    """
    for _ in range(JOIN_TRIES - 1):
        with contextlib.suppress(ChannelNotFoundEntity):  # deleted at this very moment
            return await _join(connection, room, queue, user, canary)
    return await _join(connection, room, queue, user, canary)


async def _join(connection: AbstractConnection, room: str, queue: str, user: str, canary: Canary) -> str:
    remark = await _declare_exchange(connection, room, user)
    # It comes before the binding: as long as it lives, the room to which we are bound does.
    await canary.place(connection)
    async with connection.channel(publisher_confirms=False) as channel:
        try:
            bound = await channel.get_queue(queue, ensure=False)
            await bound.bind(room, routing_key="")
        except ChannelAccessRefused as error:
            if "queue" in str(error):
                raise missing("write", OWN_QUEUES, user) from error
            raise missing("read", f"exchange `{clean_line(room)}`", user) from error
    return remark


async def _declare_exchange(connection: AbstractConnection, room: str, user: str) -> str:
    shown = clean_line(room)
    try:
        async with connection.channel(publisher_confirms=False) as channel:
            await channel.declare_exchange(room, ExchangeType.FANOUT)
    except ChannelPreconditionFailed as error:
        if other := _OTHER_TYPE.search(str(error)):
            kind = clean_line(other["type"])
            raise Refused(f"exchange `{shown}` is a `{kind}` exchange; a room needs a fanout") from error
        await _use_exchange(connection, room)
        argument = _OTHER_ARGUMENT.search(str(error))
        how = _WORDS.get(argument["argument"]) if argument else None
        return f"exchange `{shown}` is {how or 'not as we would make it'}; it is used as it is"
    except ChannelAccessRefused as error:
        if _RESERVED_NAME in str(error):
            raise Refused("names that begin with amq. belong to the broker: choose another room") from error
        try:
            await _use_exchange(connection, room)
        except ChannelNotFoundEntity:
            raise missing("configure", f"exchange `{shown}`, which does not exist yet", user) from error
    return ""


async def _use_exchange(connection: AbstractConnection, room: str) -> None:
    async with connection.channel(publisher_confirms=False) as channel:
        await channel.declare_exchange(room, passive=True)


def missing(permission: str, where: str, user: str) -> Refused:
    """Say which permission a user lacks (https://www.rabbitmq.com/docs/access-control)."""
    return Refused(f"user {clean_line(user)} lacks the permission `{permission}` on {where}")
