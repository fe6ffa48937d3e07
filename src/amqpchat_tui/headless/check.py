"""`amqpchat check`: goes the way to the rooms and back as the chat does, and tells how far it came."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from amqpchat_tui.client.client import WINDOW
from amqpchat_tui.client.errors import ConnectionProblem, Lost, NotTrusted, Unreachable
from amqpchat_tui.client.identity import Identity
from amqpchat_tui.client.rooms.room import Room
from amqpchat_tui.client.transport.alarm import Alarm
from amqpchat_tui.client.transport.dial import dial
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.steps import Step
from amqpchat_tui.model import ConversationId, Fate, NoStore

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.talk import Talk
    from amqpchat_tui.config import BrokerAddress, Settings

ROOM_SECONDS = 10.0
"""How long entering a room, and a line's way back, may take together."""
BODY = "amqpchat check: one line, to see whether it comes back"
"""What is said in the room."""

_IN_ROOM = Step.PERMISSION, Step.PUBLISH, Step.ECHO
_BLOCKED = "the broker is low on memory or disk and accepts no messages"


async def check(settings: Settings, tell: Callable[[str], None]) -> bool:
    """Check the way through each of the brokers; `tell` gets each line of the report as it is known."""
    works = True
    rooms = f"room{'s' if len(settings.rooms) > 1 else ''} {', '.join(settings.rooms)}"
    for address in settings.connection.brokers:
        tell(f"{address.label}, {rooms}, as {settings.nick}")
        works &= await _check_broker(address, settings, tell)
    return works


class _Walk:
    """The steps ahead, and when the latest was taken."""

    def __init__(self, steps: Iterable[Step], tell: Callable[[str], None]) -> None:
        self._ahead = list(steps)
        self._tell = tell
        self._handshake = ""
        self._since = time.monotonic()

    def passed(self, step: Step) -> None:
        """A step has been taken, and with it those before it; telling it again changes nothing."""
        while step in self._ahead:
            now = time.monotonic()
            taken = self._ahead.pop(0)
            row = f"  {taken:<10} {(now - self._since) * 1000:6.0f} ms"
            self._since = now
            if taken is Step.TLS:  # only the next step shows that the broker is content as well
                self._handshake = row
            else:
                self._tell_handshake()
                self._tell(row)

    def stumbled(self, problem: ConnectionProblem) -> None:
        """The next step cannot be taken."""
        step = Step.TLS if isinstance(problem, NotTrusted) else self._ahead[0]
        if step is not Step.TLS:
            self._tell_handshake()
        self._tell(f"  {step:<10} failed: {problem.reason}")

    def _tell_handshake(self) -> None:
        if self._handshake:
            self._tell(self._handshake)
            self._handshake = ""


async def _check_broker(address: BrokerAddress, settings: Settings, tell: Callable[[str], None]) -> bool:
    without = _IN_ROOM if address.tls else (*_IN_ROOM, Step.TLS)
    walk = _Walk((step for step in Step if step not in without), tell)
    try:
        link = await dial(address, settings.connection, "amqpchat check", walk.passed)
    except ConnectionProblem as problem:
        walk.stumbled(problem)
        return False
    walk.passed(Step.VHOST)
    works = True
    try:
        for conversation in settings.conversations:  # on one connection, as in the chat, and left with that
            if len(settings.conversations) > 1:
                tell(f"room {conversation.name}")
            works &= await _check_room(link, conversation, settings, tell)
    finally:
        await link.close()
    return works


async def _check_room(
    link: Link, conversation: ConversationId, settings: Settings, tell: Callable[[str], None]
) -> bool:
    walk = _Walk(_IN_ROOM, tell)
    try:
        async with asyncio.timeout(ROOM_SECONDS):
            await _speak(link, conversation, settings, walk)
    except TimeoutError:
        walk.stumbled(Lost(f"no answer within {ROOM_SECONDS:.0f} s"))
    except Lost as lost:
        walk.stumbled(await link.explain(lost))
    except ConnectionProblem as problem:
        walk.stumbled(problem)
    else:
        return True
    return False


async def _speak(link: Link, conversation: ConversationId, settings: Settings, walk: _Walk) -> None:
    heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(room: Talk) -> None:
        alarm.look()
        if not room.outbox.unconfirmed:
            walk.passed(Step.PUBLISH)
        if not room.outbox.lines:
            walk.passed(Step.ECHO)
            _settle(heard, None)
        elif room.outbox.lines[0].fate is Fate.FAILED:
            _settle(heard, Unreachable(room.outbox.lines[0].reason))

    def joined() -> float:
        walk.passed(Step.PERMISSION)
        room.say(settings.nick, BODY)
        return 0.0

    room = Room(
        conversation,
        session=secrets.token_hex(8),
        identity=Identity(lambda _: None),
        mailbox=lambda: "",
        queue_length=settings.ui.scrollback_lines,
        window=WINDOW,
        store=NoStore(),
        brokers=(),
        arrived=lambda _: None,
        outbox_changed=look,
        changed=lambda _: None,
    )
    alarm = Alarm(
        link,
        lambda: room.unconfirmed_since,
        blocked=lambda _: _settle(heard, Unreachable(_BLOCKED)),
    )
    watching: asyncio.Future[None] = asyncio.ensure_future(alarm.watch())
    living: asyncio.Future[None] = asyncio.ensure_future(room.live(link, joined))
    try:
        await asyncio.wait({heard, living, watching}, return_when=asyncio.FIRST_COMPLETED)
        next(ended for ended in (heard, living, watching) if ended.done()).result()
    finally:
        for task in living, watching:
            task.cancel()
        await asyncio.wait({living, watching})


def _settle(future: asyncio.Future[None], problem: ConnectionProblem | None) -> None:
    if future.done():
        return
    if problem is None:
        future.set_result(None)
    else:
        future.set_exception(problem)
