import time
import tracemalloc
from itertools import pairwise

import pytest
from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, FoldedMessage, Notice, Occupant
from amqpchat_tui.scrollback import Scrollback, display_text
from amqpchat_tui.scrollback.annotations import Annotation
from amqpchat_tui.scrollback.block import BLOCK
from amqpchat_tui.scrollback.budget import Budget
from tests.scrollback.support import DAY, HOUR, NOON, chatter, gap, message, seqs_of, time_zone


def days(store: Scrollback) -> list[str]:
    return [display_text(entry) for entry in store if isinstance(entry, DaySeparator)]


def test_entries_come_back_as_they_went_in() -> None:
    store = Scrollback(1000)
    entries: list[Entry] = [
        ChatMessage("ann", "waves", NOON, action=True, own=True, sent_at=NOON - 1, message_id="abc"),
        Notice("connected", NOON),
        message("hello\tworld"),
    ]
    assert [store.append(entry) for entry in entries] == [0, 1, 2]
    assert list(store) == entries
    assert [store[seq] for seq in seqs_of(store)] == entries
    assert [store.text(seq) for seq in (0, 1, 2)] == [display_text(entry) for entry in entries]
    assert list(store.texts(range(1, 3))) == [(1, "connected"), (2, "hello   world")]


def test_a_folded_message_keeps_the_whole_and_counts_it() -> None:
    store = Scrollback(1000)
    folded = FoldedMessage("builds.main", '{"a": 1}', NOON, message_id="abc", whole="x" * 10_000)
    store.append(folded)
    assert store[0] == folded
    assert store.text(0) == display_text(folded)
    assert store.bytes > 10_000
    store.annotate(0, Annotation(text="corrected"))
    assert store[0] == replace(folded, text="corrected")


def test_what_is_trimmed_during_a_walk_is_left_out() -> None:
    store = Scrollback(BLOCK)
    entries = chatter(6 * BLOCK)
    store.extend(entries[: 2 * BLOCK])
    walk = iter(store)
    assert next(walk) == entries[0]
    store.extend(entries[2 * BLOCK :])
    assert set(walk) <= set(entries[:BLOCK])


@pytest.mark.parametrize("seq", [-1, 3, BLOCK])
def test_numbers_that_are_not_held_are_refused(seq: int) -> None:
    store = Scrollback(1000)
    store.extend(chatter(3))
    assert seq not in store
    for ask in (store.__getitem__, store.text, store.ordinal, store.next, store.news_below):
        with pytest.raises(KeyError, match=str(seq)):
            ask(seq)


@pytest.mark.parametrize("max_lines", [1, 100, BLOCK, 1000])
def test_it_holds_the_newest_lines_and_at_most_two_blocks_more(max_lines: int) -> None:
    store = Scrollback(max_lines)
    entries = chatter(3000)
    for count, entry in enumerate(entries, 1):
        assert store.append(entry) == count - 1
        assert min(count, max_lines) <= len(store) < max_lines + 2 * BLOCK
    assert list(store) == entries[-len(store) :]


def test_big_texts_leave_room_for_fewer() -> None:
    store = Scrollback(100_000, Budget(20_000_000))
    for _ in range(5000):
        store.append(message("x" * 10_000))
        assert store.bytes < 20_000_000 + 2 * BLOCK * 10_500
    assert 1500 < len(store) < 2500


def test_a_full_block_stays_however_big_it_is() -> None:
    store = Scrollback(100_000, Budget(1))
    store.extend(chatter(3 * BLOCK + 1))
    assert len(store) == BLOCK + 1


def test_those_who_share_a_budget_give_way_in_turn_the_biggest_first() -> None:
    budget = Budget(10_000_000)
    quiet, one, other = (Scrollback(100_000, budget) for _ in range(3))
    quiet.extend(chatter(3 * BLOCK))
    for _ in range(3000):
        for store in (one, other):
            store.append(message("x" * 3_000))
    assert budget.bytes == quiet.bytes + one.bytes + other.bytes <= 10_000_000 + 4 * BLOCK * 3_400
    assert len(quiet) == 3 * BLOCK
    assert abs(len(one) - len(other)) <= BLOCK
    held = budget.bytes - one.bytes
    del store, one
    assert budget.bytes == held


def test_clearing_never_uses_a_number_again() -> None:
    store = Scrollback(1000)
    store.extend(chatter(BLOCK + 10))
    store.clear()
    assert (len(store), store.bytes, list(store), store.first, store.last) == (0, 0, [], None, None)
    seq = store.append(message("again"))
    assert seq >= BLOCK + 10
    assert (store.first, store.last, store[seq], len(store)) == (seq, seq, message("again"), 1)


