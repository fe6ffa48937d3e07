"""The command line: what it answers by itself, and how the program ends."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from amqpchat_tui import __version__
from amqpchat_tui.arguments import parse
from amqpchat_tui.cli import main
from amqpchat_tui.config import Secret
from amqpchat_tui.config.broker_url import parse_broker_url
from amqpchat_tui.hosting import HostingDialer
from amqpchat_tui.logs import log_file
from tests.support.terminal import Terminal

from .conftest import FakeApp, FakeClient, FakeTerminal, Play, leave

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
        "amqpchat --plain, listen and send do without\n"
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


def test_the_log_is_of_all_rooms_unless_some_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    with pytest.raises(SystemExit):
        main(["log", "--help"])
    (row,) = (row for row in capsys.readouterr().out.splitlines() if row.lstrip().startswith("--room "))
    assert row.endswith("a room, or @NICK; may be given several times (default: all)")


HOST_ALONE = (
    "--host opens the full-screen chat, and goes with no command; amqpchat host is without the screen"
)
HOST_OR_URL = "hosting opens a room on this machine, and --url joins one anywhere; give one of them"
LISTEN_FOR = "--listen says where to host a room: it goes with --host, or with the command host"
USER_FOR = (
    "--user and --passwords give accounts to a hosted room: they go with --host, or with the command host"
)
WHOSE_PASSWORDS = "--passwords: say whose of them as --user NAME, once for each who may join"
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
        (["--user", "ann"], USER_FOR),
        (["--passwords", "file", "listen"], USER_FOR),
        (["send", "--user", "ann"], f"--user {OTHER_COMMAND}"),
        (["--host", "--passwords", "file"], WHOSE_PASSWORDS),
        (["host", "--passwords", "file"], WHOSE_PASSWORDS),
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
        ('[keys]\nnext_new = "F5"', "keys.next_new: there is no such action; did you mean next_news?"),
    ],
    ids=["file", "theme", "keys"],
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
    question = "This terminal says it is dumb. Chat line by line, as with --plain? [Y/n]"
    terminal.wait_for(question)
    terminal.write("n\r")
    assert terminal.wait_exit() == 2
    assert terminal.raw.decode() == (
        f"{question} n\r\namqpchat: this is a full-screen program, and this terminal says it is dumb; "
        "amqpchat --plain, listen and send do without\r\n"
    )


def test_arguments_and_settings_need_neither_textual_nor_aio_pika() -> None:
    code = "import sys, amqpchat_tui.cli as cli; cli.main([]); print(*sys.modules)"
    loaded = {name.partition(".")[0] for name in run(sys.executable, "-c", code).stdout.split()}
    assert "amqpchat_tui" in loaded
    assert not loaded & {"textual", "rich", "aio_pika", "aiormq", "pamqp", "asyncio"}


CHAT = """
import sys
from amqpchat_tui import cli
from amqpchat_tui.ui.app import ChatApp
cli.require_terminal = lambda: True
ChatApp.run = lambda app: print(*sys.modules)
cli.main(sys.argv[1:])
"""


def test_the_first_frame_waits_neither_for_client_nor_for_broker() -> None:
    loaded = set(run(sys.executable, "-c", CHAT, "--host").stdout.split())
    assert "amqpchat_tui.hosting" in loaded
    assert not loaded & {"amqpchat_tui.broker", "aio_pika", "aiormq", "pamqp", "yarl", "regex"}


def test_the_first_frame_waits_neither_for_the_disk_nor_for_what_is_computed_later() -> None:
    loaded = set(run(sys.executable, "-c", CHAT, "--url", "amqp://host").stdout.split())
    assert "amqpchat_tui.ui.app" in loaded
    assert not loaded & {"amqpchat_tui.hosting", "amqpchat_tui.storage.legacy", "sqlite3", "hashlib"}


# With a screen of our own ----------------------------------------------------------------------------------


def test_the_screen_gets_the_settings(play: Play, terminal: FakeTerminal) -> None:
    assert play(leave, "--url", "amqp://host", "--name", "ann", "--room", "lobby") == 0
    assert FakeApp.settings.connection.brokers[0].host == "host"
    assert (FakeApp.settings.nick, FakeApp.settings.rooms) == ("ann", ("lobby",))
    assert isinstance(FakeApp.client, FakeClient)
    assert FakeApp.client.settings is FakeApp.settings
    assert terminal.getvalue() == ""
    assert not log_file().exists()


@pytest.mark.parametrize(
    ("argv", "rooms"),
    [
        (["--room", "b", "--room=a"], ("b", "a")),
        (["send", "--room", "b", "--room", "a", "text"], ("b", "a")),
        (["--room", "c", "send", "--room", "b", "text"], ("c", "b")),
        (["--room", "c", "check"], ("c",)),
        (["listen"], ()),
    ],
)
def test_rooms_add_up_before_and_behind_a_command(argv: list[str], rooms: tuple[str, ...]) -> None:
    assert parse(argv).rooms == rooms


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


@pytest.mark.parametrize(
    ("argv", "users"),
    [
        (["--host", "--user", "b", "--user=a"], ("b", "a")),
        (["host", "--user", "b", "--user", "a"], ("b", "a")),
        (["--user", "c", "host", "--user", "b"], ("c", "b")),
        (["host"], ()),
    ],
)
def test_users_add_up_before_and_behind_a_command(argv: list[str], users: tuple[str, ...]) -> None:
    assert parse(argv).users == users


@pytest.mark.parametrize(
    ("argv", "nick"),
    [
        ([], "bob"),
        (["--name", "robert"], "robert"),
    ],
)
def test_who_hosts_a_chat_with_accounts_is_the_first_of_them(
    play: Play, terminal: FakeTerminal, monkeypatch: pytest.MonkeyPatch, argv: list[str], nick: str
) -> None:
    monkeypatch.setenv("AMQPCHAT_NAME", "somebody")
    monkeypatch.setenv("AMQPCHAT_PASSWORD", "for another broker")
    monkeypatch.setenv("AMQPCHAT_PASSWORDS", f"ann:hers\nbob:{PASSWORD}")
    assert play(leave, "--host", "--user", "bob", "--user", "ann", *argv) == 0
    (broker,) = FakeApp.settings.connection.brokers
    assert broker == parse_broker_url(Secret(f"amqp://bob:{PASSWORD}@127.0.0.1:5672"))
    assert FakeApp.settings.nick == nick
    assert terminal.getvalue() == ""


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
