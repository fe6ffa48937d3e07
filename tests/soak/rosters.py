"""Whether each roster tells who is really in a room."""

import contextlib
import time
from collections.abc import Sequence

from amqpchat_tui.chat.people import budget
from amqpchat_tui.model import ConversationId
from tests.support.waiting import wait_until

from .people import Person

CONVERGE_SECONDS = budget.INTERVALS_UNTIL_GONE * budget.MIN_INTERVAL_SECONDS + 5.0
"""How long all may take to have heard of each other, with what a busy machine needs."""


async def converge(people: Sequence[Person], rooms: Sequence[ConversationId]) -> tuple[list[str], float]:
    """Wait until everybody's roster of each room has just all others; return what is wrong then, and when."""
    began = time.monotonic()
    with contextlib.suppress(AssertionError):  # what is returned tells it
        await wait_until(lambda: not _mistakes(people, rooms), CONVERGE_SECONDS)
    return _mistakes(people, rooms), time.monotonic() - began


def _mistakes(people: Sequence[Person], rooms: Sequence[ConversationId]) -> list[str]:
    nicks = {person.client.session: person.client.nick for person in people}
    mistakes = []
    for person in people:
        others = nicks.keys() - {person.client.session}
        for room in rooms:
            attendance = person.people.of(room)
            assert attendance is not None, "all are in all rooms by now"
            roster = attendance.roster
            heard = {one.who.session for one in roster if not roster.is_stale(one)}
            where = f"with {person.client.nick} in {room.name}"
            mistakes += [f"{nicks[session]} is missing {where}" for session in others - heard]
            mistakes += [
                f"{one.who.nick} is not here {where}" for one in roster if one.who.session not in nicks
            ]
    return mistakes
