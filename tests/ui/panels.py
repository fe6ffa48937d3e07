"""Conversations as panels are told of them."""

from __future__ import annotations

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
