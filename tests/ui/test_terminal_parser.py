"""The parser of what the terminal sends: keys, pastes, reports, and what makes no sense."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from amqpchat_tui.ui.terminal_parser import BURST_ROWS, BURST_ROWS_AMONG_KEYS, PASTE_END, PASTE_START, Parser


def parse(*reads: str) -> list[str]:
    """What comes out until the terminal is quiet: keys, pastes in quotes, other events in brackets."""
    parser = Parser()
    parsed = [event for data in reads for event in parser.feed(data)]
    return [shown(event) for event in parsed + parser.idle()]


def shown(event: Message) -> str:
    if isinstance(event, events.Key):
        return event.key
    return repr(event.text) if isinstance(event, events.Paste) else f"<{type(event).__name__}>"


def typed(*reads: str) -> str:
    """The text that comes out, as keys or in pastes."""
    parser = Parser()
    parsed = [event for data in reads for event in parser.feed(data)] + parser.idle()
    return "".join(
        event.text if isinstance(event, events.Paste) else event.character or ""
        for event in parsed
        if isinstance(event, (events.Key, events.Paste))
    )


def cut(sent: str, cuts: list[int]) -> list[str]:
    """Reads that give `sent`, cut where `cuts` says."""
    edges = sorted({0, len(sent), *(place for place in cuts if place < len(sent))})
    return [sent[start:end] for start, end in itertools.pairwise(edges)]


places = st.lists(st.integers(0, 60), max_size=8)

_PIECES = [
    *(
        "\x1b",
        "\x1b[",
        "\x1bO",
        "[",
        "]",
        "O",
        "M",
        "u",
        "~",
        "$",
        "y",
        "t",
        "R",
        "<",
        "?",
        "=",
        ">",
        ";",
        ":",
        "-",
    ),
    *(
        "0",
        "1",
        "5",
        "13",
        "27",
        "48",
        "97",
        "200",
        "201",
        "1114112",
        "55296",
        "57399",
        "57441",
        "1094",
        "99999999999",
    ),
    *(
        "\x1b[97;5:1u",
        "\x1b[97;5:3u",
        "\x1b[1094::119;5u",
        "\x1b[0;;233:8205u",
        "\x1b[1;5:2A",
        "\x1b[::;::;::u",
    ),
    *(
        "\x1b[48;0;0;0;0t",
        "\x1b[48;9;9;9;9t",
        "\x1b[?2048;1$y",
        "\x1b[?2026;2$y",
        "\x1b[<0;5;5M",
        "\x1b[<0;0;-5m",
    ),
    *(
        "\x1b[<35;99999999999;5M",
        "\x1b[M !!",
        "\x1b[9;9R",
        "\x1b[I",
        "\x1b[O",
        PASTE_START,
        PASTE_END,
        "\x1b]11;rgb:1\x07",
    ),
    *(
        "\x1bP>|tmux\x1b\\",
        "\x00",
        "\x7f",
        "\x80",
        "\x9b",
        "\x9b5u",
        "\t",
        "\n",
        "a",
        "é",
        "٣",
        "\u2028",
        "\ufffd",
        "👩\u200d👧",
    ),
]
anything = st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=25).map("".join)


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("\x1b\r", ["alt+enter"]),
        ("\x1bd\x1bd", ["alt+d", "alt+d"]),
        ("\x1bD\x1b1\x1bz", ["alt+shift+d", "alt+1", "alt+z"]),
        ("\x1b\x7f\x17", ["alt+backspace", "ctrl+w"]),
        ("a\nb\r", ["a", "ctrl+j", "b", "enter"]),
        ("\x1b[A\x1bOA\x1b[1;3A", ["up", "up", "alt+up"]),
        ("\x1b[1;3D\x1b[1;3C", ["alt+left", "alt+right"]),
        ("\x1b[5;5~\x1b[6;5~\x1b[5^\x1b[6^", ["ctrl+pageup", "ctrl+pagedown"] * 2),
        ("one\x1b2two\r\x1b0", [*"one", "alt+2", *"two", "enter", "alt+0"]),
        ("\x1bo\x1b[5~", ["alt+o", "pageup"]),
        ("\x1b[[A\x1b[3$\x1b[Z", ["f1", "shift+delete", "shift+tab"]),
        ("\x1b", ["escape"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1b\x15", ["escape", "ctrl+u"]),
        ("\x1b/me\x1b.", ["escape", "slash", "m", "e", "escape", "full_stop"]),
        ("\x1b[", ["alt+left_square_bracket"]),
        ("\x1bO!", ["alt+shift+o", "exclamation_mark"]),
    ],
)
def test_keys(sent: str, keys: list[str]) -> None:
    assert parse(sent) == keys


@pytest.mark.parametrize(
    ("sent", "keys", "text"),
    [
        ("\x1b[97;;97u", ["a"], "a"),
        ("\x1b[97:65;2;65u", ["A"], "A"),
        ("\x1b[97:65;2u", ["A"], "A"),
        ("\x1b[97;2u", ["A"], "A"),
        ("\x1b[97;5:1u", ["ctrl+a"], ""),
        ("\x1b[97;5:2u", ["ctrl+a"], ""),
        ("\x1b[97;5:3u", [], ""),
        ("\x1b[97;1:3;97u", [], ""),
        ("\x1b[1094::119;5u", ["ctrl+w"], ""),
        ("\x1b[1094:1062:119;6u", ["ctrl+shift+w"], ""),
        ("\x1b[1080::98;3u", ["alt+b"], ""),
        ("\x1b[1094::119;;1094u", ["ц"], "ц"),
        ("\x1b[122::119;5u", ["ctrl+z"], ""),  # a French keyboard's z stands where the American's w does
        ("\x1b[49;3u\x1b[38::49;3u", ["alt+1", "alt+1"], ""),  # a French keyboard's 1 is &
        ("\x1b[57417;3u\x1b[57418;3u\x1b[57421;5u", ["alt+left", "alt+right", "ctrl+pageup"], ""),
        ("\x1b[0;;26085:26412u", ["日", "本"], "日本"),
        ("\x1b[98;3;8747u", ["integral"], "∫"),  # Option on a Mac
        ("\x1b[160;;160u\x1b[0;;8205u", ["no_break_space", "zero_width_joiner"], "\u00a0\u200d"),
        ("\x1b[13u\x1b[13;2u\x1b[13;129u", ["enter", "shift+enter", "enter"], "\r\r"),
        ("\x1b[1;5:1A\x1b[1;1:3A\x1b[3;2~", ["ctrl+up", "shift+delete"], ""),
        ("\x1b[57414u\x1b[57399;129;48u\x1b[57417u", ["enter", "0", "left"], "\r0"),
        ("\x1b[57441;2u\x1b[57442;5:3u\x1b[60000u", [], ""),
        ("\x1b[55296u\x1b[1114112;5u\x1b[0u\x1b[7;;7u\x1b[99999999999u", [], ""),
        ("\x1b[::;::;::u\x1b[;;;;;u\x1b[u", [], ""),
    ],
)
def test_key_reports_of_kitty(sent: str, keys: list[str], text: str) -> None:
    assert parse(sent) == keys
    assert typed(sent) == text


@pytest.mark.parametrize(
    "report",
    [
        "\x1b[48;0;0;0;0t",  # sizes were not asked for
        "\x1b[?2048;1$y",
        "\x1b[<0;0;-5M",
        "\x1b[<0;99999999999;5M",
        "\x1b[M !!",
        "\x1b[24;80R",
        "\x1b[99z",
        "\x1b[?1;2c",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1bP>|tmux 3.4\x1b\\",
        "\x1b[" + "1;" * 500 + "u",
    ],
)
def test_what_means_nothing_types_nothing(report: str) -> None:
    for size in 1, 3, len(report):
        reads = [report[start : start + size] for start in range(0, len(report), size)]
        assert parse("a", *reads, "b") == ["a", "b"]


def test_reports_that_are_known() -> None:
    assert parse("\x1b[I\x1b[<0;5;5M\x1b[<0;5;5m\x1b[?2026;2$y\x1b[O") == [
        *("<AppFocus>", "<MouseDown>", "<MouseUp>"),
        *("<TerminalSupportsSynchronizedOutput>", "<AppBlur>"),
    ]


@given(anything, places)
@example("\x1b[97;5:1u", [3])
def test_reads_may_cut_anything_anywhere(sent: str, cuts: list[int]) -> None:
    sent = sent.replace("\r", "")  # Enters that come at once are another matter
    assert parse(*cut(sent, cuts)) == parse(sent)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\r\r\t")), places)
def test_no_text_is_lost_nor_comes_in_another_order(text: str, cuts: list[int]) -> None:
    assert typed(*cut(text, cuts)) == text


# Pastes


def test_a_paste_is_text_whatever_is_in_it() -> None:
    inside = "x\x1b[31mred\x1b[0m\r/quit\rend \x1b7"
    seen = parse(f"a{PASTE_START}{inside}{PASTE_END}b", "c")
    assert seen == ["a", repr(inside.replace("\x1b", "␛")), "b", "c"]


@given(
    st.text(alphabet=st.sampled_from("ab\r\x1b[201~7m"), max_size=30).filter(lambda t: PASTE_END not in t),
    places,
)
def test_reads_may_split_a_paste_anywhere(inside: str, cuts: list[int]) -> None:
    seen = parse(*cut(f"x{PASTE_START}{inside}{PASTE_END}y", cuts), "z")
    assert [item for item in seen if item[0] in "'\""] == [repr(inside.replace("\x1b", "␛"))]
    assert [item for item in seen if item[0] not in "'\""] == ["x", "y", "z"]


ROWS = "\r".join(f"row {number}" for number in range(BURST_ROWS))


@pytest.mark.parametrize("size", [7, 16, 1000])
def test_rows_that_come_at_once_are_a_paste(size: int) -> None:
    reads = [ROWS[start : start + size] for start in range(0, len(ROWS), size)]
    assert parse(*reads) == [repr(ROWS)]
    assert parse(*reads, "\x1b[<35;5;5M") == [repr(ROWS), "<MouseMove>"]


def test_very_many_rows_are_a_paste_even_with_a_key_behind_them() -> None:
    rows = "row\r" * BURST_ROWS_AMONG_KEYS
    assert parse(f"{rows}\x01", "b") == [repr(rows), "ctrl+a", "b"]


@pytest.mark.parametrize(
    "sent",
    [
        "goodbye\r/quit\r",
        "\r\r\r\r",
        "one\rtwo\rthre\x7fee\rfour\r",
        "one\rtwo\rthree\r\x1b[Afour\r",
        "one\x1b\rtwo\x1b\rthree\x1b\rfour\r",
    ],
)
def test_keys_typed_ahead_are_keys(sent: str) -> None:
    assert not [item for item in parse(sent) if item[0] in "'\""]


def test_one_key_at_a_time_is_no_paste_however_many_rows_there_are() -> None:
    assert parse(*("yes\r" * 5)) == ["y", "e", "s", "enter"] * 5


def test_a_key_is_never_held_back_unless_text_came_at_once_behind_an_enter() -> None:
    parser = Parser()
    for key in "h", "i", "\r", "text", "\n", "\r":
        assert len(parser.feed(key)) == len(key)
        assert parser.patience is None
    assert parser.feed("on\re") == []
    assert parser.patience is not None
    assert [shown(event) for event in parser.idle()] == ["o", "n", "enter", "e"]


def test_a_sequence_behind_rows_that_came_at_once_may_be_cut() -> None:
    parser = Parser()
    for first in "\x1b", "\x1b[":
        parsed = [*parser.feed(f"\rhello{first}"), *parser.idle(), *parser.feed("[H"[len(first) - 1 :])]
        assert [shown(event) for event in parsed] == ["enter", *"hello", "home"]
