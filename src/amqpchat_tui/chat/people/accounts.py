"""Who is who, as far as a broker vouches for it: it checks accounts, and anybody may take any nick.

A nick that is the name of its checked account is verified, unless all are of one account. A nick belongs to
the account of its name once that has been heard, else to the first checked account that was heard with it
(trust on first use): the same nick with another one, or with none, is doubtful.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from amqpchat_tui.matching import folded
from amqpchat_tui.wording.people import describe_doubt

MAX_REMEMBERED = 4_000
"""How many accounts, and nicks of them, are remembered: who comes first stays, so that no flood makes us
forget whose a nick is."""

_NO_SIGNS = str.maketrans(dict.fromkeys("✓✔☑✅🗸🗹", "·"))


class Mark(Enum):
    """What is known of who speaks under a nick."""

    NONE = auto()
    """Nothing that speaks for or against it."""
    VERIFIED = auto()
    """It is the account's own name, and the broker has checked the account."""
    DOUBTFUL = auto()
    """Somebody else was known by it."""


class Accounts:
    """The accounts that were heard on a broker, in whatever room, and whose nicks are."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        """`warn` is told a sentence for the person, once for each nick."""
        self._warn = warn
        self._heard: set[str] = set()
        self._owners: dict[str, str] = {}
        """By nick as it is compared: the account of that name, else the first checked one."""
        self._warned: set[str] = set()
        self.changes = 0
        """How often anything has changed of what `mark` may say of somebody."""

    def hear(self, nick: str, account: str) -> None:
        """Somebody is heard; `account` is what the broker has checked, or empty."""
        if account not in self._heard and len(self._heard) < MAX_REMEMBERED:
            self._heard.add(account)
            self.changes += 1
        form, owner = folded(nick), self.owner(nick)
        if account and (account == nick or form not in self._owners) and self._has_place_for(form):
            self.changes += self._owners.get(form) != account
            self._owners[form] = account
        if owner and owner != account and form not in self._warned and len(self._warned) < MAX_REMEMBERED:
            self._warned.add(form)
            self._warn(describe_doubt(nick, account, owner))

    def owner(self, nick: str) -> str:
        """Return the account to which a nick belongs; empty when it belongs to none."""
        return nick if nick and nick in self._heard else self._owners.get(folded(nick), "")

    def mark(self, nick: str, account: str) -> Mark:
        """Return what is known of who speaks, by the account of that very message."""
        owner = self.owner(nick)
        if owner and owner != account:
            return Mark.DOUBTFUL
        return Mark.VERIFIED if account == nick and account and len(self._heard) > 1 else Mark.NONE

    def label(self, nick: str, account: str, *, contested: bool = False) -> str:
        """Return what to call somebody: with the account where the nick alone does not tell who it is.

        `contested`: somebody of another account goes by the same nick.
        """
        return label_of(nick, account, self.mark(nick, account), contested=contested)

    def called(self, nick: str, account: str) -> str:
        """Return the `label` of somebody, with a ✓ behind it where it is the account's own name, and checked.

        Whoever has such a sign in the nick itself is shown without it.
        """
        label = self.label(nick, account).translate(_NO_SIGNS)
        return f"{label} ✓" if self.mark(nick, account) is Mark.VERIFIED else label

    def _has_place_for(self, form: str) -> bool:
        return form in self._owners or len(self._owners) < MAX_REMEMBERED


def label_of(nick: str, account: str, mark: Mark, *, contested: bool) -> str:
    """Return what to call somebody of whom that is known, as `Accounts.label` does."""
    doubtful = mark is Mark.DOUBTFUL
    name = f"{nick} ({account})" if account and (doubtful or contested) else nick
    return f"{name} ?" if doubtful else name
