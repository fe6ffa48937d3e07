"""What the terminal sends, as keys, pastes and the like: any characters, in pieces cut anywhere."""

from __future__ import annotations

import re
from string import punctuation

from textual import constants, events, messages
from textual.message import Message

from amqpchat_tui.ui.key_reports import key_of, key_with_alt, reported_keys
from amqpchat_tui.ui.textual_private import KEYS_BY_SEQUENCE, XTermParser

ESC = "\x1b"
PASTE_START, PASTE_END = f"{ESC}[200~", f"{ESC}[201~"

BURST_SECONDS = 0.03
"""Enter and text behind it that come at once wait so long for more: nobody types so fast, a paste does."""
BURST_ROWS = 3
"""So many rows that come at once are a paste."""
BURST_ROWS_AMONG_KEYS = 10
"""So many are one even with other keys behind them, which show of fewer that somebody typed ahead."""

_SEQUENCE_MAX_CHARACTERS = 64
"""A longer control sequence is nothing that we know."""
_PENDING_MAX_CHARACTERS = 4096
"""So much is kept of a sequence that does not end."""
_CELLS_MAX = 65535
"""Rows and columns that a terminal can have (struct winsize of tty_ioctl(4))."""

_SEQUENCE = re.compile(
    r"""\x1b (?:
      \[ \[ [A-E]                         # function keys of the Linux console
    | \[ M [^\x00-\x1f]{3}                # a mouse report of X10
    | \[ [0-9]+ \$                        # rxvt's keys with Shift
    | \[ [\ -?]* [@-LN-Z\\-~]             # a control sequence (ECMA-48, section 5.4)
    | \[ [\ -?]+ M                        # which X10 uses for the mouse
    | O [A-DFHMP-Sa-dj-y]                 # keys in application mode
    | \] [0-9] [^\x07\x1b]* (?:\x07|\x1b\\)             # an answer about colours and such (OSC)
    | P [01>!] [^\x1b]* \x1b\\            # an answer about capabilities (DCS)
    )""",
    re.VERBOSE,
)
_UNFINISHED = re.compile(
    r"""\x1b (?:
      \[ (?: \[ | M [^\x00-\x1f]{0,2} | [\ -?]* )?
    | O
    | \] (?: [0-9] [^\x07\x1b]* \x1b? )?
    | P (?: [01>!] [^\x1b]* \x1b? )?
    )?""",
    re.VERBOSE,
)
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
"""What a paste may consist of: no control characters but tab and line ends."""
_FOCUS = {f"{ESC}[I": events.AppFocus, f"{ESC}[O": events.AppBlur}
_WAITS_FOR_EVER = (*(f"{ESC}[{digit}" for digit in "0123456789:;<=>?"), f"{ESC}[[", f"{ESC}[M")
"""Nobody types such beginnings: the line is slow, and the rest will come."""
_NEVER_WITH_ALT = frozenset([*map(chr, range(0x20)), *punctuation]) - {"\b", "\t", "\r"}
"""Behind an ESC these are keys of their own: Esc and, say, Ctrl-U or a slash came at once."""
_MOUSE = re.compile(r"\x1b\[<\d+;(\d+);(\d+)[Mm]")
_MODE_2026 = re.compile(r"\x1b\[\?2026;[123]\$y")
"""The terminal knows synchronized output: set, reset, or always set (DECRPM)."""


