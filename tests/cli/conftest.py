"""The command line with a screen that the test plays."""

import io
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from amqpchat_tui.cli import main
from amqpchat_tui.config import ConnectionSettings, Settings
from amqpchat_tui.ui.no_broker import StartChoices
from amqpchat_tui.ui.reloading import Configuration


class FakeTerminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal() -> FakeTerminal:
    """What the person sees."""
    return FakeTerminal()


class FakeClient:
    """An `AmqpClient` that nobody starts."""

    def __init__(self, settings: Settings, store: object, *, dialer: object = None) -> None:
        self.settings = settings
        self.dialer = dialer

    def reconnect(self) -> None:
        """Do nothing."""

    def switch_broker(self, connection: ConnectionSettings) -> None:
        """Do nothing."""


class FakeApp:
    """A `ChatApp` that does what a test tells it to, once."""

    behaviour: Callable[["FakeApp"], None]
    settings: Settings
    client: FakeClient
    choices: StartChoices | None
    configuration: Configuration

    def __init__(
        self,
        settings: Settings,
        client: FakeClient,
        *,
        painted: Callable[[], None],
        choices: StartChoices | None = None,
        store: object = None,
        configuration: Configuration,
    ) -> None:
        FakeApp.settings, FakeApp.client, FakeApp.choices = settings, client, choices
        FakeApp.configuration = configuration
        self.return_code: int | None = None
        self.crash: BaseException | None = None

    def run(self) -> None:
        FakeApp.behaviour(self)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, terminal: FakeTerminal) -> Callable[..., int]:
    """A function that runs `amqpchat` with a screen, and perhaps streams, that behave as told."""

    def run_main(behaviour: Callable[[FakeApp], None], *argv: str, **streams: io.StringIO | None) -> int:
        for name in "stdin", "stdout", "stderr":
            monkeypatch.setattr(sys, name, streams.get(name, terminal))
        app = ModuleType("app")
        FakeApp.behaviour = behaviour
        vars(app).update(ChatApp=FakeApp, theme_names=lambda: ["nord", "textual-dark"])
        monkeypatch.setitem(sys.modules, "amqpchat_tui.ui.app", app)
        monkeypatch.setattr("amqpchat_tui.client.AmqpClient", FakeClient)
        return main(argv)

    return run_main


Play = Callable[..., int]


def leave(app: FakeApp) -> None:
    """Do nothing."""
