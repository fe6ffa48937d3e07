"""What may follow a command: each returns it fit to be used, or raises `WireError` with what may."""

from __future__ import annotations

from amqpchat_tui.wire.control import AWAY_MAX_CHARACTERS
from amqpchat_tui.wire.lines import ACTION_PREFIX
from amqpchat_tui.wire.names import check_exchange, check_pattern
from amqpchat_tui.wire.text import WireError, check_body, clean_line


def check_action_text(text: str) -> str:
    """Return the line that tells what one does."""
    return check_body(ACTION_PREFIX + check_body(text))


def check_watched(text: str) -> str:
    """Return exchange and pattern with a blank between them; `#` matches every key of a topic exchange."""
    exchange, *pattern = text.split(maxsplit=1)
    return f"{check_exchange(exchange)} {check_pattern(''.join(pattern)) or '#'}"


def check_absence(text: str) -> str:
    """Return what is said of being away, on one line."""
    if len(text) > AWAY_MAX_CHARACTERS:
        raise WireError(f"what you say of being away has at most {AWAY_MAX_CHARACTERS} characters")
    return clean_line(text)


def check_all(text: str) -> str:
    """Return `all`, in small letters."""
    if text.casefold() != "all":
        raise WireError("say /read for this room, or /read all for all of them")
    return "all"
