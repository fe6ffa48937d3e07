"""Whatever the terminal sends, in whatever pieces, the program goes on, or leaves because it was told to."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events

from amqpchat_tui.ui.command_palette import Commands
from amqpchat_tui.ui.terminal_parser import PASTE_END, PASTE_START, Parser
from tests.support.examples import examples
from tests.support.fake_client import FakeChoices, message
from tests.support.terminal import Key, Terminal
from tests.ui.chat import Chat, connecting_chat, open_chat
from tests.ui.chat import settings as chat_settings

KEY_REPORT = "\x1b[97;5:1u"
"""Ctrl-A in kitty's protocol, with the kind of the event: Textual's own parser dies of it."""

_PIECES = [
    *(
        f"\x1b[{report}"
        for report in ("97;5:1u", "97;5:3u", "1094::119;5u", "0;;233:8205u", "1;5:2A", "::;::;::u")
    ),
    *(
        f"\x1b[{report}"
        for report in ("55296u", "1114112;5u", "57344u", "57441;2u", "48;0;0;0;0t", "?2048;1$y")
    ),
    *(
        f"\x1b[{report}"
        for report in ("?2026;2$y", "I", "O", "9;9R", "M !!", "<0;5;5M", "<0;5;5m", "<2;9;20M")
    ),
    *(
        f"\x1b[{report}"
        for report in ("<35;65535;65535M", "<64;5;5M", "<65;5;5M", "<0;79;23M", "<32;40;3M", "<0;1;1m")
    ),
    *(
        "\x1b",
        "\x1b[",
        "\x1b[A",
        "\x1b[B",
        "\x1b[C",
        "\x1b[D",
        "\x1b[H",
        "\x1b[F",
        "\x1b[3~",
        "\x1b[5~",
        "\x1b[6~",
    ),
    *(
        "\x1b[1;2D",
        "\x1b[1;2C",
        "\x1b[1;3A",
        "\x1b[1;3B",
        "\x1b[1;5D",
        "\x1b[1;5C",
        "\x1b[1;6D",
        "\x1b[Z",
        "\x1b\r",
    ),
    *(
        "\x1bb",
        "\x1bd",
        "\x1bf",
        "\x1bn",
        "\x1bo",
        "\x1bp",
        "\x1bu",
        "\x1b\x7f",
        "\t",
        "\r",
        "\n",
        "\x7f",
        " ",
    ),
    *(
        "\x01",
        "\x03",
        "\x05",
        "\x06",
        "\x0b",
        "\x0c",
        "\x0e",
        "\x10",
        "\x15",
        "\x16",
        "\x17",
        "\x18",
        "\x19",
        "\x1f",
    ),
    *(
        PASTE_START,
        PASTE_END,
        f"{PASTE_START}one\rtwo{PASTE_END}",
        "row\r" * 30,
        "\x00",
        "\x80",
        "\x9b",
        "\ufffd",
    ),
    *(
        "c",
        "d",
        "e",
        "j",
        "k",
        "n",
        "q",
        "r",
        ">",
        "g",
        "s",
        "u",
        "/nick ",
        "/help",
        "/me ",
        "[",
        "@",
        "👩\u200d👧",
        "🇩🇪",
        "e\u0301",
    ),
]
anything = st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), min_size=10, max_size=60)


@examples(1 / 5)
@given(anything, st.integers(1, 200))
@example([KEY_REPORT], 200)
@example(["\x06", "\x1b[6;5~"], 200)  # finding, Ctrl-PgDn
@example(["\x10", "\x1b[5~", "q", "\x1b[A", "\x10"], 200)  # the palette, closed while it searches
@example(["\x10", *["\x1b[<0;1;1M", "\x1b[<0;1;1m"] * 2], 200)  # a double click beside the palette
@example(["\x1b[48;0;0;0;0t", "\x1b[<0;5;5M"], 200)
def test_any_keys_leave_the_program_running(pieces: list[str], size: int) -> None:
    asyncio.run(press_all("".join(pieces), size))


async def press_all(sent: str, size: int) -> None:
    async with open_chat() as chat:
        chat.client.hear(*(message("bob", f"line {number} for alice") for number in range(50)))
        await chat.pilot.pause()
        await press_in(chat, sent, size)


@examples(1 / 10)
@given(anything, st.integers(1, 200))
def test_any_keys_leave_the_question_at_the_start_running(pieces: list[str], size: int) -> None:
    asyncio.run(press_all_at_the_question("".join(pieces), size))


async def press_all_at_the_question(sent: str, size: int) -> None:
    async with connecting_chat(choices=FakeChoices(chat_settings().connection)) as chat:
        chat.client.find_nobody()
        await chat.pilot.pause()
        await press_in(chat, sent, size)


async def press_in(chat: Chat, sent: str, size: int) -> None:
    """Hand over what the terminal sends as the driver does, in pieces."""
    parser = Parser()
    driver = chat.app._driver
    assert driver is not None
    for start in range(0, len(sent), size):
        for event in parser.feed(sent[start : start + size]):
            driver.process_message(event)
        await asyncio.sleep(0)
    for event in [*parser.idle(), *parser.idle()]:
        driver.process_message(event)
    if chat.app.is_running:
        await chat.pilot.pause()
    assert chat.app.crash is None
    assert chat.app.is_running or chat.client.closed


async def test_the_command_palette_may_be_opened_before_the_one_before_is_gone() -> None:
    async with open_chat() as chat:
        chat.app.action_command_palette()
        assert isinstance(chat.app.screen, Commands)
        chat.app.screen.dismiss()
        chat.app.action_command_palette()
        await chat.sees("Search for commands")


@pytest.mark.parametrize("report", [events.AppFocus, events.AppBlur])
async def test_a_terminal_may_tell_of_its_focus_when_the_screen_is_gone(report: type[events.Event]) -> None:
    async with open_chat() as chat:
        pass
    await chat.app.on_event(report())


async def test_a_picture_that_is_asked_for_at_the_end_is_not_taken() -> None:
    async with open_chat() as chat:
        pass
    assert chat.app.deliver_screenshot() is None


def test_a_terminal_that_reports_all_there_is_to_report(open_terminal: Callable[..., Terminal]) -> None:
    chat = open_terminal(sys.executable, "-m", "tests.bench.programs.full_room", "100")
    chat.wait_for("the newest of them all")
    chat.write(KEY_REPORT + "\x1b[48;0;0;0;0t\x1b[<0;5;5M\x1b[<0;5;5m\x1b[97;1:3;97u\x1b[57441;2u")
    chat.write("\x1b[111;;111u\x1b[111;1:3;111u\x1b[0;;26085:26412u and a word more\x1b[1094::119;5u!")
    chat.wait_for("❯ o日本 and a word !")
    assert "kitty keyboard" in chat.modes
    chat.write(Key.ESCAPE + "\x15/quit" + Key.ENTER)
    assert chat.wait_exit() == 0
    chat.assert_restored()


def test_alternate_keys_are_asked_for_within_what_is_given_back(
    open_terminal: Callable[..., Terminal],
) -> None:
    chat = open_terminal(sys.executable, "-m", "tests.bench.programs.full_room", "100")
    chat.wait_for("the newest of them all")
    chat.write("/quit" + Key.ENTER)
    assert chat.wait_exit() == 0
    asked = [sequence[0] for sequence in re.finditer(rb"\x1b\[[<=>][\d;]*u", chat.raw)]
    assert [sequence[2:3] for sequence in asked] == [b">", b"=", b"<"]
    assert asked[1] == b"\x1b[=4;2u"