def test_messages_are_counted_as_news_and_neither_notices_nor_what_is_filled_in() -> None:
    store = Scrollback(500)
    for number in range(2000):
        store.append(Notice("note", NOON) if number % 3 == 0 else message())
    news = set(seqs_of(store))
    hole = store.append(gap())
    store.insert([message(), message()], hole)
    store.insert([message(), Notice("note", NOON), message()])
    news.add(store.append(message()))
    seqs = seqs_of(store)
    for index in (0, 1, 2, 3, BLOCK + 5, -5, -4, -3, -2, -1):
        below = [seq for seq in seqs[index:][1:] if seq in news]
        assert store.news_below(seqs[index]) == sum(isinstance(store[seq], ChatMessage) for seq in below)


# Blocks that come in above others


def a_torn_store(max_lines: int = 100_000) -> tuple[Scrollback, int]:
    """Twenty messages, a gap notice whose `seq` is returned, and twenty messages."""
    store = Scrollback(max_lines)
    store.extend(message(f"old {n}") for n in range(20))
    hole = store.append(gap())
    store.extend(message(f"new {n}") for n in range(20))
    return store, hole


def test_older_entries_come_in_at_the_top_and_at_a_gap() -> None:
    store, hole = a_torn_store()
    old, new = [*store][:20], [*store][21:]
    older, filled = chatter(BLOCK + 7, 1), chatter(2 * BLOCK, 2)
    numbers = {seq: store[seq] for seq in seqs_of(store)}
    assert store.insert(older)
    assert store.insert(filled, hole)
    assert list(store) == [*older, *old, gap(), *filled, *new]
    assert len(store) == len(older) + len(filled) + 41
    assert {seq: store[seq] for seq in numbers} == numbers
    store.append(message("last"))
    assert list(store)[-2:] == [new[-1], message("last")]


def test_a_second_lot_at_the_same_place_is_above_the_first() -> None:
    store, hole = a_torn_store()
    for where in (None, hole):
        store.insert([message("b")], where)
        store.insert([message("a")], where)
    texts = [store.text(seq) for seq in seqs_of(store)]
    assert texts[:3] == ["a", "b", "old 0"]
    assert texts[22:26] == [display_text(gap()), "a", "b", "new 0"]


def test_a_gap_at_the_end_is_filled_before_what_comes_then() -> None:
    store = Scrollback(1000)
    store.extend([message("old"), gap()])
    assert store.last is not None
    assert store.insert([message("filled")], store.last)
    store.append(message("new"))
    assert [store.text(seq) for seq in seqs_of(store)] == ["old", display_text(gap()), "filled", "new"]


def test_what_is_older_can_come_into_an_empty_scrollback() -> None:
    store = Scrollback(1000)
    store.insert([])
    assert store.insertions == 0
    store.insert([message("older")])
    store.append(message("new"))
    assert list(store) == [message("older"), message("new")]


def test_the_order_is_told_by_ordinals_and_neighbours() -> None:
    store, hole = a_torn_store()
    store.insert(chatter(BLOCK + 1))
    ordinals = {seq: store.ordinal(seq) for seq in seqs_of(store)}
    assert store.renumberings == 0
    store.insert([message("older")])
    assert all(store.ordinal(seq) == ordinal for seq, ordinal in ordinals.items())
    store.insert(chatter(BLOCK + 1), hole)
    assert store.renumberings == 1
    seqs = seqs_of(store)
    assert seqs != sorted(seqs)
    assert [store.ordinal(seq) for seq in seqs] == sorted(store.ordinal(seq) for seq in seqs)
    assert [store.seq_at(store.ordinal(seq)) for seq in seqs] == seqs
    assert [store.next(seq) for seq in seqs] == [*seqs[1:], None]
    assert [store.next(seq, -1) for seq in seqs] == [None, *seqs[:-1]]


def test_an_ordinal_that_nothing_has_stands_for_the_entry_below() -> None:
    store, hole = a_torn_store()
    below = store.next(hole)
    assert below is not None
    assert store.seq_at(store.ordinal(hole) + 1) == below
    assert store.seq_at(-1000) == store.first
    assert store.last is not None
    assert store.seq_at(store.ordinal(store.last) + 1) is None


def test_a_gap_that_was_trimmed_is_filled_no_more() -> None:
    store, hole = a_torn_store(max_lines=BLOCK)
    store.extend(chatter(3 * BLOCK))
    before = list(store)
    assert store.insert([message("filled")], hole) is False
    assert list(store) == before


def test_blocks_come_in_at_gaps_only() -> None:
    store, hole = a_torn_store()
    with pytest.raises(ValueError, match="is no gap"):
        store.insert([message()], hole - 1)


def test_what_there_is_no_room_for_is_left_out() -> None:
    store = Scrollback(2 * BLOCK)
    entries = chatter(2 * BLOCK)
    store.extend(entries)
    older = chatter(5 * BLOCK, 1)
    store.insert(older)
    assert list(store)[-2 * BLOCK :] == entries
    assert 2 * BLOCK <= len(store) < 4 * BLOCK
    assert list(store) == [*older, *entries][-len(store) :]


