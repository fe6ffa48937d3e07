"""Text is cleaned, limited and checked, whoever wrote it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amqpchat_tui.wire.lines import decode
from amqpchat_tui.wire.text import (
    NICK_MAX_CHARACTERS,
    ROUTING_KEY_MAX_BYTES,
    TEXT_MAX_BYTES,
    WireError,
    check_body,
    check_nick,
    clean_line,
    clean_text,
)
from tests.wire.arrived import arrived

from .wild import (
    ACUTE,
    EMBEDDINGS,
    ISOLATES,
    PDF,
    PDI,
    RLO,
    ZERO_WIDTH,
    assert_shows_safely,
    is_control,
    many,
    wild_texts,
)


class TestOwnNick:
    @pytest.mark.parametrize(
        ("name", "nick"),
        [
            (" bob ", "bob"),
            ("Jane Doe", "Jane Doe"),
            ("Zoe\u0308", "Zoë"),
            ("漢" * 32, "漢" * 32),
            ("bob ✓", "bob ·"),
            ("x" * NICK_MAX_CHARACTERS, "x" * NICK_MAX_CHARACTERS),
        ],
    )
    def test_accepted(self, name: str, nick: str) -> None:
        assert check_nick(name) == nick

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            pytest.param("", "at least one visible character", id="empty"),
            pytest.param(" \t\n", "at least one visible character", id="blank"),
            pytest.param(ACUTE, "at least one visible character", id="only a mark"),
            pytest.param("x" * 33, "33 characters; a name has at most 32", id="characters"),
            pytest.param("漢" * 86, "258 bytes; a name has at most 255 bytes and 32 characters", id="bytes"),
            pytest.param("a\x1bb", "no control characters; this one has U+001B", id="escape"),
            pytest.param("a\nb", "no control characters; this one has U+000A", id="newline"),
            pytest.param("a\x85b", "no control characters; this one has U+0085", id="C1"),
            pytest.param("a\udcffb", "no control characters; this one has U+DCFF", id="undecodable argument"),
            pytest.param("a\u200bb", "no invisible characters; this one has U+200B", id="zero-width"),
            pytest.param(f"{RLO}bob", "no invisible characters; this one has U+202E", id="bidi"),
            pytest.param("a" + "\u0323" * 18, "at most 16 accents", id="marks"),
        ],
    )
    def test_refused_with_the_reason(self, name: str, reason: str) -> None:
        with pytest.raises(WireError) as caught:
            check_nick(name)
        assert reason in str(caught.value)

    @pytest.mark.parametrize("character", [*ZERO_WIDTH, *sorted(EMBEDDINGS | ISOLATES), PDF, PDI])
    def test_no_invisible_character_is_accepted(self, character: str) -> None:
        with pytest.raises(WireError, match="invisible"):
            check_nick(f"a{character}b")

    @many
    @given(st.one_of(wild_texts, st.text(st.characters(categories=["L", "M", "N", "P", "S"]), max_size=40)))
    @example("\u212b")
    def test_readers_see_an_accepted_name_as_it_is(self, name: str) -> None:
        try:
            nick = check_nick(name)
        except WireError:
            return
        assert len(nick.encode()) <= ROUTING_KEY_MAX_BYTES
        assert decode(arrived(routing_key=nick), received_at=0.0).nick == check_nick(nick) == nick


class TestOwnText:
    @pytest.mark.parametrize(
        ("text", "body"),
        [
            ("hello", "hello"),
            ("  two\n\tlines  \n", "  two\n\tlines  "),
            ("pasted \x1b[31mred\r\n", "pasted ␛[31mred"),
            (f"{RLO}abc", f"{RLO}abc{PDF}"),
            ("half \ud83d", "half \ufffd"),
        ],
    )
    def test_is_cleaned(self, text: str, body: str) -> None:
        assert check_body(text) == body

    @pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\u200d", "\u3000"])
    def test_blank_is_refused(self, text: str) -> None:
        with pytest.raises(WireError, match="the text is blank"):
            check_body(text)

    def test_too_long_is_refused_by_its_bytes(self) -> None:
        assert check_body("é" * (TEXT_MAX_BYTES // 2))
        with pytest.raises(WireError, match="the text is 2 bytes too long; a message has at most 16 kB"):
            check_body("é" * (TEXT_MAX_BYTES // 2 + 1))
        with pytest.raises(WireError, match=r"the text is 4\.5 MB too long"):
            check_body("x" * 4_735_000)


class TestCleanText:
    @many
    @given(wild_texts)
    def test_clean_text_stays_as_it_is(self, text: str) -> None:
        clean = clean_text(text)
        assert_shows_safely(clean)
        assert clean_text(clean) == clean


class TestCleanLine:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("ACCESS_REFUSED - no", "ACCESS_REFUSED - no"),
            (" two\nlines\there ", "two lines here"),
            (f"\x1b[2J{RLO}x\u200b", "␛[2Jx"),
            ("", ""),
        ],
    )
    def test_becomes_one_line(self, text: str, line: str) -> None:
        assert clean_line(text) == line

    def test_is_cut_at_its_limit(self) -> None:
        assert clean_line("x" * 201) == "x" * 199 + "…"
        assert clean_line("localhost", limit=6) == "local…"

    @many
    @given(wild_texts, st.integers(1, 60))
    def test_is_safe_short_and_stays_as_it_is(self, text: str, limit: int) -> None:
        line = clean_line(text, limit)
        assert not [character for character in line if is_control(character)]
        assert len(line) <= limit
        assert clean_line(line, limit) == line
