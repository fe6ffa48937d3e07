"""Where a line of the log stands."""

from msgspec.structs import replace

from amqpchat_tui.chat.lookup import SAME_SECONDS, find_line, read_around
from amqpchat_tui.chat.past import FROM_LOG
from amqpchat_tui.model import LoggedLine, Notice
from amqpchat_tui.scrollback import Annotation, Scrollback
from tests.support.fake_client import message

from .support import OPS


def scrollback(*entries: object) -> Scrollback:
    store = Scrollback(1000)
    store.extend(entries)  # type: ignore[arg-type]
    return store


def test_a_line_is_found_by_its_id_and_by_its_words() -> None:
    line = replace(message("bob", "a\tb\nc", at=5.0), message_id="1")
    store = scrollback(line, Notice("a\tb\nc", 5.0), message("bob", "a", at=5.0))
    seq = find_line(store, line)
    assert seq is not None
    assert store[seq] == line
    assert find_line(store, replace(line, received_at=9.0)) == seq
    for other in (replace(line, message_id="2"), replace(line, nick="carol"), replace(line, text="a b")):
        assert find_line(store, other) is None


def test_of_lines_without_an_id_the_time_tells() -> None:
    first, second = (message("bob", "ok", at=at) for at in (5.0, 5.0 + 2 * SAME_SECONDS))
    store = scrollback(first, second)
    seqs = [find_line(store, replace(line, received_at=line.received_at + 0.1)) for line in (first, second)]
    assert [store[seq] for seq in seqs if seq is not None] == [first, second]
    assert find_line(store, replace(first, received_at=50.0)) is None
    assert find_line(scrollback(), first) is None


def test_what_is_hidden_is_not_there() -> None:
    store = scrollback(message("bob", "ok", at=5.0), message("bob", "more", at=6.0))
    assert store.first is not None
    store.annotate(store.first, Annotation(hidden=True))
    assert find_line(store, message("bob", "ok", at=5.0)) is None


def test_what_was_said_around_it_is_read_alone() -> None:
    lines = [LoggedLine(number, OPS, message("bob", f"line {number}", at=5.0)) for number in range(1, 400)]
    reader = read_around(lines)
    reader.resize(40, 10)
    assert reader.store.first is not None
    assert reader.store.text(reader.store.first) == FROM_LOG
    assert len(reader.store) == 400
    assert find_line(reader.store, lines[0].message) is not None
    assert len(read_around([]).store) == 0