class Parser:
    """Turns what was read into Textual's events; whatever it is, it raises nothing and loses no text.

    A bracketed paste is text whatever is in it, so that it can neither send lines nor press keys. Many rows
    that come at once are a paste as well: the terminal has no brackets for it. A sequence that means nothing
    here is dropped as a whole, so that it types nothing.
    """

    def __init__(self) -> None:
        self._pending = ""
        """The beginning of a sequence, whose rest is still to come."""
        self._pasting = False
        self._pasted: list[str] = []
        """What came of a bracketed paste so far."""
        self._burst = ""
        """Rows that came at once: a paste without brackets, if there are enough of them."""
        self._mouse = XTermParser()
        self._events: list[Message] = []

    @property
    def patience(self) -> float | None:
        """After how many seconds without more `idle` is to be called."""
        if self._pending:
            return constants.ESCAPE_DELAY
        return BURST_SECONDS if self._burst else None

    def feed(self, data: str) -> list[Message]:
        """Parse what was read."""
        data, self._pending = self._pending + data, ""
        place = 0
        while place < len(data):
            if self._pasting:
                place = self._take_pasted(data, place)
            elif text := _TEXT.match(data, place):
                self._take_text(text[0])
                place = text.end()
            elif data[place] == ESC:
                place = self._take_sequence(data, place)
            else:
                self._press(key_of(data[place]))
                place += 1
        return self._taken()

    def idle(self) -> list[Message]:
        """Nothing came for a while: decide what was ambiguous, first rows and then a sequence behind them."""
        if self._burst:
            self._end_burst()
        elif not self._pasting and not self._pending.startswith(_WAITS_FOR_EVER):
            pending, self._pending = self._pending, ""
            if pending == ESC:
                self._press(events.Key("escape", ESC))
            elif len(pending) == 2:
                self._press(key_with_alt(pending[1]))
        return self._taken()

    def _taken(self) -> list[Message]:
        taken, self._events = self._events, []
        return taken

    # -- text and pastes ------------------------------------------------------------------------------

    def _take_text(self, text: str) -> None:
        if self._burst or "\r" in text[:-1]:
            self._burst += text
        else:
            self._type(text)

    def _type(self, text: str) -> None:
        self._events += map(key_of, text)

    def _end_burst(self, *, rows: int = BURST_ROWS) -> None:
        """Rows that came at once are a paste if there are so many of them."""
        burst, self._burst = self._burst, ""
        if sum(bool(row.strip()) for row in burst.split("\r")) >= rows:
            self._events.append(events.Paste(burst))
        else:
            self._type(burst)

    def _take_pasted(self, data: str, place: int) -> int:
        end = data.find(PASTE_END, place)
        if end < 0:
            kept = next(n for n in range(len(PASTE_END) - 1, -1, -1) if data.endswith(PASTE_END[:n], place))
            self._pasted.append(data[place : len(data) - kept])
            self._pending = data[len(data) - kept :]
            return len(data)
        pasted = "".join([*self._pasted, data[place:end]])
        self._events.append(events.Paste(pasted.replace(ESC, "␛").replace("\x00", "")))
        self._pasted, self._pasting = [], False
        return end + len(PASTE_END)

    # -- keys and reports -----------------------------------------------------------------------------

    def _press(self, *keys: events.Key) -> None:
        self._end_burst(rows=BURST_ROWS_AMONG_KEYS)
        self._events += keys

    def _take_sequence(self, data: str, place: int) -> int:
        """Take what begins with an ESC at `place`; return where it ends."""
        if match := _SEQUENCE.match(data, place):
            self._obey(match[0])
            return match.end()
        begun = _UNFINISHED.match(data, place)
        assert begun is not None, "it begins with an ESC"
        end = begun.end()
        if end == len(data):
            if end - place <= _PENDING_MAX_CHARACTERS:
                self._pending = begun[0]
            return end
        if end - place > 2:  # cut short by what cannot belong to it
            return end - begun[0].endswith(ESC)
        if end - place == 2:
            self._press(key_with_alt(data[place + 1]))
        elif data[end] in _NEVER_WITH_ALT:
            self._press(events.Key("escape", ESC))
        else:
            self._press(key_with_alt(data[end]))
            end += 1
        return end

    def _obey(self, sequence: str) -> None:
        if sequence == PASTE_START:
            self._end_burst()
            self._pasting = True
        elif len(sequence) > _SEQUENCE_MAX_CHARACTERS:
            pass
        elif sequence in _FOCUS:
            self._report(_FOCUS[sequence]())
        elif (keys := reported_keys(sequence)) is not None:
            if keys:
                self._press(*keys)
        elif known := KEYS_BY_SEQUENCE.get(sequence):
            if isinstance(known, tuple):
                self._press(*(events.Key(key.value, None) for key in known))
            elif isinstance(known, str):
                self._press(*map(key_of, known))
        elif match := _MOUSE.fullmatch(sequence):
            if all(0 < int(cell) <= _CELLS_MAX for cell in match.groups()):
                self._report(self._mouse.parse_mouse_code(sequence))
        elif _MODE_2026.fullmatch(sequence):
            self._report(messages.TerminalSupportsSynchronizedOutput())

    def _report(self, message: Message | None) -> None:
        """What is no key leaves a paste a paste: the mouse may well move meanwhile."""
        self._end_burst()
        if message is not None:
            self._events.append(message)
