"""Which line may take the place of which, and what corrections make of a line, in whatever order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from amqpchat_tui.model import ChatMessage, Entry, LinkedMessage, Occupant

CORRECTABLE_SECONDS = 3600.0
"""For how long a line can be corrected, by the clock of whoever says it."""
VERSIONS_KEPT = 20
"""How many corrections of a line are kept, the latest ones."""
CORRECTED_KEPT = 10_000
"""Of how many lines; of more, those that were corrected last."""

_SUBSTITUTION = re.compile(r"s/((?:[^/\\]|\\.)+)/((?:[^/\\]|\\.)*)/?", re.DOTALL)


def may_replace(original: Entry, correction: LinkedMessage) -> bool:
    """Whether a line is the corrected form of another: of the same sender, and not too late."""
    if not isinstance(original, ChatMessage) or original.message_id is None or correction.message_id is None:
        return False
    if isinstance(original, LinkedMessage) and original.replaces:
        return False
    if original.action is not correction.action or original.sent_at is None or correction.sent_at is None:
        return False
    if not 0 <= correction.sent_at - original.sent_at <= CORRECTABLE_SECONDS:
        return False
    return is_author(original, correction.who)


def is_author(message: ChatMessage, who: Occupant) -> bool:
    """Whether somebody is the sender of a line, as far as that decides what they may do about it.

    That is the same checked account, or the same session where the broker has checked none.
    """
    sender = message.who
    if sender.account:
        return sender.account == who.account
    return bool(sender.session) and sender.session == who.session


class Versions:
    """The corrections of lines, each line named by a number."""

    def __init__(self) -> None:
        self._of: dict[int, list[LinkedMessage]] = {}
        self._ids: set[str | None] = set()

    def add(self, line: int, correction: LinkedMessage) -> None:
        """Note a correction that may replace a line."""
        versions = self._of.setdefault(line, [])
        if correction not in versions:
            versions.append(correction)
            versions.sort(key=lambda version: (version.sent_at or 0.0, version.message_id or ""))
            self._ids.add(correction.message_id)
            self._ids -= {version.message_id for version in versions[:-VERSIONS_KEPT]}
            del versions[:-VERSIONS_KEPT]
        while len(self._of) > CORRECTED_KEPT:
            gone = self._of.pop(next(iter(self._of)))
            self._ids -= {version.message_id for version in gone}

    def of(self, line: int) -> Sequence[LinkedMessage]:
        """Return the corrections of a line, the one that holds last."""
        return self._of.get(line, ())

    def has(self, correction: LinkedMessage) -> bool:
        """Whether a line is noted as a correction."""
        return bool(correction.replaces) and correction.message_id in self._ids


def corrected(text: str, change: str) -> str | None:
    """Return a text as `change` has it: all anew, or by `s/old/new/`; None where there is no such `old`.

    `\\/` stands for a slash.
    """
    if (found := _SUBSTITUTION.fullmatch(change)) is None:
        return change
    old, new = (re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in found.groups())
    return text.replace(old, new, 1) if old in text else None
