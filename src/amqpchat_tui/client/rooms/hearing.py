"""Whether we hear the room: joins it, notices when it was deleted meanwhile, joins it again and tells."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NoReturn

from amqpchat_tui.client.errors import RoomRefused
from amqpchat_tui.client.history.visit import HistoryVisit
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.listening import Listening
from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.client.rooms.topology import join, missing
from amqpchat_tui.client.transport.failures import failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import Gap, Moment, Notice, NoticeKind
from amqpchat_tui.wire.text import clean_line
from amqpchat_tui.wording.gaps import describe_deafness, describe_deletion

ROOM_LOOK_SECONDS = 2.0
"""How often we look whether the room was deleted, or less often if we are in more than 40."""
RENEW_SECONDS = 30.0
"""How often exchange and binding are declared again: the canary does not tell whether we are still bound."""
DOUBT_SECONDS = 0.5
"""How long a confirmed line may take to come back before we look out of turn."""
DEAF_SECONDS = 3.0
"""How long it may take, while nothing waits in our queue, before we are deaf, whatever the canary says."""
OTHERS_SECONDS = ROOM_LOOK_SECONDS + 0.5
"""How long after us others may be back in a room that was deleted: until then, nothing is sent again."""


class Hearing:
    """The way from the room into our queue."""

    def __init__(
        self,
        link: Link,
        listening: Listening,
        inbox: Inbox,
        outbox: Outbox,
        canary: Canary,
        *,
        room: str,
        past: HistoryVisit | None,
        joined: Callable[[], None],
    ) -> None:
        """`listening` has a queue by now, which is to be bound to the room.

        `past` has what was missed filled in, if there is one. `joined` is called each time that the room was
        joined, be it for the first time or again.
        """
        self._link = link
        self._listening = listening
        self._inbox = inbox
        self._outbox = outbox
        self._canary = canary
        self._room = room
        self._past = past
        self._tell_of_joining = joined
        self._one_at_a_time = asyncio.Lock()
        self._sure_at = Moment.now()
        """Up to when we are sure to have been bound to the room."""
        self.complete_until = Moment.now()
        """Up to when all that was said in the room has come to us."""
        self._renewed_at = time.monotonic()
        self._doubted: Moment | None = None
        """Since when we may have been deaf, while an own line is missing."""
        self._shown = False
        """Whether the room's exchange was shown to be a fanout, by its declaration or by what it brought."""
        self._tried_again = False
        """Whether own lines were sent again, as they did not come back, since something has come last."""
        self._healed_at = 0.0
        """When the room was last found deleted, by the monotonic clock."""

    async def join(self) -> str:
        """Declare the room and bind our queue to it; return what is worth telling about it, or an empty text.

        Raises:
            Lost: when the connection is.
            RoomRefused: when the broker does not let us.
        """
        began, watched = Moment.now(), self._canary.watches
        with failures_are_losses():
            joined = await join(
                self._link.channels, self._room, self._listening.queue, self._link.user, self._canary
            )
        self._shown = joined.shown
        self._renewed_at = time.monotonic()
        if not watched:
            self._sure_at = began
        self._tell_of_joining()
        return joined.remark

    def heard(self) -> None:
        """Something has come from the room, where it was said after all that had come by `complete_until`.

        It was not said just now: it may have waited, or be older than the room that we see.
        """
        self._shown = True
        self._tried_again = False
        self._sure_at = max(self._sure_at, self.complete_until)

    async def watch(self) -> NoReturn:
        """Look now and then whether the room was deleted; raise as `join` does."""
        while True:
            await self._link.look_later(ROOM_LOOK_SECONDS)
            await self.heal()
            if time.monotonic() - self._renewed_at >= RENEW_SECONDS:
                async with self._one_at_a_time:
                    await self.join()

    async def heal(self) -> None:
        """Look whether the room was deleted, and if so, join it again and tell; raise as `join` does."""
        async with self._one_at_a_time:
            looked_at = Moment.now()
            with failures_are_losses():
                lives = await self._canary.lives()
            nothing_waits = await self._listening.nothing_waits()
            if not lives:
                await self._join_again(describe_deletion)
                return
            if self._canary.watches:
                self._sure_at = looked_at
            if nothing_waits:
                self.complete_until = looked_at

    async def exchange_gone(self) -> None:
        """Join again, as the broker says that there is no such exchange; raise as `join` does."""
        if self._canary.watches:
            await self.heal()
        else:
            async with self._one_at_a_time:
                await self._join_again(describe_deletion)

    async def check(self) -> None:
        """See whether own lines come back, and what to do if not; raise as `join` does."""
        since = self._outbox.unheard_since
        if since is None:
            self._doubted = None
            return
        if self._doubted is None:
            self._doubted = self._sure_at
        missing_for = time.monotonic() - since
        if missing_for >= DOUBT_SECONDS:
            await self.heal()
        if self._listening.is_behind:  # they may be among what waits in our queue
            return
        if since <= self._healed_at:
            if missing_for >= DOUBT_SECONDS and await self._listening.nothing_waits():
                self._outbox.queue_unheard(self._healed_at, explained=True)
        elif missing_for >= DEAF_SECONDS and await self._listening.nothing_waits():
            if not self._shown and (self._canary.watches or self._tried_again):
                self._refuse_to_speak()
            self._tried_again = True
            self._sure_at = self._doubted
            async with self._one_at_a_time:
                await self._join_again(describe_deafness)
            self._outbox.queue_unheard(self._healed_at - DEAF_SECONDS, explained=False)

    def _refuse_to_speak(self) -> NoReturn:
        """Say no more into an exchange that gives our lines to others and not to us."""
        refused = missing("configure", f"exchange `{clean_line(self._room)}`", self._link.user)
        reason = f"it cannot be shown to be a fanout: {refused.reason}, and own lines do not come back"
        self._outbox.fail_unheard(reason)
        raise RoomRefused(reason)

    async def _join_again(self, describe: Callable[[Gap], str]) -> None:
        began = self._sure_at
        if self._past is not None:
            self._past.note_shown()
        await self.join()
        gap = Gap.between(began, Moment.now())
        self._doubted = None
        self._healed_at = time.monotonic()
        self._outbox.hold(self._healed_at + OTHERS_SECONDS)
        self._inbox.put(Notice(describe(gap), gap.ended, NoticeKind.GAP, gap))
        if self._past is not None:
            self._past.begin(gap)
