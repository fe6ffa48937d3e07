"""What is unread in a conversation, what that is worth, and what the next start knows of it."""

import pytest

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.listing import News
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    KeptConversation,
    Level,
    Membership,
    Notice,
    NoticeKind,
    RoomState,
)
from amqpchat_tui.scrollback import Scrollback
from tests.support.fake_client import message

from .support import ALARMS, ALICE, BOB, OPS, conversation, hear, line, mention, show_log


def test_only_lines_of_others_are_unread_and_mentions_are_counted_apart() -> None:
    room = conversation()
    own = message("alice", "alice says so", own=True)
    hear(room, own, Notice("1 s is missing", 1.0, NoticeKind.GAP), Notice("alice: a remark", 1.0))
    assert (room.unread, room.mentions, room.news) == (0, 0, News.NOTHING)
    hear(room, line(), own, mention(), line())
    assert (room.unread, room.mentions, room.heard) == (3, 1, 3)
    hear(room, line(), seen=True)
    assert (room.unread, room.mentions, room.heard) == (0, 0, 4), "who sees the last line has read the others"


def test_what_concerns_the_person_is_returned() -> None:
    assert conversation().take([line(), mention(), message("bob", "Alice!")], ALICE, seen=True) == [
        mention(),
        message("bob", "Alice!"),
    ]
    assert conversation(BOB).take([line(), message("alice", "x", own=True)], ALICE, seen=False) == [line()]


@pytest.mark.parametrize(
    ("level", "identity", "lines", "mentions"),
    [
        (Level.ALL, OPS, News.LINE, News.MENTION),
        (Level.MENTIONS, OPS, News.MUTED, News.MENTION),
        (Level.NONE, OPS, News.NOTHING, News.NOTHING),
        (Level.ALL, ALARMS, News.LINE, News.MENTION),
        (Level.MENTIONS, ALARMS, News.MUTED, News.MENTION),
        (Level.ALL, BOB, News.PRIVATE, News.PRIVATE),
        (Level.MENTIONS, BOB, News.PRIVATE, News.PRIVATE),
        (Level.NONE, BOB, News.NOTHING, News.NOTHING),
    ],
)
def test_news_depend_on_the_level(
    level: Level, identity: ConversationId, lines: News, mentions: News
) -> None:
    there = conversation(identity)
    there.set_level(level)
    assert there.news is News.NOTHING
    hear(there, line())
    assert there.news is lines
    hear(there, mention())
    assert there.news is mentions
    there.read()
    assert there.news is News.NOTHING


def test_a_level_ends_by_itself_and_then_it_is_as_configured() -> None:
    now = 1_000.0
    room = conversation(clock=lambda: now)
    room.default_level = Level.MENTIONS
    assert room.level is Level.MENTIONS
    room.set_level(Level.NONE, until=2_000.0)
    hear(room, line())
    now = 1_999.9
    assert (room.level, room.level_until, room.news) == (Level.NONE, 2_000.0, News.NOTHING)
    assert (room.kept.level, room.kept.level_until) == (Level.NONE, 2_000.0)
    now = 2_000.0
    assert (room.level, room.level_until, room.news) == (Level.MENTIONS, None, News.MUTED)
    assert (room.kept.level, room.kept.level_until) == (None, None)
    room.set_level(Level.ALL)
    assert (room.level, room.news) == (Level.ALL, News.LINE)
    room.set_level(None)
    assert room.level is Level.MENTIONS


def test_the_oldest_of_what_is_new_counts() -> None:
    room = conversation()
    assert room.news_since == float("inf")
    hear(room, message("alice", "own", own=True, at=1.0), line(2.0), line(3.0))
    hear(room, line(4.0))
    assert room.news_since == 2.0
    hear(room, line(5.0), mention(6.0), mention(7.0))
    assert room.news_since == 6.0
    room.set_level(Level.MENTIONS)
    assert room.news_since == 6.0
    room.read()
    hear(room, line(8.0))
    assert room.news_since == 8.0


