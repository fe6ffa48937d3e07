"""The chat: scrollback, outbox, status line and prompt, and how they work together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from amqpchat_tui.actions import parse
from amqpchat_tui.actions.completion import completions
from amqpchat_tui.actions.help import command_lines, key_lines
from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Changes, Session
from amqpchat_tui.config import Settings
from amqpchat_tui.model import (
    ChatClient,
    ConnectionState,
    ConversationId,
    Fate,
    NoticeKind,
    OutboxLine,
    Phase,
    RecallStore,
)
from amqpchat_tui.scrollback import Budget, Scrollback
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.ui.patient_screen import PatientScreen
from amqpchat_tui.ui.prompt.paste_question import PasteQuestion
from amqpchat_tui.ui.prompt.prompt import Prompt, PromptRow
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.wording.connection import news, warning

if TYPE_CHECKING:
    from amqpchat_tui.ui.app import ChatApp

SEND_GRACE = 1.0
"""Seconds that `/quit` waits for lines under way before it asks."""


_OPENERS = ("find", "pick", "pick_mention", "outbox")
"""Actions that open a bar."""


class ChatScreen(PatientScreen):
    """Shows a conversation and turns what is entered into commands or lines; a `SessionListener`."""

    AUTO_FOCUS = "#prompt"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Copy, clear or leave", show=False),
        Binding("escape", "back", "Back to the newest", show=False),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False, priority=True),
        Binding("pagedown", "scroll_page(1)", "Page down", show=False, priority=True),
        Binding("ctrl+home,alt+home", "scroll_top", "Oldest", show=False, priority=True),
        Binding("ctrl+end,alt+end", "scroll_end", "Newest", show=False, priority=True),
        Binding("ctrl+l", "redraw", "Redraw", show=False, priority=True),
        # What opens a bar has priority: the app acts on it before it looks at the next key, the bar's.
        Binding("ctrl+f", "find", "Find", show=False, priority=True),
        Binding("alt+up", "pick(-1)", "Pick a message", show=False, priority=True),
        Binding("alt+down", "pick(1)", "Pick a message", show=False, priority=True),
        Binding("alt+p", "pick_mention(-1)", "Mention above", show=False, priority=True),
        Binding("alt+n", "pick_mention(1)", "Mention below", show=False, priority=True),
        Binding("alt+o", "outbox", "Lines that the room has not heard", show=False, priority=True),
        Binding("alt+u", "unread", "Where reading stopped", show=False, priority=True),
    ]

    def __init__(
        self, settings: Settings, client: ChatClient, recall: RecallStore, presence: Presence
    ) -> None:
        super().__init__()
        self._settings = settings
        self._client = client
        budget, lines = Budget(), settings.ui.scrollback_lines
        self._session = Session(
            client,
            Attention(client.nick, settings.ui.highlight),
            open_conversation=lambda identity: Conversation(identity, Scrollback(lines, budget)),
            presence=presence,
            rings_always=settings.ui.notify_when == "always",
            later=self.later,
            listener=self,
        )
        self._doubted = ""
        self._hinted_line: str | None = None
        self._quit_asked = False
        self._quit_timer: Timer | None = None
        self._recall = recall
        self._outbox_due = False
        self._failed = 0

    def compose(self) -> ComposeResult:
        """From top to bottom; the prompt keeps the last rows."""
        settings = self._settings
        shown = self._session.shown
        yield ScrollbackView(settings.ui, self._session.attention, shown.reader)
        yield OutboxView(time_format=settings.ui.time_format, nick_width=settings.ui.nick_width)
        yield Static(id="hint", markup=False)
        yield StatusLine(shown.id.name, warning(settings.connection))
        yield PromptRow(
            Prompt(
                submit=self._submit,
                complete=lambda before: completions(before, self._session.shown.speakers.latest_first()),
                placeholder=_placeholder(shown),
            )
        )

    def on_mount(self) -> None:
        """Connect once the first frame is painted."""
        self._status.state = self._client.state
        self._status.nick = self._client.nick
        self._tell(f"{self._session.shown.id.name} as {self._client.nick}. /help lists commands and keys.")
        self.watch(self.app, "app_focus", self._session.note_presence, init=False)
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self._chat_app.painted()
        self._session.start()
        if self._settings.ui.keep_history:
            self.run_worker(self._recall_earlier())
        else:
            self._recall.forget()

    async def _recall_earlier(self) -> None:
        self._prompt.recall(await self._recall.latest())

    def show(self, identity: ConversationId) -> None:
        """Put another conversation on the screen; what is written in the prompt waits in its own."""
        self._session.shown.draft = self._prompt.text
        self._session.show(identity)
        shown = self._session.shown
        self._scrollback.show(shown.reader)
        self._status.room = shown.id.name
        self._prompt.placeholder = _placeholder(shown)
        self._prompt.show(shown.draft)
        self._show_outbox()

    @property
    def _scrollback(self) -> ScrollbackView:
        return self.query_one(ScrollbackView)

    @property
    def _status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def _prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def _prompt_row(self) -> PromptRow:
        return self.query_one(PromptRow)

    @property
    def _outbox(self) -> OutboxView:
        return self.query_one(OutboxView)

    @property
    def _chat_app(self) -> ChatApp:
        return cast("ChatApp", self.app)

    # -- what the session tells ---------------------------------------------------------------------

    def connection_changed(self, before: ConnectionState, now: ConnectionState) -> None:
        """Show the state; say in the scrollback what a cut status line might not."""
        self._status.state = now
        if not self._chat_app.asks_where(now) and (said := news(before, now)) is not None:
            self._tell(*said)

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Show the outbox, once for all changes of this turn of the loop."""
        if not self._outbox_due:
            self._outbox_due = True
            self.call_later(self._show_outbox)

    def _show_outbox(self) -> None:
        self._outbox_due = False
        lines = self._client.outbox(self._session.shown.id)
        failed = sum(line.fate is Fate.FAILED for line in lines)
        if failed > self._failed:
            self._hint("Alt-O sends again, edits or drops what failed.")
        self._failed = failed
        self._outbox.show(lines)
        self._status.lag = self._client.lag
        if self._quit_timer is not None and not self._unheard():
            self._chat_app.leave()

    def changed(self, changes: Changes) -> None:
        """Show what has arrived with the next frame."""
        if any(arrived.conversation == self._session.shown.id for arrived in changes.arrived):
            self.frame_pace.ask()
        if changes.ring is not None:
            self._chat_app.notify_person(changes.ring)

    def show_news(self) -> None:
        """Show what has arrived, and count what a reader further up does not see."""
        self._scrollback.show_news()
        self._status.unread = self._session.shown.reader.new_below

    def _tell(self, text: str, kind: NoticeKind = NoticeKind.INFO) -> None:
        """Say something below what has arrived before it."""
        self._session.tell(text, kind)
        self.show_news()

    # -- what the person enters ---------------------------------------------------------------------

    def _submit(self, line: str) -> bool:
        """Run a command or say a line; False keeps it in the prompt, under a hint."""
        doubted, self._doubted = self._doubted, ""
        match parse.parse(line):
            case parse.Nothing():
                return False
            case parse.Mistake(hint):
                self._hint(hint)
                return False
            case parse.Doubtful(body, hint):
                if doubted != line:
                    self._doubted = line
                    self._hint(hint)
                    return False
                self._session.say(self._session.shown.id, body)
            case parse.Say(body):
                self._session.say(self._session.shown.id, body)
            case parse.Run("quit"):
                return self.quit()
            case parse.Run(action, argument):
                self._run(action, argument)
        self._quit_asked = False
        if self._settings.ui.keep_history:
            self._recall.add(line)
        return True

    def _run(self, action: str, argument: str) -> None:
        """Carry out a command."""
        match action:
            case "nick":
                self._client.rename(argument)
                self._session.attention.add_nick(argument)
                self._status.nick = argument
                self._tell(f"You are now {argument}.")
            case "clear":
                self._session.shown.scrollback.clear()
                self._scrollback.sync()
                self._status.unread = 0
            case "help":
                self._tell("\n".join(["Commands and keys:", *command_lines(), *key_lines()]))
                self.action_scroll_end()
            case "reconnect":
                self._client.reconnect()
            case "mouse":
                self._tell(
                    "The mouse is the chat's again."
                    if self._chat_app.toggle_mouse()
                    else "The mouse is the terminal's: select and paste as usual. /mouse takes it back."
                )

    def _hint(self, text: str) -> None:
        hint = self.query_one("#hint", Static)
        self._hinted_line = self._prompt.text if text else None
        hint.update(text)
        hint.display = bool(text)

    def on_text_area_changed(self) -> None:
        """A hint is about the line as it was."""
        if self._hinted_line is not None and self._prompt.text != self._hinted_line:
            self._hint("")

    def on_prompt_long_paste(self, message: Prompt.LongPaste) -> None:
        """Ask before many lines become one message."""
        prompt = self._prompt

        def answer(wanted: bool) -> None:
            prompt.settle(message.text if wanted else "")

        question = PasteQuestion(message.text, message.lines, hold=prompt.hold, answer=answer)
        self.app.push_screen(question)

    # -- leaving ------------------------------------------------------------------------------------

    def quit(self) -> bool:
        """Leave; with lines that the room has not heard, wait for them a moment, then ask once more."""
        lines = self._unheard()
        if not lines or self._quit_asked:
            self._chat_app.leave()
            return True
        under_way = any(line.fate is not Fate.FAILED for line in lines)
        if self._client.state.phase is not Phase.ONLINE or not under_way:
            self._ask_to_quit()
        elif self._quit_timer is None:
            self._quit_timer = self.set_timer(SEND_GRACE, self._ask_to_quit)
        return False

    def _unheard(self) -> list[OutboxLine]:
        """The lines, in whatever conversation, that have not come back."""
        return [line for identity in self._session.conversations for line in self._client.outbox(identity)]

    def _ask_to_quit(self) -> None:
        self._quit_timer = None
        self._quit_asked = True
        count = len(self._unheard())
        lines = "1 line has" if count == 1 else f"{count} lines have"
        kept = "/quit again leaves without sending, and keeps what is unsent."
        self._hint(f"{lines} not been heard in the room yet. {kept}")

    # -- keys ---------------------------------------------------------------------------------------

    def action_interrupt(self) -> None:
        """Copy what is selected, else clear the prompt (Ctrl-Y brings it back), else offer to leave."""
        if text := self._prompt.selected_text or self.get_selected_text():
            self.app.copy_to_clipboard(text)
            self.clear_selection()
        else:
            self._prompt.put("" if self._prompt.text else "/quit")

    def action_back(self) -> None:
        """Drop the selection, else go back to the newest line."""
        if self.selections:
            self.clear_selection()
        else:
            self.action_scroll_end()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a bar is open, the keys that open one are its own."""
        return self._prompt_row.bar is None or action not in _OPENERS

    def action_find(self) -> None:
        """Search the scrollback, in place of the prompt."""
        from amqpchat_tui.ui.bars.find_bar import FindBar  # late: the first frame does without

        bar = FindBar(self._scrollback, self._close_bar, self._open_pick_bar)
        self._prompt_row.give_way(bar, bar.field)

    def action_pick(self, step: int) -> None:
        """Pick a message, to do something with it."""
        if self._scrollback.pick(step):
            self._open_pick_bar()

    def action_pick_mention(self, step: int) -> None:
        """Go to a line that concerns the person."""
        if self._scrollback.pick_mention(step):
            self._open_pick_bar()
        else:
            self._hint("No message there names you.")

    def _open_pick_bar(self) -> None:
        from amqpchat_tui.ui.bars.pick_bar import PickBar  # late: the first frame does without

        self._prompt_row.give_way(PickBar(self._scrollback, self._close_bar))

    def action_outbox(self) -> None:
        """Decide what becomes of the lines that the room has not heard."""
        if self._outbox.pick_first():
            self._open_outbox_bar()
        else:
            self._hint("The outbox is empty: the room has heard every line.")

    def on_outbox_view_clicked(self, message: OutboxView.Clicked) -> None:
        """As Alt-O, for the line that was clicked; while one finds or picks, a click does nothing."""
        is_open = self._outbox.picked is not None
        if is_open or self._prompt_row.bar is None:
            self._outbox.picked = message.message_id
        if self._outbox.picked is not None and not is_open:
            self._open_outbox_bar()

    def _open_outbox_bar(self) -> None:
        from amqpchat_tui.ui.bars.outbox_bar import OutboxBar  # late: the first frame does without

        self._hint("")
        self._prompt_row.give_way(OutboxBar(self._client, self._outbox, self._close_bar_to_edit))

    def _close_bar(self, quoted: str) -> None:
        """Give the prompt back, with what was quoted."""
        self._prompt_row.come_back()
        if quoted:
            self._prompt.insert_text(quoted)

    def _close_bar_to_edit(self, line: str) -> None:
        """Give the prompt back, with a line in place of what is written there."""
        self._close_bar("")
        if line:
            self._prompt.put(line)

    def action_unread(self) -> None:
        """Go to where reading stopped."""
        self._scrollback.scroll_to_unread()

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by pages; down is positive."""
        self._scrollback.scroll_pages(pages)

    def action_scroll_top(self) -> None:
        """Go to the oldest line kept."""
        self._scrollback.scroll_to_top()

    def action_scroll_end(self) -> None:
        """Go to the newest line and follow."""
        self._scrollback.scroll_to_end()

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Selections begin and end at characters of messages, which only the scrollback can tell."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        if isinstance(widget, ScrollbackView):
            region = widget.region
            offset = widget.offset_at(x - region.x, y - region.y)
        return widget, offset

    def on_scrollback_view_scrolled(self) -> None:
        """The status line counts what waits below."""
        self._status.unread = self._session.shown.reader.new_below

    def action_redraw(self) -> None:
        """Paint everything again."""
        self.refresh(layout=True)


def _placeholder(conversation: Conversation) -> str:
    return f"Message {conversation.id.name} · /help"
