"""The terminal: keys and pastes that Textual's own driver would misread, and taking it back after a stop."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

ESC = "\x1b"
PASTE_START, PASTE_END = f"{ESC}[200~", f"{ESC}[201~"
_ALT_KEYS = {f"{ESC}{letter}": f"alt+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"} | {
    f"{ESC}\r": "alt+enter"
}


class Parser(XTermParser):
    """Takes a bracketed paste as text whatever is in it, and Alt with a letter or Enter as one key at once.

    Textual reads escape sequences within a paste as keys, Enter included, so a paste could send lines and
    run commands; and it takes Alt-Enter for Enter.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pasting = False
        self._before = ""
        """The last characters outside a paste: its start may be split between two reads."""
        self._held = ""
        """The last characters of a paste so far, if they may be the beginning of its end."""

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what was read."""
        safe = self._defuse(data)
        return super().feed(safe) if safe else ()  # to Textual's parser, nothing means the end

    def _defuse(self, data: str) -> str:
        """Make every ESC within a paste visible."""
        parts: list[str] = []
        while data:
            if not self._pasting:
                known = len(self._before)
                window = self._before + data
                found = window.find(PASTE_START)
                end = found + len(PASTE_START) - known if found >= 0 else len(data)
                parts.append(data[:end])
                data = data[end:]
                self._pasting = found >= 0
                self._before = "" if self._pasting else window[1 - len(PASTE_START) :]
            else:
                data, self._held = self._held + data, ""
                found = data.find(PASTE_END)
                if found >= 0:
                    parts += [data[:found].replace(ESC, "␛"), PASTE_END]
                    data = data[found + len(PASTE_END) :]
                    self._pasting = False
                else:
                    kept = next(n for n in range(len(PASTE_END), -1, -1) if data.endswith(PASTE_END[:n]))
                    shown = len(data) - kept
                    parts.append(data[:shown].replace(ESC, "␛"))
                    self._held, data = data[shown:], ""
        return "".join(parts)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if key := _ALT_KEYS.get(sequence):
            return [events.Key(key, None)]
        return super()._sequence_to_key_events(sequence, alt)


class ChatDriver(LinuxDriver):
    """Textual's driver with this module's parser, and a sure grip on the terminal.

    Bytes that are no UTF-8 are shown as U+FFFD, not fatal.
    """

    def run_input_thread(self) -> None:
        """Read the terminal until the program ends."""
        parser = Parser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(0.1)
                data = decode(os.read(self.fileno, 4096)) if ready else ""
                for event in (*parser.feed(data), *parser.tick()):
                    self.process_message(event)

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal back, even after a stop (SIGSTOP) that left no time to give it away."""
        if self._writer_thread is None or not os.isatty(self.fileno):  # not taken yet, or hung up
            return
        if not self._must_signal_resume:  # to take it twice would leave two threads that read it
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()
