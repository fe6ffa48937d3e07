"""Going from room to room, joining them, and what they may do to the person."""

from __future__ import annotations

import pytest

from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import (
    ConversationId,
    ConversationKind,
    FoldedMessage,
    Here,
    Level,
    Membership,
    Occupant,
)
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.support.fake_client import NOON, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, open_rooms, type_at_once

OPS, LAB, ALERTS = map(ConversationId.room, ("ops", "lab", "alerts"))
SIZES = [(80, 24), (120, 30), (200, 60)]


def session(chat: Chat) -> Session:
    screen = chat.app.screen_stack[0]
    assert isinstance(screen, ChatScreen)
    return screen.session


def shown(chat: Chat) -> str:
    """The label of the room on the screen."""
    return session(chat).shown.id.label


def said(chat: Chat) -> list[tuple[str, str]]:
    """Where each line of the outbox goes."""
    return [(line.to.label, line.body) for line in chat.client.lines]


# Going


@pytest.mark.parametrize("size", SIZES)
async def test_keys_typed_in_one_burst_go_where_they_were_typed(size: tuple[int, int]) -> None:
    async with open_rooms("ops", "lab", "alerts", size=size) as chat:
        type_at_once(chat, "+one", "enter", "+a", "alt+2", "+b", "enter", "alt+3", "+c", "enter")
        type_at_once(chat, "alt+1", "enter")
        type_at_once(chat, "+/go 2", "enter", "+d", "enter", "ctrl+g", "+ale", "enter", "+e", "enter")
        type_at_once(chat, "alt+z", "+f", "enter", "alt+left", "+g", "enter", "ctrl+pagedown", "+h", "enter")
        await wait_until(lambda: len(said(chat)) == 9, what=lambda: str(said(chat)))
        assert said(chat) == [
            ("ops", "one"),
            ("lab", "b"),
            ("alerts", "c"),
            ("ops", "a"),
            ("lab", "d"),
            ("alerts", "e"),
            ("lab", "f"),
            ("ops", "g"),
            ("lab", "h"),
        ]


async def test_the_number_of_the_room_on_the_screen_does_nothing() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.pilot.press("alt+2", *"draft", "alt+2", "alt+2")
        assert (shown(chat), chat.prompt.text, chat.hint) == ("lab", "draft", "")
        await chat.pilot.press("ctrl+f", *"x", "alt+2", "y")
        assert chat.app.screen.query(".bar"), "what is open stays"
        await chat.pilot.press("escape", "alt+1", "alt+2")
        assert chat.prompt.text == "draft"


async def test_a_number_that_is_none_is_told() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.pilot.press("alt+0")
        assert (shown(chat), chat.hint) == ("ops", "There is no room 10.")


async def test_the_tenth_room_has_zero() -> None:
    async with open_rooms(*(f"room{n}" for n in range(1, 13))) as chat:
        await chat.pilot.press("alt+0")
        assert shown(chat) == "room10"
        await chat.enter("/go 12")
        assert shown(chat) == "room12"


async def test_rooms_above_and_below_go_around() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        order = []
        for key in ("alt+right", "alt+right", "alt+right", "alt+left", "ctrl+pageup", "ctrl+pagedown"):
            await chat.pilot.press(key)
            order.append(shown(chat))
        assert order == ["lab", "alerts", "ops", "alerts", "lab", "alerts"]


async def test_the_room_before_and_back() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        await chat.pilot.press("alt+z")
        assert chat.hint == "No other room has been on the screen yet."
        await chat.pilot.press("alt+3", "alt+z")
        assert shown(chat) == "ops"
        await chat.enter("/go")
        assert shown(chat) == "alerts"
        await chat.enter("/buffer ops")
        assert shown(chat) == "ops"


async def test_what_is_new_is_visited_in_its_order_and_then_where_one_began() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        chat.client.hear(message("bob", "a line"), to=LAB)
        chat.client.hear(message("bob", "alice: a word"), to=ALERTS)
        await wait_until(lambda: session(chat).conversations[ALERTS].mentions, what="the news")
        order = []
        for _ in range(3):
            await chat.pilot.press("alt+a")
            order.append(shown(chat))
        assert order == ["alerts", "lab", "ops"]
        await chat.enter("/next")
        assert chat.hint == "Nothing is new in other rooms."


async def test_go_takes_a_number_a_name_or_a_part_of_one() -> None:
    async with open_rooms("ops", "lab", "labour", "7") as chat:
        for where, to in (
            *[("2", "lab"), ("3", "labour"), ("lab", "lab"), ("labour", "labour"), ("LAB", "lab")],
            *[("lr", "labour"), ("7", "7")],
        ):
            await chat.enter(f"/go {where}")
            assert shown(chat) == to, where
            assert chat.prompt.text == ""


