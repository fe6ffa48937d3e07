"""What a client leaves on a broker, seen where its library asks for it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pika
import pika.exceptions
import pytest
from aiormq.channel import Channel
from pamqp.base import Frame
from pamqp.commands import Exchange, Queue


class Traces:
    """Queues and auto-delete exchanges that have been declared, and a hand that reaches in between."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._url = url
        self.queues: set[str] = set()
        self.exchanges: set[str] = set()
        self.questions = 0
        """How often the broker was asked something."""
        self.before: Callable[[Frame], object] = lambda _: None
        """Is called before each question."""
        ask = Channel.rpc

        async def ask_and_note(channel: Channel, frame: Frame, **options: Any) -> Any:
            self.questions += 1
            self.before(frame)
            if isinstance(frame, Exchange.Declare) and frame.auto_delete:
                self.exchanges.add(frame.exchange)
            answer: Any = await ask(channel, frame, **options)
            if isinstance(frame, Queue.Declare) and not frame.passive:
                self.queues.add(answer.queue)
            return answer

        monkeypatch.setattr(Channel, "rpc", ask_and_note)

    def interrupt(self, after: int, act: Callable[[], None]) -> None:
        """Do something just before the broker is asked so many more times."""
        moment = self.questions + after

        def act_then(_: Frame) -> None:
            if self.questions == moment:
                act()

        self.before = act_then

    async def are_gone_but(self, kept: set[str]) -> None:
        """Wait until nothing is left on the broker but these, and what is declared meanwhile is gone, too."""
        await self._wait_for_the_end(lambda: (self.queues | self.exchanges) - kept)

    async def are_gone(self, former: set[str]) -> None:
        """Wait until nothing of these is left on the broker, whatever else is declared meanwhile."""
        await self._wait_for_the_end(lambda: former)

    async def _wait_for_the_end(self, names: Callable[[], set[str]]) -> None:
        """Ask for everything again and again, as some may be declared late; in a thread, as it takes long."""

        def look() -> set[str]:
            return {name for name in names() if self._is_there(name)}

        left: set[str] = set()
        try:
            async with asyncio.timeout(20):
                while left := await asyncio.to_thread(look):
                    pass
        except TimeoutError:
            raise AssertionError(f"waited in vain for {left} to go") from None

    def _is_there(self, name: str) -> bool:
        with pika.BlockingConnection(pika.URLParameters(self._url)) as connection:
            channel = connection.channel()
            try:
                if name in self.queues:
                    channel.queue_declare(name, passive=True)
                else:
                    channel.exchange_declare(name, passive=True)
            except pika.exceptions.ChannelClosedByBroker as error:
                # 405: it is there, and exclusively another connection's.
                return bool(error.reply_code == 405)
        return True
