"""Answers: each has above it what it answers, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.chat import links
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.links import HIDDEN, quoted
from amqpchat_tui.model import ChatMessage, LinkedMessage
from amqpchat_tui.scrollback import Annotation, Scrollback
from amqpchat_tui.scrollback.block import BLOCK
from amqpchat_tui.wire.lines import line_name

from .support import ALICE, OPS, conversation, hear, line, mention

ASKED = ChatMessage("bob", "can somebody look?", 1.0, message_id="q")
OTHER = ChatMessage("bob", "something else", 1.0, message_id="o")


def answer(to: str, text: str = "on it", nick: str = "carol") -> LinkedMessage:
    return LinkedMessage(nick, text, 2.0, message_id=f"{to} {text}", answers=to)


def quotes(room: Conversation) -> Sequence[str]:
    """What stands above each answer, from the top."""
    store = room.scrollback
    assert store.first is not None
    shown = store.shown(store.first, 1)
    return [store.annotation(seq).quote for seq in shown if isinstance(store[seq], LinkedMessage)]


def test_an_answer_has_above_it_what_it_answers() -> None:
    room = conversation()
    hear(room, ASKED, OTHER)
    hear(room, answer("q"))
    assert quotes(room) == ["bob: can somebody look?"]


def test_right_below_what_it_answers_nothing_is_told_again() -> None:
    room = conversation()
    hear(room, ASKED, answer("q"))
    assert quotes(room) == [""]


def test_a_line_of_a_plain_script_is_named_by_nick_and_text() -> None:
    room = conversation()
    plain = ChatMessage("bob", "waves\nand more", 1.0, action=True)
    hear(room, plain, OTHER, answer(line_name(plain)))
    assert quotes(room) == ["bob waves"]


def test_of_equal_lines_the_latest_above_is_answered() -> None:
    room = conversation()
    plain = ChatMessage("bob", "ping", 1.0)
    hear(room, plain, OTHER, plain, OTHER)
    hear(room, answer(line_name(plain)), plain)
    store = room.scrollback
    seqs = [seq for seq in store.shown(store.first or 0, 1) if store[seq] == plain]
    asked = next(seq for seq in store.shown(store.first or 0, 1) if isinstance(store[seq], LinkedMessage))
    room.look()
    assert room.links.answered(asked) == seqs[1]


def test_an_answer_waits_for_a_line_that_comes_with_the_history() -> None:
    room = conversation()
    hear(room, OTHER, answer("q"))
    assert quotes(room) == [""]
    room.scrollback.insert([ASKED])
    room.look()
    assert quotes(room) == ["bob: can somebody look?"]


def test_what_the_person_does_not_want_to_see_is_not_told_again() -> None:
    room = conversation()
    hear(room, ASKED, OTHER)
    assert room.scrollback.last is not None
    room.scrollback.annotate(room.scrollback.last - 1, Annotation(hidden=True, faded=True))
    hear(room, answer("q"))
    assert quotes(room) == [HIDDEN]


def test_an_answer_to_ones_own_line_is_a_mention() -> None:
    room = conversation()
    hear(room, ChatMessage("alice", "anybody?", 1.0, own=True, message_id="mine"), OTHER, seen=True)
    hear(room, answer("o"), answer("mine", "me"))
    assert (room.unread, room.mentions) == (2, 1)


def test_what_one_may_want_to_answer_is_the_last_mention_else_the_last_line_of_others() -> None:
    room = conversation()
    assert room.last_to_answer(ALICE) is None
    hear(room, line())
    assert room.last_to_answer(ALICE) == line()
    hear(room, mention(), line(), ChatMessage("alice", "hm", 1.0, own=True))
    assert room.last_to_answer(ALICE) == mention()


def test_a_line_may_come_a_little_later_than_its_answer() -> None:
    room = conversation()
    hear(room, answer("q"))
    hear(room, ASKED)
    assert quotes(room) == ["bob: can somebody look?"]
    hear(room, answer("never"))
    for _ in range(links.BATCHES_BEHIND):
        assert room.links.waits
        hear(room, line())
    assert not room.links.waits, "from now on, lines cost nothing more again"


def test_answers_to_lines_that_never_come_take_bounded_memory() -> None:
    room = conversation()
    for number in range(3 * links.WAITING_KEPT):
        hear(room, answer(f"never {number}"))
    assert len(room.links._waiting) <= links.WAITING_KEPT  # which nothing shows


@given(st.data())
def test_in_whatever_order_lines_come_each_answer_finds_its_line(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 12))
    asked = [ChatMessage("bob", f"line {number}", 1.0, message_id=str(number)) for number in range(count)]
    about = data.draw(st.lists(st.integers(0, count - 1), max_size=6, unique=True))
    lines = data.draw(st.permutations([*asked, *(answer(str(number), f"re {number}") for number in about)]))
    room = conversation()
    while lines:
        size = data.draw(st.integers(1, len(lines)))
        batch, lines = lines[:size], lines[size:]
        if data.draw(st.booleans()):
            room.scrollback.insert(batch)
            room.look()
        else:
            hear(room, *batch)
    room.look()
    store = room.scrollback
    for seq in store.shown(store.first or 0, 1):
        if isinstance(found := store[seq], LinkedMessage):
            line = asked[int(found.answers)]
            answered = room.links.answered(seq)
            assert answered is not None
            assert store[answered] == line
            assert store.annotation(seq).quote in ("", quoted(line))


@pytest.mark.parametrize("batches", [1, 5])
def test_what_is_answered_is_found_however_far_up_it_is_a_part_of_the_way_at_a_time(
    batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "SOUGHT_BLOCKS", 50)
    room = Conversation(OPS, Scrollback(1_000_000))
    hear(room, ASKED)
    room.scrollback.extend(line() for _ in range((batches * 50 - 5) * BLOCK))
    hear(room, answer("q"))
    for _ in range(batches - 1):
        assert quotes(room) == [""]
        hear(room, line())
    assert quotes(room) == ["bob: can somebody look?"]


def test_who_answers_what_never_was_has_no_more_looked_for_than_that() -> None:
    room = Conversation(OPS, Scrollback(1_000_000))
    with mock.patch.object(room.names, "seek", wraps=room.names.seek) as seek:
        hear(room, *(answer(f"never {number}") for number in range(100)))
    assert seek.call_count == 1, "all are looked for together"


def test_g_finds_what_is_answered_however_far_up_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "SOUGHT_BLOCKS", 10)
    room = Conversation(OPS, Scrollback(1_000_000))
    hear(room, ASKED)
    room.scrollback.extend(line() for _ in range(60 * BLOCK))
    hear(room, answer("q"))
    assert quotes(room) == [""]
    assert room.links.answered(room.scrollback.last or 0) == room.scrollback.first
