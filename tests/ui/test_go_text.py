"""What the bar for where to go offers, and how its rows read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rich.cells import cell_len

from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConversationId, ConversationKind
from amqpchat_tui.ui.bars.go_text import Columns, Offer, offers, row
from tests.ui.panels import listed

OPS, LAB, ALERTS = (
    listed(1, "ops", shown=True),
    listed(2, "lab", unread=3),
    listed(10, "alerts", problem="user ann lacks `read`"),
)
ALL = {one.id: one for one in (OPS, LAB, ALERTS)}


def offered(text: str, *found: Listed, here: Sequence[str] = ()) -> Sequence[Offer]:
    def find(wanted: str) -> Sequence[ConversationId]:
        assert wanted == text
        return [one.id for one in found]

    def find_people(wanted: str) -> Sequence[str]:
        assert wanted == text.removeprefix("@")
        return here

    return offers(text, find, find_people, ALL | {one.id: one for one in found})


def drawn(all_offers: Sequence[Offer], picked: int, cells: int) -> list[str]:
    columns = Columns.of(all_offers)
    return [
        "".join(part.text for part in row(offer, columns, cells, picked=index == picked))
        for index, offer in enumerate(all_offers)
    ]


def test_what_is_found_is_offered_and_no_room_without_a_name() -> None:
    assert offered("", LAB, OPS) == [Offer(LAB), Offer(OPS)]
    assert offered(" ", LAB, OPS) == [Offer(LAB), Offer(OPS)]


def test_a_name_that_is_not_there_is_offered_to_be_joined_last() -> None:
    assert offered("la", LAB) == [Offer(LAB), Offer(room="la")]
    assert offered("build", *()) == [Offer(room="build")]
    assert offered("lab", LAB) == [Offer(LAB)]


@pytest.mark.parametrize("text", ["+x", "+", "@bo", "=amq"])
def test_a_kind_is_not_to_be_joined(text: str) -> None:
    assert offered(text) == [Offer(reason="There is none.")]
    assert offered(text, LAB) == [Offer(LAB)]


def test_behind_an_at_sign_people_are_offered_whom_one_has_not_written_to() -> None:
    bob = listed(4, "bob", kind=ConversationKind.PRIVATE)
    people = offered("@", bob, here=["bob", "carol"])
    assert people == [Offer(bob), Offer(nick="carol")]
    assert drawn(people, 1, 20) == [f"{row:<20}" for row in ("  4 @bob", "❯ write to carol")]
    assert offered("@x", here=[]) == [Offer(reason="There is none.")]
    assert offered("bo", here=["bob"]) == [Offer(room="bo")]


def test_what_can_be_no_room_is_told_where_nothing_is_found() -> None:
    (reason,) = offered("ops.events")
    assert reason.reason.startswith("Names that end in .events are reserved")
    assert offered("amq.", ALERTS) == [Offer(ALERTS)]


def test_rows_stand_in_columns() -> None:
    all_offers = [Offer(LAB), Offer(ALERTS), Offer(OPS), Offer(room="a"), Offer(reason="No.")]
    assert [text.rstrip() for text in drawn(all_offers, 1, 60)] == [
        "   2 lab    3",
        "❯ 10 alerts ✕  user ann lacks `read`",
        "   1 ops",
        "  join a",
        "  No.",
    ]


@pytest.mark.parametrize("cells", [1, 2, 5, 12, 40])
def test_no_row_is_wider_than_the_screen(cells: int) -> None:
    wide = listed(3, "日本語の部屋" * 9, unread=1000, mentions=2)
    for text in drawn([Offer(wide), Offer(ALERTS), Offer(room="x" * 99)], 0, cells):
        assert cell_len(text) == cells
