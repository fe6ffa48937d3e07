"""A conversation as we know it, whatever carries it: what has come, and what is to go."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from amqpchat_tui.client.rooms.inbox import Inbox, SeenIds
from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.model import (
    PLAIN,
    Arrivals,
    Bearing,
    ConversationId,
    Fate,
    Membership,
    Notice,
    NoticeKind,
    OutboxLine,
    OutboxStore,
    RoomState,
)


class Talk:
    """What has come from a conversation and what is to go there, connected or not."""

    kept_reason = "kept from last time"
    """Why lines that an earlier program left are not sent by themselves."""

    def __init__(
        self,
        conversation: ConversationId,
        *,
        store: OutboxStore,
        brokers: Sequence[str],
        arrived: Callable[[Talk], None],
        outbox_changed: Callable[[Talk], None],
    ) -> None:
        """`store` keeps the outbox; `brokers` tell apart conversations of the same name.

        `arrived` is called when something waits for `drain` where nothing did, `outbox_changed` after each
        change of the outbox.
        """
        self.conversation = conversation
        self.inbox = Inbox(lambda: arrived(self))
        self.outbox = Outbox(self._outbox_changed)
        self.seen = SeenIds()
        self.state = RoomState(Membership.JOINING)
        self._tell_of_outbox = outbox_changed
        self._store = store
        self._brokers = brokers
        self._offering: asyncio.Task[None] | None = None
        self._edited: list[OutboxLine] = []
        self._closed = False

    # The person

    def say(self, nick: str, body: str, bearing: Bearing = PLAIN) -> None:
        """Put a line, checked by `wire.text.check_body`, into the outbox."""
        self._edited.clear()
        self.outbox.add(replace(self.new_line(nick, body), bearing=bearing))
        self.keep()  # at once: the program may be killed with the next key

    def new_line(self, nick: str, body: str) -> OutboxLine:
        """Return a line as it is typed."""
        return OutboxLine(self.conversation, uuid.uuid4().hex, nick, body, time.time())

    def resend(self, message_id: str) -> None:
        """Queue a failed line of the outbox again."""
        self.outbox.resend(message_id)

    def withdraw(self, message_id: str, *, for_editing: bool) -> OutboxLine | None:
        """Take a line out of the outbox and return it; None when it is under way, or no longer there."""
        line = self.outbox.withdraw(message_id)
        if line is not None and for_editing:
            self._edited.append(line)
        return line

    def tell(self, text: str, kind: NoticeKind) -> None:
        """Say a sentence of our own, behind what has arrived so far."""
        self.inbox.put(Notice(text, time.time(), kind))

    def drain(self, most: int) -> Arrivals:
        """Take what has arrived, in its order."""
        entries = self.inbox.drain(most).entries
        return Arrivals(self.conversation, entries, more=not self.inbox.empty)

    def expect(self) -> None:
        """The person wants to be there, and it is tried again."""

    def _outbox_changed(self) -> None:
        self._tell_of_outbox(self)

    # The next start

    def offer_kept(self) -> None:
        """Offer, as soon as the disk has told, what programs that have ended left in this room."""
        if self._offering is not None:
            self._offering.cancel()
        self._offering = asyncio.create_task(self._offer(self._brokers))

    async def _offer(self, brokers: Sequence[str]) -> None:
        left = await self._store.claim(self.conversation, brokers)
        self.outbox.offer([replace(line, fate=Fate.FAILED, reason=self.kept_reason) for line in left])

    @property
    def settled(self) -> bool:
        """Whether nothing of ours is on its way to the broker, or waits for that."""
        return self._closed or self.outbox.settled

    def keep(self) -> None:
        """Keep the outbox as it is now."""
        if not self._closed:
            self._keep(self.outbox.lines)

    def switch_brokers(self, brokers: Sequence[str]) -> None:
        """Keep the outbox for the room of this name on other brokers, and offer what was left there."""
        self._brokers = brokers
        self.keep()
        self.offer_kept()

    def close(self) -> None:
        """Keep what the broker is not known to have taken, and from now on nothing else."""
        if self._closed:
            return
        self._keep(self.outbox.unconfirmed)
        self._closed = True
        if self._offering is not None:
            self._offering.cancel()

    def release(self) -> None:
        """Close, and leave what is kept to whoever joins next, ourselves included."""
        self.close()
        self._store.release(self.conversation, self._brokers)

    def _keep(self, lines: Sequence[OutboxLine]) -> None:
        self._store.keep(self.conversation, self._brokers, [*self._edited, *lines])
