"""Threads: the first line of each tells how many are beneath it, in whatever order they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.chat import threads
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.threads import Threads
from amqpchat_tui.config import HideSettings
from amqpchat_tui.model import ChatMessage, LinkedMessage, Replay
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.scrollback.block import BLOCK
from amqpchat_tui.wire.lines import line_name
from tests.support.fake_client import message

from .support import ALICE, OPS, Screen, conversation, hear, line, show_log


def said(name: str, to: str = "", nick: str = "bob") -> ChatMessage:
    """A line whose id is what it says; it may answer another."""
    if not to:
        return ChatMessage(nick, name, 1.0, message_id=name)
    return LinkedMessage(nick, name, 1.0, message_id=name, answers=to)


def all_of(store: Scrollback) -> Sequence[int]:
    """All entries, the hidden ones too, from the top."""
    return [seq for block in store.blocks for seq in range(block.first, block.end)]


def marks(room: Conversation) -> Mapping[str, str]:
    """What stands at the ends of lines, where anything does."""
    store = room.scrollback
    return {store.text(seq): mark for seq in all_of(store) if (mark := store.annotation(seq).mark)}


def thread_of(room: Conversation, text: str) -> Sequence[str]:
    """What the lines of a line's thread say, from the top."""
    store = room.scrollback
    seq = next(seq for seq in all_of(store) if store.text(seq) == text)
    thread = room.links.threads.of(seq)
    return [store.text(seq) for seq in room.links.threads.ordered(thread)] if thread is not None else [text]


def test_the_first_line_of_a_thread_tells_how_many_are_beneath_it() -> None:
    room = conversation()
    hear(room, said("q"), line(), said("a", "q"), said("b", "a"), line(), said("c", "b"), said("d", "q"))
    assert marks(room) == {"q": "↳ 4"}
    assert thread_of(room, "b") == ["q", "a", "b", "c", "d"]


def test_what_comes_later_above_the_first_line_takes_its_place() -> None:
    room = conversation()
    hear(room, said("a", "q"), said("b", "a"))
    assert marks(room) == {"a": "↳ 1"}
    room.take_replay(Replay([said("q")]), ALICE, seen=True)
    assert marks(room) == {"q": "↳ 2"}


def test_what_the_person_does_not_want_to_see_is_not_counted_until_it_is_wanted_again() -> None:
    screen = Screen()
    screen.hiding.configure(HideSettings(ignore=("eve",)))
    screen.client.hear(said("q"), said("a", "q", "eve"), said("b", "q"))
    screen.wait()
    room = screen.session.conversations[OPS]
    assert marks(room) == {"q": "↳ 1"}
    screen.hiding.revealed = True
    assert marks(room) == {"q": "↳ 1"}
    screen.hiding.configure(HideSettings())
    assert marks(room) == {"q": "↳ 2"}
    screen.hiding.configure(HideSettings(ignore=("bob",)))
    assert marks(room) == {"q": "↳ 1"}


def test_an_answer_of_somebody_ignored_is_known_when_they_are_not_any_more() -> None:
    screen = Screen()
    screen.hiding.configure(HideSettings(ignore=("eve",)))
    screen.client.hear(said("q"))
    screen.wait()
    screen.client.hear(said("a", "q", "eve"))
    screen.wait()
    screen.hiding.configure(HideSettings())
    assert marks(screen.session.conversations[OPS]) == {"q": "↳ 1"}


def test_what_stands_above_an_answer_follows_what_is_hidden() -> None:
    screen = Screen()
    screen.client.hear(said("q"), said("between", nick="eve"), said("a", "q"))
    screen.wait()
    store = screen.session.conversations[OPS].scrollback

    def quote() -> str:
        return next(store.annotation(seq).quote for seq in all_of(store) if store.text(seq) == "a")

    assert quote() == "bob: q"
    screen.hiding.configure(HideSettings(ignore=("eve",)))
    assert quote() == "", "now what it answers is right above"
    screen.hiding.configure(HideSettings(filters={"q": "q"}))
    assert quote() == "a hidden line"
    screen.hiding.configure(HideSettings())
    assert quote() == "bob: q"


def test_lines_of_the_log_are_counted_once_where_the_history_has_them_too() -> None:
    room = conversation()
    lines = [said("q"), said("a", "q")]
    show_log(room, lines)
    room.look()
    hear(room, said("b", "a"))
    assert marks(room) == {"q": "↳ 2"}
    room.take_replay(Replay(lines), ALICE, seen=True)
    store = room.scrollback
    shown = [seq for seq in all_of(store) if store.is_shown(seq) and store.annotation(seq).mark]
    assert [store.annotation(seq).mark for seq in shown] == ["↳ 2"]


