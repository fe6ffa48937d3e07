"""The chat screen over a fake client: what is entered, what arrives, what is shown."""

from __future__ import annotations

import re
import time

import pytest
from msgspec.structs import replace
from textual import events
from textual.screen import Screen

from amqpchat_tui.actions.table import ACTIONS
from amqpchat_tui.chat import batches
from amqpchat_tui.config import ConnectionSettings, Secret, Tls
from amqpchat_tui.config.broker_url import parse_broker_url
from amqpchat_tui.model import Phase
from amqpchat_tui.ui import patient_screen
from amqpchat_tui.ui.app import ChatApp
from tests.support.fake_client import BROKER, FakeClient, message
from tests.support.waiting import wait_until
from tests.ui.chat import open_chat, open_rooms, settings

# What arrives


async def test_messages_stand_in_columns() -> None:
    async with open_chat() as chat:
        chat.client.hear(
            message("bob", "hello"),
            message("carol", "waves", action=True),
            message("a nick too long for its column", "x"),
            message("日本語", "wide 日本語 text"),
        )
        await chat.sees("wide")
        assert chat.rows[-6:-2] == [
            "12:00          bob │ hello",
            "12:00            * │ carol waves",
            "12:00 a nick too … │ x",
            "12:00       日本語 │ wide 日本語 text",
        ]


async def test_markup_and_brackets_are_only_text() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("[b]bob", "[red]markup[/] and [/"))
        await chat.sees("[b]bob │ [red]markup[/] and [/")
        chat.client.become(Phase.REFUSED, "no [b]virtual host[/] [/")
        await chat.sees("no [b]virtual host[/] [/")


async def test_a_text_direction_is_closed_on_every_row() -> None:
    async with open_chat((40, 10)) as chat:
        chat.client.hear(message("bob", "one \u202etwo three four five six\u202c seven"))
        await chat.sees("seven")
        rows = [strip.text for strip in chat.app.screen._compositor.render_strips() if "│" in strip.text]
        assert any("\u202e" in row for row in rows)
        assert all(row.count("\u202e") <= row.count("\u202c") for row in rows)


async def test_a_batch_is_one_drain() -> None:
    async with open_chat() as chat:
        before = chat.client.drains
        chat.client.hear(*(message("bob", f"line {n}") for n in range(batches.BATCH_DELIVERIES)))
        await chat.sees(f"line {batches.BATCH_DELIVERIES - 1}")
        assert chat.client.drains == before + 1


async def test_a_batch_that_is_due_in_no_time_is_drained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_screen, "FRAME_SECONDS", 1e-9)
    monkeypatch.setattr(batches, "DRAIN_SECONDS", 1e-9)
    async with open_chat() as chat:
        for number in range(3):
            chat.client.hear(message("bob", f"message {number}"))
            await chat.sees(f"message {number}")


async def test_what_is_told_stands_below_what_had_arrived_before() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "first"))
        await chat.sees("first")
        chat.client.hear(message("bob", "heard"))  # not drained at once, so soon after the last
        chat.client.become(Phase.RECONNECTING, "the broker has hung up", attempt=1)
        chat.client.hear(message("bob", "last"))
        await chat.sees("last")
        places = [chat.text.index(text) for text in ("heard", "the broker has hung up", "last")]
        assert places == sorted(places)


async def test_a_reader_further_up_is_not_moved() -> None:
    async with open_chat() as chat:
        chat.client.hear(*(message("bob", f"line {n}") for n in range(100)))
        await chat.sees("line 99")
        await chat.pilot.press("pageup")
        await chat.pilot.pause()
        seen = chat.rows[:21]
        assert "line 59" in chat.text
        chat.client.hear(*(message("bob", f"new {n}") for n in range(12)))
        await wait_until(lambda: "↓ 12 new" in chat.status, what="the count of new lines")
        await chat.pilot.pause()
        assert chat.rows[:21] == seen
        await chat.pilot.press("escape")
        await chat.sees("new 11")
        assert "new" not in chat.status


async def test_home_and_end_scroll_while_nothing_is_typed() -> None:
    async with open_chat() as chat:
        chat.client.hear(*(message("bob", f"line {n}") for n in range(100)))
        await chat.sees("line 99")
        await chat.pilot.press("home")
        await chat.sees("broadcast_chat as alice")
        await chat.pilot.press("end")
        await chat.sees("line 99")
        await chat.pilot.press("x", "ctrl+home")
        await chat.sees("broadcast_chat as alice")
        await chat.pilot.press("home", "y")
        assert chat.prompt.text == "yx"


async def test_a_resize_keeps_what_is_typed_and_wraps_anew() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "one two three four five six seven eight nine ten"))
        chat.prompt.insert_text("half a line")
        await chat.sees("nine ten")
        await chat.pilot.resize_terminal(40, 10)
        await chat.sees("│ nine ten")
        assert all(len(row) <= 40 for row in chat.rows)
        assert chat.prompt.text == "half a line"
        await chat.pilot.resize_terminal(200, 60)
        await chat.sees("one two three four five six seven eight nine ten")


