"""All that is kept, behind the interface of the model."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.storage.conversations import Conversations
from amqpchat_tui.storage.database import Database
from amqpchat_tui.storage.hiding import Hiding
from amqpchat_tui.storage.outbox import Outbox
from amqpchat_tui.storage.recall import Recall


class DiskStore:
    """Keeps it in the state folder; implements `model.Store`."""

    def __init__(self) -> None:
        """Nothing is opened or made before `start`."""
        self._database = Database()
        self.outbox = Outbox(self._database)
        self.recall = Recall(self._database)
        self.conversations = Conversations(self._database)
        self.hiding = Hiding(self._database)

    def start(self, complain: Callable[[str], None]) -> None:
        """Begin; `complain` is called once, if at all, on the running event loop."""
        self._database.start(complain)

    def close(self) -> str:
        """Write what is not written yet, within a second; return what the person has not been told."""
        return self._database.close()
