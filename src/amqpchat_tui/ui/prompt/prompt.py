"""The input box: several rows, readline's keys, recall, completion."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.text_area import Location

from amqpchat_tui.ui.prompt.recall import InputHistory
from amqpchat_tui.wire.text import clean_text

MAX_ROWS = 6
"""Rows to which the prompt grows; set in chat.tcss, and told here for the tests."""

PASTE_LINES_UNASKED = 20
"""A paste of more lines than this is asked about first."""

Submit = Callable[[str], bool]
"""Takes a line; False leaves it in the prompt."""

Complete = Callable[[str], tuple[int, list[str]]]
"""Takes what stands before the cursor; gives where the word to replace begins, and its candidates."""


@dataclass
class _Completion:
    """A completion being cycled through."""

    start: int
    candidates: list[str]
    index: int
    text: str
    """The prompt's text with the candidate at `index` put in: while it is still so, Tab goes on."""


class Prompt(TextArea):
    """Where a line is written.

    Lines leave through the `submit` callback, not through a message: a key typed right after Enter would
    otherwise be lost when the answer to that message empties the prompt.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+enter,alt+enter,ctrl+j", "newline", "New line", show=False),
        Binding("tab", "complete(1)", "Complete", show=False),
        Binding("shift+tab", "complete(-1)", "Complete back", show=False),
        Binding("ctrl+c", "screen.interrupt", "Copy, clear or leave", show=False),
        Binding("home", "home", "Start of line, or top of the scrollback", show=False),
        Binding("end", "end", "End of line, or end of the scrollback", show=False),
        Binding("alt+b", "cursor_word_left", "Word left", show=False),
        Binding("alt+f", "cursor_word_right", "Word right", show=False),
        Binding("ctrl+w", "kill_blank_word_left", "Cut to the blank before", show=False),
        Binding("alt+backspace,ctrl+backspace", "kill_word_left", "Cut the word before", show=False),
        Binding("alt+d", "kill_word_right", "Cut the word after", show=False),
        Binding("ctrl+u", "kill_to_start", "Cut to the start of the line", show=False),
        Binding("ctrl+k", "kill_to_end", "Cut to the end of the line", show=False),
        Binding("ctrl+y", "yank", "Put back what was cut", show=False),
    ]

    @dataclass
    class LongPaste(Message):
        """A paste too long to take without asking; `Prompt.insert_text` takes it."""

        text: str
        lines: int

    def __init__(self, *, submit: Submit, complete: Complete, placeholder: str) -> None:
        super().__init__(
            id="prompt", placeholder=placeholder, compact=True, highlight_cursor_line=False, soft_wrap=True
        )
        self.cursor_blink = False
        self._submit = submit
        self._complete = complete
        self._recall = InputHistory()
        self._completion: _Completion | None = None
        self._killed = ""
        self._after_kill: tuple[str, Location] | None = None

    # -- keys ---------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        """Enter sends, bound keys act; all others are typed by `TextArea`, whose own handler runs next.

        Bindings are run from here, not when the key has bubbled up to the app: by then the letters behind it
        would have been typed, and fast typing would come out in another order.
        """
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._enter()
        elif bindings := self._bindings.key_to_bindings.get(event.key):
            event.prevent_default()
            if await self.app.run_action(bindings[-1].action, self):
                event.stop()
        elif event.key.startswith("alt+"):
            event.prevent_default()  # terminals send the letter along, which is not meant to be typed

    def _enter(self) -> None:
        line = self.text
        if line.strip() and self._submit(line):
            self._recall.add(line)
            self.clear()

    async def _on_paste(self, event: events.Paste) -> None:
        """A paste is one text, whatever newlines the terminal sends for it."""
        event.stop()
        event.prevent_default()
        text = clean_text(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        lines = text.count("\n") + 1
        if lines > PASTE_LINES_UNASKED:
            self.post_message(self.LongPaste(text, lines))
        else:
            self.insert_text(text)

    def insert_text(self, text: str) -> None:
        """Put a text in place of the selection, or at the cursor."""
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    def action_newline(self) -> None:
        """Begin another row of the same message."""
        self.insert_text("\n")

    # -- recall -------------------------------------------------------------------------------------

    def action_cursor_up(self, select: bool = False) -> None:
        """One row up; from the top row, recall the line before."""
        if select or not self.navigator.is_first_wrapped_line(self.cursor_location):
            super().action_cursor_up(select)
        elif (line := self._recall.older(self.text)) is not None:
            self._show(line)

    def action_cursor_down(self, select: bool = False) -> None:
        """One row down; from the last row, recall the line after, at last the draft."""
        if select or not self.navigator.is_last_wrapped_line(self.cursor_location):
            super().action_cursor_down(select)
        elif (line := self._recall.newer()) is not None:
            self._show(line)

    def recall(self, lines: Sequence[str]) -> None:
        """Have lines of earlier days to recall, before those that are entered here."""
        self._recall.begin_with(lines)

    def _show(self, line: str) -> None:
        self.replace(line, (0, 0), self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def put(self, line: str) -> None:
        """Replace what is written, keeping it for Ctrl-Y."""
        if self.text:
            self._killed = self.text
        self._show(line)

    # -- home and end -------------------------------------------------------------------------------

    async def action_home(self) -> None:
        """The start of the line; in an empty prompt, the top of the scrollback."""
        if self.text:
            self.action_cursor_line_start()
        else:
            await self.run_action("screen.scroll_top")

    async def action_end(self) -> None:
        """The end of the line; in an empty prompt, the end of the scrollback."""
        if self.text:
            self.action_cursor_line_end()
        else:
            await self.run_action("screen.scroll_end")

    # -- completion ---------------------------------------------------------------------------------

    def action_complete(self, step: int) -> None:
        """Complete the word before the cursor, or go on to its next candidate."""
        completion = self._completion
        if completion is None or completion.text != self.text:
            row, column = self.cursor_location
            before = "\n".join([*self.document.lines[:row], self.document.get_line(row)[:column]])
            start, candidates = self._complete(before)
            if not candidates:
                return
            index = 0 if step > 0 else len(candidates) - 1
            completion = _Completion(start, candidates, index, "")
        else:
            completion.index = (completion.index + step) % len(completion.candidates)
        self.replace(
            completion.candidates[completion.index],
            self._location(completion.start),
            self.cursor_location,
            maintain_selection_offset=False,
        )
        completion.text = self.text
        self._completion = completion

    def _location(self, index: int) -> Location:
        """The row and column of a character counted from the start of the text."""
        before = self.text[:index]
        return before.count("\n"), index - (before.rfind("\n") + 1)

    # -- cutting and putting back -------------------------------------------------------------------

    def action_kill_blank_word_left(self) -> None:
        """Cut back to the last blank, as a shell's Ctrl-W does."""
        self._kill_left(r"\S*\s*$")

    def action_kill_word_left(self) -> None:
        """Cut back to the start of the word."""
        self._kill_left(r"\w*\W*$")

    def action_kill_to_start(self) -> None:
        """Cut back to the start of the line, or the line's end before it."""
        self._kill_left(r".+$|^$")

    def action_kill_word_right(self) -> None:
        """Cut to the end of the word."""
        self._kill_right(r"\W*\w*")

    def action_kill_to_end(self) -> None:
        """Cut to the end of the line, or the line's end itself."""
        self._kill_right(r".*")

    def action_yank(self) -> None:
        """Put back what was cut last."""
        if self._killed:
            self.insert_text(self._killed)

    def _kill_left(self, pattern: str) -> None:
        row, column = end = self.cursor_location
        found = re.search(pattern, self.document.get_line(row)[:column])
        start = (row, found.start()) if found and column else self.get_cursor_left_location()
        self._kill(start, end, before=True)

    def _kill_right(self, pattern: str) -> None:
        row, column = start = self.cursor_location
        found = re.match(pattern, self.document.get_line(row)[column:])
        end = (row, column + found.end()) if found and found.end() else self.get_cursor_right_location()
        self._kill(start, end, before=False)

    def _kill(self, start: Location, end: Location, *, before: bool) -> None:
        """Cut a range; what consecutive keys cut is put back as one."""
        if start == end:
            return
        text = self.document.get_text_range(start, end)
        if self._after_kill != (self.text, self.cursor_location):
            self._killed = text
        else:
            self._killed = text + self._killed if before else self._killed + text
        self.replace("", start, end, maintain_selection_offset=False)
        self._after_kill = (self.text, self.cursor_location)


class PromptRow(Horizontal):
    """The prompt behind its mark, which a bar may take the place of."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(Static("❯", id="prompt-mark", markup=False), prompt, id="prompt-row")
        self._prompt = prompt
        self.bar: Widget | None = None
        """What stands in for the prompt."""

    def give_way(self, bar: Widget, focus: Widget | None = None) -> None:
        """Let a bar, or a part of it, have the keys from the next one on."""
        self.bar = bar
        self.display = False
        self.screen.mount(bar)
        self.screen.set_focus(focus or bar)

    def come_back(self) -> None:
        """Take the keys back, from the next one on."""
        if self.bar is not None:
            self.bar.remove()
            self.bar = None
        self.display = True
        self.screen.set_focus(self._prompt)
