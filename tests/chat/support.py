"""Conversations, and a session that has them, for tests without a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.batches import CALM_SECONDS
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.hiding import NOTHING_HIDDEN, Hiding
from amqpchat_tui.chat.listener import Changes
from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.chat.logbook import Logbook
from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Session
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import (
    ChatMessage,
    ConnectionState,
    ConversationId,
    ConversationKind,
    ConversationStore,
    Entry,
    HidingStore,
    KeptConversation,
    Level,
    LoggedLine,
    LogStore,
    NoLog,
    Phase,
)
from amqpchat_tui.scrollback import Budget, Scrollback
from tests.support.fake_client import FakeClient, message

BROKERS = ("localhost:5672//",)

ALICE = Attention("alice")
OPS, LAB, DEV = map(ConversationId.room, ("ops", "lab", "dev"))
BOB = ConversationId(ConversationKind.PRIVATE, "bob")
ALARMS = ConversationId(ConversationKind.WATCHED, "amq.topic", "alarm.#")


def conversation(identity: ConversationId = OPS, clock: Callable[[], float] = lambda: 0.0) -> Conversation:
    return Conversation(identity, Scrollback(1_000), clock)


def hear(conversation: Conversation, *entries: Entry, seen: bool = False) -> None:
    """Let entries of a batch come in."""
    conversation.take(entries, ALICE, seen=seen)


def show_log(
    conversation: Conversation,
    lines: Sequence[ChatMessage],
    hiding: Hiding = NOTHING_HIDDEN,
    *,
    more: bool = False,
    above: int = 1_000,
) -> None:
    """Show what the log has, with numbers less than `above`."""
    logged = [
        LoggedLine(number, conversation.id, line) for number, line in enumerate(lines, above - len(lines))
    ]
    conversation.past.take(logged, more=more)
    conversation.past.show(conversation.id, hiding)


def line(at: float = 1.0) -> Entry:
    """A line of somebody else that concerns nobody."""
    return message("bob", "hello", at=at)


def mention(at: float = 1.0) -> Entry:
    return message("bob", "alice: look", at=at)


class Screen:
    """Whoever shows the chat: it remembers what it was told, and has batches taken when it likes."""

    def __init__(
        self,
        *conversations: ConversationId,
        store: ConversationStore | None = None,
        levels: Mapping[ConversationId, Level] | None = None,
        rings_always: bool = False,
        people: PresenceSettings | None = None,
        part: Part | None = None,
        hiding: HidingStore | None = None,
        log: LogStore | None = None,
    ) -> None:
        self.client = FakeClient(conversations=conversations or (OPS, LAB))
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.changes: list[Changes] = []
        self.phases: list[tuple[Phase, Phase]] = []
        self.outboxes: list[ConversationId] = []
        self.listings = 0
        self.now = 0.0
        """By both clocks."""
        self.presence = Presence(self.now)
        self.presence.report_focus(True, self.now)
        budget = Budget()
        self.told: list[tuple[str, ConversationId, str]] = []
        """What was told of people."""
        self.hiding = Hiding(
            hiding,
            later=self.later,
            changed=lambda: self.session.sweep.begin(),
            wall_clock=lambda: self.now,
        )
        self.people = People(
            self.client,
            people or PresenceSettings(),
            self,
            part=part,
            ignores=self.hiding.ignores,
            later=self.later,
            clock=lambda: self.now,
            random=Random(1),
        )
        self.session = Session(
            self.client,
            Attention("alice"),
            open_conversation=lambda identity: Conversation(
                identity, Scrollback(5_000, budget), lambda: self.now
            ),
            presence=self.presence,
            rings_always=rings_always,
            levels=levels,
            store=store,
            people=self.people if people is not None else None,
            hiding=self.hiding,
            logbook=Logbook(log or NoLog(), BROKERS, private=True, later=self.later, clock=lambda: self.now),
            later=self.later,
            listener=self,
            clock=lambda: self.now,
            wall_clock=lambda: self.now,
        )
        self.session.start()

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self.due.append((self.now + seconds, do))

    def people_changed(self, conversation: ConversationId) -> None:
        self.told.append(("changed", conversation, ""))

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        self.told.append(("moved", conversation, row))

    def people_marked(self) -> None: ...

    def people_doubted(self, conversation: ConversationId, text: str) -> None:
        self.told.append(("doubted", conversation, text))

    def look(self, present: bool) -> None:
        self.presence.report_focus(present, self.now)
        self.session.reading.note_presence()

    def connection_changed(self, before: ConnectionState, now: ConnectionState) -> None:
        self.phases.append((before.phase, now.phase))

    def outbox_changed(self, conversation: ConversationId) -> None:
        self.outboxes.append(conversation)

    def changed(self, changes: Changes) -> None:
        self.changes.append(changes)

    def listing_changed(self) -> None:
        self.listings += 1

    def batch(self) -> dict[ConversationId, int]:
        """Let one batch be taken; return how much of each conversation it had."""
        seen = len(self.changes)
        self.due.pop(0)[1]()
        return {
            arrived.conversation: len(arrived.entries)
            for changes in self.changes[seen:]
            for arrived in changes.arrived
        }

    def wait(self, seconds: float = 2 * CALM_SECONDS) -> None:
        """Let all be done that is due by then: by default, have a batch taken, and another."""
        until = self.now + seconds
        while due := [entry for entry in self.due if entry[0] <= until]:
            first = min(due, key=lambda entry: entry[0])
            self.due.remove(first)
            self.now = max(self.now, first[0])
            first[1]()
        self.now = until

    @property
    def listing(self) -> dict[str, Listed]:
        return {listed.label: listed for listed in self.session.listing()}


class MemoryStore:
    """A `ConversationStore` in memory, and how often each conversation was kept."""

    def __init__(self, *kept: KeptConversation) -> None:
        self.kept = {conversation.id: conversation for conversation in kept}
        self.times: list[ConversationId] = []

    async def all(self, brokers: Sequence[str]) -> Sequence[KeptConversation]:
        return list(self.kept.values())

    def keep(self, brokers: Sequence[str], conversation: KeptConversation) -> None:
        assert brokers == BROKERS
        self.kept[conversation.id] = conversation
        self.times.append(conversation.id)

    def forget(self, brokers: Sequence[str], identity: ConversationId) -> None:
        assert brokers == BROKERS
        self.kept.pop(identity, None)


def last_read(screen: Screen, identity: ConversationId) -> list[str]:
    """The lines below which there is a line, as what follows was not read."""
    reader = screen.session.conversations[identity].reader
    reader.resize(40, 5)
    return [reader.store.text(row.seq) for row in reader.rows if reader.is_last_read(row)]