async def test_a_mention_rings_only_when_the_person_looks_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_chat() as chat:
        rings: list[float] = []
        monkeypatch.setattr(chat.app, "bell", lambda: rings.append(time.monotonic()))
        chat.client.hear(message("bob", "alice: look"))
        await chat.sees("alice: look")
        assert not rings
        chat.app.post_message(events.AppBlur())
        await wait_until(lambda: not chat.app.app_focus, what="the terminal to lose the focus")
        chat.client.hear(message("bob", "alices are many"), message("bob", "hey Alice!"))
        await chat.sees("hey Alice!")
        chat.client.hear(message("bob", "alice again"))
        await chat.sees("alice again")
        assert len(rings) == 1


# What is entered


async def test_quit() -> None:
    async with open_chat() as chat:
        await chat.enter("/quit")
        await wait_until(lambda: chat.app.return_code == 0, what="the program to end")
        assert chat.client.closed


async def test_quit_asks_once_more_while_lines_are_unheard() -> None:
    async with open_chat() as chat:
        chat.client.become(Phase.RECONNECTING, "nobody listens on localhost:5672")
        await chat.enter("one")
        await chat.enter("/quit")
        await wait_until(lambda: "1 line has not been heard" in chat.hint, what="the question")
        assert chat.prompt.text == "/quit"
        assert not chat.client.closed
        await chat.pilot.press("enter")
        await wait_until(lambda: chat.client.closed, what="the client to be closed")


async def test_quit_waits_for_the_echo_of_the_last_words() -> None:
    async with open_chat() as chat:
        await chat.enter("bye")
        await chat.enter("/quit")
        assert not chat.client.closed
        chat.client.echo()
        await wait_until(lambda: chat.client.closed, what="the client to be closed")


async def test_nick() -> None:
    async with open_chat() as chat:
        await chat.enter("/nick bob")
        await chat.sees("You are now bob.")
        assert chat.client.nick == "bob"
        assert "│ bob" in chat.status
        await chat.enter("/nick a\u202eb")
        assert "invisible" in chat.hint
        assert (chat.client.nick, chat.prompt.text) == ("bob", "/nick a\u202eb")


async def test_me_and_slashes_go_to_the_room() -> None:
    async with open_chat() as chat:
        await chat.enter("/me waves")
        await chat.enter("//etc/hosts")
        assert chat.client.said == ["/me waves", "/etc/hosts"]


async def test_clear_and_help_and_reconnect() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "hello"))
        await chat.sees("hello")
        await chat.enter("/clear")
        await wait_until(lambda: "hello" not in chat.text, what="an empty scrollback")
        await chat.enter("/help")
        await chat.sees("Ctrl-C ")
        await chat.pilot.press("ctrl+home")
        await chat.sees("/nick NAME")
        await chat.enter("/reconnect")
        assert chat.client.reconnects == 1
        assert chat.client.said == []


async def test_mistaken_commands_are_sent_nowhere() -> None:
    async with open_chat() as chat:
        await chat.enter("/qiut")
        assert chat.hint
        await chat.pilot.press("enter")
        assert chat.client.said == []
        assert chat.prompt.text == "/qiut"
        await chat.pilot.press("x")
        await chat.pilot.pause()
        assert not chat.hint


async def test_what_a_command_says_above_the_prompt_stays_until_something_else_is_written() -> None:
    async with open_chat() as chat:
        await chat.enter("/roomlist")
        assert chat.hint == "Rooms at the left: always."
        assert chat.prompt.text == ""
        await chat.pilot.press("x")
        await chat.pilot.pause()
        assert not chat.hint


@pytest.mark.parametrize("line", ["quit", " /quit"])
async def test_doubtful_lines_need_a_second_enter(line: str) -> None:
    async with open_chat() as chat:
        await chat.enter(line)
        assert "/quit" in chat.hint
        assert chat.client.said == []
        await chat.pilot.press("enter")
        await chat.pilot.pause()
        assert [said.strip() for said in chat.client.said] == [line.strip()]
        assert not chat.hint


async def test_a_doubted_line_that_was_changed_is_doubted_again() -> None:
    async with open_chat() as chat:
        await chat.enter("quit")
        await chat.pilot.press("backspace", "t", "space", "enter")
        assert chat.client.said == []


async def test_tab_completes_speakers_latest_first() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("barbara", "x"), message("bob", "y"))
        await chat.sees("y")
        await chat.pilot.press("b", "tab")
        assert chat.prompt.text == "bob: "
        await chat.pilot.press("tab")
        assert chat.prompt.text == "barbara: "


