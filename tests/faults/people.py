"""Who takes part while things break: one who types at a whole amqpchat, and one who only listens."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from rich.console import RenderableType
from textual import events
from textual.screen import Screen
from textual.widget import Widget

from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.session import Session
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import Settings
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    Entry,
    Fate,
    Notice,
    NoticeKind,
    OutboxLine,
    Phase,
    Store,
)
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.ui import app as app_module
from amqpchat_tui.ui.app import ChatApp
from amqpchat_tui.ui.chat_screen import ChatScreen
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from tests.client.support import Seat, settings
from tests.support.waiting import wait_until

ONLINE, AWAY, BLOCKED, REFUSED = "● online", "◌ reconnecting", "◐ blocked", "✕ refused"
"""How the status line begins."""

KEY_SECONDS = 5.0
"""How long a key may take to be seen, on a machine that does other things as well."""
BACK_SECONDS = 30.0
"""How long the way back into the room may take."""


class _WatchedApp(ChatApp):
    """Remembers when it painted, and what its status line said in each paint."""

    CSS_PATH: ClassVar[str] = str(Path(app_module.__file__).with_name(ChatApp.CSS_PATH))

    def __init__(self, settings: Settings, client: AmqpClient) -> None:
        super().__init__(settings, client)
        self.painted_at = 0.0
        self.statuses: list[tuple[float, str]] = []

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Take note of a paint: all of them, with or without a terminal, come through here."""
        super()._display(screen, renderable)
        self.painted_at = time.monotonic()
        for line in self.screen_stack[0].query(StatusLine):
            status = str(line.render()).strip()
            if not self.statuses or self.statuses[-1][1] != status:
                self.statuses.append((self.painted_at, status))


