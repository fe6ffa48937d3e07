"""A private conversation: lines to one mailbox, and lines of one person in ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from amqpchat_tui.client.people.postman import Outcome, Postman, Receipt
from amqpchat_tui.client.rooms.talk import Talk
from amqpchat_tui.model import (
    PLAIN,
    Bearing,
    ChatMessage,
    ConversationId,
    Correspondent,
    Fate,
    Membership,
    NoticeKind,
    Occupant,
    OutboxLine,
    OutboxStore,
    RoomState,
    is_same_person,
    is_same_program,
)
from amqpchat_tui.rate import Rate
from amqpchat_tui.wire.private import KIND, decode_private, encode_private, is_script
from amqpchat_tui.wording.private import (
    NOT_KNOWN_ANY_MORE,
    describe_absence,
    describe_another,
    describe_change,
    describe_excess,
    describe_other_mailbox,
    describe_renaming,
    describe_return,
    describe_secrecy,
    describe_stranger,
)

BURST, PER_SECOND = 30, 2.0
"""How many lines one person may say at once, and for long."""
MAX_OTHERS_TOLD = 20
"""Of how many who take the same nick one is warned."""
TELL_SECONDS = 60.0
"""Between two notices that somebody says too much."""


class Private(Talk):
    """Lines to and from one person.

    Each line is for whom one writes to when it is typed: it goes to nobody else who takes their name.
    """

    kept_reason = NOT_KNOWN_ANY_MORE

    def __init__(
        self,
        conversation: ConversationId,
        *,
        session: str,
        postman: Postman,
        store: OutboxStore,
        brokers: Sequence[str],
        arrived: Callable[[Talk], None],
        outbox_changed: Callable[[Talk], None],
    ) -> None:
        """`session` is that of this run; all else as in `Talk`."""
        super().__init__(
            conversation, store=store, brokers=brokers, arrived=arrived, outbox_changed=outbox_changed
        )
        self.state = RoomState(Membership.JOINED)
        self.correspondent: Correspondent | None = None
        """Whom one writes to; None as long as that is not known."""
        self.wanted = False
        """Whether the person wants it, and not a stranger alone."""
        self._session = session
        self._postman = postman
        self._recipients: dict[str, Occupant] = {}
        """By message id."""
        self._rate = Rate(BURST, PER_SECOND)
        self._excess_told_at = float("-inf")
        self._others_told: set[tuple[str, str]] = set()
        self._delivering: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Say once who may read it."""
        name = self.conversation.name
        self.tell(describe_secrecy(name, script=is_script(name)), NoticeKind.INFO)

    def is_with(self, who: Occupant) -> bool:
        """Whether one writes to this very program, under whatever nick."""
        return self.correspondent is not None and is_same_program(self.correspondent.who, who)

    # The person

    def address(self, who: Occupant) -> None:
        """Write to somebody from now on; what was for others stays for them."""
        if self.correspondent is not None and self.is_with(who):
            who = self.correspondent.who  # as they called themselves last
        former, self.correspondent = self.correspondent, Correspondent(who)
        name = self.conversation.name
        if former is not None and not is_same_person(former.who, who):
            self.tell(describe_change(name), NoticeKind.INFO)
        elif former is not None and not who.account and former.who.mailbox not in ("", who.mailbox):
            self.tell(describe_other_mailbox(name), NoticeKind.INFO)
        if not who.account:
            return
        for line in self.outbox.lines:
            recipient = self._recipients.get(line.message_id)
            if line.fate is Fate.FAILED and recipient is not None and recipient.account == who.account:
                self.outbox.failed(line.message_id, describe_return(name, who.account))

    def say(self, nick: str, body: str, bearing: Bearing = PLAIN) -> None:
        """Put a line for whom one writes to into the outbox; it has failed if they are not here."""
        self.wanted = True
        super().say(nick, body, bearing)

    def new_line(self, nick: str, body: str) -> OutboxLine:
        """Return a line for whom one writes to, failed if they are not here."""
        line = super().new_line(nick, body)
        there = self.correspondent
        if there is not None:
            self._recipients[line.message_id] = there.who
        if there is None or not there.here:
            return replace(line, fate=Fate.FAILED, reason=describe_absence(self.conversation.name))
        return line

    def resend(self, message_id: str) -> None:
        """Send a failed line again to whom it was for, and to nobody else."""
        recipient, there = self._recipients.get(message_id), self.correspondent
        if recipient is None and there is not None and self.conversation.pattern:
            recipient = there.who  # a kept one, and the broker has checked the account
        if recipient is None:
            self.outbox.failed(message_id, NOT_KNOWN_ANY_MORE)
            return
        if there is not None and is_same_person(there.who, recipient):
            recipient = there.who
        self._recipients[message_id] = recipient
        super().resend(message_id)

    def withdraw(self, message_id: str, *, for_editing: bool) -> OutboxLine | None:
        """Take a line out of the outbox; whoever sends it after all says for whom it is."""
        line = super().withdraw(message_id, for_editing=for_editing)
        if line is not None:
            self._recipients.pop(message_id, None)
        return line

    # What comes

    def receive(self, message: ChatMessage, now: float) -> None:
        """Take a line in, unless there are too many of them; `now` is by the monotonic clock."""
        if not self._rate.allows(now):
            if now - self._excess_told_at >= TELL_SECONDS:
                self._excess_told_at = now
                self.tell(describe_excess(self.conversation.name), NoticeKind.ERROR)
            return
        if message.message_id is not None and not self.seen.add(message.message_id):
            return
        doubt = self._meet(message.who)
        self.inbox.put(message)
        if doubt:
            self.tell(doubt, NoticeKind.ERROR)

    def _meet(self, who: Occupant) -> str:
        """Write to who speaks, if that is the one or nobody was; return what there is to beware of."""
        there, nick = self.correspondent, self.conversation.name
        if there is None:
            if who.mailbox:
                self.correspondent = Correspondent(who)
            return describe_stranger(nick) if self.wanted and not who.account else ""
        if self.is_with(who):
            if who.nick != there.who.nick:
                self.correspondent = replace(there, who=who)
                self.tell(describe_renaming(there.who.nick, who.nick), NoticeKind.INFO)
            return ""
        if is_same_person(there.who, who):
            if who.mailbox == there.who.mailbox or not who.mailbox:
                return ""
            if who.account or not there.here or not there.who.mailbox:
                self.address(who)
                return ""
        known = who.session, who.mailbox
        if known in self._others_told or len(self._others_told) == MAX_OTHERS_TOLD:
            return ""
        self._others_told.add(known)
        return describe_another(nick)

    # What goes

    def deliver(self) -> None:
        """Post what waits, one line after the other, as soon as there is a way to the broker."""
        if self._delivering is None and not self._closed and self._postman.can_tell:
            self._delivering = asyncio.create_task(self._deliver())
            self._delivering.add_done_callback(self._delivered)

    def close(self) -> None:
        """Keep what the broker is not known to have taken, and send nothing more."""
        super().close()
        if self._delivering is not None:
            self._delivering.cancel()

    def _outbox_changed(self) -> None:
        super()._outbox_changed()
        self.deliver()

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._delivering = None
        if not task.cancelled():
            task.result()
        if any(line.fate is Fate.QUEUED for line in self.outbox.lines):
            self.deliver()

    async def _deliver(self) -> None:
        while (line := await self._take()) is not None:
            recipient = self._recipients[line.message_id]
            receipt = await self._post(line, recipient)
            match receipt.outcome:
                case Outcome.DELIVERED:
                    self._show(line)
                case Outcome.RETURNED:
                    self._note_absence(recipient)
                    self.outbox.failed(line.message_id, describe_absence(self.conversation.name))
                case Outcome.REFUSED:
                    self.outbox.failed(line.message_id, receipt.reason)
                case Outcome.LOST:
                    self.outbox.channel_lost()
                    return  # until the postman is ready again

    async def _take(self) -> OutboxLine | None:
        """Take the next line, as soon as the broker takes it: until then it may be edited."""
        await self._postman.be_able()
        return self.outbox.take(time.monotonic())

    async def _post(self, line: OutboxLine, recipient: Occupant) -> Receipt:
        from amqpchat_tui.client.transport.properties import line_properties  # late: pamqp is here by now

        if not recipient.mailbox:
            return Receipt(Outcome.RETURNED)
        outgoing = encode_private(line, self._session, recipient.mailbox)
        properties = line_properties(outgoing)
        properties.message_type = KIND
        return await self._postman.post(outgoing.routing_key, outgoing.body, properties)

    def _note_absence(self, recipient: Occupant) -> None:
        there = self.correspondent
        if there is not None and there.who.mailbox == recipient.mailbox:
            self.correspondent = replace(there, here=False)

    def _show(self, line: OutboxLine) -> None:
        """Show a line that is in their mailbox: nothing comes back from there."""
        from amqpchat_tui.client.transport.properties import line_properties  # late, as above
        from amqpchat_tui.client.transport.sieve import Delivery

        self._recipients.pop(line.message_id, None)
        self.outbox.echoed(line.message_id, time.monotonic())
        outgoing = encode_private(line, self._session, mailbox="")
        said = Delivery(0, b"", b"", line_properties(outgoing), outgoing.body)
        shown = decode_private(said, received_at=time.time())
        self.inbox.put(replace(shown, own=True, sent_at=line.typed_at))
