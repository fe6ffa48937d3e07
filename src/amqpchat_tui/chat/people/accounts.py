"""Who is who, as far as a broker vouches for it: it checks accounts, and anybody may take any nick.

A nick that is the name of its checked account is verified, unless all are of one account. A nick belongs to
the account of its name once that has been heard, else to the first checked account that was heard with it
(trust on first use): the same nick with another one, or with none, is doubtful.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from amqpchat_tui.matching import folded
from amqpchat_tui.wording.people import describe_doubt

MAX_REMEMBERED = 4_000
"""How many accounts, and nicks of them, are remembered: who comes first stays, so that no flood makes us
forget whose a nick is."""


class Mark(Enum):
    """What is known of who speaks under a nick; its value is the sign that stands behind the name."""

    NONE = ""
    """Nothing that speaks for or against it."""
    VERIFIED = "✓"
    """It is the account's own name, and the broker has checked the account."""
    DOUBTFUL = "?"
    """Somebody else was known by it."""


class Called(NamedTuple):
    """What to call somebody."""

    nick: str
    account: str = ""
    """Empty where the nick alone tells who it is, or nothing does."""
    mark: Mark = Mark.NONE

    @property
    def name(self) -> str:
        """Nick and account, without the mark."""
        return f"{self.nick} ({self.account})" if self.account else self.nick

    def __str__(self) -> str:
        return f"{self.name} {self.mark.value}" if self.mark.value else self.name


class Accounts:
    """The accounts that were heard on a broker, in whatever room, and whose nicks are."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        """`warn` is told a sentence for the person, once for each nick."""
        self._warn = warn
        self._heard: set[str] = set()
        self._owners: dict[str, str] = {}
        """By nick as it is compared: the account of that name, else the first checked one."""
        self._contested: set[str] = set()
        """Nicks, as they are compared, under which another account than their owner was heard."""
        self._own: str | None = None
        self.changes = 0
        """How often anything has changed of what those who were heard are called."""

    @property
    def own(self) -> str | None:
        """Our own account, which may be empty; None as long as we are not logged in."""
        return self._own

    def log_in(self, account: str) -> None:
        """We are of this account from now on, unless it is empty."""
        if account != self._own:
            self._own = account
            self.changes += 1

    def hear(self, nick: str, account: str) -> None:
        """Somebody is heard; `account` is what the broker has checked, or empty."""
        form = folded(nick)
        known = len(self._heard), self._owners.get(form), len(self._contested)
        if len(self._heard) < MAX_REMEMBERED:
            self._heard.add(account)
        owner = self._owner(nick, form)
        if account and (account == nick or form not in self._owners) and self._has_place_for(form):
            self._owners[form] = account
        is_news = owner and owner != account and form not in self._contested
        if is_news and len(self._contested) < MAX_REMEMBERED:
            self._contested.add(form)
            self._warn(describe_doubt(nick, account, owner))
        others = known[0] or self._own  # of whoever comes first alone, nobody is called otherwise than before
        if others and known != (len(self._heard), self._owners.get(form), len(self._contested)):
            self.changes += 1

    def called(self, nick: str, account: str) -> Called:
        """Return what to call somebody, by the account of that very message."""
        form = folded(nick)
        owner = self._owner(nick, form)
        if owner and owner != account:
            return Called(nick, account, Mark.DOUBTFUL)
        if account and account == nick and self._is_one_of_several(account):
            return Called(nick, mark=Mark.VERIFIED)
        return Called(nick, account if form in self._contested else "")

    def _is_one_of_several(self, account: str) -> bool:
        others = len(self._heard) - (account in self._heard)
        return others > 0 or self._own not in (None, account)

    def _owner(self, nick: str, form: str) -> str:
        """Return the account to which a nick belongs; empty when it belongs to none.

        One that reads like a name with its account is the account's.
        """
        if nick.endswith(")") and (told := nick.rpartition(" (")[2][:-1]) in self._heard:
            return told
        return nick if nick in self._heard else self._owners.get(form, "")

    def _has_place_for(self, form: str) -> bool:
        return form in self._owners or len(self._owners) < MAX_REMEMBERED
