"""Conversations as panels are told of them, and what panels cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import Mock, patch

from textual.widget import Widget

from amqpchat_tui.chat.listing import Listed, News
from amqpchat_tui.model import ConversationId, ConversationKind


def listed(
    number: int,
    name: str,
    *,
    kind: ConversationKind = ConversationKind.ROOM,
    unread: int = 0,
    mentions: int = 0,
    muted: bool = False,
    shown: bool = False,
    draft: bool = False,
    problem: str = "",
) -> Listed:
    """A conversation with so much unread; what is news in it follows from the rest."""
    private = kind is ConversationKind.PRIVATE
    if not unread:
        news = News.NOTHING
    elif muted and not mentions:
        news = News.MUTED
    else:
        news = News.PRIVATE if private else News.MENTION if mentions else News.LINE
    sign = {ConversationKind.ROOM: "", ConversationKind.PRIVATE: "@", ConversationKind.WATCHED: "="}[kind]
    identity = ConversationId(kind, name)
    return Listed(
        identity, number, sign + name, news, unread, mentions, muted, shown, has_draft=draft, problem=problem
    )


@contextmanager
def counted(kind: type[Widget], name: str) -> Iterator[Mock]:
    """Counts how often a method of a widget is called."""
    with patch.object(kind, name, autospec=True, side_effect=getattr(kind, name)) as calls:
        yield calls
