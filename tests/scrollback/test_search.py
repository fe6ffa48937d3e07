"""Searching: newest first, in slices, by smart case."""

from __future__ import annotations

import pytest
from hypothesis import given

from amqpchat_tui.model import ChatMessage, Entry, Notice, NoticeKind
from amqpchat_tui.scrollback import display_text
from amqpchat_tui.scrollback.block import BLOCK
from amqpchat_tui.scrollback.search import SLICE_ENTRIES, Search, nearest
from amqpchat_tui.scrollback.store import Scrollback
from tests.test_matching import texts


def store_of(*texts: str) -> Scrollback:
    store = Scrollback(100_000)
    store.extend(ChatMessage("bob", text, 1_800_000_000.0) for text in texts)
    return store


def found(store: Scrollback, query: str) -> list[str]:
    search = Search(store, query)
    while not search.done:
        search.step()
    entries = [store[seq] for seq in search.hits]
    return [entry.text for entry in entries if isinstance(entry, ChatMessage)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("one", ["ONE", "One", "one"]), ("One", ["One"]), ("o.e", []), ("x", [])],
)
def test_cases_differ_only_for_a_query_with_a_capital(query: str, expected: list[str]) -> None:
    assert found(store_of("one", "two", "One", "ONE"), query) == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ismail", "İSMAİL"),
        ("kelvin", "\u212aelvin"),
        ("όδος", "ΌΔΟΣ"),
        ("straße", "STRASSE"),
        ("strasse", "Straße"),
        ("café", "cafe\u0301"),
        ("cafe\u0301", "Café"),
        ("bob", "Ｂｏｂ"),
        ("太郎", "太郎さん"),
        ("é", "Cafe\u0301"),
    ],
)
def test_letters_whose_cases_are_not_pairs_are_found(query: str, text: str) -> None:
    assert found(store_of(text, "other"), query) == [text]
    assert Search(store_of(text), query).spans(text)


def test_a_query_with_a_capital_matches_however_its_letters_are_made_up() -> None:
    assert found(store_of("Cafe\u0301", "café", "CAFÉ"), "Café") == ["Cafe\u0301"]


def test_a_query_that_nobody_sees_finds_nothing() -> None:
    assert found(store_of("one", "\u200b"), "\u200b") == []


def test_what_overlaps_is_marked_once() -> None:
    assert Search(store_of("x"), "aa").spans("aaa b aaaa") == [(0, 3), (6, 10)]


@given(texts, texts, texts)
def test_what_is_found_is_marked(before: str, query: str, after: str) -> None:
    store = store_of(before + query + after)
    search = Search(store, query)
    search.step()
    assert bool(search.hits) == bool(search.spans(display_text(store[0])))


def test_a_step_looks_at_one_slice_of_the_newest() -> None:
    store = store_of(*(f"hit {n}" for n in range(2 * SLICE_ENTRIES + 1)))
    search = Search(store, "hit")
    search.step()
    assert len(search.hits) == SLICE_ENTRIES
    assert search.hits[0] == store.last
    assert 0 < search.progress < 1
    search.step()
    search.step()
    assert search.done
    assert search.progress == 1
    assert search.hits == sorted(search.hits, reverse=True)


def test_entries_trimmed_meanwhile_are_no_fault() -> None:
    store = Scrollback(256)
    store.extend(ChatMessage("bob", f"hit {n}", 1_800_000_000.0) for n in range(300))
    search = Search(store, "hit")
    store.extend(ChatMessage("bob", "new", 1_800_000_000.0) for _ in range(2000))
    search.step()
    assert search.done


def test_what_is_shown_is_found_also_where_it_was_not_sent_so() -> None:
    store = store_of("some", "a\tb", "others")
    store.append(ChatMessage("carol", "waves\tat bob", 1_800_000_000.0, action=True))
    store.append(Notice("a\tnotice", 1_800_000_000.0))
    assert found(store, "a   b") == ["a\tb"]
    assert found(store, "carol waves   at") == ["waves\tat bob"]
    search = Search(store, "a   notice")
    search.step()
    assert search.hits == [store.last]
    assert found(store, "some\na") == []


def test_an_empty_scrollback_is_searched_at_once() -> None:
    search = Search(Scrollback(1000), "x")
    assert (search.done, search.progress, search.hits) == (True, 1.0, [])


def test_spans_are_in_characters_of_the_text() -> None:
    search = Search(store_of("x"), "ab")
    assert search.spans("ab İ AB xaB") == [(0, 2), (5, 7), (9, 11)]


def test_the_nearest_is_found_in_both_directions() -> None:
    store = store_of(*("HIT" if n in (3, 700, 701) else "miss" for n in range(1000)))
    looked_at: list[str] = []

    def wanted(entry: Entry) -> bool:
        assert isinstance(entry, ChatMessage)
        looked_at.append(entry.text)
        return entry.text == "HIT"

    def go(seq: int, step: int) -> int | None:
        return nearest(store, seq, step, wanted, lambda texts: "HIT" in texts)

    assert [go(999, -1), go(701, -1), go(700, -1), go(699, -1), go(2, -1)] == [701, 701, 700, 3, None]
    assert [go(0, 1), go(3, 1), go(4, 1), go(701, 1), go(702, 1)] == [3, 3, 700, 701, None]
    assert len(looked_at) < 9 * BLOCK


def test_what_comes_in_above_is_found_in_its_order_and_hits_stay() -> None:
    store = store_of("hit at first", "other")
    hole = store.append(Notice("a gap", 1_800_000_000.0, NoticeKind.GAP))
    store.extend(ChatMessage("bob", f"hit {n}", 1_800_000_000.0) for n in range(SLICE_ENTRIES))
    search = Search(store, "hit")
    search.step()
    hits = list(search.hits)
    store.insert([ChatMessage("bob", f"filled hit {n}", 1_800_000_000.0) for n in range(300)], hole)
    store.insert([ChatMessage("bob", f"older hit {n}", 1_800_000_000.0) for n in range(300)])
    while not search.done:
        search.step()
    assert search.hits[:SLICE_ENTRIES] == hits
    texts = [store.text(seq) for seq in search.hits]
    assert texts[:SLICE_ENTRIES] == [f"hit {n}" for n in reversed(range(SLICE_ENTRIES))]
    assert texts[SLICE_ENTRIES:] == ["hit at first", *(f"older hit {n}" for n in reversed(range(300)))]
    assert search.progress == 1
    above = store.next(hits[-1], -1)
    assert above is not None
    assert store.text(above) == "filled hit 299"
    assert (
        nearest(store, above, -1, lambda _: True, lambda texts: "older" in texts)
        == search.hits[SLICE_ENTRIES + 1]
    )
