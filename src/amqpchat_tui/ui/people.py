"""What the screen does about the people in rooms: who is here, who has come and gone, who is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from amqpchat_tui.actions.completion import completions
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.session import Session
from amqpchat_tui.matching import folded
from amqpchat_tui.model import ChatClient, ConversationId, NoticeKind
from amqpchat_tui.ui.panels.people_list import PeopleList
from amqpchat_tui.ui.panels.people_text import Company, number_of
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.wording.people import describe_company, describe_person, describe_typists


class PeopleShown:
    """Hands on what is told of people; a `chat.people.people.PeopleListener`."""

    def __init__(
        self,
        session: Callable[[], Session],
        crowd: Callable[[], Crowd],
        *,
        show_news: Callable[[], None],
        repaint: Callable[[], None],
    ) -> None:
        """`session` and `crowd` give those that are there once somebody is heard.

        `show_news` paints what has come, and `repaint` what has been there as well.
        """
        self._session = session
        self._crowd = crowd
        self._show_news = show_news
        self._repaint = repaint

    def people_changed(self, conversation: ConversationId) -> None:
        """Show who is there."""
        self._crowd().show(conversation)

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        """Say who has come and gone."""
        self._session().note_movements(conversation, row)
        self._show_news()

    def people_marked(self) -> None:
        """Mark those who have spoken by what is known of them now."""
        self._repaint()

    def people_doubted(self, conversation: ConversationId, text: str) -> None:
        """Warn there, below what has come."""
        self._session().tell(text, NoticeKind.ERROR, conversation)
        self._show_news()


class Crowd:
    """The people of the conversation on the screen, and what one can do about them, by its action."""

    def __init__(
        self,
        client: ChatClient,
        session: Session,
        people: People,
        panel: PeopleList,
        status: StatusLine,
        *,
        show_typing: bool,
        tell: Callable[[str], None],
        hint: Callable[[str], None],
    ) -> None:
        """`tell` says what was asked for, and `hint` what cannot be told."""
        self._client = client
        self._session = session
        self._people = people
        self._panel = panel
        self._status = status
        self.show_typing = show_typing
        """Whether it is shown who writes."""
        self._tell = tell
        self._hint = hint

    def show(self, conversation: ConversationId) -> None:
        """Show who is in a conversation, if it is on the screen."""
        if conversation == self._session.shown.id:
            self._panel.show(self._look)
            self._show_number()
            self._status.typing = describe_typists(
                self._people.typing(conversation) if self.show_typing else ()
            )

    def fit(self, columns: int) -> None:
        """Fit the panel into a terminal of so many columns."""
        self._panel.fit(columns)
        self._show_number()

    def _show_number(self) -> None:
        """Tell in the status line how many are here, where the panel does not."""
        people = self._people.of(self._session.shown.id)
        is_told = self._panel.display or people is None or people.headcount < 2
        number = "" if is_told or people is None else number_of(people)
        self._status.people = f"{number} here" if number else ""

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
        self._status.nick = name
        self._tell(f"You are now {name}.")

    def do_people_list(self) -> None:
        """Have the panel there always, never, or where there is space for it."""
        self._panel.turn()
        self._show_number()

    def do_who(self) -> None:
        """Tell who is here."""
        company = self._company
        if company is None:
            self._hint(f"Nobody can tell who reads {self._session.shown.id.label}.")
            return
        here = [(str(one.called), one.sessions, one.away, one.own) for one in company.here]
        heard = [(one.nick, company.heard_at(one)) for one in company.heard]
        self._tell(describe_company(company.label, company.number, here, heard))

    def do_whois(self, nick: str) -> bool:
        """Tell what is known of somebody; False where that is nothing."""
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
        self._status.away = True
        self._tell(f"You are away{f': {text}' if text else ''}. /back ends that.")

    def do_return(self) -> bool:
        """Be away no more; False where one was not."""
        if self._people.away is None:
            self._hint("You are not away.")
            return False
        self._people.away = None
        self._status.away = False
        self._tell("You are back.")
        return True
