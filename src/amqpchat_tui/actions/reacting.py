"""What follows `/react`: an emoji, or what one is called."""

from __future__ import annotations

from amqpchat_tui.emoji import emoji_named, find_emoji
from amqpchat_tui.wire.events import check_emoji
from amqpchat_tui.wire.text import WireError, clean_line


def check_reaction(text: str) -> str:
    """Return the emoji of a name, or what is one itself; a word that is no name is a slip of the finger."""
    if named := emoji_named(text):
        return named
    if not text.isascii():
        return check_emoji(text)
    word = clean_line(text, 40)
    near = [named.name for named in find_emoji(text.strip().strip(":"), 1)]
    raise WireError(f"no emoji is called {word}" + (f"; there is {near[0]}" if near else ""))
