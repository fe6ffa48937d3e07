"""An exchange of others, of which we read what is published there."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from amqpchat_tui.client.rooms.room import Room
from amqpchat_tui.model import PLAIN, Bearing, Fate, OutboxLine

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.visit import Visit

_READ_ONLY = "nothing can be said here: this exchange is only watched"


class Watched(Room):
    """A room in which nothing can be said, and of which nothing is declared."""

    def say(self, nick: str, body: str, bearing: Bearing = PLAIN) -> None:
        """Hand a line back: it fails at once, and can be edited or dropped."""
        message_id = uuid.uuid4().hex
        failed = OutboxLine(self.conversation, message_id, nick, body, time.time(), Fate.FAILED, _READ_ONLY)
        self.outbox.add(failed)

    def resend(self, message_id: str) -> None:
        """Leave it failed."""

    def _visit_class(self) -> type[Visit]:
        from amqpchat_tui.client.rooms.watched_visit import WatchedVisit

        return WatchedVisit
