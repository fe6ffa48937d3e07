"""The wire convention: whatever comes in is read, cleaned and limited; what goes out is plain."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amqpchat_tui import __version__
from amqpchat_tui.model import Bearing, ChatMessage, ConversationId, Occupant, OutboxLine, Severity
from amqpchat_tui.wire.lines import ANONYMOUS, TEXT_MAX_LINES, decode, encode
from amqpchat_tui.wire.text import (
    NICK_MAX_CHARACTERS,
    TEXT_MAX_BYTES,
    WireError,
    check_body,
)
from tests.wire.arrived import arrived

from .wild import (
    ACUTE,
    EMBEDDINGS,
    FSI,
    ISOLATES,
    JAMO_VOWEL,
    LRE,
    LRI,
    LRO,
    MARKS_MAX,
    PDF,
    PDI,
    RLE,
    RLI,
    RLO,
    ZERO_WIDTH,
    assert_shows_safely,
    few,
    is_control,
    longest_run_of_marks,
    many,
    wild_bytes,
    wild_texts,
    wild_values,
)

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
NOW = NOON.timestamp()


def read(body: bytes | str, routing_key: object = "bob") -> ChatMessage:
    raw = body.encode() if isinstance(body, str) else body
    return decode(arrived(raw, routing_key), received_at=NOW)


def nick_of(routing_key: object) -> str:
    return read(b"hello", routing_key).nick


def typed(body: str, *, nick: str = "bob", typed_at: float = NOW) -> OutboxLine:
    return OutboxLine(
        ConversationId.room("lobby"), message_id="id-1", nick=nick, body=body, typed_at=typed_at
    )


class TestReadingText:
    @pytest.mark.parametrize(
        ("body", "text"),
        [
            pytest.param(b"hello", "hello", id="plain"),
            pytest.param("Grüße 漢字 👍🏽 👩‍👩‍👧".encode(), "Grüße 漢字 👍🏽 👩‍👩‍👧", id="unicode"),
            pytest.param(b"", "", id="empty"),
            pytest.param(b"a\xff\xfeb\xc3", "a\ufffd\ufffdb\ufffd", id="invalid UTF-8"),
            pytest.param(b"\xed\xa0\x80", "\ufffd\ufffd\ufffd", id="surrogate in UTF-8"),
            pytest.param(b"a\x00b", "a␀b", id="NUL"),
            pytest.param(b"\x1b[31mred\x1b[0m", "␛[31mred␛[0m", id="SGR sequence"),
            pytest.param(b"\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇", id="OSC 52, the clipboard"),
            pytest.param(b"\x1b]0;owned\x1b\\", "␛]0;owned␛\\", id="title sequence"),
            pytest.param("\x9b2J".encode(), "\ufffd2J", id="C1 control sequence introducer"),
            pytest.param(b"a\x7fb", "a␡b", id="DEL"),
            pytest.param(b"[red]markup[/] and [/", "[red]markup[/] and [/", id="markup is text"),
            pytest.param(b"a\tb", "a\tb", id="tab"),
            pytest.param(b"  a  ", "  a  ", id="blanks"),
            pytest.param(b"a\r\nb\rc\nd", "a\nb\nc\nd", id="line ends"),
            pytest.param("a\u2028b\u2029c".encode(), "a\nb\nc", id="separators"),
            pytest.param(b"a\n\nb\r\n\n", "a\n\nb", id="trailing newlines"),
        ],
    )
    def test_body_becomes(self, body: bytes, text: str) -> None:
        assert read(body).text == text

    @pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
    def test_no_control_character_passes(self, code: int) -> None:
        text = read(f"a{chr(code)}b").text
        assert text[0] + text[-1] == "ab"
        assert chr(code) in "\n\t" or chr(code) not in text

    @pytest.mark.parametrize(
        ("line", "closed"),
        [
            pytest.param(f"a{RLO}b", f"a{RLO}b{PDF}", id="override"),
            pytest.param(f"{LRE}a{RLE}b", f"{LRE}a{RLE}b{PDF}{PDF}", id="embeddings"),
            pytest.param(f"{FSI}a", f"{FSI}a{PDI}", id="isolate"),
            pytest.param(f"{RLI}a{LRO}b", f"{RLI}a{LRO}b{PDF}{PDI}", id="innermost first"),
            pytest.param(f"{LRI}a{RLO}b{PDI}c", f"{LRI}a{RLO}b{PDI}c", id="PDI ends embeddings within"),
            pytest.param(f"{RLO}a{LRI}b{PDF}c{PDI}", f"{RLO}a{LRI}bc{PDI}{PDF}", id="PDF ends no isolate"),
            pytest.param(f"{RLE}a{PDF} {LRI}b{PDI}", f"{RLE}a{PDF} {LRI}b{PDI}", id="closed already"),
            pytest.param(f"a{PDF}b{PDI}", "ab", id="stray closers"),
            pytest.param(f"{RLO}a{PDI}b", f"{RLO}ab{PDF}", id="PDI without its isolate"),
            pytest.param(f"{RLO}a\nb{PDF}", f"{RLO}a{PDF}\nb", id="each line by itself"),
        ],
    )
    def test_directions_are_closed_at_the_end_of_their_line(self, line: str, closed: str) -> None:
        assert read(line).text == closed

    def test_directions_are_nested_to_a_bounded_depth(self) -> None:
        text = read(f"{RLO}a" * 1000).text
        assert text == f"{RLO}a" * 16 + "a" * (1000 - 16) + PDF * 16

    @pytest.mark.parametrize("mark", [ACUTE, "\u200b", "\ufe0f", "\u20e3", JAMO_VOWEL])
    def test_an_endless_run_of_marks_is_cut(self, mark: str) -> None:
        assert read("a" + mark * 5000 + "b").text == "a" + mark * MARKS_MAX + "b"

    def test_10_000_combining_marks_are_cut(self) -> None:
        text = read("a" + ACUTE * 10_000).text
        assert text.startswith("a" + ACUTE * MARKS_MAX + " … (")

    @pytest.mark.parametrize(
        "text",
        [
            "—" * 100,
            "🎉" * 100,
            "👩‍👩‍👧" * 30,
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ],
    )
    def test_long_runs_of_symbols_and_emoji_are_kept(self, text: str) -> None:
        assert read(text).text == text

    def test_5_mb_are_shown_up_to_16_kib(self) -> None:
        text = read(b"x" * 5_000_000).text
        assert text == "x" * TEXT_MAX_BYTES + " … (4.8 MB more)"

    @pytest.mark.parametrize(
        ("excess", "note"),
        [(1, "1 byte more"), (812, "812 bytes more"), (3 * 1024, "3 kB more"), (5000, "4.9 kB more")],
    )
    def test_it_says_how_much_is_not_shown(self, excess: int, note: str) -> None:
        assert read(b"x" * (TEXT_MAX_BYTES + excess)).text.endswith(f"x … ({note})")

    def test_a_text_of_16_kib_is_shown_whole(self) -> None:
        assert read(b"x" * TEXT_MAX_BYTES).text == "x" * TEXT_MAX_BYTES

    @pytest.mark.parametrize("offset", range(4))
    def test_the_cut_splits_no_character(self, offset: int) -> None:
        assert "\ufffd" not in read(b"x" * offset + "😀".encode() * TEXT_MAX_BYTES).text

    def test_only_what_is_shown_is_decoded(self) -> None:
        class Huge(bytes):
            def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
                raise AssertionError("all of the body was decoded")

        assert read(Huge(b"x" * (TEXT_MAX_BYTES + 1))).text.endswith("x … (1 byte more)")

    def test_1_000_newlines_are_shown_up_to_200_lines(self) -> None:
        text = read("line\n" * 1000).text
        assert text == "line\n" * TEXT_MAX_LINES + "… (800 more lines)"

    def test_a_single_line_too_many(self) -> None:
        assert read("line\n" * 201).text.endswith("\nline\n… (1 more line)")

    def test_200_lines_are_shown_whole(self) -> None:
        body = "\n".join(["line"] * TEXT_MAX_LINES)
        assert read(body).text == body

    def test_too_many_lines_and_too_many_bytes(self) -> None:
        text = read(b"ab\n" * 1_000_000).text
        assert text.split("\n")[:TEXT_MAX_LINES] == ["ab"] * TEXT_MAX_LINES
        assert text.endswith("\n… (5262 more lines, then 2.8 MB more)")


class TestActions:
    @pytest.mark.parametrize(
        ("body", "action", "text"),
        [
            ("/me waves", True, "waves"),
            ("/me  waves\nand smiles", True, " waves\nand smiles"),
            ("/me ", True, ""),
            ("/me", False, "/me"),
            ("/meow", False, "/meow"),
            ("/me\twaves", False, "/me\twaves"),
            ("/ME waves", False, "/ME waves"),
            (" /me waves", False, " /me waves"),
        ],
    )
    def test_an_action_begins_exactly_with_me_and_a_space(self, body: str, action: bool, text: str) -> None:
        message = read(body)
        assert (message.action, message.text) == (action, text)


class TestReadingNicks:
    @pytest.mark.parametrize(
        ("routing_key", "nick"),
        [
            pytest.param("bob", "bob", id="plain"),
            pytest.param("Jane Doe", "Jane Doe", id="with a blank"),
            pytest.param("Zoë", "Zoë", id="unicode"),
            pytest.param("Zoe\u0308", "Zoë", id="normalised"),
            pytest.param(b"bob", "bob", id="bytes"),
            pytest.param(b"b\xffb", "b\ufffdb", id="invalid UTF-8"),
            pytest.param("", ANONYMOUS, id="empty"),
            pytest.param(" \t ", ANONYMOUS, id="blank"),
            pytest.param("\u200b\u202e", ANONYMOUS, id="invisible"),
            pytest.param("\u2800\u3164", ANONYMOUS, id="blank letters"),
            pytest.param(ACUTE, ANONYMOUS, id="only a mark"),
            pytest.param(None, ANONYMOUS, id="missing"),
            pytest.param(42, ANONYMOUS, id="wrong type"),
            pytest.param("bob\n", "bob", id="a script's newline"),
            pytest.param("bob\n12:00 alice: hi", "bob␊12:00 alice: hi", id="faked line"),
            pytest.param("bob\r\n\u2028alice", "bob␊␊alice", id="other line ends"),
            pytest.param("a\tb", "a␉b", id="tab"),
            pytest.param("\x1b[2Jbob\x07", "␛[2Jbob␇", id="control characters"),
            pytest.param("b\u200bo\ufeffb", "bob", id="zero-width"),
            pytest.param(f"{RLO}bob{LRI}", "bob", id="bidi"),
            pytest.param("a" + ACUTE * 200, "á" + ACUTE * MARKS_MAX, id="marks"),
            pytest.param("[red]", "[red]", id="markup is text"),
            pytest.param("bob ✓ ✔\ufe0f✅", "bob · ··", id="check marks"),
        ],
    )
    def test_routing_key_becomes(self, routing_key: object, nick: str) -> None:
        assert nick_of(routing_key) == nick

    def test_255_bytes_are_cut_to_32_characters(self) -> None:
        assert nick_of("x" * 255) == "x" * 31 + "…"
        assert nick_of("x" * 32) == "x" * 32

    def test_a_speaker_s_lines_share_one_nick(self) -> None:
        first, second = (nick_of(b"".join([b"Zo", b"\xc3\xab"])) for _ in range(2))
        assert first is second


class TestEncoding:
    def test_what_travels(self) -> None:
        outgoing = encode(typed("/me grüßt", typed_at=NOW + 0.987), "5e55")
        assert outgoing.routing_key == "bob"
        assert outgoing.body == "/me grüßt".encode()
        assert outgoing.message_id == "id-1"
        assert outgoing.timestamp == NOON
        assert outgoing.headers == {"sent_at_ms": int(NOW) * 1000 + 987, "session": "5e55"}
        assert outgoing.app_id == f"amqpchat/{__version__}"
        assert (outgoing.content_type, outgoing.content_encoding) == ("text/plain", "utf-8")
        assert outgoing.delivery_mode == 1

    @many
    @given(wild_texts, st.floats(NOW, NOW + 1e9))
    def test_a_clean_text_comes_back_as_it_was(self, text: str, typed_at: float) -> None:
        try:
            body = check_body(text)
        except WireError:
            assume(False)
        assume(body.count("\n") < TEXT_MAX_LINES)
        sent = encode(typed(body, typed_at=typed_at), "5e55")
        message = decode(
            arrived(
                sent.body,
                sent.routing_key,
                message_id=sent.message_id,
                timestamp=sent.timestamp,
                headers=sent.headers,
            ),
            received_at=NOW,
        )
        assert ("/me " + message.text if message.action else message.text) == body
        assert (message.nick, message.message_id) == ("bob", "id-1")
        assert message.who == Occupant("bob", "5e55")
        assert message.sent_at == pytest.approx(typed_at, abs=0.001, rel=0)


class TestWhateverComesIn:
    @many
    @given(body=wild_bytes, values=st.lists(wild_values, min_size=4, max_size=4))
    def test_a_message_comes_out(self, body: bytes, values: list[object]) -> None:
        routing_key, message_id, timestamp, headers = values
        properties: dict[str, Any] = {
            "message_id": message_id,
            "timestamp": timestamp,
            "headers": {"sent_at_ms": headers},
        }
        message = decode(arrived(body, routing_key, **properties), received_at=NOW)
        assert_shows_safely(message.text)
        assert not message.text.endswith("\n")

    @few
    @given(body=wild_bytes, filler=st.integers(0, 4), line=st.sampled_from(["\n", "漢", RLO, "a" + ACUTE]))
    def test_a_long_message_is_safe_and_bounded(self, body: bytes, filler: int, line: str) -> None:
        text = read(body + line.encode() * TEXT_MAX_BYTES + b"x" * filler).text
        assert_shows_safely(text)
        assert text.count("\n") <= TEXT_MAX_LINES
        assert len(text) <= 2 * TEXT_MAX_BYTES

    @many
    @given(st.one_of(wild_bytes, wild_texts))
    def test_a_nick_is_one_short_visible_line(self, routing_key: bytes | str) -> None:
        nick = nick_of(routing_key)
        assert nick.strip()
        assert len(nick) <= NICK_MAX_CHARACTERS
        assert not [character for character in nick if is_control(character)]
        assert not {*ZERO_WIDTH, *EMBEDDINGS, *ISOLATES, PDF, PDI} & set(nick)
        assert longest_run_of_marks(nick) <= MARKS_MAX
        assert nick_of(nick) == nick


@pytest.mark.parametrize("level", ["info", "warn", "fail", None])
def test_how_bad_news_is_travels_in_a_header(level: Severity | None) -> None:
    line = OutboxLine(
        ConversationId.room("ops"), "0123", "ci", "dump: exit 1", 1.0, bearing=Bearing(level=level)
    )
    sent = encode(line, "5e55")
    assert sent.headers.get("level") == level
    assert decode(arrived(sent.body, "ci", headers=sent.headers), received_at=NOW).level == level


@pytest.mark.parametrize("level", ["FAIL", "", 1, True, ["fail"], None, b"fail"])
def test_a_level_that_is_none_counts_as_missing(level: object) -> None:
    assert decode(arrived(b"x", "ci", headers={"level": level}), received_at=NOW).level is None
