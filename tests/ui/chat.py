"""A running screen over a fake client, and what it shows."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

from rich.style import Style
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from amqpchat_tui import config
from amqpchat_tui.config import Flags, Settings
from amqpchat_tui.model import ConversationId, Phase, Store
from amqpchat_tui.ui.app import ChatApp
from amqpchat_tui.ui.chat_screen import ChatScreen
from amqpchat_tui.ui.contrast import MIN_CONTRAST, contrast
from amqpchat_tui.ui.no_broker import StartChoices
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.reloading import Configuration
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from tests.support.fake_client import ROOM, FakeClient
from tests.support.waiting import wait_until


def settings() -> Settings:
    return config.load(Flags(name="alice"), {})


class PatientPilot(Pilot[None]):
    """Acts on what can be seen, as people do: not before all that has arrived is on the screen."""

    async def press(self, *keys: str) -> None:
        await self._look()
        await super().press(*keys)
        await self._look()

    async def pause(self, delay: float | None = None) -> None:
        await super().pause(delay)
        await self._look()

    async def _look(self) -> None:
        screen = self.app.screen_stack[0] if self.app.screen_stack else None
        if isinstance(screen, ChatScreen):
            await wait_until(
                lambda: not screen.is_running or (screen.session.idle and not screen.frame_pace.due),
                what="all that has arrived to be shown",
            )


class Chat:
    """A running screen, its client, and what it shows."""

    def __init__(self, app: ChatApp, client: FakeClient, pilot: Pilot[None]) -> None:
        self.app = app
        self.client = client
        self.pilot = pilot

    @property
    def rows(self) -> list[str]:
        """The screen's text, without blanks at the ends of rows and without the scrollbar."""
        width = self.app.size.width
        strips = self.app.screen._compositor.render_strips()
        return [strip.crop(0, width - 1).text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def status(self) -> str:
        return str(self.app.screen.query_one(StatusLine).render())

    @property
    def hint(self) -> str:
        hint = self.app.screen.query_one("#hint", Static)
        return str(hint.visual) if hint.display else ""

    @property
    def prompt(self) -> Prompt:
        return self.app.screen_stack[0].query_one(Prompt)

    @property
    def scrollback(self) -> ScrollbackView:
        return self.app.screen.query_one(ScrollbackView)

    async def enter(self, line: str) -> None:
        self.prompt.insert_text(line)
        await self.pilot.press("enter")
        await self.pilot.pause()

    async def drag(self, begin: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag the mouse from one cell of the screen to another."""
        await self.pilot.mouse_down(offset=begin)
        await self.pilot.hover(offset=end)
        await self.pilot.mouse_up(offset=end)
        await self.pilot.pause()

    async def sees(self, text: str) -> None:
        await wait_until(lambda: text in self.text, what=f"{text!r} on the screen")


def styles_of(chat: Chat, text: str) -> Iterator[Style]:
    """The styles of the segments that show a text."""
    for strip in chat.app.screen._compositor.render_strips():
        for segment in strip:
            if text in segment.text and segment.style is not None:
                yield segment.style


def is_readable(style: Style) -> bool:
    """Whether a text stands out from what is behind it, in true colours."""
    colors = [color.triplet for color in (style.color, style.bgcolor) if color is not None]
    one, other = (color for color in colors if color is not None)
    return contrast(one, other) >= MIN_CONTRAST


def type_at_once(chat: Chat, *keys: str) -> None:
    """Type keys, and texts after a `+`, as a terminal hands over what it has read in one piece."""
    for key in keys:
        for name in key[1:] if key.startswith("+") else [key]:
            chat.app.post_message(events.Key(name, name if len(name) == 1 else None))


@contextlib.asynccontextmanager
async def open_chat(
    size: tuple[int, int] = (80, 24),
    with_settings: Settings | None = None,
    store: Store | None = None,
    rooms: Sequence[ConversationId] = (ROOM,),
    configuration: Configuration | None = None,
) -> AsyncIterator[Chat]:
    async with connecting_chat(
        size, with_settings, store=store, rooms=rooms, configuration=configuration
    ) as chat:
        chat.client.become(Phase.ONLINE)
        await chat.pilot.pause()
        yield chat


@contextlib.asynccontextmanager
async def connecting_chat(
    size: tuple[int, int] = (80, 24),
    with_settings: Settings | None = None,
    choices: StartChoices | None = None,
    store: Store | None = None,
    rooms: Sequence[ConversationId] = (ROOM,),
    configuration: Configuration | None = None,
) -> AsyncIterator[Chat]:
    """A chat that dials for the first time."""
    client = FakeClient(conversations=rooms)
    app = ChatApp(
        with_settings or settings(), client, choices=choices, store=store, configuration=configuration
    )
    async with app.run_test(size=size):
        await wait_until(lambda: client.started, what="the client to be started")
        yield Chat(app, client, PatientPilot(app))


@contextlib.asynccontextmanager
async def open_rooms(*names: str, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Chat]:
    """A chat in several rooms, with the first on the screen."""
    client = FakeClient(conversations=tuple(map(ConversationId.room, names)))
    app = ChatApp(settings(), client)
    async with app.run_test(size=size):
        await wait_until(lambda: client.started, what="the client to be started")
        client.become(Phase.ONLINE)
        chat = Chat(app, client, PatientPilot(app))
        await chat.pilot.pause()
        yield chat
