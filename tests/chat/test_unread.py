"""Unread lines that can be trusted: who reads what when, what rings, and what the list shows of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.chat.batches import BATCH_DELIVERIES
from amqpchat_tui.chat.listing import News
from amqpchat_tui.model import ConversationId, Entry, Level, Notice
from tests.support.fake_client import message

from .support import DEV, LAB, OPS, Screen, last_read, line, mention

ROOMS = [OPS, LAB, DEV]


def test_a_line_that_comes_while_one_is_away_is_read_when_one_is_back() -> None:
    screen = Screen()
    screen.look(False)
    screen.client.hear(line(), mention())
    screen.client.hear(line(), to=LAB)
    screen.wait()
    assert (screen.listing["ops"].unread, screen.listing["ops"].mentions) == (2, 1)
    screen.look(True)
    assert (screen.listing["ops"].unread, screen.listing["ops"].mentions) == (0, 0)
    assert screen.listing["lab"].unread == 1


def test_who_has_scrolled_up_reads_when_they_come_to_the_end() -> None:
    screen = Screen()
    reader = screen.session.shown.reader
    reader.resize(40, 5)
    screen.client.hear(*(message("bob", f"line {number}") for number in range(50)))
    screen.wait()
    reader.page(-1)
    screen.client.hear(line())
    screen.wait()
    assert screen.listing["ops"].unread == 1
    screen.session.show(LAB)
    screen.session.show(OPS)
    assert screen.listing["ops"].unread == 1, "one came back to where one was"
    reader.to_end()
    screen.session.reading.note_presence()
    assert screen.listing["ops"].unread == 0


def test_who_says_that_nothing_is_unread_has_read_all() -> None:
    screen = Screen(*ROOMS)
    for identity in ROOMS:
        screen.client.hear(line(), mention(), to=identity)
    screen.wait()
    screen.session.reading.mark(screen.session.conversations[LAB])
    assert [listed.unread for listed in screen.session.listing()] == [0, 0, 2]
    screen.session.reading.mark_all()
    assert [listed.news for listed in screen.session.listing()] == [News.NOTHING] * 3


def test_below_what_one_has_said_to_be_read_there_is_a_line() -> None:
    screen = Screen()
    screen.client.hear(message("bob", "read"), to=LAB)
    screen.wait()
    screen.session.reading.mark(screen.session.conversations[LAB])
    screen.client.hear(message("bob", "unread"), to=LAB)
    screen.wait()
    assert last_read(screen, LAB) == ["read"]


def test_the_list_changes_when_it_does_and_only_then() -> None:
    screen = Screen()

    def changes() -> bool:
        before, screen.listings = screen.listings, 0
        return before > 0

    screen.client.hear(line())
    screen.client.hear(Notice("a remark", 1.0), message("alice", "own", own=True), to=LAB)
    screen.wait()
    assert not changes(), "one sees what comes here, and own lines are no news"
    screen.client.hear(line(), to=LAB)
    screen.wait()
    assert changes()
    screen.session.show(LAB)
    assert changes()
    screen.session.reading.mark_all()
    assert not changes()
    screen.session.set_level(OPS, Level.NONE)
    assert changes()


def test_that_a_level_ends_is_told_when_it_does() -> None:
    screen = Screen()
    screen.client.hear(line(), to=LAB)
    screen.wait()
    screen.session.set_level(LAB, Level.MENTIONS, until=screen.now + 7200)
    assert (screen.listing["lab"].muted, screen.listing["lab"].news) == (True, News.MUTED)
    screen.listings = 0
    screen.wait(7199)
    assert screen.listings == 0
    screen.wait(1)
    assert screen.listings == 1
    assert (screen.listing["lab"].muted, screen.listing["lab"].news) == (False, News.LINE)


def test_configured_levels_hold_until_another_is_chosen() -> None:
    screen = Screen(OPS, LAB, levels={LAB: Level.NONE, DEV: Level.MENTIONS})
    screen.session.join(DEV)
    assert [listed.muted for listed in screen.session.listing()] == [False, True, True]
    screen.session.set_level(LAB, Level.ALL)
    assert not screen.listing["lab"].muted
    screen.session.set_level(LAB, None)
    assert screen.listing["lab"].muted


@pytest.mark.parametrize(("level", "rings"), [(Level.ALL, True), (Level.MENTIONS, True), (Level.NONE, False)])
def test_only_what_concerns_the_person_rings_and_only_where_it_may(level: Level, rings: bool) -> None:
    screen = Screen()
    screen.look(False)
    screen.session.set_level(LAB, level)
    screen.client.hear(line(), to=LAB)
    screen.wait()
    assert screen.changes[-1].ring is None
    screen.client.hear(line(), mention(), to=LAB)
    screen.wait(1)
    ring = screen.changes[-1].ring
    assert (ring is not None) == rings
    assert ring is None or (ring.conversation, ring.message) == (LAB, mention())


def test_where_one_may_not_ring_another_still_does() -> None:
    screen = Screen(*ROOMS, rings_always=True)
    screen.session.set_level(OPS, Level.NONE)
    for identity in OPS, LAB:
        screen.client.hear(mention(), to=identity)
    screen.wait()
    ring = screen.changes[-1].ring
    assert ring is not None
    assert ring.conversation == LAB


# -- fairness ---------------------------------------------------------------------------------------


def test_a_line_beside_a_backlog_of_ten_thousand_is_in_the_first_batch() -> None:
    screen = Screen()
    screen.client.hear(*[line()] * 10_000, to=OPS)
    screen.client.hear(line(), to=LAB)
    assert screen.batch() == {OPS: BATCH_DELIVERIES // 2, LAB: 1}
    assert screen.listing["lab"].unread == 1


def test_a_line_beside_twenty_backlogs_is_in_the_next_batch() -> None:
    flooded = [ConversationId.room(f"flood {number}") for number in range(20)]
    screen = Screen(*flooded, LAB)
    for identity in flooded:
        screen.client.hear(*[line()] * 10_000, to=identity)
    for count in range(1, 4):
        screen.batch()
        screen.client.hear(line(), to=LAB)
        batch = screen.batch()
        assert batch == {**dict.fromkeys(flooded, BATCH_DELIVERIES // 21), LAB: 1}
        assert screen.listing["lab"].unread == count


# -- against a naive model --------------------------------------------------------------------------

ENTRIES: dict[str, Entry] = {
    "line": line(),
    "mention": mention(),
    "own": message("alice", "alice", own=True),
    "notice": Notice("alice: a notice", 1.0),
}


class Naive:
    """Keeps each line that was not read, and counts them when it is asked."""

    def __init__(self) -> None:
        self.shown = OPS
        self.here = True
        self.unread: dict[ConversationId, list[str]] = {identity: [] for identity in ROOMS}
        self.levels = dict.fromkeys(ROOMS, Level.ALL)

    def hear(self, identity: ConversationId, kind: str) -> None:
        if kind in ("line", "mention"):
            self.unread[identity].append(kind)
        self.look()

    def look(self) -> None:
        if self.here:
            self.unread[self.shown].clear()

    def counts(self, identity: ConversationId) -> tuple[int, int, News]:
        lines, level = self.unread[identity], self.levels[identity]
        mentions = lines.count("mention")
        if level is Level.NONE or not lines:
            return 0, 0, News.NOTHING
        if mentions:
            return len(lines), mentions, News.MENTION
        return len(lines), 0, News.LINE if level is Level.ALL else News.MUTED


_room = st.sampled_from(ROOMS)
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("hear"), _room, st.sampled_from(sorted(ENTRIES))),
        st.tuples(st.just("show"), _room, st.none()),
        st.tuples(st.just("level"), _room, st.sampled_from(Level)),
        st.tuples(st.just("look"), st.booleans(), st.none()),
        st.tuples(st.just("read"), st.none() | _room, st.none()),
    ),
    max_size=40,
)


@given(DOINGS)
def test_counts_are_those_of_a_naive_model(
    doings: Sequence[tuple[str, ConversationId | bool | None, str | None]],
) -> None:
    screen, naive = Screen(*ROOMS), Naive()
    for doing, about, how in doings:
        screen.now += 1.0
        if doing == "look":
            naive.here = bool(about)
            screen.look(naive.here)
            naive.look()
        elif isinstance(about, ConversationId):
            match doing:
                case "hear":
                    screen.client.hear(ENTRIES[str(how)], to=about)
                    screen.wait()
                    naive.hear(about, str(how))
                case "show":
                    screen.session.show(about)
                    naive.shown = about
                    naive.look()
                case "level":
                    screen.session.set_level(about, Level(str(how)))
                    naive.levels[about] = Level(str(how))
                case "read":
                    screen.session.reading.mark(screen.session.conversations[about])
                    naive.unread[about].clear()
        else:
            screen.session.reading.mark_all()
            for lines in naive.unread.values():
                lines.clear()
        assert {
            listed.id: (listed.unread, listed.mentions, listed.news) for listed in screen.session.listing()
        } == {identity: naive.counts(identity) for identity in ROOMS}
