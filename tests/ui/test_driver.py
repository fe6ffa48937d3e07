"""The parser of what the terminal sends."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from amqpchat_tui.ui.driver import PASTE_END, PASTE_START, Parser


def parse(*reads: str) -> list[str]:
    """What comes out: names of keys, and pastes in quotes."""
    parser = Parser()
    seen = []
    for data in reads:
        for event in parser.feed(data):
            if isinstance(event, events.Key):
                seen.append(event.key)
            elif isinstance(event, events.Paste):
                seen.append(repr(event.text))
    return seen


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("\x1b\r", ["alt+enter"]),
        ("\x1bd\x1bd", ["alt+d", "alt+d"]),
        ("\x1b[13;2u", ["shift+enter"]),
        ("a\nb\r", ["a", "ctrl+j", "b", "enter"]),
        ("\x1b[A\x1bOA\x1b[1;3A", ["up", "up", "alt+up"]),
        ("\x1bo\x1b[5~", ["alt+o", "pageup"]),
    ],
)
def test_keys(sent: str, keys: list[str]) -> None:
    assert parse(sent) == keys


def test_a_paste_is_text_whatever_is_in_it() -> None:
    inside = "x\x1b[31mred\x1b[0m\r/quit\rend \x1b7"
    seen = parse(f"a{PASTE_START}{inside}{PASTE_END}b", "c")
    assert seen == ["a", repr(inside.replace("\x1b", "␛")), "b", "c"]


@given(
    st.text(alphabet=st.sampled_from("ab\r\x1b[201~7m"), max_size=30).filter(lambda t: PASTE_END not in t),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_reads_may_split_a_paste_anywhere(inside: str, cuts: list[int]) -> None:
    sent = f"x{PASTE_START}{inside}{PASTE_END}y"
    edges = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    reads = [sent[start:end] for start, end in itertools.pairwise(edges)]
    seen = parse(*reads, "z")
    assert [item for item in seen if item[0] in "'\""] == [repr(inside.replace("\x1b", "␛"))]
    assert [item for item in seen if item[0] not in "'\""] == ["x", "y", "z"]
