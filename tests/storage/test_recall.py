"""Lines that were entered outlive the program."""

from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.model import RECALL_MAX_LINES
from amqpchat_tui.storage.files import state_file

from .support import database, look, open_store, written


async def entered() -> list[str]:
    """What the next start finds."""
    async with open_store() as store:
        return list(await store.recall.latest())


async def test_there_is_none_before_the_first_line() -> None:
    assert await entered() == []


async def test_lines_are_kept_in_order_and_repetitions_once() -> None:
    async with open_store() as store:
        for line in "one", "two\nrows", "two\nrows", "grüß dich", "one":
            store.recall.add(line)
    assert await entered() == ["one", "two\nrows", "grüß dich", "one"]


async def test_two_programs_add_to_the_same_lines() -> None:
    async with open_store() as store, open_store() as other:
        store.recall.add("one")
        await written(store)
        other.recall.add("two")
        await written(other)
        store.recall.add("three")
    assert await entered() == ["one", "two", "three"]


async def test_they_are_bounded() -> None:
    lines = [f"line {number}" for number in range(RECALL_MAX_LINES + 10)]
    async with open_store() as store:
        for line in lines:
            store.recall.add(line)
    assert await entered() == lines[-RECALL_MAX_LINES:]
    with look() as connection:
        assert connection.execute("SELECT count(*) FROM entered").fetchone() == (RECALL_MAX_LINES,)


async def test_what_is_forgotten_is_nowhere_in_the_files() -> None:
    async with open_store() as store:
        store.recall.add("nobody needs to know")
        await written(store)
        store.recall.forget()
        store.recall.add("public")
    assert await entered() == ["public"]
    assert list(state_file("").iterdir()) == [database()]
    assert b"nobody needs" not in database().read_bytes()


@given(st.text(st.characters(exclude_categories=())))
async def test_whatever_was_entered_comes_back_clean(text: str) -> None:
    async with open_store() as store:
        store.recall.forget()
        store.recall.add(f"before{text}")
        store.recall.add("behind")
    lines = await entered()
    assert lines[-1] == "behind"
    assert len(lines) == 2
    assert "\x1b" not in lines[0]


async def test_control_characters_and_what_is_no_text_do_not_come_back_from_the_disk() -> None:
    async with open_store() as store:
        store.recall.add("one")
    with look() as connection:
        connection.execute("INSERT INTO entered (line) VALUES ('a' || char(27) || '[31m'), (7.5), (x'ff')")
        connection.execute("INSERT INTO entered (line) VALUES (CAST(x'62ff' AS TEXT))")
    lines = await entered()
    assert [lines[0], len(lines)] == ["one", 4]
    assert lines[2:] == ["7.5", "b\N{REPLACEMENT CHARACTER}"]
    assert not any("\x1b" in line for line in lines)
