"""A room as we know it: what outlives connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from amqpchat_tui.client.errors import Lost, RoomRefused
from amqpchat_tui.client.rooms.talk import Talk
from amqpchat_tui.model import (
    Arrivals,
    ConversationId,
    Gap,
    Membership,
    Moment,
    Notice,
    NoticeKind,
    OutboxStore,
    Replay,
    RoomState,
)
from amqpchat_tui.wording.gaps import describe_gap
from amqpchat_tui.wording.sentences import sentence

if TYPE_CHECKING:
    from amqpchat_tui.client.history.room_history import RoomHistory
    from amqpchat_tui.client.identity import Identity
    from amqpchat_tui.client.rooms.room_events import RoomEvents
    from amqpchat_tui.client.rooms.visit import Visit
    from amqpchat_tui.client.tenants import OnJoined
    from amqpchat_tui.client.transport.link import Link

ENTER_SECONDS = 10.0
"""How long the broker may take to let us into the room."""


class Room(Talk):
    """What has come from a room and what is to go there, connected or not; a tenant of the connection."""

    essential = True

    def __init__(
        self,
        conversation: ConversationId,
        *,
        session: str,
        identity: Identity,
        mailbox: Callable[[], str],
        queue_length: int,
        window: int,
        store: OutboxStore,
        brokers: Sequence[str],
        arrived: Callable[[Talk], None],
        outbox_changed: Callable[[Talk], None],
        changed: Callable[[Room], None],
    ) -> None:
        """Our queue has at most `queue_length` messages, and `window` are with us, not yet drained.

        `session` is that of this run, `identity` tells our account, and `mailbox` where answers reach us.
        `store` keeps the outbox; `brokers` tell apart rooms of the same name.

        `arrived` is called when something waits for `drain` where nothing did; `outbox_changed` and `changed`
        after each change of the outbox and of the state.
        """
        super().__init__(
            conversation, store=store, brokers=brokers, arrived=arrived, outbox_changed=outbox_changed
        )
        self.session = session
        self.identity = identity
        self.mailbox = mailbox
        self.queue_length = queue_length
        self.window = window
        self.canaries: set[str] = set()
        """Those that may have been left on the broker."""
        self._tell_of_change = changed
        self._visit: Visit | None = None
        self._was_in = False
        """Whether we have ever been in the room."""
        self._away_since: Moment | None = None
        self._told: set[str] = set()
        self.history: RoomHistory | None = None
        """What was said before we came, where that can be known."""
        self._replays: list[Replay] = []
        self.events: RoomEvents | None = None
        """What becomes of lines, where that is heard and told."""

    def drain(self, most: int) -> Arrivals:
        """Take what has arrived, in its order, and let the broker send as many more."""
        filled = self.inbox.unacknowledged / self.window
        drained = self.inbox.drain(most)
        if drained.tag and self._visit is not None:
            self._visit.acknowledge(drained.tag)
        more = not self.inbox.empty
        replays: Sequence[Replay] = ()
        if self._replays and not more:
            replays, self._replays = self._replays, []
        return Arrivals(self.conversation, drained.entries, more, filled, replays, drained.events)

    def take_replay(self, replay: Replay) -> None:
        """Have lines of the history shown, behind the notice of the gap that they fill."""
        self._replays.append(replay)
        self.inbox.wake()

    # The connection

    @property
    def unconfirmed_since(self) -> float | None:
        """When the oldest of the lines that wait for their confirm was published."""
        return self.outbox.unconfirmed_since

    def resize(self, window: int) -> None:
        """Have another number of messages with us at most, not yet drained."""
        self.window = window
        if self._visit is not None:
            self._visit.resize(window)

    def expect(self) -> None:
        """The person wants to be in the room, and it is tried again: count it as refused no more."""
        if self.state.membership is Membership.REFUSED:
            self._become(Membership.JOINING)

    async def live(self, link: Link, joined: OnJoined) -> NoReturn:
        """Join the room and stay in it until something cannot be mended.

        Raises:
            RoomRefused: when the broker does not let us.
            ChannelLost: when our queue or a channel is gone; on the same link, one may join again.
            Lost: when the link is.
        """
        visit_class = await asyncio.to_thread(self._visit_class)
        visit = self._visit = visit_class(link, self)
        try:
            async with asyncio.timeout(ENTER_SECONDS):
                remark = await visit.enter()
                gap = self._tell_of_arrival(remark)
                await visit.listen()
        except TimeoutError:
            raise Lost(f"no answer within {ENTER_SECONDS:.0f} s") from None
        self._was_in = True
        # Who is back first would else say what was kept to nobody.
        self.outbox.hold(joined())
        self._become(Membership.JOINED)
        visit.look_back(gap)
        await visit.stay()

    def _visit_class(self) -> type[Visit]:
        """Import aio-pika, in a thread: the screen answers keys meanwhile."""
        from amqpchat_tui.client.rooms.room_visit import RoomVisit

        return RoomVisit

    async def move_out(self) -> None:
        """Remove from a link that goes on what is left of the latest visit."""
        if self._visit is not None:
            await self._visit.leave()

    def left(self, silence: float, refusal: RoomRefused | None = None) -> None:
        """We are no longer in the room, after `silence` seconds without a sign of life.

        It may be called when we were in none. `refusal` says why the broker does not let us in, if so.
        """
        visit, self._visit = self._visit, None
        if self.history is not None:
            self.history.left()
        if self.events is not None:
            self.events.left()
        self.inbox.forget_deliveries()
        self.outbox.connection_lost()
        # Lost before we listened, too: the gap before that is told already, and what came since is gone.
        if visit is not None and visit.entered and (refusal is None or self._was_in):
            away_since = Moment.now().before(max(silence, visit.silence))
            self._away_since = min(away_since, visit.complete_until)
        if refusal is not None:
            self._become(Membership.REFUSED, refusal.reason)
        elif self.state.membership is Membership.JOINED:
            self._become(Membership.JOINING)

    def _become(self, membership: Membership, reason: str = "") -> None:
        state = RoomState(membership, reason)
        if state != self.state:
            self.state = state
            self._tell_of_change(self)

    def _tell_of_arrival(self, remark: str) -> Gap | None:
        """Say what is worth telling; return the gap since we were here last."""
        now = Moment.now()
        gap = None
        if self._away_since is not None:
            gap = Gap.between(self._away_since, now)
            self.inbox.put(Notice(describe_gap(gap), gap.ended, NoticeKind.GAP, gap))
            self._away_since = None
        if remark and remark not in self._told:
            self._told.add(remark)
            self.tell(sentence(remark), NoticeKind.INFO)
        return gap

    def _outbox_changed(self) -> None:
        if self._visit is not None:
            self._visit.outbox_changed()
        super()._outbox_changed()
