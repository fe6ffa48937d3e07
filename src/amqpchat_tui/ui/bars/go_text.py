"""What the bar for where to go offers, and how its rows read. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Self

from msgspec import Struct
from rich.cells import cell_len

from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui.panels.panel_text import Look, Part, fill, fit, marks
from amqpchat_tui.wire.names import check_room
from amqpchat_tui.wire.text import WireError
from amqpchat_tui.wording.sentences import sentence

PICKED_MARK = "❯"
"""Marks the picked row, also where there are no colours."""

_PEOPLE = "@"
_SIGNS = ("+", _PEOPLE, "=")
"""What narrows to some kind begins no name of a room to join."""
_LABEL_CELLS = 32


class Offer(Struct, frozen=True):
    """A row of the bar: where to go, else whom to write to, which room to join, or why there is none."""

    listed: Listed | None = None
    nick: str = ""
    room: str = ""
    reason: str = ""


def offers(
    text: str,
    find: Callable[[str], Sequence[ConversationId]],
    find_people: Callable[[str], Sequence[str]],
    listing: Mapping[ConversationId, Listed],
) -> Sequence[Offer]:
    """What to offer for what was typed, the best first; a room that one is not in, last.

    For who looks for people, also those who are here and with whom there is no conversation yet.
    """
    found = [Offer(listing[identity]) for identity in find(text) if identity in listing]
    if text.startswith(_PEOPLE):
        known = {offer.listed.id.name for offer in found if offer.listed is not None}
        found += [Offer(nick=nick) for nick in find_people(text[1:]) if nick not in known]
    name = text.strip()
    if not name.startswith(_SIGNS) and name and name not in (one.label for one in listing.values()):
        try:
            return [*found, Offer(room=check_room(name))]
        except WireError as error:
            return found or [Offer(reason=sentence(str(error)))]
    return found or [Offer(reason="There is none.")]


class Columns(Struct, frozen=True):
    """How wide the columns are in which the rows of all offers stand, in cells."""

    digits: int
    label: int

    @classmethod
    def of(cls, all_offers: Sequence[Offer]) -> Self:
        """As wide as what stands in them, within bounds."""
        listed = [offer.listed for offer in all_offers if offer.listed is not None]
        return cls(
            max((len(str(one.number)) for one in listed), default=1),
            min(_LABEL_CELLS, max((cell_len(one.label) for one in listed), default=0)),
        )


def row(offer: Offer, columns: Columns, cells: int, *, picked: bool) -> Sequence[Part]:
    """An offer's row, of exactly so many cells."""
    return fill([Part(f"{PICKED_MARK if picked else ' '} "), *_parts(offer, columns)], cells)


def _parts(offer: Offer, columns: Columns) -> Sequence[Part]:
    if offer.nick:
        return [Part(f"write to {offer.nick}")]
    if (one := offer.listed) is None:
        return [Part(f"join {offer.room}") if offer.room else Part(offer.reason, Look.PROBLEM)]
    label = fit(one.label, columns.label)
    look = Look.MUTED if one.muted else Look.PLAIN
    name = Part(f"{one.number:>{columns.digits}} {label}{' ' * (columns.label - cell_len(label))}", look)
    return [name, *marks(one), *([Part(f"  {one.problem}", Look.MUTED)] if one.problem else [])]
