"""Entries, texts and time zones for the tests of the scrollback."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from random import Random

import pytest
from hypothesis import strategies as st

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, Notice, NoticeKind
from amqpchat_tui.scrollback import Scrollback

NOON = 1_700_049_600.0
"""2023-11-15 12:00 UTC, a Wednesday."""
HOUR = 3600.0
DAY = 24 * HOUR

_PIECES = [*"ab 中é…", " ", "  ", "\n", "word", "https://example.org/a?b=c", "\u0301", "\u200d", "\ufe0f"]
_PIECES += ["👩\u200d💻", "❤\ufe0f", "日本語", "e\u0301", "한글", "🇩🇪", "\u200b"]

texts = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join) | st.text(
    st.characters(exclude_categories=["Cc", "Cs"]), max_size=60
)
"""Clean texts, with much of what is difficult to wrap."""


def message(text: str = "hello", nick: str = "ann", at: float = NOON) -> ChatMessage:
    return ChatMessage(nick=nick, text=text, received_at=at)


def gap(at: float = NOON) -> Notice:
    return Notice("No connection for 12 s: lines may be missing.", at, NoticeKind.GAP)


def seqs_of(store: Scrollback) -> list[int]:
    """The numbers of all entries, in their order."""
    return [seq for block in store.blocks for seq in range(block.first, block.end)]


def chatter(count: int, seed: int = 0) -> list[ChatMessage]:
    """Messages of 5 to 300 characters, most of them short, some of wide characters or of several lines."""
    return Random(seed).choices(_utterances(), k=count)


def goings_on(count: int, seed: int = 0) -> list[Entry]:
    """Chatter, with all else that a scrollback holds in between."""
    others: list[Entry] = [
        ChatMessage(
            "ann", "waves at 漢字\tand goes on for more than a row of a narrow screen", NOON, action=True
        ),
        message("if a:\n\tif b:\n\t\treturn a\tand b"),
        gap(),
        Notice("Commands:\n/quit\tLeave.", NOON),
        DaySeparator(NOON),
    ]
    return Random(seed).choices([*_utterances(), *others * 20], k=count)


@cache
def _utterances() -> list[ChatMessage]:
    random = Random(0)
    words = [
        "a",
        "the",
        "broker",
        "exchange",
        "wide 漢字",
        "two\nlines",
        "❤\ufe0f",
        "https://example.org/long/path",
    ]
    weights = [8, 8, 8, 8, 1, 1, 1, 1]

    def text() -> str:
        length = min(300, 5 + int(random.expovariate(1 / 55)))
        return " ".join(random.choices(words, weights, k=length // 5 + 1))[:length]

    return [message(text()) for _ in range(300)]


@contextmanager
def time_zone(name: str) -> Iterator[None]:
    """Let local time be that of a zone of the tz database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()
