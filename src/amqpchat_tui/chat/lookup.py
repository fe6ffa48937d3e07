"""Where a line of the log stands: in a scrollback, else in one that is made of what was said around it."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.past import FROM_LOG
from amqpchat_tui.model import ChatMessage, Entry, LoggedLine, Notice, NoticeKind
from amqpchat_tui.scrollback import Reader, Scrollback
from amqpchat_tui.scrollback.search import nearest

SAME_SECONDS = 1.0
"""How far apart two programs may have received the same line."""


def find_line(store: Scrollback, line: ChatMessage) -> int | None:
    """Return the `seq` of a line where it is held and shown."""
    if (last := store.last_shown) is None:
        return None
    words = max(line.text.split("\t"), key=len)  # in the scrollback, tabs are blanks
    return nearest(store, last, -1, lambda entry: _is_same(entry, line), lambda texts: words in texts)


def read_around(lines: Sequence[LoggedLine], whence: str = FROM_LOG) -> Reader:
    """Return a reader of a scrollback with these lines alone, in which nothing new comes in."""
    store = Scrollback(max_lines=len(lines) + 1)
    if lines:
        store.append(Notice(whence, lines[0].message.received_at, NoticeKind.BORDER))
    store.extend(line.message for line in lines)
    return Reader(store)


def _is_same(entry: Entry, line: ChatMessage) -> bool:
    if not isinstance(entry, ChatMessage) or (entry.nick, entry.text) != (line.nick, line.text):
        return False
    if entry.message_id is not None or line.message_id is not None:
        return entry.message_id == line.message_id
    return abs(entry.received_at - line.received_at) < SAME_SECONDS
