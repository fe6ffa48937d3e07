"""Opens bars in the prompt's place, and gives the prompt back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.actions.parse import as_typed
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ChatClient, ChatMessage, ConversationId, Occupant, OutboxLine
from amqpchat_tui.ui.bars.prompt_row import PromptRow
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.wording.outcomes import NO_LINE_TO_REACT_TO

if TYPE_CHECKING:
    from amqpchat_tui.ui.bars.pick_bar import PickBar


class Bars:
    """What opens a bar, by its action."""

    def __init__(
        self,
        row: PromptRow,
        scrollback: ScrollbackView,
        outbox: OutboxView,
        client: ChatClient,
        session: Session,
        *,
        show: Callable[[ConversationId], None],
        show_outbox: Callable[[], None],
        write_to: Callable[[Occupant], bool],
        msg: Callable[[str], object],
        join: Callable[[str], None],
        answer: Callable[[ChatMessage | None], None],
        correct: Callable[[ChatMessage], bool],
        reacting: Reacting,
        narrow: Callable[[int], str],
        hint: Callable[[str], None],
        keymap: Keymap,
    ) -> None:
        """`show` puts another conversation on the screen, `write_to` and `msg` the private one with
        somebody, or with whoever has a nick; `join` goes to a room from now on.

        `answer` and `correct` have what is written next be about a line, and `narrow` its thread shown alone.
        `hint` says why no bar was opened.
        """
        self._row = row
        self._scrollback = scrollback
        self._outbox = outbox
        self._client = client
        self._session = session
        self._show = show
        self._show_outbox = show_outbox
        self._write_to = write_to
        self._msg = msg
        self._join = join
        self._answer = answer
        self._correct = correct
        self._reacting = reacting
        self._narrow = narrow
        self._hint = hint
        self._keymap = keymap

    def do_find(self) -> None:
        """Search the scrollback, in place of the prompt."""
        from amqpchat_tui.ui.bars.find_bar import FindBar  # late: the first frame does without

        self._row.give_way(FindBar(self._scrollback, self._close, self._open_pick_bar, self._keymap))

    def do_search(self, text: str = "") -> bool:
        """Search the log, if nothing is given for what is looked for in another bar."""
        if not self._session.logbook.keeps:
            self._hint("Nothing is logged: log.keep = false. Ctrl-F finds what this room's scrollback has.")
            return False
        from amqpchat_tui.ui.search.search_bar import open_search  # late: the first frame does without

        text = text or self._row.searched
        self._row.close_bar()
        self._hint("")
        histories = self._client.histories
        open_search(text, self._row, self._scrollback, self._session, histories, self._keymap, self._show)
        return True

    def do_mentions(self) -> bool:
        """Search the log for lines that name the person."""
        return self.do_search("to:me ")

    def do_pick_above(self) -> None:
        """Pick the message above, to do something with it."""
        if self._scrollback.pick(-1):
            self._open_pick_bar()

    def do_pick_below(self) -> None:
        """Pick the message below, to do something with it."""
        if self._scrollback.pick(1):
            self._open_pick_bar()

    def do_mention_above(self) -> None:
        """Go to the line above that concerns the person."""
        self._pick_mention(-1)

    def do_mention_below(self) -> None:
        """Go to the line below that concerns the person."""
        self._pick_mention(1)

    def _pick_mention(self, step: int) -> None:
        if self._scrollback.pick_mention(step):
            self._open_pick_bar()
        else:
            self._hint("No message there names you.")

    def pick(self, seq: int) -> None:
        """Pick a message, to do something with it, in place of one that is picked."""
        if self._scrollback.show_hit(seq):
            self._row.come_back()
            self._open_pick_bar()

    def pick_answered(self, seq: int) -> None:
        """Pick the message that another one answers."""
        found = self._answered(seq)
        if found is None:
            self._hint("What it answers is not here.")
        else:
            self.pick(found)

    def _open_pick_bar(self) -> PickBar:
        from amqpchat_tui.ui.bars.pick_bar import PickBar  # late: the first frame does without

        bar = PickBar(
            self._scrollback,
            self._close,
            find=self.do_find,
            write_to=self._write_to,
            answer=self._answer,
            correct=self._correct,
            narrow=self._narrow,
            versions=self._versions,
            answered=self._answered,
            reacting=self._reacting,
            choose=self._choose_reaction,
            keymap=self._keymap,
        )
        self._row.give_way(bar)
        return bar

    def do_react(self, emoji: str = "") -> bool:
        """Choose what to put below the picked line, else the last of somebody else; False with an `emoji`."""
        if emoji:
            return False
        seq = self._reacting.line_to_react_to
        place = None if seq is None else self._session.shown.place_of(seq)
        self._row.close_bar()
        if seq is None or place is None or not self._scrollback.show_hit(place):
            self._hint(NO_LINE_TO_REACT_TO)
            return False
        self._choose_reaction(seq)
        return True

    def _choose_reaction(self, seq: int) -> None:
        """Choose what to put below the picked line, and go back to what one may do with that."""
        from amqpchat_tui.ui.bars.react_bar import ReactBar  # late: the first frame does without

        self._row.come_back()
        self._row.give_way(
            ReactBar(
                quick=self._reacting.quick,
                gave=lambda emoji: self._reacting.gave(seq, emoji),
                react=lambda emoji: self._back_to_picked().react(emoji),
                close=self._back_to_picked,
                leave=self._leave_picked,
                keymap=self._keymap,
            )
        )

    def _back_to_picked(self) -> PickBar:
        self._row.come_back()
        return self._open_pick_bar()

    def _leave_picked(self) -> None:
        self._scrollback.unpick()
        self._row.come_back()

    def _versions(self, seq: int) -> Sequence[ChatMessage]:
        shown = self._session.shown
        there = shown.source_of(seq)
        return () if there is None else shown.links.versions(there)

    def _answered(self, seq: int) -> int | None:
        shown = self._session.shown
        there = shown.source_of(seq)
        found = None if there is None else shown.links.answered(there)
        return None if found is None else shown.place_of(found)

    def do_recall(self) -> None:
        """Find a line that was entered before."""
        from amqpchat_tui.ui.bars.recall_bar import RecallBar  # late: the first frame does without

        prompt = self._row.prompt
        if not prompt.find_entered(""):
            self._hint("You have not entered anything yet.")
            return
        self._hint("")
        self._row.give_way(
            RecallBar(
                find=prompt.find_entered, take=prompt.put, close=self._row.come_back, keymap=self._keymap
            )
        )

    def do_choose_room(self) -> None:
        """Choose from all rooms where to go."""
        from amqpchat_tui.ui.bars.go_bar import GoBar  # late: the first frame does without

        self._row.close_bar()
        self._hint("")
        self._row.give_way(
            GoBar(
                self._session.listing(),
                find=self._session.switcher.find,
                find_people=self._find_people,
                go=self._show,
                write_to=self._msg,
                join=self._join,
                close=self._row.come_back,
                keymap=self._keymap,
            )
        )

    def _find_people(self, text: str) -> Sequence[str]:
        here, ignores = self._session.contacts.here(text), self._session.hiding.ignores
        return [nick for nick in here if not ignores(nick)]

    do_cut_to_end = do_choose_room  # where the prompt has nothing to cut

    def do_outbox(self) -> None:
        """Decide what becomes of the lines that no room has heard."""
        if self._outbox.open():
            self._open_outbox_bar()
        else:
            self._hint("The outbox is empty: every line has been heard.")

    def decide_about(self, message_id: str) -> None:
        """Decide about a line of the outbox; while one finds or picks, about none."""
        if self._outbox.has_all:
            self._outbox.picked = message_id
        elif not self._row.has_bar and self._outbox.open(message_id):
            self._open_outbox_bar()

    def _open_outbox_bar(self) -> None:
        from amqpchat_tui.ui.bars.outbox_bar import OutboxBar  # late: the first frame does without

        self._hint("")
        self._row.give_way(
            OutboxBar(
                self._client,
                self._outbox,
                self._close,
                show_again=self._show_outbox,
                edit=self._edit,
                keymap=self._keymap,
            )
        )

    def _close(self, quoted: str) -> None:
        """Give the prompt back, with what was quoted."""
        self._row.come_back()
        if quoted:
            self._row.prompt.insert_text(quoted)

    def _edit(self, line: OutboxLine) -> None:
        """Go where a line was typed, and put it in place of what is written there."""
        self._show(line.to)
        self._row.prompt.put(as_typed(line.body))
        self._answer(self._session.shown.links.named(line.bearing.answers))
