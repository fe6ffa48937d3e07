"""Code is coloured between its fences, the text stays as it was; what a program tells has a rule."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rich.style import Style
from rich.syntax import Syntax

from amqpchat_tui.model import Severity
from amqpchat_tui.ui.scrollback.code_marks import COLOURED_MAX_CHARACTERS, LANGUAGES, code_marks
from amqpchat_tui.ui.scrollback.palette import Palette
from tests.support.fake_client import message
from tests.ui.chat import Chat, is_readable, open_chat, settings, styles_of

CODE = "look:\n```python\nimport os  # why\n```\ndone"


def palette(chat: Chat) -> Palette:
    return Palette.of(chat.scrollback)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord"])
async def test_code_is_coloured_and_readable(theme: str) -> None:
    ui = replace(settings().ui, theme=theme)
    async with open_chat(with_settings=replace(settings(), ui=ui)) as chat:
        chat.client.hear(message("bob", CODE))
        await chat.sees("done")
        (word,), (plain,) = list(styles_of(chat, "import"))[:1], list(styles_of(chat, "done"))[:1]
        assert word.color != plain.color
        for text in ("import", "os", "# why"):
            assert all(map(is_readable, styles_of(chat, text))), text
        assert "import os  # why" in chat.text, "the text is as it was"


async def test_little_of_a_text_is_coloured_and_no_language_that_is_not_known() -> None:
    async with open_chat() as chat:
        look = palette(chat)
        long = "```python\n" + "x = 1\n" * 5_000 + "```"
        coloured = [mark for mark in code_marks(long, look) if mark.style != look.quote]
        assert coloured
        assert max(mark.end for mark in coloured) <= len("```python\n") + COLOURED_MAX_CHARACTERS
        for language in ("", "brainfuck", "nosuch"):
            text = f"```{language}\nx = 1\n```"
            assert {mark.style for mark in code_marks(text, look)} <= {look.quote, Style()}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_language_is_known_to_the_library(language: str) -> None:
    assert Syntax("", language).lexer is not None


@pytest.mark.parametrize("level", ["info", "warn", "fail"])
async def test_what_a_program_tells_has_a_rule_in_a_colour_of_its_own(level: Severity) -> None:
    async with open_chat() as chat:
        chat.client.hear(replace(message("ci", "nightly dump"), level=level), message("bob", "hello"))
        await chat.sees("hello")
        rules = {style.color for style in styles_of(chat, "▌")}
        assert rules == {palette(chat).level(level).color}
        assert sum("▌" in row for row in chat.rows) == 1