def test_where_the_first_line_is_trimmed_the_next_stands_in() -> None:
    room = conversation()
    hear(room, said("q"), *(line() for _ in range(2 * BLOCK)), said("a", "q"), said("b", "q"))
    assert marks(room) == {"q": "↳ 2"}
    while "q" in marks(room):
        assert room.scrollback.drop_oldest()
    hear(room, said("c", "a"))
    assert marks(room) == {"a": "↳ 2"}


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_lines_that_answer_each_other_in_a_circle_are_a_thread(names: str) -> None:
    room = conversation()
    hear(room, *(said(name, to) for name, to in zip(names, names[1:] + names[0], strict=True)))
    hear(room, said("z", "b"))
    assert marks(room) == {"a": f"↳ {len(names)}"}


def test_so_many_answers_are_known_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "ANSWERS_KEPT", 100)
    room = conversation()
    hear(room, said("q"))
    for number in range(300):
        hear(room, said(f"a{number}", f"a{number - 1}" if number % 2 else "q"), line())
    known = room.links.threads
    assert len(known.answers) == 100
    assert marks(room) == {"q": "↳ 100"}
    held = [seq for seq in all_of(room.scrollback) if known.of(seq) is not None]
    assert len(held) == 101


@pytest.mark.parametrize("is_chain", [True, False], ids=["chain", "star"])
def test_a_long_thread_costs_no_more_for_each_line_than_a_short_one(is_chain: bool) -> None:
    store = Scrollback(10_000)
    for number in range(2_001):
        store.append(said(str(number)))
    known, changes = Threads(store), []
    for number in range(1, 2_001):
        before = store.changes.count
        known.add({number: number - 1 if is_chain else 0})
        changes.append(store.changes.count - before)
    assert set(changes) == {1}, "only the first line says another number"


@given(st.data())
def test_in_whatever_order_lines_come_the_threads_are_the_same(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 10))
    plain = [ChatMessage("bob", "ping", 1.0) for _ in range(data.draw(st.integers(0, 3)))]
    targets = st.sampled_from(["", *map(str, range(count)), line_name(message("bob", "ping"))])
    nicks = st.sampled_from(["bob", "bob", "eve"])
    linked = [said(str(number), data.draw(targets), data.draw(nicks)) for number in range(count)]
    lines = data.draw(st.permutations([*linked, *plain]))
    hiding = Hiding()
    hiding.configure(HideSettings(ignore=("eve",)))
    room = conversation()
    while lines:
        size = data.draw(st.integers(1, len(lines)))
        batch, lines = lines[:size], lines[size:]
        if data.draw(st.booleans()):
            room.take_replay(Replay(batch), ALICE, seen=True, hiding=hiding)
        else:
            room.take(batch, ALICE, seen=True, hiding=hiding)
    store = room.scrollback
    found = {seq: store.annotation(seq).mark for seq in all_of(store) if store.annotation(seq).mark}
    assert found == naive_marks(store)


def naive_marks(store: Scrollback) -> Mapping[int, str]:
    """What stands at the ends of lines, from what is there in the end."""
    lines = {seq: entry for seq in all_of(store) if isinstance(entry := store.original(seq), ChatMessage)}
    place = {seq: index for index, seq in enumerate(lines)}
    above: dict[int, int] = {}
    for seq, entry in lines.items():
        if isinstance(entry, LinkedMessage):
            named = [other for other in lines if line_name(lines[other]) == entry.answers and other != seq]
            higher = [other for other in named if place[other] < place[seq]]
            if named:
                above[seq] = higher[-1] if higher else named[0]
    roots: dict[int, int] = {}
    for seq in lines:
        way = [seq]
        while way[-1] in above and above[way[-1]] not in way:
            way.append(above[way[-1]])
        circle = way[way.index(above[way[-1]]) :] if way[-1] in above else None
        roots[seq] = way[-1] if circle is None else -min(circle) - 1
    found: dict[int, str] = {}
    for root in set(roots.values()):
        members = [seq for seq in lines if roots[seq] == root]
        first = root if root >= 0 else members[0]
        beneath = [seq for seq in members if seq != first and not store.annotation(seq).hidden]
        if beneath:
            found[first] = f"↳ {len(beneath)}"
    return found
