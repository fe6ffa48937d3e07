"""The input box: several rows, readline's keys, recall, completion."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.text import Text
from textual import events
from textual.widgets import TextArea
from textual.widgets.text_area import Location

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.ui.prompt.characters import (
    WholeCharacters,
    after,
    at,
    before,
    blank_word_before,
    word_after,
    word_before,
)
from amqpchat_tui.ui.prompt.recall import InputHistory
from amqpchat_tui.ui.textual_private import replace_text, run_binding
from amqpchat_tui.wire.text import clean_text

PROMPT_MAX_ROWS = 6
"""Rows to which the prompt grows; set in chat.tcss, and told here for the tests."""

PASTE_LINES_UNASKED = 20
"""A paste of more lines than this is asked about first."""

Boundary = Callable[[str, int], int]
"""A place in a line as seen from another."""

Submit = Callable[[str], bool]
"""Takes a line; False leaves it in the prompt."""

Complete = Callable[[str], tuple[int, list[str]]]
"""Takes what stands before the cursor; gives where the word to replace begins, and its candidates."""


class _Completion(Struct):
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

    def __init__(
        self,
        *,
        submit: Submit,
        complete: Complete,
        ask_about_paste: Callable[[str, int], None],
        placeholder: str,
    ) -> None:
        """`ask_about_paste` is told a text too long to be taken unasked, and how many lines it has."""
        super().__init__(
            id="prompt", placeholder=placeholder, compact=True, highlight_cursor_line=False, soft_wrap=True
        )
        self.cursor_blink = False
        self._submit = submit
        self._complete = complete
        self._ask_about_paste = ask_about_paste
        self._recall = InputHistory()
        self._entering = False
        """Whether what is written is a line that is being acted on."""
        self._completion: _Completion | None = None
        self._killed = ""
        self._after_kill: tuple[str, Location] | None = None

    # -- keys ---------------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        """Where the keys mean what the table says."""
        return Scope.PROMPT

    def type_text(self, text: str) -> None:
        """Put what was typed in place of the selection, or at the cursor."""
        replace_text(self, text)

    def paste(self, text: str) -> None:
        """Take a paste as one text, whatever newlines the terminal sends for it; ask before a long one."""
        text = clean_text(text)
        lines = text.count("\n") + 1
        if lines > PASTE_LINES_UNASKED:
            self._ask_about_paste(text, lines)
        else:
            self.insert_text(text)

    def press(self, key: str) -> None:
        """Move and delete as `TextArea` does."""
        run_binding(self, key)

    def do_send(self) -> None:
        """Send what is written, or do what it says."""
        line, self._entering = self.text, True
        if line.strip() and self._submit(line):
            self._recall.add(line)
            if self._entering:
                self.clear()
        self._entering = False

    def insert_text(self, text: str) -> None:
        """Put a text in place of the selection, or at the cursor, and go behind it."""
        if result := replace_text(self, text):
            self.move_cursor(result.end_location)

    def do_new_row(self) -> None:
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

    def do_up(self) -> None:
        """One row up; from the top row, recall the line before."""
        if not self.navigator.is_first_wrapped_line(self.cursor_location):
            self.action_cursor_up()
        elif (line := self._recall.older(self.text)) is not None:
            self.show(line)

    def do_down(self) -> None:
        """One row down; from the last row, recall the line after, at last the draft."""
        if not self.navigator.is_last_wrapped_line(self.cursor_location):
            self.action_cursor_down()
        elif (line := self._recall.newer()) is not None:
            self.show(line)

    def recall(self, lines: Sequence[str]) -> None:
        """Have lines of earlier days to recall, before those that are entered here."""
        self._recall.begin_with(lines)

    def find_entered(self, text: str) -> Sequence[str]:
        """Return the lines that were entered with a text in them, each once, the latest first."""
        return self._recall.find(text)

    @property
    def draft(self) -> str:
        """What is written and not meant to be acted on yet."""
        return "" if self._entering else self._recall.draft(self.text)

    def exchange(self, draft: str) -> None:
        """Replace what is written by another conversation's draft, which is not what Enter is about."""
        self._recall.end()
        self._entering = False
        self._completion = None
        self.show(draft)

    def show(self, line: str) -> None:
        """Replace what is written, without keeping it."""
        self.replace(line, (0, 0), self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def put(self, line: str) -> None:
        """Replace what is written, keeping it for Ctrl-Y."""
        if self.text:
            self._killed = self.text
        self.show(line)

    # -- moving -------------------------------------------------------------------------------------

    def do_home(self) -> bool:
        """Go to the start of the row; an empty prompt leaves it to the scrollback."""
        self.do_row_start()
        return bool(self.text)

    def do_end(self) -> bool:
        """Go to the end of the row; an empty prompt leaves it to the scrollback."""
        self.do_row_end()
        return bool(self.text)

    def do_row_start(self) -> None:
        """Go to the start of the row."""
        self.action_cursor_line_start()

    def do_row_end(self) -> None:
        """Go to the end of the row."""
        self.action_cursor_line_end()

    def do_word_left(self) -> None:
        """Go a word back."""
        self.action_cursor_word_left()

    def do_word_right(self) -> None:
        """Go a word on."""
        self.action_cursor_word_right()

    # -- completion ---------------------------------------------------------------------------------

    def do_complete(self) -> None:
        """Complete the word before the cursor, or go on to its next candidate."""
        self._complete_word(1)

    def do_complete_back(self) -> None:
        """Complete the word before the cursor with the last candidate, or go back to the one before."""
        self._complete_word(-1)

    def _complete_word(self, step: int) -> None:
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

    def do_cut_to_blank(self) -> None:
        """Cut back to the last blank, as a shell's Ctrl-W does."""
        self._kill_left(blank_word_before)

    def do_cut_word(self) -> None:
        """Cut back to the start of the word."""
        self._kill_left(word_before)

    def do_cut_to_start(self) -> None:
        """Cut back to the start of the line, or the line's end before it."""
        self._kill_left(lambda line, column: 0)

    def do_cut_next_word(self) -> None:
        """Cut to the end of the word."""
        self._kill_right(word_after)

    def do_cut_to_end(self) -> bool:
        """Cut to the end of the line, or the line's end itself; an empty prompt leaves the key to others."""
        is_written = bool(self.text)
        self._kill_right(lambda line, column: len(line))
        return is_written

    def do_put_back(self) -> None:
        """Put back what was cut last."""
        if self._killed:
            self.insert_text(self._killed)

    def _kill_left(self, place: Boundary) -> None:
        row, column = end = self.cursor_location
        start = (row, place(self._line, column)) if column else self.get_cursor_left_location()
        self._kill(start, end, before=True)

    def _kill_right(self, place: Boundary) -> None:
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
