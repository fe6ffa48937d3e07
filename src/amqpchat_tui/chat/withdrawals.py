"""Who would rather not have said a line: that counts from its author alone, who may not be known yet."""

from __future__ import annotations

from amqpchat_tui.chat.correcting import is_author
from amqpchat_tui.chat.standing import FirstOf, Who, place_of, who_key
from amqpchat_tui.model import ChatMessage, Occupant

WITHDRAWALS_KEPT = 50
"""Of how many people who say that they withdraw one line it is kept."""


class LineWithdrawals:
    """Those who say that they withdraw the lines of one name."""

    __slots__ = ("_of",)

    def __init__(self) -> None:
        self._of: FirstOf[Who, Occupant] = FirstOf(WITHDRAWALS_KEPT, place_of)

    def __len__(self) -> int:
        return len(self._of.values)

    def add(self, who: Occupant) -> bool:
        """Take in that somebody withdraws a line; tell whether that is news."""
        key = who_key(who)
        return key not in self._of.values and self._of.add(key, who) is not who

    def withdraw(self, line: ChatMessage) -> bool:
        """Whether they withdraw a line, as its author is among them."""
        return any(is_author(line, who) for who in self._of.values.values())
