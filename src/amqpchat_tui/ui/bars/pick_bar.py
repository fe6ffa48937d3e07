"""The bar for the message that is picked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.content import Content

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.help import bar_keys, hint_line, with_keys
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.model import ChatMessage, FoldedMessage, Occupant
from amqpchat_tui.ui.bars.bar import Bar, Close
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.scrollback.links import ascii_address, find_links, open_link
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.wording.messages import describe_message
from amqpchat_tui.wording.outcomes import ask_to_withdraw

THUMB = "👍"


_ABOUT_OWN_LINES = "correct", "withdraw"
"""Actions that are told for lines of one's own only, as a row has not place for all."""


class PickBar(Bar, can_focus=True):
    """Does something with the message that is picked."""

    def __init__(
        self,
        scrollback: ScrollbackView,
        close: Close,
        *,
        find: Callable[[], None],
        write_to: Callable[[Occupant], bool],
        answer: Callable[[ChatMessage], None],
        correct: Callable[[ChatMessage], bool],
        narrow: Callable[[int], str],
        versions: Callable[[int], Sequence[ChatMessage]],
        answered: Callable[[int], int | None],
        reacting: Reacting,
        choose: Callable[[int], None],
        keymap: Keymap,
    ) -> None:
        """`find` opens the find bar, `write_to` the private conversation with somebody.

        `answer` has what is written next answer a line; `answered` finds what an entry answers.
        `narrow` has the thread of an entry shown alone, or tells why not.
        `correct` has it take the place of a line of one's own, if that can be; `versions` are all that an
        entry has said, if it was corrected. `choose` opens the bar for what to put below an entry.
        """
        super().__init__(classes="bar")
        self._scrollback = scrollback
        self._close = close
        self._find = find
        self._write_to = write_to
        self._answer = answer
        self._correct = correct
        self._narrow = narrow
        self._versions = versions
        self._answered = answered
        self._reacting = reacting
        self._choose = choose
        self._asked: int | None = None
        """What is withdrawn when that is said again."""
        self._keymap = keymap
        self._said = ""
        self._tells_keys = False

    def render(self) -> Content:
        """What has just been done, and what the keys do."""
        said, actions, message = self._said, self._keymap.actions, self._message
        if not said and isinstance(message, FoldedMessage):
            does = "folds it" if message.text == message.whole else "shows all of it"
            said = with_keys(f"{{unfold}} {does}", actions)
        if self._tells_keys:
            return Content(" · ".join(bar_keys(self.scope, actions)))
        is_own = message is not None and message.own
        actions = [action for action in actions if is_own or action.id not in _ABOUT_OWN_LINES]
        text, width = f"Message: {f'{said} · ' if said else ''}", self.content_size.width
        hints = hint_line(self.scope, actions, width - cell_len(text))
        if width and cell_len(text) + cell_len(hints) > width:  # what is said has rows of its own
            return Content(f"Message: {said}\n{hint_line(self.scope, actions, width)}")
        return Content(text + hints)

    @property
    def scope(self) -> Scope:
        """The scope in which letters do something with the picked message."""
        return Scope.PICK

    @property
    def _message(self) -> ChatMessage | None:
        return self._scrollback.reader.picked

    def _say(self, text: str, *, keys: bool = False) -> None:
        self._said, self._tells_keys, self._asked = text, keys, None
        self.refresh(layout=True)

    def do_pick_keys(self) -> None:
        """Tell all keys of the bar, and then no more."""
        self._say("", keys=not self._tells_keys)

    def do_pick_above(self) -> None:
        """Pick the message above."""
        self._pick(self._scrollback.pick(-1), "message")

    def do_pick_below(self) -> None:
        """Pick the message below."""
        self._pick(self._scrollback.pick(1), "message")

    def do_mention_above(self) -> None:
        """Pick the line above that concerns the reader."""
        self._pick(self._scrollback.pick_mention(-1), "mention")

    def do_mention_below(self) -> None:
        """Pick the line below that concerns the reader."""
        self._pick(self._scrollback.pick_mention(1), "mention")

    def _pick(self, found: bool, what: str) -> None:
        self._say("" if found else f"no further {what}")

    def do_copy(self) -> None:
        """Copy the message's text (OSC 52)."""
        if (message := self._message) is not None:
            self.app.copy_to_clipboard(message.whole if isinstance(message, FoldedMessage) else message.text)
            self._say("copied")

    def do_unfold(self) -> None:
        """Show all of a message that is shown on one line, and next time that line again."""
        self._say("" if self._scrollback.unfold() else "there is no more of it")

    def do_open(self) -> None:
        """Open the message's first address, and show where it really leads."""
        links = find_links(self._message.text) if self._message is not None else []
        if not links:
            self._say("no address in it")
            return
        if (address := ascii_address(links[0].url)) is None:
            self._say("not an address that can be opened")
            return
        self._say(f"opening {address}" if open_link(address) else f"nothing here opens {address}")

    def do_reply(self) -> None:
        """Answer the message."""
        if (message := self._message) is not None:
            self._leave("")
            self._answer(message)

    def do_correct(self) -> None:
        """Write the message anew, if it is one's own and of the last hour."""
        message = self._message
        if message is None or not self._correct(message):
            self._say("too old to be corrected" if message is not None and message.own else "not your line")
            return
        self._leave("")

    def do_versions(self) -> None:
        """Tell when the message was said and by whom, what it has said before, and who has reacted to it."""
        seq = self._scrollback.reader.picked_seq
        message = self._message
        if seq is not None and message is not None:
            told = describe_message(message, self._versions(seq)[:-1]), self._reacting.describe_picked()
            self._say(" · ".join(filter(None, told)))

    def do_thumb(self) -> None:
        """Put a thumb below the message, or take it away."""
        self.react(THUMB)

    def react(self, emoji: str) -> None:
        """Put something below the message, or take it away."""
        if (seq := self._reacting.picked) is not None:
            done = f"{emoji} taken back" if self._reacting.gave(seq, emoji) else emoji
            self._say(self._reacting.react(seq, emoji) or done)

    def do_join_first(self) -> None:
        """Join the first reaction below the message, or leave it."""
        if (seq := self._reacting.picked) is not None:
            self._say(self._reacting.join_first(seq))

    def do_react(self) -> None:
        """Choose what to put below the message."""
        if (seq := self._reacting.picked) is not None:
            self._say("")
            self._choose(seq)

    def do_withdraw(self) -> None:
        """Withdraw the message, if it is one's own and the key is pressed again."""
        if (seq := self._reacting.picked) is None:
            return
        asked = self._asked
        if asked == seq:
            self._say(self._reacting.withdraw(seq) or "withdrawn")
        else:
            problem = self._reacting.withdrawing(seq)
            self._say(problem or ask_to_withdraw(with_keys("{withdraw}", self._keymap.actions)))
            self._asked = None if problem else seq

    def do_answered(self) -> None:
        """Go to the message that this one answers."""
        reader = self._scrollback.reader
        found = None if reader.picked_seq is None else self._answered(reader.picked_seq)
        if found is None or not self._scrollback.show_hit(found):
            self._say("answers nothing that is here")
        else:
            self._say("")

    def do_thread(self) -> None:
        """Show nothing but the message's thread."""
        if (seq := self._scrollback.reader.picked_seq) is None or self._message is None:
            return
        if problem := self._narrow(seq):
            self._say(problem)
        else:
            self._leave("")

    def do_quote(self) -> None:
        """Put the message into the prompt, as a quotation."""
        if self._message is not None:
            quoted = "\n".join(f"> {row}" for row in self._message.text.split("\n"))
            self._leave(f"> {self._message.nick}:\n{quoted}\n")

    def do_write(self) -> None:
        """Write to its author privately."""
        if (message := self._message) is None:
            return
        if message.own:
            self._say("that is you")
            return
        self._leave("")
        self._write_to(message.who)

    def do_find(self) -> None:
        """Search instead."""
        self._leave("")
        self._find()

    def do_pick_close(self) -> None:
        """Pick nothing, and stay where one is."""
        self._leave("")

    def give_up(self) -> None:
        """Pick nothing, and stay where one is."""
        self._leave("")

    def _leave(self, text: str) -> None:
        self._scrollback.unpick()
        self._close(text)
