"""The question before a long paste, and the order of what is typed around it."""

from __future__ import annotations

import pytest
from textual import events

from amqpchat_tui.ui.prompt.paste_question import PasteQuestion
from amqpchat_tui.ui.terminal_parser import PASTE_END, PASTE_START, Parser
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat

ROWS = "\n".join(f"row {number}" for number in range(25))


async def sees_question(chat: Chat) -> None:
    def seen() -> bool:
        return isinstance(chat.app.screen, PasteQuestion) and chat.app.screen.seen

    await wait_until(seen, what="the question")


async def test_a_long_paste_is_asked_about_first() -> None:
    async with open_chat() as chat:
        chat.app.post_message(events.Paste(ROWS))
        await sees_question(chat)
        await chat.pilot.press("escape")
        await chat.pilot.pause()
        assert chat.prompt.text == ""
        chat.app.post_message(events.Paste(ROWS))
        await sees_question(chat)
        await chat.pilot.press("enter")
        await chat.pilot.pause()
        assert chat.prompt.text == ROWS
        await chat.pilot.press("enter")
        assert chat.client.said == [ROWS]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("answer", "said", "left"),
    [("\r", [f"before {ROWS}and more"], "last"), ("\x1b", [], "before and more\nlast")],
)
async def test_what_is_typed_behind_a_long_paste_stays_behind_it(
    answer: str, said: list[str], left: str, size: int
) -> None:
    """Letters, another paste and Enter come before anybody can have seen the question."""
    sent = f"before {PASTE_START}{ROWS}{PASTE_END}and {PASTE_START}more{PASTE_END}\rla"
    async with open_chat() as chat:
        parser = Parser()
        for start in range(0, len(sent), size):
            for event in parser.feed(sent[start : start + size]):
                chat.app.post_message(event)
        for typed in "", "s", answer, "t":  # "s" is no answer
            for event in [*parser.feed(typed), *parser.idle()]:
                chat.app.post_message(event)
            await sees_question(chat) if not typed else None
        await wait_until(lambda: chat.prompt.text == left, what=lambda: repr(chat.prompt.text))
        assert chat.client.said == said


async def test_one_long_paste_behind_another_is_asked_about_too() -> None:
    async with open_chat() as chat:
        for event in Parser().feed(f"{PASTE_START}{ROWS}{PASTE_END}!{PASTE_START}{ROWS}{PASTE_END}?"):
            chat.app.post_message(event)
        for _ in range(2):
            await sees_question(chat)
            await chat.pilot.press("enter")
        await wait_until(lambda: chat.prompt.text == f"{ROWS}!{ROWS}?", what=lambda: repr(chat.prompt.text))


async def test_an_unmarked_paste_sends_nothing_unasked() -> None:
    async with open_chat() as chat:
        parser = Parser()
        for rows in 3, 25:
            pasted = [*parser.feed("\r".join(f"row {number}" for number in range(rows))), *parser.idle()]
            for event in pasted:
                chat.app.post_message(event)
        await sees_question(chat)
        assert chat.client.said == []
        assert chat.prompt.text == "row 0\nrow 1\nrow 2"
