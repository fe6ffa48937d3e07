"""The room on the broker: its exchange, our queue and the binding between them, as in `docs/wire.md`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any

from aiormq.abc import AbstractChannel as Channel
from aiormq.exceptions import ChannelAccessRefused, ChannelNotFoundEntity, ChannelPreconditionFailed
from pamqp.common import FieldTable

from amqpchat_tui.client.errors import ChannelLost, RoomRefused
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.transport.channels import Channels
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses
from amqpchat_tui.wire.text import clean_line

OWN_QUEUES = "queues named amq.gen-…"
"""What permissions on our own queue are about, in words."""

JOIN_TRIES = 3
"""How often a room may be deleted while we join it, before we say that the connection does not do."""

_ALTERNATE = "alternate-exchange"
"""An argument that RabbitMQ compares (https://www.rabbitmq.com/docs/ae)."""
_OTHER_TYPE = re.compile(r"inequivalent arg 'type' .* but current is '(?P<type>[^']*)'")
_OTHER_FLAG = re.compile(
    r"inequivalent arg '(?P<flag>durable|auto_delete|internal)' .* but current is '(?P<current>true|false)'"
)
_OTHER_ALTERNATE = re.compile(
    rf"inequivalent arg '{_ALTERNATE}' .* but current is the value '(?P<current>.*)' of type 'longstr'"
)
_ABOUT_THE_QUEUE = "access to queue '"
_RESERVED_NAME = "contains reserved prefix"


@dataclass(frozen=True, slots=True)
class _Fanout:
    """What tells one fanout exchange from another in a declaration (AMQP 0-9-1, section 1.6.2.1)."""

    durable: bool = False
    auto_delete: bool = False
    internal: bool = False
    """Such an exchange can be listened to, but takes no lines."""
    alternate: str = ""

    @property
    def words(self) -> str:
        """The flags that differ from our own, for people."""
        special = {
            "is durable": self.durable,
            "is auto-delete": self.auto_delete,
            "is internal": self.internal,
            f"has the alternate exchange `{clean_line(self.alternate)}`": self.alternate,
        }
        return ", ".join(words for words, is_so in special.items() if is_so)


@dataclass(frozen=True, slots=True)
class Joined:
    """How we are in a room."""

    remark: str
    """What is worth telling about its exchange; may be empty."""
    shown: bool
    """Whether the exchange was shown to be a fanout: who may not declare it cannot ask for its type."""


_PLAIN = _Fanout()
"""How we make a room."""
_OTHERS = _Fanout(durable=True), _Fanout(auto_delete=True), _Fanout(durable=True, auto_delete=True)
"""What to try unless the broker says more."""


async def declare_queue(channel: Channel, max_length: int, user: str) -> str:
    """Declare a queue of our own, which keeps the latest messages while we are slow; return its name.

    Raises:
        RoomRefused: if the user may not.
    """
    try:
        declared = await channel.queue_declare(
            exclusive=True,
            auto_delete=True,
            arguments={"x-max-length": max_length, "x-overflow": "drop-head"},
        )
    except ChannelAccessRefused as error:
        raise missing("configure", OWN_QUEUES, user) from error
    return declared.queue or ""


async def waiting(channel: Channel, queue: str) -> int:
    """Return how many messages wait in our queue, once all that had left it before are with us.

    The answer can overtake deliveries that left the queue before it; a second answer cannot.

    Raises:
        Lost: when channel or connection are.
    """
    with failures_are_losses():
        count = (await channel.queue_declare(queue, passive=True)).message_count or 0
        await channel.queue_declare(queue, passive=True)
    return count


async def join(channels: Channels, room: str, queue: str, user: str, canary: Canary | None = None) -> Joined:
    """Declare the room's exchange, use it as it is if it exists otherwise, and bind our queue to it.

    A refused declaration closes its channel, so each has its own. Doing it again mends what has been taken
    away meanwhile. Where the exchange cannot be shown to be a fanout, the binding is one by which any other
    type brings nothing but what is meant for our queue: what comes then shows it. An exchange beside a room
    has no `canary`.

    Raises:
        RoomRefused: if the exchange cannot be shown to be a fanout, or a permission is missing.
        ChannelLost: if the exchange is deleted again and again.
    """
    for _ in range(JOIN_TRIES):
        with contextlib.suppress(ChannelNotFoundEntity):  # deleted at this very moment
            return await _join(channels, room, queue, user, canary)
    raise ChannelLost(f"exchange `{clean_line(room)}` is deleted again and again")


async def _join(channels: Channels, room: str, queue: str, user: str, canary: Canary | None) -> Joined:
    joined = await _declare_exchange(channels, room, user)
    # It comes before the binding: as long as it lives, the room to which we are bound does.
    if canary is not None and not canary.watches:
        await canary.place()
        if canary.watches:  # which it does over what is called so by now: is that still a room?
            joined = await _declare_exchange(channels, room, user)
    if joined.shown:
        await bind(channels, room, queue, user)
    else:
        await bind(channels, room, queue, user, key=queue, arguments={"x-match": "all", "amqpchat": queue})
    return joined


async def bind(
    channels: Channels,
    exchange: str,
    queue: str,
    user: str,
    key: str = "",
    arguments: FieldTable | None = None,
) -> None:
    """Bind our queue to an exchange; where it is bound so already, nothing changes.

    Raises:
        RoomRefused: if the user may not.
        ChannelNotFoundEntity: if there is no such exchange, or no queue of ours any more.
    """
    async with channels.brief() as channel:
        try:
            await channel.queue_bind(queue, exchange, routing_key=key, arguments=arguments)
        except ChannelAccessRefused as error:
            if _ABOUT_THE_QUEUE in str(error):
                raise missing("write", OWN_QUEUES, user) from error
            raise missing("read", f"exchange `{clean_line(exchange)}`", user) from error


async def _declare_exchange(channels: Channels, room: str, user: str) -> Joined:
    shown = clean_line(room)
    try:
        await _declare(channels, room, _PLAIN)
    except ChannelPreconditionFailed as error:
        fanout = await _show_to_be_fanout(channels, room, error)
        remark = f"exchange `{shown}` {fanout.words}; it is used as it is" if fanout != _PLAIN else ""
        return Joined(remark, shown=True)
    except ChannelAccessRefused as error:
        if _RESERVED_NAME in str(error):
            raise RoomRefused(
                "names that begin with amq. belong to the broker: choose another room"
            ) from error
        try:
            await look_for_exchange(channels, room)
        except ChannelNotFoundEntity:
            raise missing("configure", f"exchange `{shown}`, which does not exist yet", user) from error
        return Joined("", shown=False)
    return Joined("", shown=True)


async def _show_to_be_fanout(channels: Channels, room: str, error: ChannelPreconditionFailed) -> _Fanout:
    """Find out which fanout an exchange is that is not as we make it.

    Only a declaration that succeeds shows that it is one. What the broker says against one tells which to try
    next, if it says so as RabbitMQ does. An exchange that somebody deletes meanwhile is made anew by that.

    Raises:
        RoomRefused: if it cannot be shown.
        ChannelNotFoundEntity: if there is none any more.
    """
    shown = clean_line(room)
    last, tried = _PLAIN, set[_Fanout]()
    while (fanout := _next_to_try(last, tried, str(error))) is not None:
        last = fanout
        tried.add(fanout)
        try:
            await _declare(channels, room, fanout)
        except ChannelPreconditionFailed as another:
            error = another
        except ChannelAccessRefused:
            break
        else:
            return fanout
    if other := _OTHER_TYPE.search(str(error)):
        kind = clean_line(other["type"])
        raise RoomRefused(f"exchange `{shown}` is a `{kind}` exchange; a room needs a fanout") from error
    await look_for_exchange(channels, room)
    raise RoomRefused(
        f"exchange `{shown}` cannot be shown to be a fanout, which a room needs; "
        f"the broker says: {broker_text(error)}"
    ) from error


def _next_to_try(last: _Fanout, tried: Set[_Fanout], said: str) -> _Fanout | None:
    """Which fanout an exchange may be that is none of those tried, after what was said about the last."""
    if _OTHER_TYPE.search(said):
        return None
    likely = [*_OTHERS, _PLAIN]  # by now, somebody may have made it anew as we would
    if other := _OTHER_FLAG.search(said):
        flag: dict[str, Any] = {other["flag"]: other["current"] == "true"}
        likely.insert(0, replace(last, **flag))
    elif other := _OTHER_ALTERNATE.search(said):
        likely.insert(0, replace(last, alternate=other["current"]))
    return next((fanout for fanout in likely if fanout not in tried), None)


async def _declare(channels: Channels, room: str, fanout: _Fanout) -> None:
    async with channels.brief() as channel:
        await channel.exchange_declare(
            room,
            exchange_type="fanout",
            durable=fanout.durable,
            auto_delete=fanout.auto_delete,
            internal=fanout.internal,
            arguments={_ALTERNATE: fanout.alternate} if fanout.alternate else None,
        )


async def look_for_exchange(channels: Channels, room: str) -> None:
    """See that there is such an exchange; raise `ChannelNotFoundEntity` if there is none."""
    async with channels.brief() as channel:
        await channel.exchange_declare(room, passive=True)


def missing(permission: str, where: str, user: str) -> RoomRefused:
    """Say which permission a user lacks (https://www.rabbitmq.com/docs/access-control)."""
    return RoomRefused(f"user {clean_line(user)} lacks the permission `{permission}` on {where}")
