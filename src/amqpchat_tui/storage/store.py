"""All that is kept, behind the interface of the model."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import LogStore, NoLog
from amqpchat_tui.storage.conversations import Conversations
from amqpchat_tui.storage.database import Database
from amqpchat_tui.storage.hiding import Hiding
from amqpchat_tui.storage.log import Log
from amqpchat_tui.storage.outbox import Outbox
from amqpchat_tui.storage.panels import Panels
from amqpchat_tui.storage.recall import Recall
from amqpchat_tui.storage.tables import KEPT

NO_LOG = LogSettings(keep=False)


class DiskStore:
    """Keeps it in the state folder; implements `model.Store`."""

    def __init__(self, log: LogSettings = NO_LOG) -> None:
        """Nothing is opened or made before `start`."""
        self._database = Database(KEPT)
        self._log = Log(log) if log.keep else None
        self.log: LogStore = self._log or NoLog()
        self.outbox = Outbox(self._database)
        self.recall = Recall(self._database)
        self.conversations = Conversations(self._database)
        self.hiding = Hiding(self._database)
        self.panels = Panels(self._database)

    def start(self, complain: Callable[[str], None]) -> None:
        """Begin; `complain` is called once for each file at most, on the running event loop."""
        self._database.start(complain)
        if self._log is not None:
            self._log.start(complain)

    def close(self) -> str:
        """Write what is not written yet, within two seconds; return what the person has not been told."""
        problems = [self._database.close(), "" if self._log is None else self._log.close()]
        return "; ".join(filter(None, problems))