async def test_go_says_what_it_cannot_decide() -> None:
    async with open_rooms("ops", "lab", "labour") as chat:
        await chat.enter("/go la")
        assert chat.hint == "Say which: lab and labour."
        await chat.pilot.press("ctrl+u")
        await chat.enter("/go nowhere")
        assert chat.hint == "You are in no room nowhere. /join nowhere goes there."
        await chat.pilot.press("ctrl+u")
        await chat.enter(f"/go {'9' * 5000}")
        assert "You are in no room 9999" in chat.hint
        assert shown(chat) == "ops"


async def test_a_draft_is_not_what_was_entered_to_go() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.pilot.press(*"unsent", "alt+2")
        await chat.enter("/go 1")
        assert chat.prompt.text == "unsent"
        await chat.pilot.press("alt+2")
        assert chat.prompt.text == ""
        await chat.pilot.press("up")
        assert chat.prompt.text == "/go 1"


# Joining


async def test_a_room_is_joined_and_shown() -> None:
    async with open_chat() as chat:
        await chat.enter("/join lab")
        assert chat.client.conversations[-1] == LAB
        assert shown(chat) == "lab"
        await chat.sees("lab is your room 2 now; /leave leaves it.")
        await chat.enter("hello")
        assert said(chat) == [("lab", "hello")]


async def test_joining_where_one_is_refused_tries_again() -> None:
    async with open_rooms("ops", "lab") as chat:
        chat.client.become_room(LAB, Membership.REFUSED, "user alice lacks `read` on exchange lab")
        await chat.enter("/join lab")
        assert shown(chat) == "lab"
        assert chat.client.room_state(LAB).membership is Membership.JOINING
        assert "is your room" not in chat.text


async def test_one_of_several_that_is_refused_says_why_there_and_once() -> None:
    async with open_rooms("ops", "lab") as chat:
        for _ in range(2):
            chat.client.become_room(LAB, Membership.REFUSED, "user alice lacks `read` on exchange lab")
        await chat.pilot.pause()
        assert "lacks" not in chat.text, "another room is on the screen"
        await chat.enter("/go lab")
        await chat.sees("Nothing is heard from lab: user alice lacks `read`")
        assert chat.text.count("Nothing is heard") == 1


async def test_an_exchange_is_watched() -> None:
    async with open_chat() as chat:
        await chat.enter("/watch logs *.error")
        assert session(chat).shown.id == ConversationId(ConversationKind.WATCHED, "logs", "*.error")
        await chat.enter("/watch builds")
        assert session(chat).shown.id == ConversationId(ConversationKind.WATCHED, "builds", "#")


async def test_what_is_watched_is_left_by_its_name_unless_several_are_called_so() -> None:
    async with open_chat() as chat:
        for number in range(2):
            await chat.enter("/watch amq.topic")
            await chat.enter("/go 1")
            await chat.enter(f"/leave {'='[number:]}amq.topic")
            await chat.sees("You have left =amq.topic #.")
            await chat.enter("/clear")
        for pattern in "a", "b":
            await chat.enter(f"/watch amq.topic {pattern}")
        for command in "go", "leave":
            await chat.enter(f"/{command} =amq.topic")
            assert chat.hint == "Say which: =amq.topic a and =amq.topic b."
            await chat.pilot.press("ctrl+u")
        await chat.enter("/leave =amq.topic b")
        assert [one.label for one in session(chat).conversations][1:] == ["=amq.topic a"]


async def test_nothing_can_be_said_where_one_only_reads() -> None:
    async with open_chat() as chat:
        await chat.enter("/watch builds *.main")
        assert chat.prompt.placeholder == "Reading =builds *.main · /help"
        await chat.enter("hello?")
        assert chat.hint == "=builds *.main is only read: nothing can be said there."
        assert (chat.prompt.text, said(chat)) == ("hello?", []), "it waits where it was written"


async def test_enter_shows_all_of_a_folded_message_and_folds_it_again() -> None:
    whole = '{\n  "build": 7,\n  "state": "failed"\n}'
    async with open_chat() as chat:
        await chat.enter("/watch builds")
        builds = session(chat).shown.id
        chat.client.hear(
            FoldedMessage("main", '{"build": 7, "state": "failed"}', 1.0, whole=whole), to=builds
        )
        await chat.sees('{"build": 7, "state": "failed"}')
        await chat.pilot.press("alt+up")
        await chat.sees("Message: Enter shows all of it")
        await chat.pilot.press("enter")
        await chat.sees('  "state": "failed"')
        await chat.pilot.press("c")
        assert chat.app.clipboard == whole
        await chat.pilot.press("enter")
        await chat.sees('{"build": 7, "state": "failed"}')
        await chat.pilot.press("enter")
        await chat.sees('  "state": "failed"')
        await chat.pilot.press("escape")
        await chat.sees("Reading =builds #")
        await chat.sees('{"build": 7, "state": "failed"}')


