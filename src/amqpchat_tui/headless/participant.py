"""Who takes part in rooms by a command without a screen."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from msgspec import Struct

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.listener import Changes
from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.people.roster import Change
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Session
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import Settings
from amqpchat_tui.headless.signals import on_signals
from amqpchat_tui.headless.streams import tell
from amqpchat_tui.model import (
    Bearing,
    ChatMessage,
    ConnectionState,
    ConversationId,
    Gap,
    Membership,
    Notice,
    OutboxLine,
    Phase,
    RoomState,
    Severity,
)
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.wording.connection import describe

MOVES_KEPT = 1_000
"""How many are kept, the latest, for who is not ready to take them."""
LINES_KEPT = 1
"""What is printed need not be kept; a scrollback holds a block at least."""


class Move(Struct, frozen=True):
    """Somebody in a room has come, gone or taken another nick."""

    room: ConversationId
    change: Change
    at: float


class Participant:
    """Somebody in rooms for as long as a command runs; implements `chat.listener.SessionListener`."""

    def __init__(
        self,
        settings: Settings,
        *,
        listens: bool,
        one_try: bool = False,
        part: Part | None = None,
        since: float | None = None,
    ) -> None:
        """Who listens takes what is said when they are ready for it; else it is dropped.

        `part` is what they do among the people of the rooms: by default they do not even hear of them.
        With `since`, what they take begins with what the rooms' histories have since then.
        `one_try`: end when no broker takes us, instead of dialling again and again.
        """
        self.rooms = settings.conversations
        """Where they are, if they are let in."""
        self._one_try = one_try
        self._turned_away = False
        """Whether the broker said no, or the only try failed: that ended the command."""
        self._told: tuple[Phase, str, int] | None = None
        """What was told last of how the connection stands."""
        self._rooms_told = dict.fromkeys(self.rooms, RoomState(Membership.JOINING))
        # What a script did not get through is told by its exit code, and is for nobody to keep.
        self._since = since
        seconds = None if since is None else max(1, math.ceil(time.time() - since))
        self._client = AmqpClient(settings, answerable=False, since=seconds)
        self._moves: deque[Move] = deque(maxlen=MOVES_KEPT)
        self.people = People(
            self._client, settings.presence, self, part=part, moved=self._note_move, later=self._soon
        )
        """Who is in the rooms, for who takes any part."""
        now = time.monotonic()
        presence = Presence(now)
        presence.report_focus(True, now)  # nobody is called
        self._session = Session(
            self._client,
            Attention(settings.nick),
            open_conversation=lambda identity: Conversation(identity, Scrollback(LINES_KEPT)),
            presence=presence,
            people=self.people if part is not None else None,
            later=self._when_ready if listens else self._soon,
            listener=self,
        )
        self._news = asyncio.Event()
        self._batch: Callable[[], None] | None = None
        self._taken: list[tuple[ConversationId, ChatMessage | Gap]] = []
        self._work: asyncio.Task[None] | None = None
        self._held: dict[ConversationId, list[ChatMessage | Gap]] = {}
        """What waits in each room for the history, which comes before it."""
        if since is not None:
            self._held = {room: [] for room in self.rooms}

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Work in the rooms until that is done, a signal asks to end, or the broker lets us into none.

        What the work raises, this raises.
        """
        task = self._work = asyncio.create_task(work)
        self._session.start()
        try:
            with on_signals(task.cancel):
                await asyncio.wait({task})
        finally:
            await self._client.close()
        if not task.cancelled():
            task.result()

    @property
    def refused(self) -> bool:
        """Whether the broker does not let us in, at all or into one of the rooms, or the only try failed."""
        return self._turned_away or any(map(self.is_refused, self.rooms))

    def is_refused(self, room: ConversationId) -> bool:
        """Whether the broker does not let us into a room."""
        return self._rooms_told[room].membership is Membership.REFUSED

    def outbox(self, room: ConversationId) -> Sequence[OutboxLine]:
        """What a room has not been seen to hear yet."""
        return self._client.outbox(room)

    def say(self, room: ConversationId, body: str, level: Severity | None) -> None:
        """Send a line, checked by `wire.text.check_body`."""
        self._session.say(room, body, Bearing(level))

    def withdraw(self, line: OutboxLine) -> None:
        """Take a failed line out of the outbox."""
        self._client.withdraw(line.to, line.message_id)

    async def news(self) -> None:
        """Wait until something arrives or changes."""
        await self._news.wait()
        self._news.clear()

    def take(self) -> Sequence[tuple[ConversationId, ChatMessage | Gap]]:
        """Take a batch of what was said, and of where something may be missing, each with its room."""
        batch, self._batch = self._batch, None
        if batch is not None:
            batch()
        taken, self._taken = self._taken, []  # with what was taken before, for a notice to stand below it
        return taken

    def take_moves(self) -> Sequence[Move]:
        """Take what is new about who is in the rooms."""
        moves = list(self._moves)
        self._moves.clear()
        return moves

    def tell(self, room: ConversationId, text: str) -> None:
        """Say something about a room to the person; if it is the only one, it need not be named."""
        tell(f"{room.label}: {text}" if len(self.rooms) > 1 else text)

    def _when_ready(self, _: float, batch: Callable[[], None]) -> None:
        """Let the next batch wait until it is wanted: who reads slowly has the broker wait."""
        self._batch = batch
        self._news.set()

    def _note_move(self, room: ConversationId, change: Change) -> None:
        self._moves.append(Move(room, change, time.time()))
        self._news.set()

    def _soon(self, seconds: float, batch: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, batch)

    # chat.people.people.PeopleListener

    def people_changed(self, conversation: ConversationId) -> None:
        """Wake who waits for it."""
        self._news.set()

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        """Each is told by itself."""

    def people_marked(self) -> None:
        """Nobody is shown."""

    def people_doubted(self, conversation: ConversationId, text: str) -> None:
        """Warn the person."""
        self.tell(conversation, text)

    # chat.listener.SessionListener

    def changed(self, changes: Changes) -> None:
        """Keep what has arrived for `take`; all notices go to the person."""
        for arrived in changes.arrived:
            room = arrived.conversation
            said: list[ChatMessage | Gap] = []
            for entry in arrived.entries:
                if isinstance(entry, ChatMessage):
                    said.append(entry)
                elif isinstance(entry, Notice):
                    self.tell(room, entry.text)
                    if entry.gap is not None:
                        said.append(entry.gap)
            if room in self._held:
                said = [*self._held.pop(room), *said]
                past = next((replay for replay in arrived.replays if replay.gap is None), None)
                if past is not None:
                    said = [*filter(self._is_recent, past.lines), *said]
                else:
                    self._held[room], said = said, []
            said += [line for replay in arrived.replays if replay.gap is not None for line in replay.lines]
            self._taken += [(room, one) for one in said]

    def _is_recent(self, line: ChatMessage) -> bool:
        """Whether a line of the history is none of those that stand with others in one piece of it."""
        return self._since is None or line.roughly is not False or line.received_at >= self._since

    def connection_changed(self, _: ConnectionState, state: ConnectionState) -> None:
        """Tell the person what is new in it; nobody is here to decide about a refusal."""
        waits = state.phase is Phase.BLOCKED or state.retry_at > 0
        self._turned_away = state.phase is Phase.REFUSED or (self._one_try and waits)
        news = state.phase, state.reason, state.attempt
        if self._turned_away and waits:
            tell(f"{state.broker}: {state.reason}")
        elif news != self._told:  # that the next dial has begun is none
            tell(f"{state.broker}: {describe(state, None, time.monotonic())}")
        self._told = news
        if self._turned_away and self._work is not None:
            self._work.cancel()

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Wake who waits for it."""
        self._news.set()

    def listing_changed(self) -> None:
        """Tell the person which of several rooms we are in, and which we are not let into."""
        for room, conversation in self._session.conversations.items():
            state = conversation.room_state
            if state != self._rooms_told[room]:
                self._rooms_told[room] = state
                self._news.set()
                if len(self.rooms) > 1 and state.membership is not Membership.JOINING:
                    self.tell(room, ": ".join(filter(None, (state.membership.value, state.reason))))
