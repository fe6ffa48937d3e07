"""A flood of what becomes of lines: it takes bounded memory, and leaves all with the same."""

from __future__ import annotations

from random import Random

import pytest
from msgspec.structs import replace

from amqpchat_tui.chat import outcomes
from amqpchat_tui.chat.reactions import KINDS_KEPT, PEOPLE_KEPT, LineReactions
from amqpchat_tui.chat.withdrawals import WITHDRAWALS_KEPT
from amqpchat_tui.model import LineEvent, Occupant

from .befalling import CAROL, SAID, befall, below, reaction, withdrawal
from .support import conversation, hear


def flood(number: int, what: str) -> LineEvent:
    """One of many hostile events, each with a name, a line or an emoji that was made up."""
    stranger = Occupant(f"n{number}", f"s{number}")
    match what:
        case "people":
            return reaction(who=stranger)
        case "kinds":
            return reaction(f"k{number}")
        case "lines":
            return reaction(about=f"line {number}")
        case "withdrawals":
            return withdrawal(stranger, about=f"line {number % 7}")
        case _:
            return reaction(f"k{number}", stranger, about=f"line {number % 3_000}")


@pytest.mark.parametrize("what", ["people", "kinds", "lines", "withdrawals", "all"])
def test_a_hostile_flood_takes_bounded_memory(what: str) -> None:
    room = conversation()
    hear(room, SAID, *(replace(SAID, message_id=f"line {number}") for number in range(100)))
    for start in range(0, 24_000, 500):
        befall(room, *(flood(number, what) for number in range(start, start + 500)))
    of = room.outcomes._of
    kept = [outcome.reactions.count for outcome in of.values()]
    assert len(of) <= outcomes.LINES_KEPT  # which nothing shows
    assert sum(kept) == room.outcomes._count <= outcomes.REACTIONS_KEPT
    assert max(kept) <= PEOPLE_KEPT * KINDS_KEPT
    assert all(len(outcome.withdrawals) <= WITHDRAWALS_KEPT for outcome in of.values())
    assert len(room.outcomes._waiting) <= outcomes.WAITING_KEPT
    befall(room, reaction("👍", Occupant("carol", "c0", "carol"), 1.0))
    assert any(reactions.startswith("👍 ") for reactions in below(room))


def test_lines_that_are_made_up_drive_out_nothing_of_lines_that_are_here() -> None:
    room = conversation()
    hear(room, SAID)
    befall(room, reaction())
    befall(room, *(flood(number, "lines") for number in range(10_000)))
    befall(room, reaction("👀", CAROL, 6.0))
    assert below(room) == ["👍 1  👀 1"]


def test_of_too_many_the_same_ones_are_kept_in_whatever_order_they_came() -> None:
    people = [Occupant(f"n{number}", f"s{number}") for number in range(PEOPLE_KEPT + 20)]
    checked = [Occupant(f"a{number}", "", f"a{number}") for number in range(5)]
    done = [reaction(who=who) for who in (*people, *checked)]
    done += [reaction(f"k{number}", checked[0]) for number in range(KINDS_KEPT + 5)]
    kept = []
    for seed in range(5):
        line_reactions = LineReactions()
        Random(seed).shuffle(done)
        for one in done:
            line_reactions.add(one)
        kept.append({(one.who, one.emoji) for one in line_reactions})
        assert line_reactions.count == len(kept[-1])
    assert all(one == kept[0] for one in kept)
    assert {who for who, _ in kept[0]}.issuperset(checked), "nobody makes up a checked account"
    assert sum(who == checked[0] for who, _ in kept[0]) == KINDS_KEPT


def test_lines_with_many_reactions_are_not_all_drawn_for_each_batch_of_a_flood() -> None:
    room = conversation()
    hear(room, *(replace(SAID, message_id=f"line {number}") for number in range(50)))
    drawn: list[int] = []
    count = room.scrollback.changes.count
    for number in range(100):
        befall(
            room,
            *(
                reaction(who=Occupant(f"n{number} {line}", f"s{number} {line}"), about=f"line {line}")
                for line in range(50)
            ),
        )
        drawn.append(room.scrollback.changes.count - count)
        count = room.scrollback.changes.count
    assert drawn[0] == 50
    assert max(drawn[90:]) <= outcomes.DRAWN / 90 + 1
    while room.outcomes.is_behind:
        assert room.outcomes.waits
        room.look()
    assert below(room) == ["👍 100"] * 50
