"""Entries that are added together, against the same added one by one."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, Entry, FoldedMessage, LinkedMessage, Occupant
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.scrollback.block import BLOCK, Block
from tests.scrollback.support import HOUR, NOON, chatter, goings_on

_RARE: list[Entry] = [
    ChatMessage("bob", "hello", NOON, message_id="abc", sender=Occupant("bob", "1")),
    ChatMessage("bob", "failed", NOON, level="fail"),
    FoldedMessage("builds", "{…}", NOON, whole="x" * 20_000),
    LinkedMessage("ann", "yes", NOON, answers="abc"),
    ChatMessage("ann", "y" * 16_000, NOON),
    ChatMessage("ann", "漢" * 16_000, NOON),
]


def _entries(count: int, seed: int, rare: int) -> list[Entry]:
    """All kinds, with more or fewer of the rare and long ones, on several days."""
    random = Random(seed)
    entries = [
        random.choice(_RARE) if random.random() < rare / 10 else entry for entry in goings_on(count, seed)
    ]
    at = NOON
    for index, entry in enumerate(entries):
        at += (
            random.choice([0.0, 0.0, 0.0, 0.0, 60.0, 0.01 * HOUR, 5 * HOUR]) if random.random() < 0.1 else 0.0
        )
        entries[index] = (
            replace(entry, received_at=at) if isinstance(entry, ChatMessage) else replace(entry, at=at)
        )
    return entries


def _sums(block: Block) -> tuple[object, ...]:
    names = "first", "ordinal", "bytes", "lines", "cells", "extra_rows", "chats", "faded"
    return tuple(getattr(block, name) for name in names)


@given(st.integers(0, 1_000), st.sampled_from([0, 1, 5]), st.lists(st.integers(1, 700), min_size=1))
def test_they_are_kept_and_counted_alike(seed: int, rare: int, sizes: list[int]) -> None:
    entries = _entries(sum(sizes) % 1_500, seed, rare)
    one_by_one, together = Scrollback(1_000), Scrollback(1_000)
    for entry in entries:
        one_by_one.append(entry)
    waiting = entries
    while waiting:
        size = sizes[len(waiting) % len(sizes)]
        together.extend(waiting[:size])
        waiting = waiting[size:]
    assert list(together) == list(one_by_one)
    assert [_sums(block) for block in together.blocks] == [_sums(block) for block in one_by_one.blocks]
    assert (together.bytes, len(together)) == (one_by_one.bytes, len(one_by_one))


def test_messages_of_one_day_take_a_step_for_each_block(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    add = Block.add

    def count(block: Block, entries: list[Entry]) -> int:
        sizes.append(added := add(block, entries))
        return added

    monkeypatch.setattr(Block, "add", count)
    Scrollback(10_000).extend(chatter(4 * BLOCK))
    assert sizes == [1, BLOCK - 1, BLOCK, BLOCK, BLOCK]
