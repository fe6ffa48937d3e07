"""Leaving rooms: what comes instead, and what has to be heard or decided before."""

from __future__ import annotations

import pytest

from amqpchat_tui.actions.table import BY_ID
from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui import leaving
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.support.waiting import wait_until
from tests.ui.chat import open_chat, open_rooms
from tests.ui.test_rooms import shown

OPS, LAB, ALERTS = map(ConversationId.room, ("ops", "lab", "alerts"))


async def test_the_room_before_comes_when_one_leaves() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        await chat.pilot.press("alt+3", *"in ops", "alt+1", *"my draft", "alt+2")
        await chat.enter("/leave")
        assert shown(chat) == "ops"
        assert list(chat.client.conversations) == [OPS, ALERTS]
        assert chat.prompt.text == "my draft"
        await chat.sees("You have left lab.")
        await chat.pilot.press("ctrl+u")
        await chat.enter("/part ALERTS")
        assert list(chat.client.conversations) == [OPS]
        assert (shown(chat), chat.prompt.text) == ("ops", "")
        await chat.sees("You have left alerts.")


async def test_what_was_being_written_is_there_again_when_one_is_back() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        screen = chat.app.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        await chat.pilot.press("alt+2", *"in lab", "alt+3")
        await chat.enter("/leave lab")
        await chat.sees("You have left lab. What you were writing")
        await chat.pilot.press(*"in alerts")
        screen.obey(BY_ID["leave"])  # as from the palette, which leaves what is written alone
        assert (shown(chat), chat.prompt.text) == ("ops", "")
        await chat.sees("You have left alerts. What you were writing")
        for room in "lab", "alerts":
            screen.obey(BY_ID["join"], room)
            assert (shown(chat), chat.prompt.text) == (room, f"in {room}")


async def test_the_only_room_is_not_left() -> None:
    async with open_chat() as chat:
        await chat.enter("/leave")
        assert chat.hint == "This is your only room: /quit leaves amqpchat."
        await chat.pilot.press("ctrl+u")
        await chat.enter("/leave nowhere")
        assert chat.hint == "You are in no room nowhere."
        assert len(chat.client.conversations) == 1


@pytest.mark.parametrize("command", ["/leave", "/leave ops"])
async def test_lines_that_a_room_has_not_heard_are_asked_about(command: str) -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("one")
        chat.client.fail("no")
        await chat.sees("(failed: no) one")
        await chat.enter(command)
        assert chat.hint.startswith(f"1 line has not been heard in ops yet. {command} again leaves without")
        assert chat.prompt.text == command
        await chat.pilot.press("enter")
        assert chat.client.conversations == (LAB,)
        assert (shown(chat), chat.prompt.text) == ("lab", "")


async def test_what_is_entered_in_between_has_it_asked_again() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("one")
        chat.client.fail("no")
        await chat.sees("(failed: no) one")
        await chat.enter("/leave")
        await chat.pilot.press("ctrl+u")
        await chat.enter("two")
        chat.client.fail("no")
        await chat.enter("/leave")
        assert "2 lines have not been heard in ops yet." in chat.hint
        assert len(chat.client.conversations) == 2


@pytest.mark.parametrize(("command", "then"), [("/leave", "lab"), ("/leave ops", "lab")])
async def test_a_line_under_way_is_waited_for(
    command: str, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "SEND_GRACE_SECONDS", 60)
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("bye")
        await chat.enter(command)
        assert (chat.hint, shown(chat)) == ("", "ops")
        chat.client.echo()
        await wait_until(lambda: shown(chat) == then, what="the other room")
        assert chat.prompt.text == ""
        assert chat.client.conversations == (LAB,)
        await chat.sees("You have left ops.")
        assert "What you were writing" not in chat.text


async def test_another_room_is_left_once_it_has_heard_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "SEND_GRACE_SECONDS", 60)
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("bye")
        await chat.pilot.press("alt+2")
        await chat.enter("/leave ops")
        assert chat.prompt.text == "/leave ops"
        chat.client.echo()
        await chat.sees("You have left ops.")
        assert (shown(chat), chat.prompt.text) == ("lab", "")


async def test_of_two_rooms_that_are_left_at_once_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "SEND_GRACE_SECONDS", 60)
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("bye")
        await chat.enter("/leave")
        await chat.pilot.press("alt+2", *"bye", "enter", *"/leave", "enter")
        chat.client.echo()
        await chat.sees("You have left ")
        await chat.pilot.pause()
        assert len(chat.client.conversations) == 1
        assert chat.text.count("You have left") == 1


async def test_a_line_that_is_not_heard_in_time_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "SEND_GRACE_SECONDS", 0.05)
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("bye")
        await chat.enter("/leave")
        await wait_until(lambda: "1 line has not been heard in ops" in chat.hint, what="the question")
        assert shown(chat) == "ops"
