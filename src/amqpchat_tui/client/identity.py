"""As whom we say that we are: our account, as long as the broker knows us under that name."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.wire.senders import account_of
from amqpchat_tui.wording.connection import describe_disowned

_OTHER_ACCOUNT = "user_id"
"""What brokers say about a property that names somebody else (https://www.rabbitmq.com/docs/validated-user-id)."""


class Identity:
    """What all that we publish tells of our account, and what is known of brokers that say otherwise."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` says once, in a sentence, that a user is known to the broker under another name."""
        self.changed: Callable[[], None] = lambda: None
        """To be called when messages begin to tell something else, before the first of them does."""
        self._tell = tell
        self._accounts: dict[str, str] = {}
        """What messages tell, by the user as whom we have logged in."""

    def account(self, user: str) -> str:
        """Return what messages tell of us who have logged in as a user; empty: nothing."""
        if user not in self._accounts:
            self._accounts[user] = account_of(user)
        return self._accounts[user]

    def is_disowned(self, user: str, problem: Exception) -> bool:
        """Whether a channel was closed because a message named this user; no message does so any more."""
        if _OTHER_ACCOUNT not in str(problem):
            return False
        if self.account(user):
            self._accounts[user] = ""
            self._tell(describe_disowned(user))
            self.changed()
        return True

    def forget(self) -> None:
        """We are at other brokers, which may know us."""
        self._accounts.clear()
