"""A thread alone: it has the lines of the thread as they are in the room, and follows them."""

from __future__ import annotations

from collections.abc import Sequence
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.chat import narrowed
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.narrowed import Narrowed
from amqpchat_tui.config import HideSettings
from amqpchat_tui.model import ChatMessage, LinkedMessage, Occupant, Reaction, Replay
from amqpchat_tui.scrollback import Annotation, Scrollback
from amqpchat_tui.scrollback.block import BLOCK

from .support import ALICE, OPS, Screen, conversation, hear, line
from .test_threads import all_of, said, thread_of


def seq_of(room: Conversation, text: str) -> int:
    store = room.scrollback
    return next(seq for seq in all_of(store) if store.text(seq) == text)


def narrow(room: Conversation, text: str) -> Narrowed:
    """Narrow a room to the thread of the line that says this."""
    room.narrow(seq_of(room, text))
    assert room.narrowed is not None
    return room.narrowed


def seen(room: Conversation) -> Sequence[str]:
    """What the person sees of the last lines, from the top."""
    store = room.view.store
    return [store.text(seq) for seq in dict.fromkeys(row.seq for row in room.view.rows)]


def test_only_the_lines_of_the_thread_are_seen_as_they_come() -> None:
    room = conversation()
    hear(room, said("q"), line(), said("a", "q"), line())
    narrow(room, "a")
    assert seen(room) == ["q", "a"]
    hear(room, line(), said("b", "a"), said("other"))
    assert seen(room) == ["q", "a", "b"]
    assert room.widen()
    assert seen(room)[-2:] == ["b", "other"]


def test_a_line_that_nobody_has_answered_is_a_thread_as_soon_as_somebody_does() -> None:
    room = Conversation(OPS, Scrollback(100 * BLOCK))
    hear(room, said("q"), *(line() for _ in range(50 * BLOCK)))
    narrow(room, "q")
    assert seen(room) == ["q"]
    hear(room, said("a", "q"))
    assert seen(room) == ["q", "a"], "however far up it stands"


def test_what_becomes_of_lines_is_seen_in_it_too() -> None:
    room = conversation()
    ann = Occupant("bob", "b0")
    asked = replace(said("q"), sent_at=1.0, sender=ann)
    hear(room, asked, line(), said("a", "q"))
    view = narrow(room, "q")
    fixed = LinkedMessage("bob", "fixed", 2.0, sent_at=2.0, message_id="c", sender=ann, replaces="q")
    hear(room, fixed)
    room.take([], ALICE, seen=True, events=[Reaction("a", Occupant("eve", "e"), 3.0, "r", emoji="👍")])
    assert seen(room) == ["fixed", "a"]
    notes = [view.reader.store.annotation(seq) for seq in all_of(view.reader.store)]
    assert [note.reactions for note in notes] == ["", "👍 1"]


def test_in_it_nothing_is_told_again_that_is_right_above() -> None:
    room = conversation()
    hear(room, said("q"), line(), said("a", "q"), line(), said("b", "q"))
    store = narrow(room, "q").reader.store
    assert [store.annotation(seq).quote for seq in all_of(store)] == ["", "", "bob: q"]
    hiding = Hiding()
    hiding.configure(HideSettings(filters={"a": "a"}))
    hiding.mark(room.scrollback, seq_of(room, "a"))
    room.links.note_change(seq_of(room, "a"))
    assert room.view.rows
    assert [store.annotation(seq).quote for seq in all_of(store)] == ["", "", ""]


def test_what_comes_in_between_moves_nothing_under_a_reader() -> None:
    room = conversation()
    hear(room, said("b", "a"), *(said(f"c{number}", "b") for number in range(30)))
    narrow(room, "b")
    room.view.resize(40, 5)
    room.view.to_top()
    room.view.scroll_by(3)
    room.view.show_hit(room.place_of(seq_of(room, "c4")) or 0)
    before = seen(room)
    room.take_replay(Replay([said("q"), said("a", "q")]), ALICE, seen=True)
    assert seen(room) == before
    picked = room.view.picked
    assert picked is not None
    assert picked.text == "c4"
    room.view.to_top()
    assert seen(room)[:3] == ["q", "a", "b"]


