"""What is said before one leaves lines behind that no room has heard."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.model import OutboxLine
from amqpchat_tui.wording.lists import enumerated


def question(lines: Sequence[OutboxLine], command: str) -> str:
    """Tell which rooms have not heard how many lines, and that the command leaves them behind."""
    count = "1 line has" if len(lines) == 1 else f"{len(lines)} lines have"
    rooms = enumerated(dict.fromkeys(line.to.label for line in lines))
    kept = f"{command} again leaves without sending, and keeps what is unsent."
    return f"{count} not been heard in {rooms} yet. {kept}"
