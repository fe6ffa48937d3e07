"""The chat between client and screen: takes what arrives, keeps it, and tells what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.batches import Batches
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.hiding import NOTHING_HIDDEN, Hiding
from amqpchat_tui.chat.keeping import Keeping
from amqpchat_tui.chat.listener import Changes, Ring, SessionListener
from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.chat.logbook import NOTHING_LOGGED, Logbook
from amqpchat_tui.chat.pace import Later
from amqpchat_tui.chat.people.contacts import Contacts
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.reading import Reading
from amqpchat_tui.chat.speakers import last_lines
from amqpchat_tui.chat.sweep import Sweep
from amqpchat_tui.chat.switcher import Switcher
from amqpchat_tui.model import (
    PLAIN,
    Bearing,
    ChatClient,
    ChatMessage,
    ConnectionState,
    ConversationId,
    ConversationKind,
    ConversationStore,
    KeptConversation,
    Level,
    Membership,
    NoConversations,
    Notice,
    NoticeKind,
    Occupant,
    Reaction,
)
from amqpchat_tui.wording.rooms import describe_refusal


class Session:
    """The conversations of one person; implements `model.ClientListener`."""

    def __init__(
        self,
        client: ChatClient,
        attention: Attention,
        *,
        open_conversation: Callable[[ConversationId], Conversation],
        presence: Presence,
        rings_always: bool = False,
        rings_for_reactions: bool = False,
        levels: Mapping[ConversationId, Level] | None = None,
        store: ConversationStore | None = None,
        logbook: Logbook = NOTHING_LOGGED,
        people: People | None = None,
        hiding: Hiding = NOTHING_HIDDEN,
        later: Later,
        listener: SessionListener,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`rings_always`: also while the person looks at the screen; `rings_for_reactions`: to their lines.

        `levels` are those that are configured. `store` keeps what there is to know about conversations, as
        soon as `restore` is called. `logbook` logs what is said.

        Without `people`, nothing is heard or said of those in rooms.

        `later` has the next batch taken; whoever is slow calls its function when it is ready for one.
        """
        self.attention = attention
        self._open_conversation = open_conversation
        self._levels = levels or {}
        self.hiding = hiding
        """What is not to be seen."""
        self._configured = frozenset(client.conversations)
        self._known: Mapping[ConversationId, KeptConversation] = {}
        """What earlier starts have left."""
        self.switcher = Switcher(map(self._open, client.conversations))
        """Which conversations there are, and the ways from one to another."""
        self.sweep = Sweep(hiding, attention, self.switcher, later, listener.listing_changed)
        """Has lines hidden that are there already."""
        self._client = client
        self._listener = listener
        self.rings_always = rings_always
        """Whether also while the person looks at the screen."""
        self.rings_for_reactions = rings_for_reactions
        """Whether also when somebody reacts to a line of the person."""
        self._clock = clock
        self._wall_clock = wall_clock
        self._later = later
        self._state = client.state
        self._batches = Batches(client, self.flush, later, clock)
        self._takes = False
        """Whether a batch is being taken."""
        self._people = people
        self.contacts = Contacts(client, people, clock)
        """Whom one can write to."""
        self.logbook = logbook
        self._keeping = Keeping(store or NoConversations(), later, clock)
        self.reading = Reading(self.switcher, presence, self._keeping, listener.listing_changed, clock)
        """What the person has read."""

    @property
    def conversations(self) -> Mapping[ConversationId, Conversation]:
        """All conversations, in the order of their numbers."""
        return self.switcher.conversations

    @property
    def shown(self) -> Conversation:
        """The conversation on the screen."""
        return self.switcher.shown

    @property
    def idle(self) -> bool:
        """Whether all that has arrived is taken."""
        return self._batches.are_empty

    def listing(self) -> Sequence[Listed]:
        """Return what panels show of each conversation that is not hidden, in the order of their numbers."""
        return [
            one.listed(shown=one is self.shown)
            for one in self.conversations.values()
            if one is self.shown or one.joined or not self.hiding.hides_conversation(one.id)
        ]

    def start(self) -> None:
        """Begin to connect."""
        self._client.start(self, self._people)

    # Which conversations there are

    def restore(self, brokers: Sequence[str], kept: Sequence[KeptConversation]) -> None:
        """Take over what earlier starts have left for these brokers, and keep all that changes from now on.

        Numbers that were kept win. What was written in a conversation before this is not undone; the draft of
        the shown one is for the screen to offer. What was joined at other brokers stays there, if not shown.
        """
        stays = {known.id for known in self._known.values() if known.joined} - {self.shown.id}
        for identity in filter(self.may_leave, stays - self._configured):
            self._drop(identity)
        self._known = {conversation.id: conversation for conversation in kept}
        for known in kept:
            if known.id in self.conversations:
                self.conversations[known.id].restore(known)
            elif known.joined:
                self._add(known.id)
        self.switcher.renumber({known.id: known.number for known in kept if known.id in self.conversations})
        self._keeping.begin(brokers)
        for conversation in self.conversations.values():
            self._keeping.keep(conversation)
            self._tell_when_level_ends(conversation)
        self._listener.listing_changed()

    def join(self, identity: ConversationId) -> None:
        """Be in a conversation, also after the next start; where one was refused, try again at once."""
        if identity in self.conversations:
            self._client.join(identity)
        else:
            self._add(identity)
        conversation = self.conversations[identity]
        conversation.joined = True
        self._keeping.keep(conversation)
        self._listener.listing_changed()

    def leave(self, identity: ConversationId) -> None:
        """Leave a conversation, and forget all about it but its draft, unless it is the only room.

        If it is shown, the one that was shown before is from now on.
        """
        if not self.may_leave(identity):
            return
        self.catch_up()
        left = self.conversations[identity]
        self._keeping.forget(left)
        self._known = {known.id: known for known in self._known.values() if known.id != identity}
        if (known := left.left) is not None:
            self._known = {**self._known, identity: known}
        self._drop(identity)
        self._come_to_shown()
        self._listener.listing_changed()

    def may_leave(self, identity: ConversationId) -> bool:
        """Whether one can leave a conversation: a last room stays, as the connection is for rooms."""
        private = ConversationKind.PRIVATE
        rooms = [other for other in self.conversations if other.kind is not private]
        return identity in self.conversations and (identity.kind is private or len(rooms) > 1)

    def has_unheard(self, identity: ConversationId) -> bool:
        """Whether a line of ours waits there to be heard."""
        return bool(self._client.outbox(identity))

    def write_to(self, who: Occupant) -> ConversationId:
        """Have a private conversation with somebody, in which they are written to from now on."""
        identity = self.contacts.conversation_with(who)
        self.join(identity)
        self._client.address(identity, who)
        return identity

    def show(self, identity: ConversationId) -> None:
        """Put another conversation on the screen; its lines are read now, if it is read at its end.

        The draft of the one before has been handed over. One that was left meanwhile is not shown.
        """
        left = self.shown
        if identity == left.id or identity not in self.conversations:
            return
        if self.reading.is_here:
            left.view.look_away()
        self._keeping.keep(left)
        self.switcher.show(identity)
        self._come_to_shown()
        self._listener.listing_changed()

    def keep(self) -> None:
        """Keep at once all that is to be kept, the draft of the shown conversation included."""
        self.catch_up()
        self._keeping.keep_due()
        self._keeping.keep(self.shown)
        self.logbook.write()

    # What the person decides

    def set_level(self, identity: ConversationId, level: Level | None, until: float | None = None) -> None:
        """Choose what a conversation may do to the person, until some time by the wall clock or for good.

        None: as configured.
        """
        conversation = self.conversations[identity]
        conversation.set_level(level, until)
        self._keeping.keep(conversation)
        self._tell_when_level_ends(conversation)
        self._listener.listing_changed()

    def configure_levels(self, levels: Mapping[ConversationId, Level]) -> None:
        """Have these levels for who chooses none."""
        self._levels = levels
        for conversation in self.conversations.values():
            conversation.default_level = levels.get(conversation.id, Level.ALL)
        self._listener.listing_changed()

    def ask_for_older(self, identity: ConversationId) -> bool:
        """Have older lines of the room's history read; False where there are none, or they are being read."""
        wanted = self.conversations[identity].history.ask()
        if wanted:
            self._client.histories.older(identity)
        return wanted

    def say(self, identity: ConversationId, body: str, bearing: Bearing = PLAIN) -> None:
        """Send a line, checked by `wire.text.check_body`; it was the draft of the one that is shown."""
        self._client.say(identity, body, bearing)
        conversation = self.conversations[identity]
        if not conversation.joined and identity.kind is ConversationKind.PRIVATE:
            conversation.joined = True  # a stranger has begun it, and now it is kept
            self._keeping.keep(conversation)
        if identity == self.shown.id and self.shown.draft:
            self.shown.draft = ""
            self._keeping.keep(self.shown)

    def tell(self, text: str, kind: NoticeKind = NoticeKind.INFO, to: ConversationId | None = None) -> None:
        """Say something of our own in a conversation, by default the shown one, below what has come."""
        self.catch_up()
        conversation = self.shown if to is None else self.conversations.get(to, self.shown)
        conversation.tell(Notice(text, time.time(), kind))
        if self._people is not None:
            self._people.end_row(conversation.id)

    def note_movements(self, identity: ConversationId, row: str) -> None:
        """Say in a conversation who has come and gone since the last line there."""
        self.catch_up()
        if (conversation := self.conversations.get(identity)) is not None:
            conversation.note_movements(row)

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        """Tell the screen, together with the state before."""
        before, self._state = self._state, state
        self._listener.connection_changed(before, state)

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Tell the screen, which reads the outbox itself."""
        self._listener.outbox_changed(conversation)

    def conversation_opened(self, conversation: ConversationId) -> None:
        """Have it in the list; it is not kept unless the person answers."""
        self._take_in(self._open(conversation), self._known.get(conversation))
        self.conversations[conversation].room_state = self._client.room_state(conversation)
        self._listener.listing_changed()

    def room_changed(self, conversation: ConversationId) -> None:
        """Tell the screen, and in a conversation of several why it is refused."""
        shown, state = self.conversations[conversation], self._client.room_state(conversation)
        refused = state.membership is Membership.REFUSED and state != shown.room_state
        shown.room_state = state
        if refused and len(self.conversations) > 1:  # of one alone, the state of the connection tells
            self.tell(describe_refusal(conversation, state.reason), NoticeKind.ERROR, conversation)
        self._listener.listing_changed()

    def entries_arrived(self, conversation: ConversationId) -> None:
        """Have it taken with the next batch."""
        self._batches.add(conversation)

    # Batches

    def catch_up(self) -> None:
        """Take all that has arrived, for what is decided by it now and for what is to stand below it.

        Nothing while a batch is being taken, as it would come before the rest of that.
        """
        while not self.idle and not self._takes:
            self.flush()

    def flush(self) -> None:
        """Take a batch of what has arrived."""
        self._takes = True
        self.reading.note_presence()  # what comes in now has not been read by who is not here
        batch = self._batches.take()
        concerning: list[Ring] = []
        unread = False
        for arrived in batch:
            identity, entries = arrived.conversation, arrived.entries
            conversation = self.conversations[identity]
            before, seen = conversation.unread, self.reading.sees(conversation)
            lines = list(
                conversation.take(
                    entries, self.attention, events=arrived.events, seen=seen, hiding=self.hiding
                )
            )
            for replay in arrived.replays:
                lines += conversation.take_replay(replay, self.attention, seen=seen, hiding=self.hiding)
                self.logbook.add_replay(identity, replay, conversation.history_until)
            spoken = last_lines(entries)
            if self._people is not None:
                self._people.said(identity, spoken)
            self.logbook.add(identity, entries)
            self.contacts.hear(identity, spoken)
            self._batches.add_again(identity, is_behind=conversation.outcomes.is_behind)
            unread |= conversation.unread != before
            if seen:
                self._keeping.keep_soon(conversation)
            if conversation.level is not Level.NONE:
                lines += conversation.outcomes.to_own(arrived.events) if self.rings_for_reactions else ()
                concerning += [Ring(identity, line) for line in lines[:1]]
        self._takes = False
        if unread:
            self._listener.listing_changed()
        if batch:
            self._listener.changed(Changes(batch, concerning[0] if self._rings(concerning) else None))

    def _rings(self, concerning: Sequence[Ring]) -> bool:
        away = not self.reading.is_here
        return bool(concerning) and (self.rings_always or away) and self.attention.ring(self._clock())

    # One conversation

    def _open(self, identity: ConversationId) -> Conversation:
        conversation = self._open_conversation(identity)
        conversation.default_level = self._levels.get(identity, Level.ALL)
        conversation.outcomes.ignores, conversation.outcomes.is_mine = self.hiding.ignores, self.is_mine
        return conversation

    def is_mine(self, one: ChatMessage | Reaction) -> bool:
        """Whether the person has said or done this, by this program or another of their account."""
        account = self._people.accounts.own if self._people is not None else None
        return one.own or (bool(account) and one.who.account == account)

    def _add(self, identity: ConversationId) -> None:
        conversation = self._open(identity)
        self._take_in(conversation, self._known.get(identity))
        self._client.join(identity)
        conversation.room_state = self._client.room_state(identity)

    def _drop(self, identity: ConversationId) -> None:
        """Be in a conversation no more; what is kept of it stays."""
        if self._people is not None:
            self._people.leave(identity)
        self._client.leave(identity)
        self._batches.drop(identity)
        self._keeping.drop(identity)
        self.switcher.remove(identity)

    def _take_in(self, conversation: Conversation, known: KeptConversation | None) -> None:
        if known is not None:
            conversation.restore(known)
        self.switcher.add(conversation, None if known is None else known.number)

    def _come_to_shown(self) -> None:
        self._client.put_first(self.shown.id)
        self.reading.come_to_shown()

    def _tell_when_level_ends(self, conversation: Conversation) -> None:
        if conversation.level_until is not None:
            seconds = max(0.0, conversation.level_until - self._wall_clock())
            self._later(seconds, self._listener.listing_changed)
