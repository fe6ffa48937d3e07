"""Who may log in, and how slowly wrong passwords are answered."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

REFUSAL_SECONDS = 1.0
"""How long after a wrong password its refusal is told, at least."""
REFUSALS_PER_SECOND = 20
"""More are not told, whoever tries however many at once: they wait their turn."""

_NOBODYS = "the password of users whom there are not"


class Accounts:
    """Users with their passwords, for all connections of a broker."""

    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = dict(users)
        self._next_refusal = float("-inf")

    def check(self, user: str, password: str) -> bool:
        """Whether somebody may log in, in a time that tells neither user nor password."""
        known = self._users.get(user, _NOBODYS)
        return hmac.compare_digest(known.encode(), password.encode()) and user in self._users

    def refuse_at(self, now: float) -> float:
        """When to refuse somebody who gave a wrong password just now."""
        self._next_refusal = max(self._next_refusal + 1 / REFUSALS_PER_SECOND, now + REFUSAL_SECONDS)
        return self._next_refusal