async def test_a_folded_message_takes_a_row_however_wide_the_terminal_is() -> None:
    async with open_chat() as chat:
        await chat.enter("/watch builds")
        line = '{"build": 7, "log": "' + "".join(map(str, range(100))) + '"}'
        chat.client.hear(
            FoldedMessage("main", line, NOON, whole=line.replace(", ", ",\n")),
            message("ci", "next"),
            to=session(chat).shown.id,
        )
        await chat.sees("│ next")
        y = next(y for y, row in enumerate(chat.rows) if '{"build": 7' in row)
        assert "│ next" in chat.rows[y + 1]
        assert chat.rows[y].rstrip().endswith("…")


async def test_there_is_no_more_of_a_line_than_is_shown() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "all of it"))
        await chat.sees("all of it")
        await chat.pilot.press("alt+up", "enter")
        await chat.sees("there is no more of it")


# What is new, and what a room may do


async def test_rooms_are_listed() -> None:
    async with open_rooms("ops", "lab", "alerts", size=(120, 30)) as chat:
        chat.client.become_room(OPS, Membership.JOINED)
        chat.client.become_room(LAB, Membership.REFUSED, "user alice lacks `read` on exchange lab")
        chat.client.hear(message("bob", "one"), message("bob", "alice: two"), to=ALERTS)
        await wait_until(lambda: session(chat).conversations[ALERTS].unread, what="the news")
        await chat.enter("/rooms")
        await chat.sees("❯ 1 ops     nothing unread")
        await chat.sees("  2 lab")
        await chat.sees("    refused: user alice lacks `read` on exchange lab")
        await chat.sees("  3 alerts  joining · 2 unread, 1 naming you")
        assert "Others here" not in chat.text
        chat.client.gather(Here(Occupant("bob", "b"), rooms=("dev", "lab")))
        await chat.enter("/rooms")
        await chat.sees("Others here are also in dev; /join goes there.")


async def test_a_level_is_chosen_and_told() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("/notify mentions for 2h")
        await chat.sees("ops: only mentions from now on, for 2 h.")
        assert session(chat).shown.level is Level.MENTIONS
        await chat.enter("/notify")
        await chat.sees("ops: only mentions, until ")
        await chat.enter("/unmute")
        await chat.sees("ops: all lines from now on.")
        assert session(chat).shown.level_until is None
        await chat.enter("/mute")
        assert session(chat).shown.level is Level.MENTIONS
        assert session(chat).conversations[LAB].level is Level.ALL
        await chat.enter("/notify some")
        assert chat.hint == "Say /notify all or /notify mentions or /notify none."


async def test_what_is_unread_is_declared_read() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        for room in (LAB, ALERTS):
            chat.client.hear(message("bob", "one"), to=room)
        await wait_until(lambda: session(chat).conversations[ALERTS].unread, what="the news")
        await chat.enter("/read")
        await chat.sees("ops: nothing is unread.")
        assert session(chat).conversations[ALERTS].unread == 1
        await chat.enter("/read all")
        await chat.sees("Nothing is unread in any room.")
        assert [one.unread for one in session(chat).listing()] == [0, 0, 0]


# The palette


async def test_the_palette_goes_to_each_room_however_it_is_called() -> None:
    names = "ops", "[red]lab[/]", "a\\[b]lab\\", "[[lab", "\\\\[/lab]"
    async with open_rooms(*names) as chat:
        for number, name in reversed([*enumerate(names, 1)]):
            await chat.pilot.press("ctrl+p")
            type_at_once(chat, f"+go to ({number}")
            await chat.sees(f"Go to {name} ({number})")
            await chat.pilot.press("enter")
            await wait_until(lambda: shown(chat) == name, what=name)  # noqa: B023


async def test_a_command_of_the_palette_that_needs_an_argument_is_begun() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.pilot.press("ctrl+f", *"x", "escape", *"draft", "ctrl+p", *"join a room", "enter")
        await wait_until(lambda: chat.prompt.text == "/join ", what="the command")
        await chat.pilot.press(*"bar", "enter")
        assert shown(chat) == "bar"


async def test_completion_knows_the_rooms() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.pilot.press(*"/go l", "tab", "enter")
        assert shown(chat) == "lab"
