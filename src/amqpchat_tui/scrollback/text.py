"""The one text of an entry, on which wrapping, drawing, searching and copying agree."""

from __future__ import annotations

import time

from rich.cells import cell_len

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry

TAB_STOP = 4
"""Tabs reach to the next multiple of this many characters."""

_SAMPLE = 100
"""How many characters of a text tell how wide its characters are."""


def display_text(entry: Entry) -> str:
    """Return what an entry says, as it is shown: without time and nick column, with newlines but no tabs."""
    if isinstance(entry, ChatMessage):
        return chat_text(entry.nick, entry.text, entry.action)
    if isinstance(entry, DaySeparator):
        return time.strftime("%A, %-d %B %Y", time.localtime(entry.at))
    return expand_tabs(entry.text)


def chat_text(nick: str, text: str, action: bool) -> str:
    """Return the `display_text` of a chat message; an action (XEP-0245) begins with the nick."""
    text = expand_tabs(text)
    return f"{nick} {text}" if action else text


def rough_cells(text: str) -> int:
    """Estimate how many terminal cells a text takes, in constant time: exact if it is all ASCII."""
    if text.isascii():
        return len(text)
    sample = text[:_SAMPLE]
    return cell_len(sample) * len(text) // len(sample)


def expand_tabs(text: str) -> str:
    """Return a text with blanks for its tabs; each of its lines is as if it stood alone."""
    return text.expandtabs(TAB_STOP) if "\t" in text else text
