"""What is kept on disk: one SQLite database in the state folder, which a thread writes to.

Importing this costs little: SQLite comes in when a store is started, after the first frame.
"""

from amqpchat_tui.storage.store import DiskStore

__all__ = ["DiskStore"]
