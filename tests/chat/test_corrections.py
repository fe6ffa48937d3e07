"""Corrections: a line takes the place of another of the same sender, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.correcting import CORRECTABLE_SECONDS, VERSIONS_KEPT, corrected, may_replace
from amqpchat_tui.chat.links import CORRECTED
from amqpchat_tui.model import ChatMessage, LinkedMessage, Notice, Occupant, Replay

from .support import ALICE, conversation, hear, line, show_log

ANN = Occupant("ann", "a0")
SAID = ChatMessage("ann", "freed 4 MB", 1.0, sent_at=1.0, message_id="said", sender=ANN)


def correction(text: str = "freed 4 GB", at: float = 2.0, message_id: str = "new") -> LinkedMessage:
    return LinkedMessage(
        "ann", text, at, sent_at=at, message_id=message_id, sender=ANN, replaces=SAID.message_id or ""
    )


def shown(room: Conversation) -> Sequence[int]:
    """Which entries are shown, from the top."""
    start = room.scrollback.first_shown
    return () if start is None else [*room.scrollback.shown(start, 1)]


def view(room: Conversation) -> Sequence[tuple[str, str]]:
    """What is shown, from the top: each text with what stands at its end."""
    store = room.scrollback
    lines = [(store[seq], store.annotation(seq)) for seq in shown(room)]
    return [(entry.text, note.mark) for entry, note in lines if isinstance(entry, ChatMessage)]


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    room = conversation()
    hear(room, SAID, line())
    hear(room, correction())
    assert view(room) == [("freed 4 GB", CORRECTED), ("hello", "")]


def test_a_corrected_line_still_says_who_has_heard_it() -> None:
    room = conversation()
    room.take_replay(Replay([SAID, correction()], heard_by={0: "bob"}), ALICE, seen=False)
    assert view(room) == [("freed 4 GB", f"as bob heard it  {CORRECTED}")]


def test_of_several_the_latest_holds_and_all_can_be_read() -> None:
    room = conversation()
    hear(room, SAID, correction("third", 3.0, "c"), correction("second", 2.0, "b"))
    assert view(room) == [("third", CORRECTED)]
    assert room.scrollback.first_shown is not None
    versions = room.links.versions(room.scrollback.first_shown)
    assert [version.text for version in versions] == ["freed 4 MB", "second", "third"]


def test_a_correction_is_no_news() -> None:
    room = conversation()
    hear(room, SAID, seen=True)
    hear(room, correction("alice: look"))
    assert (room.unread, room.mentions) == (0, 0)


@pytest.mark.parametrize(
    ("original", "change"),
    [
        pytest.param(SAID, replace(correction(), sender=Occupant("ann", "b1")), id="another session"),
        pytest.param(SAID, replace(correction(), sender=None), id="no session"),
        pytest.param(replace(SAID, sender=None), replace(correction(), sender=None), id="neither has one"),
        pytest.param(
            replace(SAID, sender=replace(ANN, account="ann")), correction(), id="no account, as it had before"
        ),
        pytest.param(
            replace(SAID, sender=replace(ANN, account="ann")),
            replace(correction(), sender=replace(ANN, account="eve")),
            id="another account",
        ),
        pytest.param(SAID, correction(at=2.0 + CORRECTABLE_SECONDS), id="too late"),
        pytest.param(SAID, correction(at=0.5), id="before it"),
        pytest.param(replace(SAID, sent_at=None), correction(), id="no time"),
        pytest.param(replace(SAID, action=True), correction(), id="it told what they do"),
        pytest.param(replace(SAID, message_id=None), correction(), id="a plain line"),
        pytest.param(correction(message_id="said"), correction(), id="a correction itself"),
    ],
)
def test_what_corrects_nothing_is_a_line_as_any_other(original: ChatMessage, change: LinkedMessage) -> None:
    assert not may_replace(original, change)
    room = conversation()
    hear(room, original, seen=True)
    hear(room, change)
    assert view(room)[-1] == ("freed 4 GB", "")
    assert room.unread == 1


def test_the_same_account_may_correct_from_another_program() -> None:
    first = replace(SAID, sender=Occupant("ann", "a0", "ann"))
    assert may_replace(first, replace(correction(), sender=Occupant("ann", "b1", "ann")))


def test_what_was_answered_is_told_as_it_was_corrected() -> None:
    room = conversation()
    hear(room, SAID, line())
    hear(room, LinkedMessage("bob", "thanks", 2.0, message_id="re", answers="said"))
    hear(room, correction())
    store = room.scrollback
    assert store.last is not None
    quotes = [store.annotation(seq).quote for seq in store.shown(store.last, -1)]
    assert "ann: freed 4 GB" in quotes


def test_a_history_counts_lines_and_not_what_corrects_them() -> None:
    room = conversation()
    room.take_replay(Replay([SAID, correction()]), ALICE, seen=False)
    assert view(room) == [("freed 4 GB", CORRECTED)]
    notices = [
        entry.text for entry in map(room.scrollback.__getitem__, shown(room)) if isinstance(entry, Notice)
    ]
    assert any(text.startswith("1 line of history") for text in notices)


def test_what_the_log_had_and_the_history_has_as_well_is_corrected_where_it_is_shown() -> None:
    room = conversation()
    show_log(room, [SAID])
    room.look()
    room.take_replay(Replay([SAID]), ALICE, seen=False)
    hear(room, correction())
    assert view(room) == [("freed 4 GB", CORRECTED)]


def test_so_many_corrections_are_kept_and_no_more() -> None:
    room = conversation()
    hear(room, SAID)
    for number in range(2 * VERSIONS_KEPT):
        hear(room, correction(f"text {number}", 2.0 + number, str(number)))
    assert room.scrollback.first_shown is not None
    assert len(room.links.versions(room.scrollback.first_shown)) == 1 + VERSIONS_KEPT
    assert view(room) == [(f"text {2 * VERSIONS_KEPT - 1}", CORRECTED)]


@given(st.data())
def test_in_whatever_order_they_come_all_see_the_same(data: st.DataObject) -> None:
    others = [replace(SAID, message_id=f"o{number}", text=f"line {number}") for number in range(3)]
    changes = [
        correction(f"text {number}", data.draw(st.sampled_from([2.0, 3.0])), f"c{number}")
        for number in range(data.draw(st.integers(1, 5)))
    ]
    stranger = replace(correction("mine now", 9.0, "evil"), sender=Occupant("ann", "e1"))
    views = []
    for _ in range(2):
        lines: list[ChatMessage] = data.draw(st.permutations([SAID, *others, *changes, stranger]))
        room = conversation()
        while lines:
            size = data.draw(st.integers(1, len(lines)))
            if data.draw(st.booleans()):
                room.scrollback.insert(lines[:size])
                room.look()
            else:
                hear(room, *lines[:size])
            lines = lines[size:]
        views.append(sorted(view(room)))
    assert views[0] == views[1]
    latest = max(changes, key=lambda change: (change.sent_at, change.message_id))
    assert (latest.text, CORRECTED) in views[0]
    assert ("mine now", "") in views[0]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("freed 4 GB", "freed 4 GB"),
        ("s/MB/GB/", "freed 4 GB"),
        ("s/MB/GB", "freed 4 GB"),
        ("s/ MB//", "freed 4"),
        (r"s/4 MB/1\/2 GB/", "freed 1/2 GB"),
        ("s/TB/GB/", None),
        ("s/.*/x/", None),
        ("s//x/", "s//x/"),
    ],
)
def test_a_part_of_a_line_is_changed(change: str, text: str | None) -> None:
    assert corrected("freed 4 MB", change) == text
