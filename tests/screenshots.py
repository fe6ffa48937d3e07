"""The screen's states as pictures: `python -m tests.screenshots` makes docs/screenshots anew.

The README shows them, and tests/ui/test_screenshots.py holds the program to them.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import Mock, patch

from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from amqpchat_tui import config
from amqpchat_tui.config import Flags
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    Fate,
    Gap,
    Here,
    LinkedMessage,
    Membership,
    Notice,
    NoticeKind,
    Occupant,
    OutboxLine,
    Phase,
    Reaction,
)
from amqpchat_tui.ui.app import ChatApp
from amqpchat_tui.ui.chat_screen import ChatScreen
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.wording.gaps import describe_gap
from tests.support.fake_client import NOON, ROOM, FakeChoices, FakeClient, message
from tests.support.waiting import wait_until
from tests.ui.chat import PatientPilot

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"

_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Names fonts on the web, which a picture has no business to load."""

Act = Callable[[FakeClient, Pilot[None]], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """What happens before the picture is taken."""

    act: Act
    size: tuple[int, int] = (80, 24)
    theme: str = "textual-dark"
    rooms: Sequence[ConversationId] = (ROOM,)


SCENES: dict[str, Scene] = {}


def scene(
    size: tuple[int, int] = (80, 24),
    theme: str = "textual-dark",
    rooms: Sequence[ConversationId] = (ROOM,),
) -> Callable[[Act], Act]:
    """Register an act under its name."""

    def register(act: Act) -> Act:
        SCENES[act.__name__] = Scene(act, size, theme, rooms)
        return act

    return register


def conversation() -> list[ChatMessage]:
    return [
        message("workshop", "Room open. Plain scripts and amqpchat users share it.", at=NOON),
        message("bob", "hello from thirty lines of pika", at=NOON + 40),
        message("alice", "hi bob! I see you under your routing key", own=True, at=NOON + 55),
        message("carol", "waves from the other side of the room", at=NOON + 62, action=True),
        message(
            "dmitri",
            "Does a long line wrap? It does, under itself, and https://www.rabbitmq.com/docs/publishers "
            "stays in one piece where it can.",
            at=NOON + 90,
        ),
        message("美咲", "こんにちは 👋 columns stay aligned with wide characters", at=NOON + 130),
        message("bob", "body:\n    text/plain, UTF-8\nrouting key:\n    nickname", at=NOON + 150),
        message("alice", "that is the whole protocol 🎉", own=True, at=NOON + 185),
    ]


async def online(client: FakeClient) -> None:
    client.become(Phase.ONLINE)
    client.lag = 0.003
    client.listener.outbox_changed(client.conversations[0])
    client.hear(*conversation())


def waiting(*bodies: str, fate: Fate = Fate.QUEUED, reason: str = "") -> tuple[OutboxLine, ...]:
    return tuple(
        OutboxLine(ROOM, str(n), "alice", body, NOON + 230 + n, fate, reason) for n, body in enumerate(bodies)
    )


@scene()
async def chat(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)


@scene(size=(40, 10))
async def narrow(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)


@scene(size=(200, 60), rooms=tuple(map(ConversationId.room, ("ops", "lab", "builds", "attic"))))
async def several_rooms(client: FakeClient, pilot: Pilot[None]) -> None:
    _, lab, builds, attic = client.conversations
    await online(client)
    client.hear(message("美咲", "alice: the probe is warm", at=NOON + 190), to=lab)
    client.hear(*(message("ci", f"build {n} is green", at=NOON + 190 + n) for n in range(12)), to=builds)
    client.become_room(attic, Membership.REFUSED, "user alice lacks read on exchange attic")
    client.gather(
        Here(Occupant("erin", "1")), Here(Occupant("erin", "2")), Here(Occupant("frank", "3"), away="lunch")
    )


@scene(rooms=tuple(map(ConversationId.room, ("ops", "lab", "builds", "broadcast_chat"))))
async def switcher(client: FakeClient, pilot: Pilot[None]) -> None:
    _, lab, builds, _ = client.conversations
    await online(client)
    client.hear(message("美咲", "alice: the probe is warm", at=NOON + 190), to=lab)
    client.hear(message("ci", "build 12 is green", at=NOON + 191), to=builds)
    await pilot.pause()
    await pilot.press("ctrl+g", "b")


@scene()
async def linked(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)
    alice, bob, carol = (Occupant(nick, nick) for nick in ("alice", "bob", "carol"))
    dump = message("backup", "FAIL  nightly dump: exit 1 after 3 m 12 s", at=NOON + 200)
    asked = replace(message("bob", "who looks at the disk of rabbit-2?", at=NOON + 210), message_id="asked")
    answer = LinkedMessage("carol", "bob: on it", NOON + 222, answers="asked")
    freed = LinkedMessage("alice", "freed 4 MB", NOON + 230, message_id="freed", answers="asked")
    freed = replace(freed, own=True, sender=alice, sent_at=NOON)
    fixed = replace(freed, text="freed 4 GB", sent_at=NOON + 5, message_id="fixed", replaces="freed")
    client.hear(replace(dump, level="fail"), asked, answer, freed, fixed)
    client.befall(
        *(Reaction("asked", who, NOON, f"eyes {who.nick}", emoji="👀") for who in (carol, alice)),
        Reaction("freed", bob, NOON, "thanks", emoji="👍"),
    )


@scene(theme="textual-light")
async def light(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)


@scene()
async def no_broker(client: FakeClient, pilot: Pilot[None]) -> None:
    client.become(Phase.RECONNECTING, "nobody listens on localhost:5672", nobody_listens=True)


@scene(size=(40, 10))
async def no_broker_narrow(client: FakeClient, pilot: Pilot[None]) -> None:
    await no_broker(client, pilot)
    await pilot.pause()
    await pilot.press("up", "up", "enter", "x", "enter")


@scene()
async def reconnecting(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)
    client.become(Phase.RECONNECTING, "nobody listens on localhost:5672", attempt=1)
    client.lines = waiting("are you still there?", "I will be back when the broker is")
    client.listener.outbox_changed(ROOM)


@scene()
async def refused(client: FakeClient, pilot: Pilot[None]) -> None:
    client.become(Phase.REFUSED, "wrong user name or password")


@scene()
async def failed(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)
    gap = Gap(NOON + 250, NOON + 271, seconds=21)
    client.hear(Notice(describe_gap(gap), gap.ended, NoticeKind.GAP, gap))
    client.lines = waiting("a line", fate=Fate.FAILED, reason="the broker did not take it")
    client.listener.outbox_changed(ROOM)


@scene()
async def scrolled_up(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)
    client.hear(*(message("bob", f"line {n}", at=NOON + 300 + n) for n in range(40)))
    await pilot.pause()
    await pilot.press("pageup")
    client.hear(*(message("carol", f"more {n}", at=NOON + 400 + n) for n in range(12)))


@scene()
async def help(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)
    pilot.app.screen.query_one(Prompt).insert_text("/help")
    await pilot.press("enter")


@scene()
async def mistake(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)
    pilot.app.screen.query_one(Prompt).insert_text("/qiut")
    await pilot.press("enter")


@scene()
async def long_paste(client: FakeClient, pilot: Pilot[None]) -> None:
    await online(client)
    text = "\n".join(f"queue.{n}  messages_ready {n * 7}" for n in range(34))
    pilot.app.post_message(events.Paste(text))


@contextmanager
def _frozen() -> Iterator[Mock]:
    """Let it be the same time in the same place for ever: the moment of the start, until the clock is set."""
    with patch.dict(os.environ, {"TZ": "UTC", "TEXTUAL_ANIMATIONS": "none"}):
        time.tzset()
        try:
            with patch("time.time", return_value=NOON) as clock:
                yield clock
        finally:
            os.environ.pop("TZ", None)
            time.tzset()
    time.tzset()


async def picture(name: str) -> str:
    """The SVG of a scene."""
    scene = SCENES[name]
    with _frozen() as clock:
        client = FakeClient(conversations=scene.rooms)
        settings = config.load(Flags(name="alice"), {})
        settings = replace(settings, ui=replace(settings.ui, keep_history=False))
        app = ChatApp(settings, client, choices=FakeChoices(settings.connection))
        app.theme = scene.theme
        async with app.run_test(size=scene.size):
            pilot = PatientPilot(app)
            await wait_until(lambda: client.started, what="the client to be started")
            clock.return_value = NOON + 240
            await scene.act(client, pilot)
            chat = app.screen_stack[0]
            assert isinstance(chat, ChatScreen)
            await wait_until(lambda: chat.settled, what="all that arrived to be shown")
            return await _at_rest(app, pilot)


async def _at_rest(app: ChatApp, pilot: Pilot[None]) -> str:
    """The screen as it stays: what was entered may still move rows."""
    before, now = "", "begin"
    while before != now:
        await pilot.pause(0.2)
        before, now = now, _FONT_FACE.sub("", app.export_screenshot(title="amqpchat"))
    return now


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCENES:
        (FOLDER / f"{name}.svg").write_text(asyncio.run(picture(name)))
        print(f"docs/screenshots/{name}.svg", file=sys.stderr)


if __name__ == "__main__":
    main()