async def test_ctrl_c_clears_then_offers_to_leave() -> None:
    async with open_chat() as chat:
        chat.prompt.insert_text("something")
        await chat.pilot.press("ctrl+c")
        assert chat.prompt.text == ""
        await chat.pilot.press("ctrl+y")
        assert chat.prompt.text == "something"
        await chat.pilot.press("ctrl+c", "ctrl+c")
        assert chat.prompt.text == "/quit"
        assert not chat.client.closed


async def test_a_dragged_selection_is_copied_without_columns() -> None:
    async with open_chat() as chat:
        long = "one two three four five six seven eight nine ten eleven twelve"
        chat.client.hear(message("bob", long), message("carol", "second"))
        await chat.sees("second")
        row = next(index for index, text in enumerate(chat.rows) if "one two" in text)
        await chat.pilot.mouse_down(offset=(21, row))
        await chat.pilot.hover(offset=(40, row + 2))
        await chat.pilot.mouse_up(offset=(40, row + 2))
        await chat.pilot.press("ctrl+c")
        assert chat.app.clipboard == f"{long}\nsecond"
        assert chat.prompt.has_focus


async def test_typing_lays_nothing_out_again() -> None:
    async with open_chat() as chat:
        await chat.pilot.press("a")
        await chat.pilot.pause()
        layouts: list[Screen[object]] = []
        chat.app.screen.screen_layout_refresh_signal.subscribe(chat.app, layouts.append)
        await chat.pilot.press(*"bcd")
        await chat.pilot.pause()
        assert (chat.prompt.text, len(layouts)) == ("abcd", 0)
        await chat.pilot.press("ctrl+j")
        await wait_until(lambda: layouts != [], what="a layout for another row")


@pytest.mark.parametrize(
    "keys", [("ctrl+g", "down", "up", "down"), ("ctrl+f", *"lin", "enter", "n", "N", "n")]
)
async def test_going_through_what_a_bar_offers_lays_nothing_out_again(keys: tuple[str, ...]) -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        chat.client.hear(*(message("bob", f"line {number}") for number in range(3)))
        await chat.sees("line 2")
        await chat.pilot.press(*keys[:-3])
        await chat.pilot.pause()
        layouts: list[Screen[object]] = []
        chat.app.screen.screen_layout_refresh_signal.subscribe(chat.app, layouts.append)
        await chat.pilot.press(*keys[-3:])
        await chat.pilot.pause()
        assert len(layouts) == 0


# How the connection stands


async def test_states_are_shown_with_their_reason() -> None:
    async with open_chat() as chat:
        for phase, reason, shown in (
            (Phase.BLOCKED, "the broker is low on memory", "◐ blocked: the broker is low on memory"),
            (Phase.RECONNECTING, "nobody listens", "◌ reconnecting: nobody listens"),
            (Phase.REFUSED, "wrong password", "✕ refused: wrong password"),
        ):
            chat.client.become(phase, reason)
            await chat.pilot.pause()
            assert shown in chat.status
            await chat.sees(reason)


async def test_what_others_could_read_is_warned_of() -> None:
    connection = ConnectionSettings(
        brokers=(parse_broker_url(Secret("amqp://broker.example.org")),), tls=Tls(insecure_skip_verify=True)
    )
    async with open_chat((120, 24), replace(settings(), connection=connection)) as chat:
        assert chat.status.strip() == " │ ".join(
            ["● online", "certificate not verified, not encrypted", "broadcast_chat", BROKER, "alice"]
        )


async def test_the_wait_for_the_next_dial_is_counted_down() -> None:
    async with open_chat() as chat:
        chat.client.become(Phase.RECONNECTING, "nobody listens", attempt=3, retry_at=time.monotonic() + 60)
        await chat.pilot.pause()
        assert "reconnecting in 60 s (attempt 3): nobody listens" in chat.status
        await wait_until(lambda: re.search(r"in 5\d s", chat.text), what="a second less")


async def test_an_internal_error_ends_the_program_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient()
    app = ChatApp(settings(), client)

    async def run() -> None:
        async with app.run_test():
            await wait_until(lambda: client.started, what="the client to be started")
            monkeypatch.setattr(client, "drain", lambda *_: 1 / 0)
            client.hear(message("bob", "hello"))
            await wait_until(lambda: not app.is_running, what="the end")

    with pytest.raises(ZeroDivisionError):
        await run()
    assert isinstance(app.crash, ZeroDivisionError)
    assert app.return_code == 1
    assert not app._exit_renderables


async def test_the_palette_has_what_the_table_says() -> None:
    async with open_chat() as chat:
        titles = {command.title for command in chat.app.get_system_commands(chat.app.screen)}
        assert {action.palette for action in ACTIONS if action.palette} <= titles
        await chat.pilot.press("ctrl+p", *"quit")
        await chat.sees("Leave amqpchat.")
        await chat.pilot.press("enter")
        await wait_until(lambda: chat.client.closed, what="the end")
