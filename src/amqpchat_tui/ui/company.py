"""Who is there, what one calls oneself, and whether one is away: by command, with a screen or without."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from amqpchat_tui.actions.completion import completions
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.session import Session
from amqpchat_tui.matching import folded
from amqpchat_tui.model import ChatClient
from amqpchat_tui.ui.panels.people_text import Company
from amqpchat_tui.wording.people import describe_company, describe_person


class CompanyCommands:
    """What one can do about the people of the conversation that is shown, by its action."""

    def __init__(
        self,
        client: ChatClient,
        session: Session,
        people: People,
        *,
        tell: Callable[[str], None],
        hint: Callable[[str], None],
    ) -> None:
        """`tell` says what was asked for, and `hint` what cannot be told."""
        self._client = client
        self._session = session
        self._people = people
        self._tell = tell
        self._hint = hint

    def note_nick(self, name: str) -> None:
        """One goes by another name now."""

    def note_away(self, is_away: bool) -> None:
        """One is away now, or is not any more."""

    @property
    def nicks(self) -> Sequence[str]:
        """Those who are here, who spoke last at the front, then the others who have spoken."""
        company = self._company
        here = [one.nick for one in company.here if not one.own] if company is not None else []
        nicks = self._session.shown.speakers.among(here)
        return [nick for nick in nicks if not self._session.hiding.ignores(nick)]

    def complete(self, before: str) -> tuple[int, list[str]]:
        """What the end of a line before the cursor may become, as `completions` has it."""
        return completions(before, self.nicks, [one.label for one in self._session.conversations])

    @property
    def _look(self) -> Callable[[], Company] | None:
        """What tells who is in the conversation on the screen; None where nobody can."""
        shown = self._session.shown.id
        people = self._people.of(shown)
        return None if people is None else lambda: Company.of(shown.label, people, time.monotonic())

    @property
    def _company(self) -> Company | None:
        return look() if (look := self._look) is not None else None

    # -- what one can do ----------------------------------------------------------------------------

    def do_nick(self, name: str) -> None:
        """Send later lines under another name."""
        self._client.rename(name)
        self._session.attention.add_nick(name)
        self._people.rename(name)
        self.note_nick(name)
        self._tell(f"You are now {name}.")

    def do_who(self) -> bool:
        """Tell who is here; False where nobody can."""
        self._session.catch_up()
        company = self._company
        if company is None:
            self._hint(f"Nobody can tell who reads {self._session.shown.id.label}.")
            return False
        here = [(str(one.called), one.sessions, one.away, one.own) for one in company.here]
        heard = [(one.nick, company.heard_at(one)) for one in company.heard]
        self._tell(describe_company(company.label, company.number, here, heard))
        return True

    def do_whois(self, nick: str) -> bool:
        """Tell what is known of somebody; False where that is nothing."""
        self._session.catch_up()
        company = self._company
        form = folded(nick)
        rows: list[str] = []
        if company is not None:
            now, wall = company.told_at, time.time()
            for one in company.here:
                if folded(one.nick) == form:
                    rows.append(
                        describe_person(
                            one.nick,
                            one.account,
                            one.sessions,
                            one.away,
                            since=wall - (now - one.since),
                            heard_at=wall - (now - one.heard_at),
                        )
                    )
            rows += [
                f"{one.nick} speaks through a plain script, last at {company.heard_at(one)}."
                for one in company.heard
                if folded(one.nick) == form
            ]
        if not rows:
            self._hint(f"Nothing is known of {nick} here.")
            return False
        self._tell("\n".join(rows))
        return True

    def do_away(self, text: str = "") -> None:
        """Say that one is away, in all rooms."""
        self._people.away = text
        self.note_away(True)
        self._tell(f"You are away{f': {text}' if text else ''}. /back ends that.")

    def do_return(self) -> bool:
        """Be away no more; False where one was not."""
        if self._people.away is None:
            self._hint("You are not away.")
            return False
        self._people.away = None
        self.note_away(False)
        self._tell("You are back.")
        return True