def test_what_is_trimmed_in_the_room_can_still_be_read_in_the_thread() -> None:
    room = conversation()
    hear(room, said("q"), *(line() for _ in range(2 * BLOCK)), said("a", "q"))
    narrow(room, "q")
    assert room.scrollback.drop_oldest()
    hear(room, said("b", "a"))
    assert seen(room) == ["q", "a", "b"]
    assert room.source_of(room.view.store.last_shown or 0) == seq_of(room, "b")


def test_the_draft_answers_the_latest_line_that_is_seen() -> None:
    screen = Screen()
    screen.client.hear(said("q"), said("a", "q"), said("b", "q", "eve"))
    screen.wait()
    room = screen.session.conversations[OPS]
    assert room.about is None
    narrow(room, "q")
    assert room.about is not None
    assert room.about.bearing.answers == "b"
    screen.hiding.configure(HideSettings(ignore=("eve",)))
    assert room.about.bearing.answers == "a"
    room.scrollback.annotate(seq_of(room, "a"), Annotation(withdrawn=True))
    assert room.about.bearing.answers == "q", "to what is withdrawn nobody answers"
    room.scrollback.annotate(seq_of(room, "q"), Annotation(withdrawn=True))
    assert room.about.bearing.answers == "q", "what is said in a thread stays in it"
    room.widen()
    assert room.about is None


def test_only_what_is_seen_of_what_comes_is_read() -> None:
    screen = Screen()
    screen.client.hear(said("q"), said("alice: a", "q"))
    screen.wait()
    room = screen.session.conversations[OPS]
    narrow(room, "q")
    screen.client.hear(said("alice: b", "q"), said("other"), said("alice: c"))
    screen.wait()
    assert (room.unread, room.mentions) == (2, 1)
    screen.session.reading.note_presence()
    assert room.unread == 2, "what is read there is not what is seen"
    room.widen()
    screen.session.reading.note_presence()
    assert room.unread == 0


def test_of_a_thread_that_is_very_long_the_latest_lines_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowed, "LINES_SHOWN", BLOCK)
    room = conversation()
    hear(room, said("q"), *(said(f"a{number}", "q") for number in range(3 * BLOCK)))
    view = narrow(room, "q")
    assert view.count == BLOCK
    assert seen(room)[-1] == f"a{3 * BLOCK - 1}"


def test_entering_a_thread_costs_what_the_thread_is_long_however_long_the_room_is() -> None:
    room = Conversation(OPS, Scrollback(1_000_000))
    hear(room, said("q"), said("a", "q"))
    room.scrollback.extend(line() for _ in range(100_000))
    hear(room, said("b", "a"))
    looked = mock.Mock(wraps=room.scrollback.original)
    with (
        mock.patch.object(Scrollback, "original", looked),
        mock.patch.object(Scrollback, "__getitem__", side_effect=AssertionError),
        mock.patch.object(Scrollback, "__iter__", side_effect=AssertionError),
        mock.patch.object(Scrollback, "stretches", side_effect=AssertionError),
    ):
        room.narrow(room.scrollback.first or 0)
    assert looked.call_count <= 5


@given(st.data())
def test_in_whatever_order_lines_come_it_has_what_the_room_has(data: st.DataObject) -> None:
    count = data.draw(st.integers(3, 10))
    targets = st.sampled_from(["", *map(str, range(count))])
    lines: list[ChatMessage] = [said(str(number), data.draw(targets)) for number in range(count)]
    lines = data.draw(st.permutations(lines))
    room, view = conversation(), None
    while lines:
        size = data.draw(st.integers(1, len(lines)))
        batch, lines = lines[:size], lines[size:]
        if data.draw(st.booleans()):
            room.take_replay(Replay(batch), ALICE, seen=True)
        else:
            hear(room, *batch)
        if view is None:
            first = batch[0].text
            view = narrow(room, first)
    assert view is not None
    assert [entry.text for entry in view.lines()] == thread_of(room, first)
    again = Narrowed(room.scrollback, room.links, seq_of(room, first))
    assert [*again.lines()] == [*view.lines()]
    assert looks(again) == looks(view)


def looks(view: Narrowed) -> Sequence[object]:
    store = view.reader.store
    return [store.annotation(seq) for seq in all_of(store)]
