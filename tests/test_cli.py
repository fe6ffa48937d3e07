"""The command line: what it answers by itself, and how the program ends."""

import io
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from amqpchat_tui import __version__
from amqpchat_tui.cli import main
from amqpchat_tui.config import Secret, Settings
from amqpchat_tui.config.broker_url import parse_broker_url
from amqpchat_tui.hosting import HostingDialer
from amqpchat_tui.logs import log_file
from tests.support.terminal import Terminal

AMQPCHAT = [str(Path(sys.executable).with_name("amqpchat"))]
MODULE = [sys.executable, "-m", "amqpchat_tui"]
PASSWORD = "hunter2"


def run(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run a command where there is no terminal."""
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


# Without the screen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", [AMQPCHAT, MODULE], ids=["amqpchat", "python -m"])
def test_version(program: list[str]) -> None:
    ended = run(*program, "--version")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"amqpchat {__version__}\n", "")


@pytest.mark.parametrize("program", [AMQPCHAT, MODULE], ids=["amqpchat", "python -m"])
def test_without_a_terminal_nothing_is_drawn(program: list[str]) -> None:
    ended = run(*program)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "amqpchat: this is a full-screen program and needs a terminal, but standard input is not one; "
        "amqpchat listen and amqpchat send do without\n"
    )


def test_help_names_flags_variables_and_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/100%s/config")
    monkeypatch.setenv("XDG_STATE_HOME", "/100%s/state")
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for name in "url", "name", "room", "config":
        assert f"--{name} " in text
        assert f"variable AMQPCHAT_{name.upper()}" in text
    for expected in (
        "--log",
        "--version",
        "--help",
        "AMQPCHAT_PASSWORD",
        "/100%s/config/amqpchat/config.toml",
        "/100%s/state/amqpchat/amqpchat.log",
    ):
        assert expected in text


HOST_ALONE = (
    "--host opens the full-screen chat, and goes with no command; amqpchat host is without the screen"
)
HOST_OR_URL = "hosting opens a room on this machine, and --url joins one anywhere; give one of them"
LISTEN_FOR = "--listen says where to host a room: it goes with --host, or with the command host"
OTHER_COMMAND = "goes after the command that it belongs to, and with no other"
UNEXPECTED = "unexpected argument; give the broker as --url URL, and anything else by its option"


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["--nmae=ann"], "unknown option --nmae, did you mean --name?"),
        (["--nam", "ann"], "unknown option --nam, did you mean --name?"),
        (["--urll=amqp://ann:hunter2@host"], "unknown option --urll, did you mean --url?"),
        (["--zzz"], "unknown option --zzz"),
        (["--bogus"], "unknown option --bogus"),
        (["chekc"], "unknown command, did you mean amqpchat check?"),
        (["--name", "ann", "lisetn"], "unknown command, did you mean amqpchat listen?"),
        (["whatever"], UNEXPECTED),
        (["check", "amqp://ann:hunter2@host"], UNEXPECTED),
        (["amqp://ann:hunter2@host"], UNEXPECTED),
        (["-phunter2"], UNEXPECTED),
        (["--\x1b[31m"], UNEXPECTED),
        (["--url"], "argument --url: expected one argument"),
        (["--host", "--url", "amqp://host"], HOST_OR_URL),
        (["host", "--url", "amqp://host"], HOST_OR_URL),
        (["--host", "check"], HOST_ALONE),
        (["host", "--host"], HOST_ALONE),
        (["--listen", "127.0.0.1:5672"], LISTEN_FOR),
        (["send", "--listen", "127.0.0.1:5672"], f"--listen {OTHER_COMMAND}"),
        (["--listen", "127.0.0.1:5672", "send"], LISTEN_FOR),
        (["--host", "--cert", "cert.pem"], f"--cert {OTHER_COMMAND}"),
    ],
)
def test_wrong_arguments(argv: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"amqpchat: {reason}; see amqpchat --help\n"


def test_wrong_setting_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[connection]\nheartbeet = 5\n")
    assert main(["--config", str(file)]) == 2
    expected = f"amqpchat: {file}: unknown key connection.heartbeet; did you mean heartbeat?\n"
    assert capsys.readouterr() == ("", expected)


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("[ui", "is not valid TOML: Expected ']' at the end of a table declaration (at end of document)"),
        ('[ui]\ntheme = "textual-drak"', "ui.theme: unknown theme textual-drak; did you mean textual-dark?"),
    ],
    ids=["file", "theme"],
)
def test_wrong_setting_in_a_terminal_ends_before_anything_is_drawn(
    open_terminal: Callable[..., Terminal], tmp_path: Path, toml: str, reason: str
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(toml)
    terminal = open_terminal(*MODULE, "--config", str(file), columns=300)
    assert terminal.wait_exit() == 2
    assert terminal.raw.decode() == f"amqpchat: {file}: {reason}\r\n"


def test_a_dumb_terminal_is_not_drawn_on(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal("env", "TERM=dumb", *MODULE, columns=300)
    assert terminal.wait_exit() == 2
    assert terminal.raw.decode() == (
        "amqpchat: this is a full-screen program, and this terminal says it is dumb; "
        "amqpchat listen and amqpchat send do without\r\n"
    )


def test_arguments_and_settings_need_neither_textual_nor_aio_pika() -> None:
    code = "import sys, amqpchat_tui.cli as cli; cli.main([]); print(*sys.modules)"
    loaded = {name.partition(".")[0] for name in run(sys.executable, "-c", code).stdout.split()}
    assert "amqpchat_tui" in loaded
    assert not loaded & {"textual", "rich", "aio_pika", "aiormq", "pamqp", "asyncio"}


HOSTING = """
import sys
from amqpchat_tui import cli
from amqpchat_tui.ui.app import ChatApp
cli.require_terminal = lambda: None
ChatApp.run = lambda app: print(*sys.modules)
cli.main(["--host"])
"""


def test_the_first_frame_waits_neither_for_client_nor_for_broker() -> None:
    loaded = set(run(sys.executable, "-c", HOSTING).stdout.split())
    assert "amqpchat_tui.hosting" in loaded
    assert not loaded & {"amqpchat_tui.broker", "aio_pika", "aiormq", "pamqp", "yarl", "regex"}


# With a screen of our own ----------------------------------------------------------------------------------


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


class FakeApp:
    """A `ChatApp` that does what a test tells it to, once."""

    behaviour: Callable[["FakeApp"], None]
    settings: Settings
    client: FakeClient
    choices: object

    def __init__(
        self,
        settings: Settings,
        client: FakeClient,
        *,
        painted: Callable[[], None],
        choices: object = None,
        recall: object = None,
    ) -> None:
        FakeApp.settings, FakeApp.client, FakeApp.choices = settings, client, choices
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
        app, client = ModuleType("app"), ModuleType("client")
        FakeApp.behaviour = behaviour
        vars(app).update(ChatApp=FakeApp, theme_names=lambda: ["nord", "textual-dark"])
        vars(client).update(AmqpClient=FakeClient)
        monkeypatch.setitem(sys.modules, "amqpchat_tui.ui.app", app)
        monkeypatch.setitem(sys.modules, "amqpchat_tui.client", client)
        return main(argv)

    return run_main


Play = Callable[..., int]


def leave(app: FakeApp) -> None:
    """Do nothing."""


def test_the_screen_gets_the_settings(play: Play, terminal: FakeTerminal) -> None:
    assert play(leave, "--url", "amqp://host", "--name", "ann", "--room", "lobby") == 0
    assert FakeApp.settings.connection.brokers[0].host == "host"
    assert (FakeApp.settings.nick, FakeApp.settings.room) == ("ann", "lobby")
    assert isinstance(FakeApp.client, FakeClient)
    assert FakeApp.client.settings is FakeApp.settings
    assert terminal.getvalue() == ""
    assert not log_file().exists()


@pytest.mark.parametrize(
    ("argv", "url", "host_at_once", "asks"),
    [
        ([], "amqp://localhost", False, True),
        (["--host"], "amqp://guest:guest@127.0.0.1:5672", True, False),
        (["--url", "amqp://localhost"], "amqp://localhost", False, False),
        (["--host", "--listen", "[::]:5673"], "amqp://guest:{password}@[::1]:5673", True, False),
    ],
)
def test_the_room_is_hosted_here_when_the_person_says_so(
    play: Play, argv: list[str], url: str, host_at_once: bool, asks: bool
) -> None:
    assert play(leave, *argv) == 0
    (broker,) = FakeApp.settings.connection.brokers
    assert broker == parse_broker_url(Secret(url.format(password=broker.password.reveal())))
    assert isinstance(FakeApp.client.dialer, HostingDialer) == (host_at_once or asks)
    assert (FakeApp.choices is not None) == asks


@pytest.mark.parametrize(("return_code", "expected"), [(None, 0), (0, 0), (4, 4)])
def test_the_screen_s_return_code_is_the_exit_code(
    play: Play, return_code: int | None, expected: int
) -> None:
    assert play(lambda app: setattr(app, "return_code", return_code)) == expected


@pytest.mark.parametrize("missing", ["stdin", "stdout", "stderr"])
@pytest.mark.parametrize("stream", [None, io.StringIO()], ids=["closed", "no terminal"])
def test_every_stream_has_to_be_a_terminal(play: Play, missing: str, stream: io.StringIO | None) -> None:
    assert play(lambda app: pytest.fail("the screen was taken"), **{missing: stream}) == 2


@pytest.mark.parametrize(
    ("theme", "hint"),
    [
        ("textual-drak", "did you mean textual-dark?"),
        ("xyz", "there are nord, textual-dark"),
    ],
)
def test_unknown_theme(play: Play, terminal: FakeTerminal, tmp_path: Path, theme: str, hint: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[ui]\ntheme = "{theme}"\n')
    assert play(lambda app: pytest.fail("the screen was taken"), "--config", str(file)) == 2
    assert terminal.getvalue() == f"amqpchat: {file}: ui.theme: unknown theme {theme}; {hint}\n"


def interrupt(app: FakeApp) -> None:
    raise KeyboardInterrupt


def test_interrupt_ends_quietly(play: Play, terminal: FakeTerminal) -> None:
    assert play(interrupt) == 130
    assert terminal.getvalue() == ""


# Internal errors and the log -------------------------------------------------------------------------------

SECRET_URL = f"amqp://ann:{PASSWORD}@host"


def fail(app: FakeApp) -> None:
    raise ValueError(f"cannot open {SECRET_URL}\n\x1b[31mred")


def fail_inside(app: FakeApp) -> None:
    """Keep an internal error as `ChatApp` does, which ends without raising it."""
    try:
        fail(app)
    except ValueError as error:
        app.crash = error
        app.return_code = 1


@pytest.mark.parametrize("behaviour", [fail, fail_inside])
def test_internal_error_goes_to_the_log(
    play: Play, terminal: FakeTerminal, behaviour: Callable[[FakeApp], None]
) -> None:
    assert play(behaviour, "--url", SECRET_URL) == 1
    assert terminal.getvalue() == (
        "amqpchat: internal error (ValueError: cannot open amqp://ann:***@host ␛[31mred); "
        f"details are in {log_file()}\n"
    )
    log = log_file().read_text()
    assert "CRITICAL amqpchat_tui.cli: internal error\nTraceback (most recent call last):\n" in log
    assert "ValueError: cannot open amqp://ann:***@host\n␛[31mred\n" in log
    assert PASSWORD not in log


CRASHING = f"""
import sys
from amqpchat_tui.cli import main
from amqpchat_tui.client import AmqpClient

def fail(client, listener):
    raise ValueError("cannot open {SECRET_URL}")

AmqpClient.start = fail
sys.exit(main(["--url", "{SECRET_URL}"]))
"""


def test_internal_error_gives_the_terminal_back(
    open_terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = open_terminal(sys.executable, "-c", CRASHING, columns=300)
    assert terminal.wait_exit() == 1
    terminal.assert_restored()
    log = tmp_path / "state/amqpchat/amqpchat.log"
    expected = "amqpchat: internal error (ValueError: cannot open amqp://ann:***@host); details are in"
    assert list(filter(None, terminal.rows)) == [f"{expected} {log}"]
    assert "Traceback (most recent call last):" in log.read_text()
    assert PASSWORD not in log.read_text()
    assert PASSWORD.encode() not in terminal.raw


def test_internal_error_without_words(play: Play, terminal: FakeTerminal) -> None:
    assert play(lambda app: setattr(app, "crash", RuntimeError())) == 1
    assert terminal.getvalue() == f"amqpchat: internal error (RuntimeError); details are in {log_file()}\n"


def test_internal_error_that_cannot_be_logged(play: Play, terminal: FakeTerminal) -> None:
    log_file().mkdir(parents=True)
    assert play(lambda app: setattr(app, "crash", ValueError("boom"))) == 1
    assert terminal.getvalue() == (
        "amqpchat: internal error (ValueError: boom); "
        f"details cannot be written to {log_file()}: Is a directory\n"
    )


def chatter(app: FakeApp) -> None:
    logging.getLogger("amqpchat_tui.client").debug("dialling %s", SECRET_URL)
    logging.getLogger("aiormq.connection").info("connected")
    logging.getLogger("asyncio").warning("slow")


def test_log_flag_records_from_the_start(play: Play, terminal: FakeTerminal) -> None:
    assert play(chatter, "--url", SECRET_URL, "--name", "ann", "--log") == 0
    lines = [line.split(maxsplit=2)[2] for line in log_file().read_text().splitlines()]
    assert lines == [
        f"INFO amqpchat_tui.cli: amqpchat {__version__} as ann in room broadcast_chat, brokers: host:5672",
        "DEBUG amqpchat_tui.client: dialling amqp://ann:***@host",
        "INFO aiormq.connection: connected",
        "WARNING asyncio: slow",
    ]
    assert terminal.getvalue() == ""


def test_without_log_flag_nothing_is_recorded_or_shown(play: Play, terminal: FakeTerminal) -> None:
    assert play(chatter) == 0
    assert not log_file().exists()
    assert terminal.getvalue() == ""


def test_log_flag_where_no_log_can_be_written(play: Play, terminal: FakeTerminal) -> None:
    log_file().mkdir(parents=True)
    assert play(lambda app: pytest.fail("the screen was taken"), "--log") == 2
    assert terminal.getvalue() == f"amqpchat: --log: cannot write {log_file()}: Is a directory\n"


def test_log_is_for_its_owner_only(play: Play) -> None:
    log_file().parent.parent.mkdir(parents=True)
    assert play(leave, "--log") == 0
    assert log_file().parent.stat().st_mode & 0o777 == 0o700
    assert log_file().stat().st_mode & 0o777 == 0o600
