"""The question at the start when there is no broker: where to chat instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from amqpchat_tui.config import ConfigError, ConnectionSettings, Secret
from amqpchat_tui.model import ConnectionState, Phase
from amqpchat_tui.ui.prompt.characters import typed_text
from amqpchat_tui.ui.prompt.field import Field
from amqpchat_tui.wire.text import clean_text


class StartChoices(Protocol):
    """What can be done when nobody listens at the start."""

    def host(self) -> None:
        """Open the room on this machine."""

    def retry(self) -> None:
        """Dial the same address again."""

    def switch_broker(self, url: Secret) -> ConnectionSettings:
        """Dial another address, and return the settings with it; raise `ConfigError`."""


class NoBroker(ModalScreen[ConnectionSettings]):
    """Stands until there is an answer or a broker; returns the settings when another address was given."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("ctrl+c", "app.quit", "Quit", priority=True),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (14, "-high")]  # noqa: RUF012 - Textual types it so

    def __init__(self, broker: str, choices: StartChoices, type_ahead: Callable[[str], object]) -> None:
        """`broker` is where nobody listens; `type_ahead` takes what is typed, which is meant for the room."""
        super().__init__()
        self._broker = broker
        self._choices = choices
        self._type_ahead = type_ahead
        self._retrying = False
        self._menu = Menu(
            {
                "Host a room here": self._host,
                "Try again": self._retry,
                "Another address": self._ask_for_address,
                "Quit": self._quit,
            }
        )
        self._field = Field("amqp://alice@broker.example.org")
        self._remark = Static("Host, and others here can join.", id="remark", markup=False)
        self._keys = Static(classes="keys", markup=False)

    def compose(self) -> ComposeResult:
        """What is the matter, and the ways out."""
        with Vertical(id="question"):
            yield Static(f"Nobody listens on {self._broker}", markup=False, classes="title")
            yield self._remark
            yield self._menu
            yield self._field
            yield self._keys

    def on_mount(self) -> None:
        """Begin with the menu."""
        self._show_menu()

    def hears(self, state: ConnectionState) -> bool:
        """Take note of how the connection stands; True while that leaves the question open."""
        if not self.is_current:
            return False
        if state.nobody_listens:
            if self._retrying:
                self._retrying = False
                self._say("Still nobody.")
        elif state.retry_at or state.phase not in (Phase.CONNECTING, Phase.RECONNECTING):
            self.dismiss()
            return False
        return True

    # -- answers ------------------------------------------------------------------------------------

    def _host(self) -> None:
        self.dismiss()
        self._choices.host()

    def _retry(self) -> None:
        self._retrying = True
        self._say("Trying again …")
        self._choices.retry()

    def _ask_for_address(self) -> None:
        self._retrying = False
        self._menu.display = False
        self._field.display = True
        self._field.focus()
        self._say("Which broker is it?")
        self._keys.update("Enter joins · Esc back")

    def _show_menu(self) -> None:
        self._field.display = False
        self._menu.display = True
        self._menu.focus()
        self._keys.update("↑ ↓ Enter · Esc waits")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there, or say what is wrong with it."""
        event.stop()
        try:
            connection = self._choices.switch_broker(Secret(event.value.strip()))
        except ConfigError as error:
            self._say(f"The address {error}.", wrong=True)
        else:
            self.dismiss(connection)

    def action_back(self) -> None:
        """From the address to the menu, and from there to the chat, which goes on dialling."""
        if self._field.display:
            self._say("")
            self._show_menu()
        else:
            self.dismiss()

    def _quit(self) -> None:
        self.app.call_later(self.app.action_quit)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._remark.set_class(wrong, "wrong")
        self._remark.update(text)

    # -- what is typed before the question is seen -----------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Somebody who began to write goes on writing."""
        if self._menu.display and (text := typed_text(event)):
            event.stop()
            self._type_ahead(text)

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste at the menu as type-ahead for the room, as keys are taken."""
        if self._menu.display:
            self._type_ahead(clean_text(event.text))


class Menu(Widget, can_focus=True):
    """Answers, one below the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "move(-1)", "Above"),
        Binding("down,tab", "move(1)", "Below"),
        Binding("enter", "choose", "Choose"),
    ]

    index: reactive[int] = reactive(0)

    def __init__(self, answers: Mapping[str, Callable[[], object]]) -> None:
        """Take what each answer does; the first is ready under Enter."""
        super().__init__()
        self._answers = answers

    def render(self) -> Content:
        """Mark the answer that Enter gives."""
        rows = (
            Content.styled(f"❯ {answer}", "$text-accent bold")
            if row == self.index
            else Content(f"  {answer}")
            for row, answer in enumerate(self._answers)
        )
        return Content("\n").join(rows)

    def action_move(self, step: int) -> None:
        """Go up or down, round and round."""
        self.index = (self.index + step) % len(self._answers)

    def action_choose(self) -> None:
        """Give the marked answer."""
        list(self._answers.values())[self.index]()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Mark what is under the mouse."""
        self.index = event.y

    def on_click(self, event: events.Click) -> None:
        """Give the answer that was clicked."""
        self.index = event.y
        self.action_choose()
