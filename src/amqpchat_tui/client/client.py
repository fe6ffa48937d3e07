"""The client that the screen talks to: dial → online → lost → back off → dial, until it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as with_changes

from amqpchat_tui.client.errors import ConnectionProblem, Lost, NobodyListens, Refused
from amqpchat_tui.client.redial import AddressRotation, BackOff
from amqpchat_tui.client.rooms.inbox import Inbox, SeenIds
from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.model import (
    Arrivals,
    ClientListener,
    ConnectionState,
    ConversationId,
    Fate,
    Gap,
    Moment,
    NoStore,
    Notice,
    NoticeKind,
    OutboxLine,
    Phase,
    Store,
)
from amqpchat_tui.wording.gaps import describe_gap

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.visit import Room
    from amqpchat_tui.client.transport.link import Link
    from amqpchat_tui.config import BrokerAddress, ConnectionSettings, Settings

    Dial = Callable[[BrokerAddress, ConnectionSettings, str], Awaitable[Link]]

STABLE_SECONDS = 1.0
"""A connection that lived shorter than this counts as a failed dial when it is lost."""
ENTER_SECONDS = 10.0
"""How long the broker may take to let us into the room."""
LAST_WORDS_SECONDS = 0.3
"""How long `close` waits for the confirms of lines that were typed just before."""
STOP_SECONDS = 0.3
"""How long our own tasks may take to end before their connection is cut."""

_BLOCKED = "the broker is low on memory or disk and accepts no messages; yours are kept"
_KEPT = "kept from last time"
_INTERNAL = "an error inside amqpchat; its log has the details"

_log = logging.getLogger(__name__)


class AmqpClient:
    """A room on a broker; implements `model.ChatClient`."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        """`store` keeps what is not confirmed, and has what earlier programs left to be offered."""
        self._settings = settings
        self._nick = settings.nick
        self._conversation = ConversationId.room(settings.room)
        self._rotation = AddressRotation(len(settings.connection.brokers), BackOff(random.uniform))
        self._reason = ""
        self._state = ConnectionState(Phase.CONNECTING, self._address.label)
        self._dial_now = asyncio.Event()
        self._online_since: float | None = None
        self._was_stable: bool | None = None
        self._away_since: Moment | None = None
        self._told: set[str] = set()

        self._inbox = Inbox(self._entries_arrived)
        self._seen = SeenIds()
        self._canaries: set[str] = set()
        self._outbox = Outbox(self._outbox_changed)
        self._store = store or NoStore()
        self._claim: asyncio.Task[None] | None = None
        self._edited: list[OutboxLine] = []
        self._settled = asyncio.Event()
        self._outbox_news = False

        self._listener: ClientListener | None = None
        self._task: asyncio.Task[None] | None = None
        self._link: Link | None = None
        self._room: Room | None = None
        self._goodbyes: set[asyncio.Task[None]] = set()

    # What the screen sees

    @property
    def state(self) -> ConnectionState:
        """The connection as it is now."""
        return self._state

    @property
    def nick(self) -> str:
        """The name under which lines are sent from now on."""
        return self._nick

    @property
    def conversations(self) -> Sequence[ConversationId]:
        """Where one can talk."""
        return (self._conversation,)

    def outbox(self, conversation: ConversationId) -> Sequence[OutboxLine]:
        """The typed lines that have not come back from the room, oldest first."""
        return self._outbox.lines

    @property
    def lag(self) -> float | None:
        """Seconds from publishing our latest line to its echo; None before the first one."""
        return self._outbox.lag

    def start(self, listener: ClientListener) -> None:
        """Begin to connect, in the background of the running event loop."""
        self._listener = listener
        self._store.start(self._complain)
        self._claim_kept()
        self._task = asyncio.create_task(self._run())

    def say(self, conversation: ConversationId, body: str) -> None:
        """Put a line, checked by `wire.text.check_body`, into the outbox; it goes out as soon as possible."""
        self._edited.clear()
        self._outbox.add(OutboxLine(conversation, uuid.uuid4().hex, self._nick, body, time.time()))

    def resend(self, conversation: ConversationId, message_id: str) -> None:
        """Queue a failed line of the outbox again; any other is left alone."""
        self._outbox.resend(message_id)

    def withdraw(
        self, conversation: ConversationId, message_id: str, *, for_editing: bool = False
    ) -> OutboxLine | None:
        """Take a line out of the outbox and return it; None when it is under way, or no longer there."""
        line = self._outbox.withdraw(message_id)
        if line is not None and for_editing:
            self._edited.append(line)
        return line

    def rename(self, nick: str) -> None:
        """Send later lines under another name, checked by `wire.text.check_nick`."""
        self._nick = nick

    def reconnect(self) -> None:
        """Dial at once, dropping the connection if there is one."""
        self._dial_now.set()

    def switch_broker(self, connection: ConnectionSettings) -> None:
        """Leave these brokers for others, and take along what the room has not heard."""
        self._settings = with_changes(self._settings, connection=connection)
        self._rotation = AddressRotation(len(connection.brokers), BackOff(random.uniform))
        self._keep(self._outbox.lines)
        self._claim_kept()
        self.reconnect()

    def drain(self, conversation: ConversationId, most: int) -> Arrivals:
        """Take what has arrived, in the room's order, and let the broker send more."""
        entries, delivery_tag = self._inbox.drain(most)
        if delivery_tag and self._room is not None:
            self._room.acknowledge(delivery_tag)
        return Arrivals(conversation, entries, more=not self._inbox.empty)

    async def close(self) -> None:
        """Leave the room and close the connection, within 2 seconds whatever the broker does."""
        if self._state.phase is Phase.ONLINE and not self._outbox.settled:
            self._settled.clear()
            self._outbox.hold(0.0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_SECONDS):
                    await self._settled.wait()
        self._listener = None
        self._keep(self._outbox.unconfirmed)
        tasks = {task for task in (self._claim, self._task) if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._goodbyes:
            await asyncio.wait(self._goodbyes)

    # The state machine

    async def _run(self) -> None:
        dial, room_class = await asyncio.to_thread(_import_broker_side)
        while True:
            self._show_dialling()
            problem = await self._attempt(self._visit(dial, room_class))
            delay = self._decide(problem)
            if delay != 0.0:
                self._show_waiting(delay, nobody_listens=isinstance(problem, NobodyListens))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._dial_now.wait()
            if self._dial_now.is_set():
                self._dial_now.clear()
                self._rotation.reset()
                self._reason = ""

    async def _attempt(self, visit: Coroutine[Any, Any, None]) -> BaseException | None:
        """Let a visit to the room run to its end, or until the person wants another; return its problem."""
        task = asyncio.create_task(visit)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        wanted = asyncio.create_task(self._dial_now.wait())
        try:
            await asyncio.wait({task, wanted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wanted.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=STOP_SECONDS)
            if not task.done() and self._link is not None:
                self._link.cut()
                await asyncio.wait({task}, timeout=STOP_SECONDS)
        return task.exception() if task.done() and not task.cancelled() else None

    async def _visit(self, dial: Dial, room_class: type[Room]) -> None:
        self._was_stable = None
        link = self._link = await dial(self._address, self._settings.connection, f"amqpchat {self._nick}")
        silence = 0.0
        try:
            room = room_class(
                link,
                self._inbox,
                self._outbox,
                self._seen,
                name=self._settings.room,
                user=self._address.user,
                queue_length=self._settings.ui.scrollback_lines,
                canaries=self._canaries,
                blocked=self._show_blocked,
            )
            async with asyncio.timeout(ENTER_SECONDS):
                remark = await room.enter()
                self._tell_of_arrival(remark)
                self._room = room
                await room.listen()
            self._show_online()
            await room.stay()
        except TimeoutError:
            raise Lost(f"no answer within {ENTER_SECONDS:.0f} s") from None
        except Lost as lost:
            explained = await link.explain(lost)
            silence = max(explained.silence, room.silence)
            raise explained from lost
        finally:
            self._leave(link, silence)

    def _leave(self, link: Link, silence: float) -> None:
        room = self._room
        self._link = self._room = None
        self._inbox.forget_deliveries()
        self._outbox.connection_lost()
        if room is not None and self._online_since is not None:
            self._was_stable = time.monotonic() - self._online_since >= STABLE_SECONDS
            self._online_since = None
            self._away_since = min(Moment.now().before(silence), room.complete_until)
        self._say_goodbye(link.close())

    def _say_goodbye(self, closing: Coroutine[Any, Any, None]) -> None:
        """Let something close in the background; `close` waits for it."""
        goodbye = asyncio.create_task(closing)
        self._goodbyes.add(goodbye)
        goodbye.add_done_callback(self._goodbyes.discard)

    def _decide(self, problem: BaseException | None) -> float | None:
        """Return the seconds to wait before the next dial; None means until the person wants it."""
        if self._dial_now.is_set():
            return 0.0
        if isinstance(problem, ConnectionProblem):
            self._reason = problem.reason
        else:
            self._reason = _INTERNAL
            _log.error("the connection's task ended", exc_info=problem)
        if isinstance(problem, Refused):
            return self._rotation.refused()
        if self._was_stable is not None:
            return self._rotation.lost(stable=self._was_stable)
        return self._rotation.failed()

    # What outlives the program

    @property
    def _brokers(self) -> Sequence[str]:
        """What tells this room from others of the same name."""
        return [f"{broker.label}/{broker.vhost}" for broker in self._settings.connection.brokers]

    def _keep(self, lines: Sequence[OutboxLine]) -> None:
        self._store.outbox.keep(self._conversation, self._brokers, [*self._edited, *lines])

    def _claim_kept(self) -> None:
        """Offer, as soon as the disk has told, what programs that have ended left in this room."""
        if self._claim is not None:
            self._claim.cancel()
        self._claim = asyncio.create_task(self._offer_kept(self._brokers))

    async def _offer_kept(self, brokers: Sequence[str]) -> None:
        for line in await self._store.outbox.claim(self._conversation, brokers):
            self._outbox.add(replace(line, fate=Fate.FAILED, reason=_KEPT))

    # What the person is told

    @property
    def _address(self) -> BrokerAddress:
        return self._settings.connection.brokers[self._rotation.address]

    def _show(
        self, phase: Phase, reason: str = "", retry_at: float = 0.0, *, nobody_listens: bool = False
    ) -> None:
        state = ConnectionState(
            phase,
            self._address.label,
            reason,
            self._rotation.failures,
            retry_at,
            nobody_listens,
            product=self._link.product if self._link is not None else "",
        )
        if state != self._state:
            self._state = state
            _log.info("%s %s %s", state.broker, phase.value, reason)
            if self._listener is not None:
                self._listener.connection_changed(state)

    def _show_dialling(self) -> None:
        self._show(Phase.RECONNECTING if self._reason else Phase.CONNECTING, self._reason)

    def _show_waiting(self, delay: float | None, *, nobody_listens: bool) -> None:
        if delay is None:
            self._show(Phase.REFUSED, self._reason)
        else:
            retry_at = time.monotonic() + delay
            self._show(Phase.RECONNECTING, self._reason, retry_at, nobody_listens=nobody_listens)

    def _show_online(self) -> None:
        self._online_since = time.monotonic()
        # Who is back first would else say what was kept to nobody.
        self._outbox.hold(self._online_since + self._rotation.online())
        self._reason = ""
        self._show(Phase.ONLINE)
        self._outbox_changed()

    def _show_blocked(self, blocked: bool) -> None:
        if blocked:
            self._show(Phase.BLOCKED, _BLOCKED)
        else:
            self._show(Phase.ONLINE)

    def _tell_of_arrival(self, remark: str) -> None:
        now = Moment.now()
        if self._away_since is not None:
            gap = Gap.between(self._away_since, now)
            self._inbox.put(Notice(describe_gap(gap), gap.ended, NoticeKind.GAP, gap))
            self._away_since = None
        if remark and remark not in self._told:
            self._told.add(remark)
            self._inbox.put(Notice(remark, now.wall))

    def _complain(self, text: str) -> None:
        self._inbox.put(Notice(text, time.time(), NoticeKind.ERROR))

    def _entries_arrived(self) -> None:
        if self._listener is not None:
            self._listener.entries_arrived(self._conversation)

    def _outbox_changed(self) -> None:
        if self._room is not None:
            self._room.outbox_changed()
        if self._listener is not None and not self._outbox_news:
            self._outbox_news = True
            asyncio.get_running_loop().call_soon(self._tell_of_outbox)

    def _tell_of_outbox(self) -> None:
        """Pass many changes on as one."""
        self._outbox_news = False
        self._keep(self._outbox.lines)
        if self._outbox.settled:
            self._settled.set()
        if self._listener is not None:
            self._listener.outbox_changed(self._conversation)


def _import_broker_side() -> tuple[Dial, type[Room]]:
    """Import aio-pika; it takes as long as the first frame, so this runs in a thread."""
    from amqpchat_tui.client.rooms.visit import Room
    from amqpchat_tui.client.transport.dial import dial

    return dial, Room
