"""Comings and goings: of whom one is told, and as what."""

import pytest

from amqpchat_tui.chat.people.movements import MAX_TALKED, TALKED_SECONDS, Movements
from amqpchat_tui.chat.people.roster import Change, Movement
from amqpchat_tui.model import MovementLines

CAROL, DMITRI = (Change(Movement.CAME, nick) for nick in ("carol", "dmitri"))
BOB_LEAVES = Change(Movement.LEFT, "bob")
BOB_COMES = Change(Movement.CAME, "bob")


def test_consecutive_ones_are_one_row() -> None:
    movements = Movements(MovementLines.ALL)
    rows = []
    for change in CAROL, BOB_LEAVES, DMITRI:
        assert movements.take(change, 0)
        rows.append(movements.row)
    assert rows == ["→ carol", "→ carol ← bob", "→ carol, dmitri ← bob"]


def test_a_line_begins_another_row() -> None:
    movements = Movements(MovementLines.ALL)
    movements.take(CAROL, 0)
    movements.end_row()
    assert movements.row == ""
    movements.take(DMITRI, 0)
    assert movements.row == "→ dmitri"


def test_of_one_person_the_latest_counts() -> None:
    movements = Movements(MovementLines.ALL)
    for change in BOB_LEAVES, CAROL, BOB_COMES, Change(Movement.RENAMED, "bob", "rob"):
        movements.take(change, 0)
    assert movements.row == "→ carol bob is rob"


def test_none_are_told_when_off() -> None:
    movements = Movements(MovementLines.OFF)
    movements.spoke("bob", 0)
    assert not movements.take(BOB_LEAVES, 1)
    assert movements.row == ""


class TestSmart:
    def test_who_has_spoken_lately_is_told(self) -> None:
        movements = Movements(MovementLines.SMART)
        movements.spoke("bob", 0)
        assert not movements.take(CAROL, 1)
        assert movements.take(BOB_LEAVES, TALKED_SECONDS - 1)
        assert not movements.take(BOB_COMES, TALKED_SECONDS)

    @pytest.mark.parametrize(
        ("text", "told"), [("Carol: hi", True), ("see carol's", True), ("carolina", False)]
    )
    def test_who_was_named_is_told(self, text: str, told: bool) -> None:
        movements = Movements(MovementLines.SMART)
        movements.named(text, ["bob", "carol"], 0)
        assert movements.take(Change(Movement.LEFT, "carol"), 1) is told
        assert not movements.take(BOB_LEAVES, 1)

    def test_another_name_is_the_same_person(self) -> None:
        movements = Movements(MovementLines.SMART)
        movements.spoke("bob", 0)
        assert movements.take(Change(Movement.RENAMED, "bob", "rob"), 1)
        assert movements.take(Change(Movement.LEFT, "rob"), 2)

    def test_no_more_are_remembered_than_the_latest(self) -> None:
        movements = Movements(MovementLines.SMART)
        for number in range(MAX_TALKED + 1):
            movements.spoke(f"nick{number}", 0)
        assert not movements.take(Change(Movement.LEFT, "nick0"), 1)
        assert movements.take(Change(Movement.LEFT, "nick1"), 1)


def test_a_million_are_a_short_row() -> None:
    movements = Movements(MovementLines.ALL)
    for number in range(10_000):
        movements.take(Change(Movement.CAME, f"nick{number}"), 0)
    assert movements.row == "→ nick0, nick1, nick2, nick3 and 96 more and 9,900 more"
