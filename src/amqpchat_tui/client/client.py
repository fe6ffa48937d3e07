"""The client that the chat talks to: one connection, and the rooms on it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amqpchat_tui.client.connection import Connection
from amqpchat_tui.client.dialer import Dialer, PlainDialer
from amqpchat_tui.client.history.histories import Histories
from amqpchat_tui.client.history.room_history import Wanted
from amqpchat_tui.client.identity import Identity
from amqpchat_tui.client.leaving import Leaving
from amqpchat_tui.client.outbox_news import OutboxNews
from amqpchat_tui.client.people.correspondence import Correspondence
from amqpchat_tui.client.people.mailbox import Mailbox
from amqpchat_tui.client.people.postman import Postman
from amqpchat_tui.client.people.presence import Presence
from amqpchat_tui.client.people.private import Private
from amqpchat_tui.client.rooms.line_events import LineEvents
from amqpchat_tui.client.rooms.room import Room
from amqpchat_tui.client.rooms.talk import Talk
from amqpchat_tui.client.rooms.watched import Watched
from amqpchat_tui.model import (
    PLAIN,
    Arrivals,
    Bearing,
    ClientListener,
    ConnectionState,
    ConversationId,
    ConversationKind,
    Correspondent,
    Membership,
    NoStore,
    NoticeKind,
    Occupant,
    OutboxLine,
    Phase,
    Posting,
    PresenceListener,
    RoomState,
    Store,
)
from amqpchat_tui.wording.sentences import sentence

if TYPE_CHECKING:
    from amqpchat_tui.client.tenants import Tenant
    from amqpchat_tui.config import ConnectionSettings, Settings

WINDOW = 1000
"""How many messages may be here without being on the screen, in all rooms together: half of them at least."""
LEAST_WINDOW = 10
"""How many of them may be of one room, however many rooms there are."""
LAST_WORDS_SECONDS = 0.3
"""How long `close` waits for the confirms of lines that were typed just before."""


class AmqpClient:
    """Rooms on a broker; implements `model.ChatClient`."""

    def __init__(
        self,
        settings: Settings,
        store: Store | None = None,
        *,
        dialer: Dialer | None = None,
        answerable: bool = True,
        since: int | None = 0,
    ) -> None:
        """Be in the rooms of the settings.

        Unless one is `answerable`, lines do not tell our mailbox, and it is neither heard nor told what
        becomes of them.

        `store` keeps what is not confirmed, and has what earlier programs left to be offered. A `dialer` that
        is given is closed with the client. With `since`, who joins is shown what the history has of the last
        so many seconds, instead of so many lines; None: nothing is read of histories.
        """
        self._nick = settings.nick
        self.session = os.urandom(8).hex()
        """Random for this run: what tells our programs apart, and lines of the same nick."""
        self._answerable = answerable
        self._queue_length = settings.ui.scrollback_lines
        self._brokers = settings.connection.names
        self._store = store or NoStore()
        self.histories = Histories(
            lambda: self._connection.dial_beside(),
            None if since is None else Wanted.of(settings.history, self.session, since),
            self.say,
        )
        """What was said in rooms before we came."""
        self.events = LineEvents(lambda: self._nick, wanted=answerable)
        """What becomes of lines after they were said, as far as that is done here."""
        self._identity = Identity(lambda text: self._tell(text, NoticeKind.INFO))
        self.mailbox = Mailbox(self._tell_sentence)
        """Where what is for us alone comes in."""
        self.postman = Postman(
            lambda: self.mailbox.address,
            self._identity,
            published=self._published,
            ready=lambda: self._correspondence.deliver(),
            tell=self._tell_sentence,
        )
        """The way to the mailboxes of others."""
        self._presence = Presence(
            self.session,
            self.mailbox,
            self.postman,
            self._identity,
            nick=lambda: self._nick,
            private_with=lambda who: self._correspondence.conversation_with(who),
            published=self._published,
            tell=self._tell_in,
        )
        self._correspondence = Correspondence(
            self._make_private,
            opened=self._opened,
            tell=lambda text: self._tell(text, NoticeKind.ERROR),
        )
        if answerable:
            self.mailbox.register_for_others(self._correspondence.receive)
        self._rooms: dict[ConversationId, Room] = {}
        for conversation in settings.conversations:
            self._rooms[conversation] = self._make_room(conversation)
        self._share_window()
        self._connection = Connection(
            settings.connection,
            dialer or PlainDialer(),
            self._tenants,
            name=lambda: f"amqpchat {self._nick}",
            changed=self._connection_changed,
            tell=self._tell,
        )
        self._first = settings.conversations[0]
        self._leaving = Leaving(settle=self._let_settle, move_out=self._move_out)
        self._outbox_news = OutboxNews(self._tell_of_outbox)
        self._listener: ClientListener | None = None

    @property
    def state(self) -> ConnectionState:
        """The connection as it is now."""
        return self._connection.state

    @property
    def nick(self) -> str:
        """The name under which lines are sent from now on."""
        return self._nick

    @property
    def conversations(self) -> Sequence[ConversationId]:
        """Where one can talk."""
        return (*self._rooms, *self._correspondence.talks)

    def room_state(self, conversation: ConversationId) -> RoomState:
        """How we stand with a room."""
        return self._talk(conversation).state

    def join(self, conversation: ConversationId) -> None:
        """Be in a conversation from now on; a room that was refused is tried again at once."""
        if conversation.kind is ConversationKind.PRIVATE:
            private = self._correspondence.want(conversation)
            if self._listener is not None:
                private.offer_kept()
            return
        room = self._rooms.get(conversation)
        if room is not None:
            room.expect()
            self._connection.tenants.try_again(room)
            return
        self._leaving.hand_over(conversation)
        room = self._rooms[conversation] = self._make_room(conversation)
        self._share_window()
        if self._listener is not None:
            room.offer_kept()
        self._connection.tenants.add(room)

    def leave(self, conversation: ConversationId) -> None:
        """Be in a conversation no more; what it has not heard is kept for whoever joins it next."""
        talk = self._talk(conversation)
        if isinstance(talk, Room):
            del self._rooms[conversation]
            self._presence.leave(conversation)
            self._share_window()
        else:
            del self._correspondence.talks[conversation]
        self._leaving.begin(talk)

    def put_first(self, conversation: ConversationId) -> None:
        """Enter a room before all others that are still to be entered."""
        self._first = conversation
        if conversation in self._rooms:
            self._connection.tenants.put_first(self._rooms[conversation])

    def outbox(self, conversation: ConversationId) -> Sequence[OutboxLine]:
        """The typed lines that have not come back from a room, oldest first."""
        return self._talk(conversation).outbox.lines

    @property
    def lag(self) -> float | None:
        """Seconds from publishing our latest line to its echo; None before the first one."""
        return max((room.outbox for room in self._rooms.values()), key=lambda box: box.echoed_at).lag

    def start(self, listener: ClientListener, people: PresenceListener | None = None) -> None:
        """Begin to connect, in the background of the running event loop."""
        self._listener = listener
        if people is not None:
            self._presence.begin(people)
            self._connection.tenants.add(self._presence)
        self._store.start(lambda text: self._tell(text, NoticeKind.ERROR))
        for talk in self._talks:
            talk.offer_kept()
        self._connection.start()

    def say(self, conversation: ConversationId, body: str, bearing: Bearing = PLAIN) -> None:
        """Put a line, checked by `wire.text.check_body`, into the outbox; it goes out as soon as possible."""
        self._talk(conversation).say(self._nick, body, bearing)

    def address(self, conversation: ConversationId, who: Occupant) -> None:
        """Write to somebody in a private conversation from now on."""
        self._correspondence.talks[conversation].address(who)

    def correspondent(self, conversation: ConversationId) -> Correspondent | None:
        """To whom one writes in a private conversation; None as long as that is not known."""
        return self._correspondence.talks[conversation].correspondent

    def post(self, conversation: ConversationId, posting: Posting) -> None:
        """Publish something about the people in a room."""
        self._presence.post(conversation, posting)

    def resend(self, conversation: ConversationId, message_id: str) -> None:
        """Queue a failed line of the outbox again; any other is left alone."""
        if conversation.kind is ConversationKind.PRIVATE:
            self.postman.expect()
            self._connection.tenants.try_again(self.postman)
        self._talk(conversation).resend(message_id)

    def withdraw(
        self, conversation: ConversationId, message_id: str, *, for_editing: bool = False
    ) -> OutboxLine | None:
        """Take a line out of the outbox and return it; None when it is under way, or no longer there."""
        return self._talk(conversation).withdraw(message_id, for_editing=for_editing)

    def rename(self, nick: str) -> None:
        """Send later lines under another name, checked by `wire.text.check_nick`."""
        self._nick = nick

    def reconnect(self) -> None:
        """Dial at once, dropping the connection if there is one."""
        for room in self._rooms.values():
            room.expect()
        self._connection.reconnect()

    def switch_broker(self, connection: ConnectionSettings) -> None:
        """Leave these brokers for others, and take along what the rooms have not heard."""
        self._brokers = connection.names
        self._identity.forget()
        for talk in self._talks:
            talk.switch_brokers(self._brokers)
        self._connection.switch_broker(connection)

    def drain(self, conversation: ConversationId, most: int) -> Arrivals:
        """Take what has arrived in a conversation, in its order, and let the broker send more."""
        return self._talk(conversation).drain(most)

    async def close(self) -> None:
        """Leave the rooms and close the connection, within 2 seconds of a broker that is silent."""
        await asyncio.gather(self._let_settle(*self._talks), self._presence.say_last_words())
        self._listener = self._presence.listener = None
        self._outbox_news.close()
        for talk in self._talks:
            talk.close()
        await self._leaving.end()
        await self.histories.close()
        await self._connection.close()

    @property
    def _talks(self) -> Sequence[Talk]:
        return (*self._rooms.values(), *self._correspondence.talks.values())

    def _talk(self, conversation: ConversationId) -> Talk:
        return self._rooms.get(conversation) or self._correspondence.talks[conversation]

    def _find(self, conversation: ConversationId) -> Talk | None:
        return self._rooms.get(conversation) or self._correspondence.talks.get(conversation)

    def _make_private(self, conversation: ConversationId) -> Private:
        return Private(
            conversation,
            session=self.session,
            postman=self.postman,
            store=self._store.outbox,
            brokers=self._brokers,
            arrived=self._entries_arrived,
            outbox_changed=self._outbox_changed,
        )

    def _make_room(self, conversation: ConversationId) -> Room:
        watched = conversation.kind is ConversationKind.WATCHED
        room = (Watched if watched else Room)(
            conversation,
            session=self.session,
            identity=self._identity,
            mailbox=lambda: self.mailbox.address if self._answerable else "",
            queue_length=self._queue_length,
            window=WINDOW,
            store=NoStore() if watched else self._store.outbox,
            brokers=self._brokers,
            arrived=self._entries_arrived,
            outbox_changed=self._outbox_changed,
            changed=self._room_changed,
        )
        if not watched:
            self.events.add(room)
            self.histories.add(room)
        return room

    @property
    def _tenants(self) -> Sequence[Tenant]:
        """Who lives on the connection; what is for us alone comes behind the room on the screen."""
        first, *others = self._rooms.values()
        return first, self.mailbox, self.postman, *others

    def _share_window(self) -> None:
        """Give all rooms the same part of the window: a half, a quarter, …, so that it seldom changes."""
        window = max(LEAST_WINDOW, WINDOW >> (len(self._rooms) - 1).bit_length())
        for room in self._rooms.values():
            room.resize(window)

    async def _move_out(self, room: Room) -> None:
        await self._connection.tenants.remove(room)
        heirs = [heir for heir in self._rooms.values() if not isinstance(heir, Watched)]
        for heir in heirs[-1:]:
            heir.canaries |= room.canaries  # left by a connection that is gone: on the next they are deleted

    async def _let_settle(self, *talks: Talk) -> None:
        """Give what was typed just before a moment to go out."""
        if self.state.phase is Phase.ONLINE:
            await self._outbox_news.settle(*talks, seconds=LAST_WORDS_SECONDS)

    # What connection and rooms tell

    def _connection_changed(self, state: ConnectionState) -> None:
        if self._listener is not None:
            self._listener.connection_changed(state)

    def _published(self) -> None:
        self._connection.published()

    def _tell_sentence(self, reason: str) -> None:
        self._tell(sentence(reason), NoticeKind.ERROR)

    def _tell_in(self, conversation: ConversationId | None, reason: str) -> None:
        room = self._rooms.get(conversation) if conversation is not None else None
        if room is not None:
            room.tell(sentence(reason), NoticeKind.INFO)
        else:
            self._tell(sentence(reason), NoticeKind.INFO)

    def _tell(self, text: str, kind: NoticeKind) -> None:
        (self._find(self._first) or self._talks[0]).tell(text, kind)

    def _opened(self, conversation: ConversationId) -> None:
        if self._listener is not None:
            self._listener.conversation_opened(conversation)

    def _room_changed(self, room: Room) -> None:
        if room.conversation.kind is ConversationKind.ROOM:
            if room.state.membership is Membership.JOINED and self._rooms.get(room.conversation) is room:
                self._presence.enter(room.conversation)
            else:
                self._presence.leave(room.conversation)
        if (listener := self._listener_for(room)) is not None:
            listener.room_changed(room.conversation)

    def _entries_arrived(self, talk: Talk) -> None:
        if (listener := self._listener_for(talk)) is not None:
            listener.entries_arrived(talk.conversation)

    def _outbox_changed(self, talk: Talk) -> None:
        self._connection.published()
        if self._listener is not None:
            self._outbox_news.changed(talk)

    def _tell_of_outbox(self, talk: Talk) -> None:
        if (listener := self._listener_for(talk)) is not None:
            listener.outbox_changed(talk.conversation)

    def _listener_for(self, talk: Talk) -> ClientListener | None:
        """Return who is to be told about a conversation: nobody of one that we have left."""
        return self._listener if self._find(talk.conversation) is talk else None
