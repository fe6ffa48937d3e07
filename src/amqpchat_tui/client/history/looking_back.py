"""Going back through the whole of a room's history, for who looks for something that was said there."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence

from msgspec.structs import replace

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.history import stream
from amqpchat_tui.client.history.problems import HistoryProblem, NoHistory
from amqpchat_tui.client.history.replay import read_back
from amqpchat_tui.client.history.room_history import RoomHistory
from amqpchat_tui.client.history.times import with_times
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import ChatMessage, HistoryError

PAGE_LINES = 500
"""How many lines are read at once."""
MOST_MESSAGES = 200_000
"""How far it is gone back at most."""


async def look_back(history: RoomHistory, beside: Link) -> AsyncGenerator[Sequence[ChatMessage], None]:
    """Go through pages of a history, the newest first, each with its oldest line first.

    `beside` is the connection on which the room is. Nothing of it is shown or heard by this.

    Raises:
        HistoryError: if it cannot be read; there are no pages where there is none.
    """
    try:
        messages = await stream.look(beside.channels, history.stream)
        async with history.access.link(beside) as link:
            end = await stream.find_tail(link, history.stream, messages=messages) + 1
        last, until, more = end - MOST_MESSAGES, time.time(), end > 0
        while more and end > last:
            async with history.access.link(beside) as link:
                page = await read_back(link, history, end, PAGE_LINES)
            lines = with_times(history.peek(page.lines), until)
            session = history.wanted.session
            yield [line if line.who.session != session else replace(line, own=True) for line in lines]
            until = next((line.received_at for line in lines if line.roughly is not None), until)
            more = not page.trimmed and page.first < end
            end = page.first
    except NoHistory:
        return
    except (HistoryProblem, Lost) as problem:
        raise HistoryError(problem.reason) from problem
