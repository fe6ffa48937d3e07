"""However a program ends, and at whatever moment: the database is whole, and holds what was written."""

import random
import signal

import pytest

from .support import BROKERS, ROOM, bodies, look, open_store, program

TYPING = """
first = int(sys.argv[1])

async def main():
    store = DiskStore()
    store.start(lambda text: tell("complaint", text))
    lines = list(await store.outbox.claim(ROOM, BROKERS))
    tell("claimed", len(lines))
    for number in range(first, first + 100_000):
        lines.append(line(number))
        if number % 10 == 0:  # the room has heard it
            del lines[-1]
        store.outbox.keep(ROOM, BROKERS, lines)
        store.recall.add(f"line {number}")
        tell("typed", number)
        if number % 3 == 0:
            await store.recall.latest()
            tell("written", number)
"""
"""Types line after line, and says so; it also says up to which all has been written."""


def numbers(said: list[list[str]], word: str) -> list[int]:
    return [int(words[1]) for words in said if len(words) == 2 and words[0] == word]


@pytest.mark.parametrize("seed", range(3))
async def test_killed_at_any_moment_it_is_found_whole_with_all_that_was_written(seed: int) -> None:
    chance = random.Random(seed)
    expected: list[int] = []
    first = 1
    for _ in range(4):
        with program(TYPING, str(first)) as other:
            assert other.stdout is not None
            heard = [other.stdout.readline() for _ in range(chance.choice([0, 1, 2, 5, 40, 200]))]
            other.send_signal(signal.SIGKILL)
            heard += other.stdout.readlines()
        said = [words.split() for words in heard if words.endswith("\n")]
        assert not [words for words in said if words[0] == "complaint"]
        assert numbers(said, "claimed") in ([], [len(expected)])

        found = [int(body.split()[1]) for body in bodies()] if said else expected
        typed = [number for number in range(first, first + 100_000) if number % 10]
        assert found[: len(expected)] == expected
        new = found[len(expected) :]
        assert new == typed[: len(new)], "there is a hole"
        written = max(numbers(said, "written"), default=0)
        assert new[-1:] >= [number for number in typed if number <= written][-1:]
        if said:
            with look() as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        expected, first = found, max([first - 1, *found, *numbers(said, "typed")]) + 1
    async with open_store() as store:
        claimed = await store.outbox.claim(ROOM, BROKERS)
        assert [int(entry.body.split()[1]) for entry in claimed] == expected


LAST_WORDS = """
async def main():
    store = DiskStore()
    store.start(print)
    for number in range(200):
        store.outbox.keep(ROOM, BROKERS, [line(number) for number in range(number + 1)])
        store.recall.add(f"line {number}")
    tell(store.close())
"""


async def test_an_orderly_end_loses_nothing() -> None:
    with program(LAST_WORDS) as other:
        told, _ = other.communicate()
    assert told == "\n"
    assert bodies() == [f"line {number}" for number in range(200)]
    async with open_store() as store:
        assert list(await store.recall.latest()) == bodies()
