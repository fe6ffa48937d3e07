"""Whatever somebody says, each thing that can be done with it leaves the program running."""

from __future__ import annotations

import asyncio
import subprocess
from unittest.mock import Mock, patch

from hypothesis import example, given
from hypothesis import strategies as st

from amqpchat_tui.ui.scrollback.links import ascii_address, find_links, open_link
from amqpchat_tui.wire.lines import decode
from tests.support.examples import examples
from tests.support.fake_client import NOON
from tests.ui.chat import Chat, open_chat
from tests.wire.arrived import arrived

_PIECES = [
    *(
        "http://",
        "https://",
        "[",
        "]",
        "[IP-address]",
        "::1",
        "@",
        ":",
        "/",
        "?",
        "#",
        "%",
        "%zz",
        "xn--",
        "..",
    ),
    *("\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b", "\x00", "[red]", "[/]", "\\", "\r", "\n", "\t", " ", "/me "),
    *(
        "alice",
        "@alice",
        "İ",
        "ß",
        "Ⅷ",
        "٣",
        "²",
        "𝟙",
        "。",
        "\u00a0",
        "\u00ad",
        "\u200d",
        "\u2028",
        "\u202e",
        "\ufe0f",
    ),
    *("👩", "🇩", "🇪", "\u0301", "한", "क्", "\U000e0067", "\U0010ffff", "x" * 300),
]
anything = st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=8).map("".join)
addresses = anything.map("http://{}".format)
said = anything | addresses

NO_ADDRESSES = [
    "http://[IP-address]/status",
    "http://[",
    "https://]",
    "http://[::1%zz]:x@/",
    "http://a\u2100b/",
]


async def test_what_only_looks_like_an_address_is_opened_or_refused_without_harm() -> None:
    async with open_chat() as chat:
        for text in NO_ADDRESSES:
            await hear(chat, "bob", text)
            with patch.object(subprocess, "Popen") as popen:
                await chat.pilot.press("alt+up", "u", "escape", "o", "k")
            assert chat.prompt.text == "ok"
            assert popen.call_count <= 1
            chat.prompt.clear()


@given(said)
@example("http://[IP-address]/status")
def test_an_address_is_found_shown_and_opened_whatever_it_is(text: str) -> None:
    for link in find_links(text):
        assert text[link.start : link.end] == link.url
        address = ascii_address(link.url)
        assert address is None or (address.isascii() and address.startswith("http"))
        with patch.object(subprocess, "Popen"):
            open_link(link.url)


@examples(1 / 8)
@given(st.lists(st.tuples(anything, said), min_size=1, max_size=6))
@example([("bob", text) for text in NO_ADDRESSES])
def test_every_action_on_any_text_leaves_the_program_running(lines: list[tuple[str, str]]) -> None:
    asyncio.run(act_on_all(lines))


async def act_on_all(lines: list[tuple[str, str]]) -> None:
    with patch.object(subprocess, "Popen", Mock(side_effect=OSError)):
        async with open_chat() as chat:
            press = chat.pilot.press
            for nick, text in lines:
                await hear(chat, nick, text)
                await press(
                    "alt+up",
                    "c",
                    "u",
                    "greater_than_sign",
                    "ctrl+a",
                    "right",
                    "delete",
                    "ctrl+e",
                    "left",
                    "backspace",
                )
                await press(
                    "ctrl+w", "alt+backspace", "tab", "up", "alt+b", "alt+d", "alt+f", "ctrl+y", "enter"
                )
                chat.client.fail(text)
                await press("alt+o", "s", "e", "ctrl+c", "alt+p", "escape", "alt+u", "pageup", "pagedown")
                await press("ctrl+f", *(name_of(character) for character in text[:3]), "enter", "n", "alt+up")
                await press("r", "ctrl+c", "escape")
                await chat.pilot.mouse_down(chat.scrollback, offset=(40, 10))
                await chat.pilot.hover(chat.scrollback, offset=(60, 20))
                await chat.pilot.mouse_up(chat.scrollback, offset=(60, 20))
                await press("ctrl+c", "escape")
            await chat.pilot.resize_terminal(43, 9)
            await press("ctrl+l", "ctrl+c")
            assert chat.app.is_running
            assert chat.app.crash is None


async def hear(chat: Chat, nick: str, text: str) -> None:
    """Let something arrive as it does from a broker: as bytes, which are cleaned."""
    body = text.encode("utf-8", "surrogatepass")
    chat.client.hear(decode(arrived(body, nick.encode("utf-8", "surrogatepass")), received_at=NOON))
    await chat.pilot.pause()


def name_of(character: str) -> str:
    """What the pilot presses for a character: it takes apart what has a comma or a plus in it."""
    return character if character.isalnum() else "space"
