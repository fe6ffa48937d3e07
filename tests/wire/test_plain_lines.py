"""Lines of plain scripts, which are read together, against the same read one by one."""

from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.model import ChatMessage
from amqpchat_tui.wire.lines import TEXT_MAX_LINES, decode, decode_plain
from amqpchat_tui.wire.text import TEXT_MAX_BYTES
from tests.wire.arrived import arrived

_BODIES = (
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80).map(str.encode)
    | st.text(max_size=20).map(str.encode)
    | st.binary(max_size=10)
    | st.sampled_from(
        [b"", b"\n", b"/me waves", b"x" * (TEXT_MAX_BYTES + 1), b"\n" * (TEXT_MAX_LINES + 1), b"\x7f"]
    )
)


@given(st.lists(st.tuples(st.sampled_from([b"bob", b"", b"\xff"]), _BODIES), min_size=1))
def test_they_are_the_same(messages: list[tuple[bytes, bytes]]) -> None:
    together = decode_plain([arrived(body, nick) for nick, body in messages], received_at=1.0)
    assert together == [decode(arrived(body, nick, headers={}), received_at=1.0) for nick, body in messages]


def test_simple_ones_have_their_nicks_and_texts() -> None:
    said = [(b"bob", b"hello"), (b"", b" and so on "), (b"carol", b"")]
    lines = decode_plain([arrived(body, nick) for nick, body in said], received_at=1.0)
    assert lines == [
        ChatMessage("bob", "hello", 1.0),
        ChatMessage("anonymous", " and so on ", 1.0),
        ChatMessage("carol", "", 1.0),
    ]
