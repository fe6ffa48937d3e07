"""`amqpchat send`: says something in rooms, and makes sure that it was heard."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping

from amqpchat_tui.config import Settings
from amqpchat_tui.headless.participant import Participant
from amqpchat_tui.headless.streams import read_lines, tell
from amqpchat_tui.model import ConversationId, Fate, Severity
from amqpchat_tui.scrollback.code import fenced
from amqpchat_tui.wire.lines import ACTION_PREFIX
from amqpchat_tui.wire.text import WireError, check_body

PATIENCE_SECONDS = 30.0
"""How long nothing may be confirmed before `send` gives up, unless it is said."""
_PREFIXES: Mapping[Severity | None, str] = {"warn": "WARN ", "fail": "FAIL "}
"""How who sees no colour reads how bad the news is."""
LINES_UNDER_WAY = 1000
"""With so many unconfirmed, no more are read."""


async def send(
    settings: Settings,
    text: str | None,
    *,
    action: bool = False,
    code: str | None = None,
    level: Severity | None = None,
    patience: float = PATIENCE_SECONDS,
) -> int:
    """Say a text, or without one each line of standard input but blank ones; return the exit code.

    `code` is in which language the text is code, all of standard input as one; `level`, how bad it is.

    A line counts as confirmed when it has come back from each room: then the broker has taken it for sure.
    `patience` is for how many seconds nothing may be confirmed; with 0, each broker is tried once, and has
    the usual time for that.
    """
    one_try = not patience
    patience = patience or PATIENCE_SECONDS * len(settings.connection.brokers)
    participant = Participant(settings, listens=False, one_try=one_try)
    prefix = ACTION_PREFIX if action else _PREFIXES.get(level, "")
    speech = _Speech(participant, prefix, level, patience)
    texts = _just(text) if text is not None else _standard_input()
    if code is not None:
        texts = _as_code(texts if text is not None else read_lines(), code)
    try:
        await participant.run(speech.give(texts))
    except TimeoutError:
        tell(f"gave up: nothing was confirmed within {patience:g} s")
    lost = {room: speech.failed[room] + len(participant.outbox(room)) for room in participant.rooms}
    for room, lines in lost.items():
        if lines:
            participant.tell(room, f"not confirmed: {lines} line{'s' if lines > 1 else ''}")
    return 1 if any(lost.values()) or participant.refused else 0


async def _just(text: str) -> AsyncIterator[str]:
    yield text


async def _standard_input() -> AsyncIterator[str]:
    async for line in read_lines():
        if line.strip():
            yield line


async def _as_code(rows: AsyncIterator[str], language: str) -> AsyncIterator[str]:
    yield fenced("\n".join([row async for row in rows]), language)


class _Speech:
    """Lines on their way to the rooms."""

    def __init__(
        self, participant: Participant, prefix: str, level: Severity | None, patience: float
    ) -> None:
        self.failed = Counter[ConversationId]()
        """How many lines cannot be sent to a room."""
        self._participant = participant
        self._prefix = prefix
        self._level = level
        self._patience = patience

    async def give(self, texts: AsyncIterator[str]) -> None:
        """Say each text in each room, and wait until all that we are let into have heard the last.

        Raises:
            TimeoutError: if that takes more patience than there is.
        """
        async for text in texts:
            self._say(text)
            await self._until_fewer_than(LINES_UNDER_WAY)
        await self._until_fewer_than(1)

    def _say(self, text: str) -> None:
        participant = self._participant
        try:
            body = check_body(self._prefix + check_body(text))
        except WireError as error:
            tell(_not_sent(str(error), text))
            self.failed.update(participant.rooms)
            return
        for room in participant.rooms:
            if participant.is_refused(room):
                self.failed[room] += 1
            else:
                participant.say(room, body, self._level)

    async def _until_fewer_than(self, limit: int) -> None:
        while (under_way := self._under_way()) >= limit:
            async with asyncio.timeout(self._patience):
                while self._under_way() >= under_way:
                    await self._participant.news()

    def _under_way(self) -> int:
        """Count the lines that may still be heard, and give up those that may not."""
        participant = self._participant
        for line in [line for room in participant.rooms for line in participant.outbox(room)]:
            if line.fate is Fate.FAILED:
                participant.withdraw(line)
                participant.tell(line.to, _not_sent(line.reason, line.body))
                self.failed[line.to] += 1
        return sum(
            len(participant.outbox(room)) for room in participant.rooms if not participant.is_refused(room)
        )


def _not_sent(reason: str, text: str) -> str:
    return ": ".join(filter(None, ("not sent", reason, text[:60].strip())))
