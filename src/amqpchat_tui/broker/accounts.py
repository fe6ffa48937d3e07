"""Who may log in."""

from __future__ import annotations

from collections.abc import Mapping

from amqpchat_tui.passwords import PasswordHash


class Accounts:
    """Users with their passwords, for all connections of a broker."""

    def __init__(self, users: Mapping[str, PasswordHash]) -> None:
        self._users = dict(users)
        self._nobody = PasswordHash.of_none()

    def check(self, user: str, password: str) -> bool:
        """Whether somebody may log in, after some milliseconds that tell neither user nor password."""
        return self._users.get(user, self._nobody).fits(password)
