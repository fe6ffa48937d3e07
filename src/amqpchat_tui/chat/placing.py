"""Lines that come in above others: where each of them stands then."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.model import Entry
from amqpchat_tui.scrollback import Scrollback


def place(store: Scrollback, entries: Sequence[Entry], gap: int | None = None) -> Sequence[int]:
    """Put entries above all others, or below a gap; return the `seq` of each that is held, from the top.

    Among them are days. For the oldest there may be no room, and for none of them where the gap is gone.
    """
    there = {block.first for block in store.blocks}
    store.insert(entries, gap)
    came = [block for block in store.blocks if block.first not in there]
    return [seq for block in came for seq in range(block.first, block.end)]
