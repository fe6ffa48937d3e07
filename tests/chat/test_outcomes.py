"""What becomes of lines: whoever has heard the same sees the same, in whatever order it came."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.chat import line_names, outcomes
from amqpchat_tui.model import (
    ChatMessage,
    Gap,
    LineEvent,
    LinkedMessage,
    Notice,
    NoticeKind,
    Occupant,
    Replay,
)
from amqpchat_tui.scrollback.search import Search
from amqpchat_tui.wire.lines import line_name

from .befalling import ANN, BOB, CAROL, SAID, befall, below, reaction, shown, view, withdrawal
from .support import ALICE, conversation, hear, line, show_log


def test_reactions_stand_below_their_line_what_came_first_at_the_front() -> None:
    room = conversation()
    hear(room, SAID, line())
    befall(room, reaction("👍", BOB, 6.0), reaction("👀", BOB, 5.0), reaction("👀", CAROL, 7.0))
    assert below(room) == ["👀 2  👍 1", ""]


def test_only_who_has_reacted_takes_it_back() -> None:
    room = conversation()
    hear(room, SAID)
    befall(room, reaction(who=BOB), reaction(who=CAROL, at=6.0, remove=True))
    assert below(room) == ["👍 1"]
    befall(room, reaction(who=BOB, at=6.0, remove=True))
    assert below(room) == [""]
    befall(room, reaction(who=BOB, at=5.5))
    assert below(room) == [""], "what was done before comes late"


@pytest.mark.parametrize(
    ("others", "people"),
    [
        ([Occupant("bob", "b1")], 1),
        ([Occupant("BOB", "b1")], 1),
        ([Occupant("bob", "b1", "bob")], 2),
        ([Occupant("bob", "b1", "ops"), Occupant("robert", "b2", "ops")], 2),
    ],
    ids=["a restart", "in capitals", "of an account", "an account under two nicks"],
)
def test_each_counts_once_by_what_they_are_called(others: Sequence[Occupant], people: int) -> None:
    room = conversation()
    hear(room, SAID)
    befall(room, reaction(), *(reaction(who=who) for who in others))
    assert below(room) == [f"👍 {people}"]


def test_of_many_kinds_it_is_told_how_many_more_there_are() -> None:
    room = conversation()
    hear(room, SAID)
    befall(room, *(reaction(emoji, at=float(at)) for at, emoji in enumerate("abcdefgh")))
    assert below(room) == ["a 1  b 1  c 1  d 1  e 1  +3"]


def test_one_emoji_is_one_however_it_is_written() -> None:
    room = conversation()
    hear(room, SAID)
    befall(room, reaction("❤", BOB), reaction("❤\ufe0f", CAROL, 6.0))
    assert below(room) == ["❤\ufe0f 2"]


def test_one_that_has_blanks_in_it_looks_like_one() -> None:
    room = conversation()
    hear(room, SAID)
    befall(room, reaction("👀 9\u00a0 👍"))
    assert below(room) == ["👀_9__👍 1"]


def test_ones_own_are_underlined() -> None:
    room = conversation()
    hear(room, SAID)
    befall(room, reaction("👀"), reaction("👍", CAROL, 6.0), reaction("👍", ANN, 7.0, own=True))
    (seq,) = shown(room)
    note = room.scrollback.annotation(seq)
    assert [note.reactions[start:end] for start, end in note.underlined] == ["👍 2"]


def test_a_reaction_is_no_news() -> None:
    room = conversation()
    hear(room, SAID, seen=True)
    room.take((), ALICE, events=[reaction(), withdrawal()], seen=False)
    assert (room.unread, room.mentions, room.heard) == (0, 0, 1)


def test_a_thousand_at_once_change_their_line_once() -> None:
    room = conversation()
    hear(room, SAID)
    before = room.scrollback.changes.count
    befall(room, *(reaction(who=Occupant(f"n{number}", f"s{number}")) for number in range(1_000)))
    assert below(room) == ["👍 1000"]
    assert room.scrollback.changes.count == before + 1


def test_of_equal_plain_lines_the_one_that_had_been_said_has_the_reaction() -> None:
    room = conversation()
    ping, late = ChatMessage("bob", "ping", 1.0), ChatMessage("bob", "ping", 3_600.0)
    hear(room, ping, late)
    befall(room, reaction(about=line_name(ping), at=60.0), reaction("👀", about=line_name(ping), at=3_605.0))
    assert below(room) == ["👍 1", "👀 1"]


def test_what_is_withdrawn_is_not_told_any_more() -> None:
    room = conversation()
    hear(room, SAID, line())
    hear(room, LinkedMessage("bob", "thanks", 2.0, message_id="re", answers="said"))
    befall(room, reaction(), withdrawal())
    assert view(room)[0] == ("ann withdrew this line", "", "↳ 1")
    store = room.scrollback
    assert store.annotation(shown(room)[-1]).quote == "ann withdrew this line"
    search = Search(store, "freed")
    search.step()
    assert not search.hits
    original = store.original(shown(room)[0])
    assert isinstance(original, ChatMessage)
    assert original.text == "freed 4 MB", "who wants to know can be told"
    assert SAID not in room.last_heard(9), "nor is it handed on"


@pytest.mark.parametrize(
    ("sender", "who", "is_withdrawn"),
    [
        (ANN, replace(ANN, nick="anna"), True),
        (ANN, Occupant("ann", "b1"), False),
        (ANN, Occupant("ann", ""), False),
        (Occupant("ann", ""), Occupant("ann", ""), False),
        (Occupant("ann", "a0", "ann"), Occupant("ann", "b1", "ann"), True),
        (Occupant("ann", "a0", "ann"), ANN, False),
        (Occupant("ann", "a0", "ann"), Occupant("ann", "a0", "eve"), False),
    ],
)
def test_only_its_author_withdraws_a_line(sender: Occupant, who: Occupant, is_withdrawn: bool) -> None:
    room = conversation()
    hear(room, replace(SAID, sender=sender))
    befall(room, withdrawal(who))
    assert (view(room)[0][0] == "ann withdrew this line") is is_withdrawn


@pytest.mark.parametrize("first", ["correction", "withdrawal"])
def test_a_correction_whose_line_is_not_here_is_withdrawn_with_it(first: str) -> None:
    room = conversation()
    correction = LinkedMessage(
        "ann", "freed 4 GB", 2.0, sent_at=2.0, message_id="c", sender=ANN, replaces="said"
    )
    if first == "correction":
        hear(room, correction)
        assert view(room)[0][0] == "freed 4 GB"
        befall(room, withdrawal(BOB))
        befall(room, withdrawal())
    else:
        befall(room, withdrawal(BOB), withdrawal())
        hear(room, correction)
    assert view(room)[0][0] == "ann withdrew this line"
    room.take_replay(Replay([SAID]), ALICE, seen=True)
    assert [text for text, _, _ in view(room)] == ["ann withdrew this line"]


def test_who_is_ignored_does_not_count_until_they_are_not_any_more() -> None:
    room = conversation()
    hear(room, SAID)
    room.outcomes.ignores = lambda nick, _: nick == "bob"
    befall(room, reaction(), reaction("👀", CAROL, 4.0))
    assert below(room) == ["👀 1"]
    room.outcomes.ignores = lambda nick, _: False
    room.outcomes.show_again(shown(room))
    assert below(room) == ["👀 1  👍 1"]


def test_what_comes_before_its_line_waits_for_it_a_while() -> None:
    room = conversation()
    befall(room, reaction())
    hear(room, SAID)
    assert below(room) == ["👍 1"]
    befall(room, reaction(about="never"))
    for _ in range(outcomes.BATCHES_BEHIND):
        assert room.outcomes.waits
        hear(room, line())
    assert not room.outcomes.waits, "from now on, lines cost nothing more again"
    room.take_replay(Replay([replace(SAID, message_id="never")]), ALICE, seen=True)
    assert "👍 1" in below(room)[:1], "a history may have it"


def test_a_line_of_long_ago_can_be_reacted_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_names, "NAMES_KEPT", 5)
    room = conversation()
    hear(room, SAID)
    befall(room, reaction())
    (seq,) = shown(room)
    hear(room, *(replace(SAID, message_id=f"later {number}") for number in range(10)))
    room.look()
    assert [kind.emoji for kind in room.outcomes.kinds(seq)] == ["👍"]
    befall(room, reaction("👀", CAROL, 6.0))
    assert below(room)[0] == "👍 1  👀 1"


def test_a_chat_without_reactions_does_no_work_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    room = conversation()
    work: list[object] = []
    monkeypatch.setattr(room.outcomes, "add", lambda *args: work.append(args))
    monkeypatch.setattr(room.names, "look", lambda: work.append("look"))
    for _ in range(10):
        hear(room, *(line() for _ in range(100)))
    assert not work


def test_the_lines_of_the_history_take_over_from_those_of_the_log() -> None:
    room = conversation()
    show_log(room, [SAID])
    befall(room, reaction())
    room.take_replay(Replay([SAID], events=[reaction("👀", CAROL, 6.0)]), ALICE, seen=True)
    assert below(room) == ["👍 1  👀 1"]


@given(st.data())
def test_all_who_have_heard_the_same_see_the_same(data: st.DataObject) -> None:
    plain = [ChatMessage("script", text, at) for text, at in (("ping", 1.0), ("pong", 2.0))]
    lines: list[ChatMessage] = [SAID, replace(SAID, message_id="other", text="other"), *plain]
    lines = lines[data.draw(st.integers(0, 1)) :]
    corrections = [
        LinkedMessage(
            "ann", f"version {n}", 2.0, sent_at=2.0, message_id=f"c{n}", sender=ANN, replaces="said"
        )
        for n in range(data.draw(st.integers(0, 2)))
    ]
    who = st.sampled_from([ANN, BOB, CAROL, Occupant("bob", "b1"), Occupant("bob", "b2", "bob")])
    about = st.sampled_from(["said", "other", "never", "c0", *map(line_name, plain)])
    reactions = st.builds(
        reaction,
        st.sampled_from(["👍", "👀", "❤", "❤\ufe0f"]),
        who,
        st.sampled_from([5.0, 6.0, 7.0]),
        about=about,
        remove=st.booleans(),
    )
    events = data.draw(st.lists(reactions | st.builds(withdrawal, who, about), max_size=12))
    views = []
    for _ in range(2):
        left = data.draw(
            st.permutations([*lines, *corrections, *events, *events[: data.draw(st.integers(0, 4))]])
        )
        room = conversation()
        while left:
            size = data.draw(st.integers(1, len(left)))
            batch, left = left[:size], left[size:]
            said = [one for one in batch if isinstance(one, ChatMessage)]
            done = [one for one in batch if isinstance(one, LineEvent)]
            match data.draw(st.sampled_from(["live", "above", "in a gap"])):
                case "live":
                    room.take(said, ALICE, events=done, seen=True)
                case "above":
                    room.take_replay(Replay(said, events=done), ALICE, seen=True)
                case _:
                    gap = Gap(0.0, float(len(left)), 1.0)
                    hear(room, Notice("missed", 1.0, NoticeKind.GAP, gap))
                    room.take_replay(Replay(said, gap, events=done), ALICE, seen=True)
        room.look()
        views.append(sorted(view(room)))
    assert views[0] == views[1]


def test_in_a_thread_alone_all_is_as_where_its_lines_stand() -> None:
    room = conversation()
    re = LinkedMessage("bob", "thanks", 2.0, message_id="re", answers="said", sender=BOB)
    hear(room, SAID, line(), re, replace(SAID, message_id="other", text="other"))
    befall(room, reaction("👍"))
    top = room.find_last(lambda one: one.message_id == "said")
    assert top is not None
    room.narrow(top)
    befall(room, reaction("👀", CAROL, 6.0), withdrawal(BOB, "re"))
    assert room.view.rows
    store = room.view.store
    notes = [store.annotation(seq) for seq in store.shown(store.first or 0, 1) if store.text(seq)]
    assert [note.reactions for note in notes if note.reactions] == ["👍 1  👀 1"]
    assert store.text(store.last or 0) == "bob withdrew this line"
    found = room.find_last(lambda one: True)
    assert found == top, "what is not of the thread is not seen, and what is withdrawn not meant"