def test_the_list_shows_what_the_level_lets_through() -> None:
    room = conversation(ALARMS)
    room.number, room.draft = 3, "half a line"
    hear(room, line(), mention())
    listed = room.listed(shown=False)
    assert (listed.id, listed.number, listed.label) == (ALARMS, 3, "=amq.topic alarm.#")
    assert (listed.news, listed.unread, listed.mentions, listed.muted) == (News.MENTION, 2, 1, False)
    assert (listed.shown, listed.has_draft, listed.problem) == (False, True, "")
    assert not room.listed(shown=True).has_draft, "it is in the prompt"
    room.set_level(Level.NONE)
    listed = room.listed(shown=False)
    assert (listed.news, listed.unread, listed.mentions, listed.muted) == (News.NOTHING, 0, 0, True)


def test_why_the_broker_does_not_let_us_in_is_listed() -> None:
    room = conversation()
    for membership, problem in (
        (Membership.REFUSED, "no permission"),
        (Membership.JOINING, ""),
        (Membership.JOINED, ""),
    ):
        room.room_state = RoomState(membership, "no permission")
        assert room.listed(shown=False).problem == problem


def test_the_read_mark_is_at_the_last_line_that_was_read() -> None:
    def received(message_id: str | None, at: float, *, own: bool = False) -> Conversation:
        hear(room, message("bob", "x", at=at, own=own, message_id=message_id))
        return room

    room = conversation()
    room.read()
    assert (room.kept.read_id, room.kept.read_at) == (None, None)
    received("1", 1.0).read()
    received(None, 2.0)
    assert (room.kept.read_id, room.kept.read_at) == ("1", 1.0)
    room.read()
    assert (room.kept.read_id, room.kept.read_at) == (None, 2.0)
    received("3", 3.0, own=True).read()
    hear(room, Notice("not a line", 4.0))
    room.read()
    assert (room.kept.read_id, room.kept.read_at) == ("3", 3.0)
    hear(room, message("bob", "x", at=5.0, message_id="5"), seen=True)
    assert (room.kept.read_id, room.kept.read_at) == ("5", 5.0)


KEPT = KeptConversation(
    OPS, 7, joined=True, draft="draft", level=Level.NONE, level_until=9.0, read_id="1", read_at=1.0
)


def test_what_was_kept_comes_back_but_for_the_number() -> None:
    room = conversation()
    room.number = 2
    room.restore(KEPT)
    assert room.kept == KeptConversation(
        OPS, 2, joined=True, draft="draft", level=Level.NONE, level_until=9.0, read_id="1", read_at=1.0
    )
    assert (room.unread, room.news) == (0, News.NOTHING)


def test_what_is_newer_than_what_was_kept_stays() -> None:
    room = conversation()
    room.draft = "newer"
    room.set_level(Level.MENTIONS)
    hear(room, message("bob", "x", at=2.0, message_id="2"), seen=True)
    room.restore(KEPT)
    assert room.kept == KeptConversation(
        OPS, 0, joined=True, draft="newer", level=Level.MENTIONS, level_until=None, read_id="2", read_at=2.0
    )


def test_a_kept_level_that_is_over_is_none() -> None:
    room = Conversation(OPS, Scrollback(1_000), lambda: 9.0)
    room.restore(KEPT)
    assert room.level is Level.ALL


def test_what_was_heard_is_what_was_said_but_for_the_log() -> None:
    room = conversation()
    logged = ChatMessage("bob", "yesterday", 1.0)
    show_log(room, [logged])
    hear(room, Notice("a remark", 2.0), *(ChatMessage("bob", f"line {number}", 2.0) for number in range(600)))
    assert [line.text for line in room.last_heard(2)] == ["line 598", "line 599"]
    assert [line.text for line in room.last_heard(1_000)] == [f"line {number}" for number in range(600)]
    room.past.follow((), ended=False)
    assert logged not in room.last_heard(1_000)