def test_the_days_of_what_comes_in_are_said_and_that_below_it() -> None:
    store = Scrollback(1000)
    store.extend([message(at=NOON), gap(NOON)])
    hole = store.last
    store.append(message(at=NOON + 3 * DAY))
    store.insert([message(at=NOON + HOUR), message(at=NOON + DAY)], hole)
    store.insert([message(at=NOON - 2 * DAY), message(at=NOON - DAY)])
    assert [type(entry) is DaySeparator for entry in store] == [
        *(False, True, False, True),
        *(False, False),
        *(False, True, False),
        *(True, False),
    ]
    assert days(store) == [
        "Tuesday, 14 November 2023",
        "Wednesday, 15 November 2023",
        "Thursday, 16 November 2023",
        "Saturday, 18 November 2023",
    ]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"])
@pytest.mark.parametrize("start", [NOON - 30 * DAY, NOON + 110 * DAY], ids=["autumn", "spring"])
def test_a_day_begins_at_local_midnight_even_when_the_clock_changes(zone: str, start: float) -> None:
    moments = [start + quarter * 900 + offset for quarter in range(30 * 96) for offset in (0, 899)]
    store = Scrollback(100_000)
    with time_zone(zone):
        store.extend(message(at=at) for at in moments)
        new_days = [
            at for before, at in pairwise(moments) if time.localtime(before)[:3] != time.localtime(at)[:3]
        ]
    assert [entry.at for entry in store if isinstance(entry, DaySeparator)] == new_days


def test_another_day_is_announced_once() -> None:
    store = Scrollback(1000)
    for hours in (0, 11, 12, 13, 35, 72):
        store.append(message(at=NOON + hours * HOUR))
    assert days(store) == ["Thursday, 16 November 2023", "Saturday, 18 November 2023"]
    assert [isinstance(entry, DaySeparator) for entry in store].index(True) == 2


def test_a_separator_that_is_given_is_not_doubled() -> None:
    store = Scrollback(1000)
    store.extend([message(at=NOON), DaySeparator(NOON + DAY), message(at=NOON + DAY)])
    assert days(store) == ["Thursday, 16 November 2023"]


def test_the_day_is_known_after_clearing() -> None:
    store = Scrollback(1000)
    store.append(message(at=NOON))
    store.clear()
    store.append(message(at=NOON + 60))
    assert days(store) == []
    store.append(message(at=NOON + DAY))
    assert len(days(store)) == 1


def test_a_message_takes_at_most_290_bytes_beyond_its_text() -> None:
    store = Scrollback(1_000_000)
    count, size = 20_000, 0
    tracemalloc.start()
    try:
        for number in range(count):
            text = f"{number:060}"
            nick = "".join(["nick", str(number % 100)])
            message_id = f"{number:036}"
            store.append(
                ChatMessage(nick, text, NOON + number / 100, sent_at=number / 7, message_id=message_id)
            )
            size += len(text)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert (taken - size) / count <= 290
    assert taken * 0.8 < store.bytes < taken * 1.2


def test_a_nick_is_held_once() -> None:
    store = Scrollback(1000)
    for _ in range(2):
        store.append(message(nick="".join(["an", "n"])))
    first, second = store
    assert isinstance(first, ChatMessage)
    assert isinstance(second, ChatMessage)
    assert first.nick is second.nick


def test_strangers_who_make_up_who_they_are_are_counted() -> None:
    store = Scrollback(1_000_000)
    tracemalloc.start()
    try:
        for number in range(5_000):
            sender = Occupant("bob", f"{number:064}", "guest", f"{number:0255}")
            store.append(
                ChatMessage("bob", "hello", NOON + number, message_id=f"{number:036}", sender=sender)
            )
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken * 0.7 < store.bytes < taken * 1.3


def test_who_says_much_is_counted_once_in_a_block() -> None:
    store, alone = Scrollback(1000), Scrollback(1000)
    sender = Occupant("bob", "5e55", "bob", "mine")
    for _ in range(100):
        store.append(ChatMessage("bob", "hello", NOON, sender=sender))
        alone.append(ChatMessage("bob", "hello", NOON))
    assert store[2] == ChatMessage("bob", "hello", NOON, sender=sender)
    assert store.bytes < alone.bytes + 1_000


def test_how_bad_news_is_and_what_is_folded_come_back() -> None:
    store = Scrollback(1000)
    entries = [
        ChatMessage("ci", "dump", NOON, level="fail"),
        ChatMessage("ci", "dump", NOON, roughly=True),
        ChatMessage("ci", "dump", NOON, roughly=None, level="warn"),
        FoldedMessage("ci", "{", NOON, whole="{\n}"),
        FoldedMessage("ci", "{", NOON, whole="{\n}", level="warn"),
        ChatMessage("bob", "hello", NOON),
    ]
    for entry in entries:
        store.append(entry)
    assert [entry for entry in store if isinstance(entry, ChatMessage)] == entries
