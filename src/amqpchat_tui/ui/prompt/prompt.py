"""The input box: several rows, readline's keys, recall, completion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.text_area import Location

from amqpchat_tui.ui.prompt.characters import (
    WholeCharacters,
    after,
    at,
    before,
    blank_word_before,
    typed_text,
    word_after,
    word_before,
)
from amqpchat_tui.ui.prompt.recall import InputHistory
from amqpchat_tui.wire.text import clean_text

MAX_ROWS = 6
"""Rows to which the prompt grows; set in chat.tcss, and told here for the tests."""

PASTE_LINES_UNASKED = 20
"""A paste of more lines than this is asked about first."""

Place = Callable[[str, int], int]
"""A place in a line as seen from another."""

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
        Binding("alt+d,alt+delete,ctrl+delete", "kill_word_right", "Cut the word after", show=False),
        Binding("ctrl+u", "kill_to_start", "Cut to the start of the line", show=False),
        Binding("ctrl+k", "kill_to_end", "Cut to the end of the line", show=False),
        Binding("ctrl+y", "yank", "Put back what was cut", show=False),
    ]

    @dataclass
    class LongPaste(Message):
        """A paste too long to take without asking; `Prompt.settle` must be told what to take."""

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
        self._held: list[events.Key | events.Paste] | None = None
        """What was typed while a long paste is asked about."""
        self._killed = ""
        self._after_kill: tuple[str, Location] | None = None

    # -- keys ---------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        """Enter sends, bound keys act, all others are typed.

        Bindings are run from here, not when the key has bubbled up to the app: by then the letters behind it
        would have been typed, and fast typing would come out in another order.
        """
        if self.hold(event):
            event.stop()
            event.prevent_default()
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._enter()
        elif bindings := self._bindings.key_to_bindings.get(event.key):
            event.prevent_default()
            if await self.app.run_action(bindings[-1].action, self):
                event.stop()
        else:
            event.prevent_default()
            if text := typed_text(event):
                event.stop()
                self._replace_via_keyboard(text, *self.selection)

    def _enter(self) -> None:
        line = self.text
        if line.strip() and self._submit(line):
            self._recall.add(line)
            self.clear()

    async def _on_paste(self, event: events.Paste) -> None:
        """A paste is one text, whatever newlines the terminal sends for it."""
        event.stop()
        event.prevent_default()
        if self.hold(event):
            return
        text = clean_text(event.text)
        lines = text.count("\n") + 1
        if lines > PASTE_LINES_UNASKED:
            self._held = []
            self.post_message(self.LongPaste(text, lines))
        else:
            self.insert_text(text)

    def hold(self, event: events.Key | events.Paste) -> bool:
        """Keep what is typed behind a long paste until `settle`: it may well be in the same read."""
        if self._held is None:
            return False
        self._held.append(event)
        return True

    def settle(self, pasted: str) -> None:
        """Take a long paste, or nothing instead of it, and then what was typed behind it, in its order.

        Without the paste, Enter only begins a new row: no line is sent that the paste was to be part of.
        """
        held, self._held = self._held or [], None
        self.insert_text(pasted)
        for event in held:
            if isinstance(event, events.Paste):
                self.post_message(events.Paste(event.text))
            elif event.key == "enter" and not pasted:
                self.post_message(events.Key("ctrl+j", "\n"))
            else:
                self.post_message(event.copy())

    def insert_text(self, text: str) -> None:
        """Put a text in place of the selection, or at the cursor."""
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    def action_newline(self) -> None:
        """Begin another row of the same message."""
        self.insert_text("\n")

    # -- by characters and words --------------------------------------------------------------------

    @property
    def _line(self) -> str:
        """The line that the cursor is in."""
        return self.document.get_line(self.cursor_location[0])

    def _whole(self, location: Location) -> Location:
        row, column = location
        return row, at(self.document.get_line(row), column)

    def get_line(self, line_index: int) -> Text:
        """Draw the cursor on a whole character."""
        return WholeCharacters(self.document.get_line(line_index), end="", no_wrap=True)

    def get_target_document_location(self, event: events.MouseEvent) -> Location:
        """The character under the mouse."""
        return self._whole(super().get_target_document_location(event))

    def get_cursor_left_location(self) -> Location:
        """One character back; from the start of a line, the end of the one before."""
        row, column = self.cursor_location
        return (row, before(self._line, column)) if column else super().get_cursor_left_location()

    def get_cursor_right_location(self) -> Location:
        """One character on; from the end of a line, the start of the next."""
        row, column = self.cursor_location
        at_end = column == len(self._line)
        return super().get_cursor_right_location() if at_end else (row, after(self._line, column))

    def get_cursor_word_left_location(self) -> Location:
        """The start of the word."""
        row, column = self.cursor_location
        return (row, word_before(self._line, column)) if column else super().get_cursor_word_left_location()

    def get_cursor_word_right_location(self) -> Location:
        """The end of the word."""
        row, column = self.cursor_location
        at_end = column == len(self._line)
        return super().get_cursor_word_right_location() if at_end else (row, word_after(self._line, column))

    def get_cursor_up_location(self) -> Location:
        """The character above."""
        return self._whole(super().get_cursor_up_location())

    def get_cursor_down_location(self) -> Location:
        """The character below."""
        return self._whole(super().get_cursor_down_location())

    def get_cursor_line_end_location(self) -> Location:
        """The end of the row on the screen."""
        return self._whole(super().get_cursor_line_end_location())

    # -- recall -------------------------------------------------------------------------------------

    def action_cursor_up(self, select: bool = False) -> None:
        """One row up; from the top row, recall the line before."""
        if select or not self.navigator.is_first_wrapped_line(self.cursor_location):
            super().action_cursor_up(select)
        elif (line := self._recall.older(self.text)) is not None:
            self.show(line)

    def action_cursor_down(self, select: bool = False) -> None:
        """One row down; from the last row, recall the line after, at last the draft."""
        if select or not self.navigator.is_last_wrapped_line(self.cursor_location):
            super().action_cursor_down(select)
        elif (line := self._recall.newer()) is not None:
            self.show(line)

    def recall(self, lines: Sequence[str]) -> None:
        """Have lines of earlier days to recall, before those that are entered here."""
        self._recall.begin_with(lines)

    def show(self, line: str) -> None:
        """Replace what is written, without keeping it."""
        self.replace(line, (0, 0), self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def put(self, line: str) -> None:
        """Replace what is written, keeping it for Ctrl-Y."""
        if self.text:
            self._killed = self.text
        self.show(line)

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
        self._kill_left(blank_word_before)

    def action_kill_word_left(self) -> None:
        """Cut back to the start of the word."""
        self._kill_left(word_before)

    def action_kill_to_start(self) -> None:
        """Cut back to the start of the line, or the line's end before it."""
        self._kill_left(lambda line, column: 0)

    def action_kill_word_right(self) -> None:
        """Cut to the end of the word."""
        self._kill_right(word_after)

    def action_kill_to_end(self) -> None:
        """Cut to the end of the line, or the line's end itself."""
        self._kill_right(lambda line, column: len(line))

    def action_yank(self) -> None:
        """Put back what was cut last."""
        if self._killed:
            self.insert_text(self._killed)

    def _kill_left(self, place: Place) -> None:
        row, column = end = self.cursor_location
        start = (row, place(self._line, column)) if column else self.get_cursor_left_location()
        self._kill(start, end, before=True)

    def _kill_right(self, place: Place) -> None:
        row, column = start = self.cursor_location
        at_end = column == len(self._line)
        end = self.get_cursor_right_location() if at_end else (row, place(self._line, column))
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
