"""What the screen does about the people in rooms: who is here, who has come and gone, who is away."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ChatClient, ConversationId, NoticeKind
from amqpchat_tui.ui.company import CompanyCommands
from amqpchat_tui.ui.panels.people_list import PeopleList
from amqpchat_tui.ui.panels.people_text import number_of
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.wording.people import describe_typists


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


class Crowd(CompanyCommands):
    """The people of the conversation on the screen, as they are shown, and what one can do about them."""

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
        super().__init__(client, session, people, tell=tell, hint=hint)
        self._panel = panel
        self._status = status
        self.show_typing = show_typing
        """Whether it is shown who writes."""

    def note_nick(self, name: str) -> None:
        """Show as whom one writes."""
        self._status.nick = name

    def note_away(self, is_away: bool) -> None:
        """Show that one is away."""
        self._status.away = is_away

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

    # -- what one can do ----------------------------------------------------------------------------

    def do_people_list(self) -> None:
        """Have the panel there always, never, or where there is space for it."""
        self._panel.turn()
        self._show_number()
