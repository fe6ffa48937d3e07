"""What a typed search means."""

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.actions.searching import SEARCH_MAX_CHARACTERS, read_search, read_time
from amqpchat_tui.model import LogSearch
from amqpchat_tui.wire.text import WireError

NOW = datetime(2026, 9, 30, 12, 0).timestamp()


def at(*moment: int) -> float:
    return datetime(*moment).timestamp()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", LogSearch()),
        ("  dump   failed ", LogSearch(words=("dump", "failed"))),
        ('"disk full" now', LogSearch(words=("disk full", "now"))),
        ('"disk fu', LogSearch(words=("disk fu",))),
        ('dump "', LogSearch(words=("dump",))),
        ("from:bob x", LogSearch(words=("x",), nicks=("bob",))),
        ("FROM:bob From:carol", LogSearch(nicks=("bob", "carol"))),
        ('from:"Anna B" in:ops', LogSearch(nicks=("Anna B",), rooms=("ops",))),
        ("in:@bob", LogSearch(rooms=("@bob",))),
        ("to:me dump", LogSearch(words=("dump",), to_me=True)),
        ("TO:Me", LogSearch(to_me=True)),
        ("to:bob", None),
        ("to:", None),
        ("x from: bob", None),
        ("in:", None),
        ("since:", None),
        ("until: x", None),
        ("since:2d", LogSearch(since=NOW - 2 * 86400)),
        ("since:90m until:1H", LogSearch(since=NOW - 5400, until=NOW - 3600)),
        ("since:1w", LogSearch(since=NOW - 7 * 86400)),
        ("since:2026-09-01", LogSearch(since=at(2026, 9, 1))),
        ("until:2026-09-01", LogSearch(until=at(2026, 9, 2))),
        ("until:2026-09-01T10:30", LogSearch(until=at(2026, 9, 1, 10, 30))),
        ('until:"2026-09-01 10:30"', LogSearch(until=at(2026, 9, 1, 10, 30))),
        ("since:9:05", LogSearch(since=at(2026, 9, 30, 9, 5))),
        ("since:99999w", LogSearch(since=0.0)),
        ("since:soon", None),
        ("since:25:00", None),
        ("since:2026-02-30", None),
        ("since:-2d", None),
        ("until:0001-01-01", LogSearch(until=0.0)),
        ("https://x.example/from:bob", LogSearch(words=("https://x.example/from:bob",))),
        ("time:now", LogSearch(words=("time:now",))),
    ],
)
def test_a_search_is_read_or_refused_with_what_may_be_said(text: str, expected: LogSearch | None) -> None:
    if expected is None:
        with pytest.raises(WireError, match=r"say"):
            read_search(text, NOW)
    else:
        assert read_search(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("from:", "say from whom, as in from:bob"),
        (
            "since:soon",
            "“soon” is no time: say it as in 2d, 3h or 30m, or a day as in 2026-09-30, or a time as in 10:00",
        ),
        ("x" * (SEARCH_MAX_CHARACTERS + 1), "a search has at most 500 characters"),
    ],
)
def test_what_is_wrong_is_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(WireError) as caught:
        read_search(text, NOW)
    assert str(caught.value) == reason


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    told = ""
    try:
        read_search(text, NOW)
    except WireError as error:
        told = str(error)
    assert told.isprintable()


def test_a_time_is_told_from_now() -> None:
    assert read_time("1m") == pytest.approx(time.time() - 60, abs=30)