class Talker:
    """A person at an amqpchat, who types key by key and reads what has been painted."""

    def __init__(self, app: _WatchedApp, client: AmqpClient) -> None:
        self.client = client
        self.typed: list[str] = []
        """The lines entered, in order; commands are not among them."""
        self.slowest_key = 0.0
        """The longest that a key took to be painted, in seconds."""
        self._app = app
        self._seen = 0
        self._rows_of = 0.0
        self._rows: list[str] = []

    # What the screen shows

    @property
    def rows(self) -> list[str]:
        """The screen as it was painted last."""
        if self._rows_of != self._app.painted_at:
            self._rows_of = self._app.painted_at
            self._rows = [strip.text.rstrip() for strip in self._app.screen._compositor.render_strips()]
        return self._rows

    def _part(self, kind: type[Widget]) -> str:
        region = self._app.screen_stack[0].query_one(kind).region
        return "\n".join(row[region.x : region.right] for row in self.rows[region.y : region.bottom])

    @property
    def prompt(self) -> str:
        """What stands in the prompt."""
        return self._part(Prompt).rstrip()

    @property
    def outbox_rows(self) -> str:
        """What stands between scrollback and status line."""
        return self._part(OutboxView)

    @property
    def _scrollback(self) -> ScrollbackView:
        return self._app.screen_stack[0].query_one(ScrollbackView)

    @property
    def entries(self) -> list[Entry]:
        """What is in the scrollback."""
        return list(self._scrollback.reader.store)

    def scrollback_of(self, conversation: ConversationId) -> Scrollback:
        """What is in a conversation, whether it is shown or not, and what will be until it is left."""
        return self._session.conversations[conversation].scrollback

    @property
    def shown(self) -> ConversationId:
        """The conversation on the screen."""
        return self._session.shown.id

    @property
    def people(self) -> People:
        """Who is in the rooms, as far as the program knows."""
        return self._chat_screen._people

    @property
    def _session(self) -> Session:
        return self._chat_screen._session

    @property
    def _chat_screen(self) -> ChatScreen:
        screen = self._app.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        return screen

    @property
    def heard(self) -> list[str]:
        """The messages in the scrollback."""
        return [entry.text for entry in self.entries if isinstance(entry, ChatMessage)]

    @property
    def notices(self) -> list[str]:
        """The program's own lines in the scrollback."""
        return [entry.text for entry in self.entries if isinstance(entry, Notice)]

    @property
    def gaps(self) -> int:
        """How often the scrollback says that lines may be missing."""
        return sum(isinstance(entry, Notice) and entry.kind is NoticeKind.GAP for entry in self.entries)

    def look(self) -> str:
        """Return the status line as it is painted now; what it said before counts no longer."""
        self._seen = len(self._app.statuses) - 1
        return self._app.statuses[-1][1]

    async def sees(self, *words: str, within: float) -> float:
        """Wait until a painted status line has all these words, and return when that was (monotonic).

        Statuses count from the one that was waited for last, so that one which is over already is not missed.
        """
        __tracebackhide__ = True
        statuses = self._app.statuses

        def found() -> list[int]:
            return [
                number
                for number in range(self._seen, len(statuses))
                if all(word in statuses[number][1] for word in words)
            ]

        self._seen, *_ = await wait_until(
            found, within, lambda: f"{words} in {statuses[self._seen :]}; {self.client.state}"
        )
        return statuses[self._seen][0]

    # What the person does

    async def enter(self, line: str) -> None:
        """Type a line, and press Enter."""
        await self.type(line)
        self.press_enter()
        await wait_until(
            lambda: line not in self.prompt, KEY_SECONDS, lambda: f"{line!r} to leave the prompt"
        )

    def press_enter(self) -> None:
        """Press Enter, whatever becomes of what is in the prompt."""
        self._press("enter")

    async def type(self, line: str) -> None:
        """Type a line, seeing each key in the prompt."""
        for end, character in enumerate(line, start=1):
            began = time.monotonic()
            self._press("space" if character == " " else character, character)
            await self._shown_in_prompt(line[:end])
            self.slowest_key = max(self.slowest_key, self._app.painted_at - began)

    async def say(self, line: str) -> None:
        """Enter a line for the room."""
        self.typed.append(line)
        await self.enter(line)

    def paste(self, lines: Sequence[str]) -> None:
        """Enter many lines at once, faster than anybody can type."""
        for line in lines:
            self.typed.append(line)
            self._app.post_message(events.Paste(line))
            self._press("enter")

    @contextlib.asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Say line after line as long as the block lasts; fails when a key is not seen in the prompt."""
        enough = asyncio.Event()

        async def talk() -> None:
            while not enough.is_set():
                await self.say(f"line {len(self.typed)}")

        talk_task = asyncio.create_task(talk())
        try:
            yield
        finally:
            enough.set()
            await talk_task

    def _press(self, key: str, character: str | None = None) -> None:
        self._app.post_message(events.Key(key, character))

    async def _shown_in_prompt(self, text: str) -> None:
        await wait_until(
            lambda: self.prompt == text.rstrip(),
            KEY_SECONDS,
            lambda: f"{text!r} in the prompt, not {self.prompt!r}",
        )

    # What has become of the lines

    @property
    def outbox(self) -> Sequence[OutboxLine]:
        """The lines that have not come back."""
        return self.client.outbox(self.client.conversations[0])

    @property
    def failed(self) -> list[str]:
        """Lines that stay in the outbox until the person decides."""
        return [line.body for line in self.outbox if line.fate is Fate.FAILED]

    @property
    def kept(self) -> list[str]:
        """All lines in the outbox."""
        return [line.body for line in self.outbox]

    async def settle(self) -> None:
        """Wait until no line is under way."""
        __tracebackhide__ = True
        await wait_until(
            lambda: len(self.failed) == len(self.outbox),
            BACK_SECONDS,
            lambda: f"{len(self.kept)} lines to be heard: {self.outbox[:3]} in {self.client.state}",
        )
        await wait_until(
            lambda: Counter(self.heard + self.failed) == Counter(self.typed), KEY_SECONDS, self._unsettled
        )

    def _unsettled(self) -> str:
        typed, accounted = Counter(self.typed), Counter(self.heard + self.failed)
        return f"each line once; lost: {list(typed - accounted)}, too often: {list(accounted - typed)}"


@contextlib.asynccontextmanager
async def talker(
    url: str,
    room: str,
    *others: str,
    more_rooms: Sequence[str] = (),
    heartbeat: int = 10,
    store: Store | None = None,
) -> AsyncIterator[Talker]:
    """Start an amqpchat, which may or may not be online yet; `others` are the URLs to try after the first.

    It is in `more_rooms` as well, which are not on the screen. `store` keeps what it cannot say.
    """
    told = settings(url, *others, room=room, heartbeat=heartbeat, lines=100_000)
    told = replace(told, conversations=(*told.conversations, *map(ConversationId.room, more_rooms)))
    client = AmqpClient(told, store)
    app = _WatchedApp(told, client)
    async with app.run_test(size=(160, 30)):
        try:
            yield Talker(app, client)
        finally:
            await client.close()
    assert app.crash is None


@contextlib.asynccontextmanager
async def reader(url: str, room: str, *, nick: str = "bea", heartbeat: int = 10) -> AsyncIterator[Seat]:
    """Start an amqpchat without a screen, and wait until it hears the room."""
    told = settings(url, room=room, nick=nick, heartbeat=heartbeat, lines=100_000)
    seat = Seat(AmqpClient(told))
    seat.client.start(seat)
    try:
        await seat.reach(Phase.ONLINE)
        yield seat
    finally:
        await seat.client.close()


async def hears_once(seat: Seat, lines: Sequence[str]) -> None:
    """Wait until a reader has heard all these lines; it has heard none of them twice, nor anything else."""
    await seat.hear(*lines)
    counts = Counter(seat.texts)
    assert {line: count for line, count in counts.items() if count > 1} == {}
