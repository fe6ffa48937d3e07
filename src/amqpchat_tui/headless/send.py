"""`amqpchat send`: says something in the room, and makes sure that it was heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from amqpchat_tui.config import Settings
from amqpchat_tui.headless.participant import Participant
from amqpchat_tui.headless.streams import read_lines, tell
from amqpchat_tui.model import Fate
from amqpchat_tui.wire.lines import ACTION_PREFIX
from amqpchat_tui.wire.text import WireError, check_body

PATIENCE_SECONDS = 30.0
"""How long nothing may be confirmed before `send` gives up, unless it is said."""
LINES_UNDER_WAY = 1000
"""With so many unconfirmed, no more are read."""


async def send(
    settings: Settings, text: str | None, *, action: bool = False, patience: float = PATIENCE_SECONDS
) -> int:
    """Say a text, or without one each line of standard input but blank ones; return the exit code.

    A line counts as confirmed when it has come back from the room: then the broker has taken it for sure.
    `patience` is for how many seconds nothing may be confirmed; with 0, each broker is tried once.
    """
    participant = Participant(settings, listens=False, one_try=not patience)
    speech = _Speech(participant, ACTION_PREFIX if action else "", patience or None)
    try:
        await participant.run(speech.give(_standard_input() if text is None else _just(text)))
    except TimeoutError:
        tell(f"gave up: nothing was confirmed within {patience:g} s")
    if lost := speech.failed + len(participant.outbox):
        tell(f"not confirmed: {lost} line{'s' if lost > 1 else ''}")
    return 1 if lost or participant.refused else 0


async def _just(text: str) -> AsyncIterator[str]:
    yield text


async def _standard_input() -> AsyncIterator[str]:
    async for line in read_lines():
        if line.strip():
            yield line


class _Speech:
    """Lines on their way to the room."""

    def __init__(self, participant: Participant, prefix: str, patience: float | None) -> None:
        self.failed = 0
        """How many lines cannot be sent."""
        self._participant = participant
        self._prefix = prefix
        self._patience = patience

    async def give(self, texts: AsyncIterator[str]) -> None:
        """Say each text, and wait until the room has heard the last.

        Raises:
            TimeoutError: if that takes more patience than there is.
        """
        async for text in texts:
            self._say(text)
            await self._until_fewer_than(LINES_UNDER_WAY)
        await self._until_fewer_than(1)

    def _say(self, text: str) -> None:
        try:
            self._participant.say(check_body(self._prefix + check_body(text)))
        except WireError as error:
            self._fail(str(error), text)

    async def _until_fewer_than(self, limit: int) -> None:
        while (under_way := self._under_way()) >= limit:
            async with asyncio.timeout(self._patience):
                while self._under_way() >= under_way:
                    await self._participant.news()

    def _under_way(self) -> int:
        """Count the lines that may still be heard, and give up those that may not."""
        for line in self._participant.outbox:
            if line.fate is Fate.FAILED:
                self._participant.withdraw(line)
                self._fail(line.reason, line.body)
        return len(self._participant.outbox)

    def _fail(self, reason: str, text: str) -> None:
        self.failed += 1
        tell(": ".join(filter(None, ("not sent", reason, text[:60].strip()))))
