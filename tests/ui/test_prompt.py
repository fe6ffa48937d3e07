"""The prompt by itself: keys, recall, completion, cutting, pastes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.pilot import Pilot

from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.ui.keys import take
from amqpchat_tui.ui.prompt.prompt import PASTE_LINES_UNASKED, PROMPT_MAX_ROWS, Prompt

NAMES = ["bob", "barbara", "carol"]


def complete_names(before: str) -> tuple[int, list[str]]:
    start = len(before) - len(before.rsplit(None, 1)[-1]) if before.strip() else 0
    return start, [f"{name} " for name in NAMES if name.startswith(before[start:])]


KEYMAP = Keymap()


class PromptApp(App[None]):
    """A prompt that remembers what left it, and takes everything but `no`."""

    CSS = f"Prompt {{ height: auto; max-height: {PROMPT_MAX_ROWS}; }}"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.long_pastes: list[int] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Prompt(
                submit=self.take,
                complete=complete_names,
                ask_about_paste=lambda _, lines: self.long_pastes.append(lines),
                placeholder="say something",
            )

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.Key, events.Paste)):
            take(event, self.prompt, (), KEYMAP)
        else:
            await super().on_event(event)

    def take(self, line: str) -> bool:
        if line != "no":
            self.sent.append(line)
        return line != "no"

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)


async def type_text(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*("space" if character == " " else character for character in text))


async def test_enter_sends_and_empties() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await type_text(pilot, "hello you")
        await pilot.press("enter", "x")
        assert app.sent == ["hello you"]
        assert app.prompt.text == "x"


async def test_a_refused_line_stays() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await type_text(pilot, "no")
        await pilot.press("enter")
        assert (app.sent, app.prompt.text) == ([], "no")


async def test_blank_lines_are_not_sent() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("space", "enter")
        assert app.sent == []


@pytest.mark.parametrize("key", ["shift+enter", "alt+enter", "ctrl+j"])
async def test_newline_keys(key: str) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", key, "b", "enter")
        assert app.sent == ["a\nb"]


async def test_grows_to_six_rows() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        heights = []
        for _ in range(8):
            heights.append(app.prompt.size.height)
            await pilot.press("ctrl+j")
            await pilot.pause()
        assert heights == [1, 2, 3, 4, 5, 6, 6, 6]


async def test_keys_act_in_the_order_in_which_they_were_typed() -> None:
    """Keys come faster than the app runs bindings that wait for an event to bubble up."""
    app = PromptApp()
    async with app.run_test() as pilot:
        for key, character in [("a", "a"), ("ctrl+j", "\n"), ("b", "b"), ("left", None), ("c", "c")]:
            app.post_message(events.Key(key, character))
        for key, character in [("end", None), ("backspace", "\x7f"), ("d", "d"), ("enter", "\r")]:
            app.post_message(events.Key(key, character))
        await pilot.pause()
        assert app.sent == ["a\ncd"]


async def test_recall_keeps_the_draft() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        for line in ("one", "two", "two"):
            await type_text(pilot, line)
            await pilot.press("enter")
        await type_text(pilot, "draft")
        shown = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            shown.append(app.prompt.text)
        assert shown == ["two", "one", "one", "two", "draft", "draft"]


async def test_up_and_down_move_within_several_rows_first() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await type_text(pilot, "old")
        await pilot.press("enter", "a", "ctrl+j", "b", "up")
        assert app.prompt.text == "a\nb"
        await pilot.press("up")
        assert app.prompt.text == "old"
        await pilot.press("down")
        assert app.prompt.text == "a\nb"


@pytest.mark.parametrize(
    ("typed", "keys", "expected"),
    [
        ("one two", ["ctrl+a", "x"], "xone two"),
        ("one two", ["ctrl+a", "ctrl+e", "x"], "one twox"),
        ("one two-three", ["ctrl+w"], "one "),
        ("one two", ["ctrl+w", "ctrl+w", "ctrl+y"], "one two"),
        ("one two-three", ["alt+backspace"], "one two-"),
        ("one two", ["ctrl+u", "x", "ctrl+y"], "xone two"),
        ("one two", ["alt+b", "ctrl+k", "ctrl+a", "ctrl+y"], "twoone "),
        ("one two", ["ctrl+a", "alt+d", "alt+d", "ctrl+y"], "one two"),
        ("one two", ["ctrl+a", "alt+f", "x"], "onex two"),
        ("one", ["ctrl+y"], "one"),
    ],
)
async def test_readline_keys(typed: str, keys: Sequence[str], expected: str) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await type_text(pilot, typed)
        await pilot.press(*keys)
        assert app.prompt.text == expected


async def test_cutting_at_the_edge_joins_lines() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+j", "b", "ctrl+a", "ctrl+u")
        assert app.prompt.text == "ab"
        await pilot.press("ctrl+y", "left", "ctrl+k")
        assert app.prompt.text == "ab"


async def test_completion_cycles_both_ways() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await type_text(pilot, "hi b")
        shown = []
        for key in ("tab", "tab", "tab", "shift+tab", "x", "tab"):
            await pilot.press(key)
            shown.append(app.prompt.text)
        assert shown == ["hi bob ", "hi barbara ", "hi bob ", "hi barbara ", "hi barbara x", "hi barbara x"]


async def test_completion_on_a_later_row() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+j", "c", "tab")
        assert app.prompt.text == "a\ncarol "


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\x1b]52;c;aGk=\x07b", "a␛]52;c;aGk=␇b"),
    ],
)
async def test_a_paste_is_one_clean_text(pasted: str, expected: str) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.post_message(events.Paste(pasted))
        await pilot.pause()
        assert (app.prompt.text, app.sent) == (expected, [])


async def test_a_long_paste_is_asked_about() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.post_message(events.Paste("line\n" * (PASTE_LINES_UNASKED + 1)))
        await pilot.pause()
        assert (app.prompt.text, app.long_pastes) == ("", [PASTE_LINES_UNASKED + 1])


async def test_replacing_the_line_keeps_it_for_yank() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await type_text(pilot, "precious")
        app.prompt.put("")
        await pilot.press("ctrl+y")
        assert app.prompt.text == "precious"


async def test_the_cursor_does_not_blink() -> None:
    """A blinking cursor wakes the program twice a second for nothing."""
    app = PromptApp()
    async with app.run_test():
        assert app.prompt.cursor_blink is False
