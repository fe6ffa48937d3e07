import time
import tracemalloc
from itertools import pairwise

import pytest

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, Notice
from amqpchat_tui.scrollback import Scrollback, display_text
from amqpchat_tui.scrollback.store import BLOCK
from tests.scrollback.support import DAY, HOUR, NOON, chatter, message, time_zone


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
    assert [store[seq] for seq in range(store.first, store.end)] == entries
    assert list(store.texts(0, 3)) == [display_text(entry) for entry in entries]


def test_a_range_may_span_blocks_and_reach_beyond_what_is_held() -> None:
    store = Scrollback(BLOCK)
    entries = chatter(4 * BLOCK)
    store.extend(entries)
    assert store.first > 0
    assert list(store.entries(-5, store.end + 5)) == entries[store.first :]
    start, end = store.first + 3, store.first + BLOCK + 7
    assert list(store.entries(start, end)) == entries[start:end]
    assert list(store.entries(end, start)) == []


def test_what_is_trimmed_during_a_walk_is_left_out() -> None:
    store = Scrollback(BLOCK)
    entries = chatter(6 * BLOCK)
    store.extend(entries[: 2 * BLOCK])
    walk = store.entries(0, 2 * BLOCK)
    assert next(walk) == entries[0]
    store.extend(entries[2 * BLOCK :])
    assert set(walk) <= set(entries[:BLOCK])


@pytest.mark.parametrize("seq", [-1, 3])
def test_numbers_beyond_the_ends_are_refused(seq: int) -> None:
    store = Scrollback(1000)
    store.extend(chatter(3))
    with pytest.raises(IndexError, match=f"{seq} is not within 0 to 3"):
        store[seq]


@pytest.mark.parametrize("max_lines", [1, 100, BLOCK, 1000])
def test_it_holds_the_newest_lines_and_at_most_two_blocks_more(max_lines: int) -> None:
    store = Scrollback(max_lines)
    entries = chatter(3000)
    for count, entry in enumerate(entries, 1):
        assert store.append(entry) == count - 1
        assert min(count, max_lines) <= len(store) < max_lines + 2 * BLOCK
    assert list(store) == entries[store.first :]


def test_big_texts_leave_room_for_fewer() -> None:
    store = Scrollback(100_000, max_bytes=20_000_000)
    for _ in range(5000):
        store.append(message("x" * 10_000))
        assert store.bytes < 20_000_000 + 2 * BLOCK * 10_500
    assert 1500 < len(store) < 2500


def test_a_full_block_stays_however_big_it_is() -> None:
    store = Scrollback(100_000, max_bytes=1)
    store.extend(chatter(3 * BLOCK + 1))
    assert len(store) == BLOCK + 1


def test_clearing_never_uses_a_number_again() -> None:
    store = Scrollback(1000)
    store.extend(chatter(BLOCK + 10))
    before = store.end
    store.clear()
    assert (len(store), store.bytes, list(store), store.chats_since(0)) == (0, 0, [], 0)
    assert store.first == store.end >= before
    seq = store.append(message("again"))
    assert seq >= before
    assert (store.first, store[seq], len(store)) == (seq, message("again"), 1)


def test_chats_are_counted_without_notices() -> None:
    store = Scrollback(500)
    for number in range(2000):
        store.append(Notice("note", NOON) if number % 3 == 0 else message())
    for seq in (0, store.first, store.first + 1, store.first + BLOCK + 5, store.end - 1, store.end):
        expected = sum(isinstance(entry, ChatMessage) for entry in store.entries(seq, store.end))
        assert store.chats_since(seq) == expected


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


def test_a_message_takes_at_most_400_bytes_beyond_its_text() -> None:
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
    assert (taken - size) / count <= 400
    assert taken * 0.8 < store.bytes < taken * 1.2


def test_a_nick_is_held_once() -> None:
    store = Scrollback(1000)
    for _ in range(2):
        store.append(message(nick="".join(["an", "n"])))
    first, second = store
    assert isinstance(first, ChatMessage)
    assert isinstance(second, ChatMessage)
    assert first.nick is second.nick
