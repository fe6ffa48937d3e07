"""The configuration file: the example, the keys, and what is said about a wrong one."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from amqpchat_tui.config import Flags, Tls, UiSettings, config_file, load
from amqpchat_tui.config.file import known_keys
from amqpchat_tui.model import ConversationId, Level

from .support import LOGIN, address, file_refusal, load_file, refusal

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_example_file_is_the_defaults() -> None:
    assert load(Flags(config=str(EXAMPLE)), LOGIN) == load(Flags(), LOGIN)


def test_example_file_shows_every_key_under_its_section() -> None:
    text = re.sub(r"^# (?=\w+ = |\[)", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    def dotted(table: Mapping[str, Any], prefix: str = "") -> list[str]:
        return [
            name
            for key, value in table.items()
            for name in (prefix + key, *(dotted(value, f"{prefix}{key}.") if isinstance(value, dict) else ()))
        ]

    assert sorted(dotted(tomllib.loads(text.replace("[rooms.ops]", "[rooms.NAME]")))) == sorted(known_keys())


def test_every_key_is_read(file: Path, tmp_path: Path) -> None:
    for name in "ca.pem", "ann.pem", "ann.key":
        (tmp_path / name).touch()
    settings = load_file(
        file,
        """
        [connection]
        urls = ["amqps://ann:a@one", "amqp://ann:b@two"]
        heartbeat = 5
        [connection.tls]
        ca_file = "ca.pem"
        cert_file = "ann.pem"
        key_file = "ann.key"
        insecure_skip_verify = true
        [user]
        name = "Ann"
        [room]
        name = "lobby"
        names = ["ops"]
        [rooms.ops]
        notify = "mentions"
        [notify]
        command = ["notify-send", "chat"]
        [ui]
        theme = "nord"
        time_format = "%H:%M:%S"
        nick_width = 20
        notify = "off"
        keep_history = false
        scrollback_lines = 5000
        panels = "never"
        """,
    )
    assert settings.connection.brokers == (address("amqps://ann:a@one"), address("amqp://ann:b@two"))
    assert settings.connection.heartbeat == 5
    assert settings.connection.tls == Tls(
        ca_file=tmp_path / "ca.pem",
        cert_file=tmp_path / "ann.pem",
        key_file=tmp_path / "ann.key",
        insecure_skip_verify=True,
    )
    assert (settings.nick, settings.rooms) == ("Ann", ("lobby", "ops"))
    assert settings.levels == {ConversationId.room("ops"): Level.MENTIONS}
    assert settings.notify_command == ("notify-send", "chat")
    assert settings.ui == UiSettings(
        theme="nord",
        time_format="%H:%M:%S",
        nick_width=20,
        notify="off",
        keep_history=False,
        scrollback_lines=5000,
        panels="never",
    )


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("[connection]\nheartbeet = 5", "unknown key connection.heartbeet; did you mean heartbeat?"),
        ("[conection]", "unknown key conection; did you mean connection?"),
        ('url = "amqp://host"', "unknown key url; did you mean connection.url?"),
        (
            '[connection]\nca_file = "x"',
            "unknown key connection.ca_file; did you mean connection.tls.ca_file?",
        ),
        (
            "[ui]\nx = 1",
            "unknown key ui.x; known here: "
            "theme, time_format, nick_width, highlight, notify, notify_when, keep_history, scrollback_lines, "
            "panels",
        ),
        ('[room]\nnotify = "none"', "unknown key room.notify; did you mean rooms.NAME.notify or ui.notify?"),
        ('[room]\nnaems = ["a"]', "unknown key room.naems; did you mean names?"),
        ("[rooms.ops]\nnotfy = 1", "unknown key rooms.ops.notfy; did you mean notify?"),
        (
            '[rooms."the.attic"]\nx = 1',
            'unknown key rooms."the.attic".x; known here: notify',
        ),
        ('[rooms.ops]\n[rooms.lab]\nnotify = "some"', "rooms.lab.notify: expected all or mentions or none"),
        ("[rooms]\nops = 1", "rooms.ops: expected a table, got a whole number"),
        ("[keys]\nsend = []\ncopy = 5", "keys.copy: expected a string or a list, got a whole number"),
        ('[keys]\ncopy = ["c", 5]', "keys.copy[1]: expected a string, got a whole number"),
        ('[hide.filters]\n"a b" = 5', 'hide.filters."a b": expected a string, got a whole number'),
        ("rooms = []", "rooms: expected a table, got a list"),
        ('[room]\nnames = "ops"', "room.names: expected a list, got a string"),
        ('[room]\nnames = ["ops", 1]', "room.names[1]: expected a string, got a whole number"),
        ('notify = "bell"', "notify: expected a table, got a string"),
        ("[notify]\ncommand = 1", "notify.command: expected a string or a list, got a whole number"),
        ("[notify]\ncommand = [1]", "notify.command[0]: expected a string, got a whole number"),
        ('[ui]\npanels = "always"', "ui.panels: expected auto or never"),
        ('[user]\n"a\\u001b[31m\\n`b" = 1', "unknown key user.a␛[31m `b; known here: name"),
        ('[connection]\nheartbeat = "10"', "connection.heartbeat: expected a whole number, got a string"),
        ("[connection]\nheartbeat = 1.5", "connection.heartbeat: expected a whole number, got a number"),
        ("[connection]\nheartbeat = 0", "connection.heartbeat: expected a whole number >= 1"),
        ("[connection]\nheartbeat = 65536", "connection.heartbeat: expected a whole number <= 65535"),
        ("connection = 1", "connection: expected a table, got a whole number"),
        ("[connection]\nurl = 1", "connection.url: expected a string"),
        ("[connection]\nurls = 1", "connection.urls: expected a list, got a whole number"),
        ("[connection]\nurls = [1]", "connection.urls[0]: expected a string"),
        ("[connection]\nurls = []", "connection.urls: expected a list of length >= 1"),
        (
            "[connection]\npassword_command = true",
            "connection.password_command: expected a string or a list, got true or false",
        ),
        (
            '[connection]\nurl = "amqp://ann:hunter2@one"\nurls = ["amqp://two"]',
            "connection.url and connection.urls are both given; keep one of them",
        ),
        (
            '[connection.tls]\ninsecure_skip_verify = "no"',
            "connection.tls.insecure_skip_verify: expected true or false, got a string",
        ),
        ("[user]\nname = 2026-01-01", "user.name: expected a string, got a date"),
        ("[ui]\nnick_width = 3", "ui.nick_width: expected a whole number >= 4"),
        ("[ui]\nnick_width = 33", "ui.nick_width: expected a whole number <= 32"),
        ('[ui]\nnotify = "beep"', "ui.notify: expected bell or osc9 or osc777 or off"),
        ("[ui]\nscrollback_lines = 999", "ui.scrollback_lines: expected a whole number >= 1000"),
        ("[ui]\nscrollback_lines = 1000001", "ui.scrollback_lines: expected a whole number <= 1000000"),
        ("[ui\n", "is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 4)"),
        ('[user]\nname = "a', "is not valid TOML: Unterminated string (at end of document)"),
    ],
)
def test_wrong_file(file: Path, toml: str, reason: str) -> None:
    assert file_refusal(file, toml) == reason


def test_file_that_is_not_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert refusal(Flags(config=str(file))) == f"{file}: is not UTF-8 text"


def test_file_of_a_windows_editor(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbf[room]\r\nname = "lobby"\r\n')
    assert load(Flags(config=str(file)), LOGIN).rooms == ("lobby",)


@pytest.mark.parametrize("path", ["/dev/zero", "large.toml"])
def test_file_without_a_sensible_end(tmp_path: Path, path: str) -> None:
    (tmp_path / "large.toml").write_bytes(b"#" * (1024 * 1024 + 1))
    named = tmp_path / path
    assert refusal(Flags(config=str(named))) == f"{named}: cannot be read: it is larger than 1024 KiB"


def test_largest_file(file: Path) -> None:
    assert load_file(file, "#" * (1024 * 1024)).rooms == ("broadcast_chat",)


def test_pipe_that_nobody_writes_into(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amqpchat_tui.files.PATIENCE_SECONDS", 0.1)
    os.mkfifo(file)
    assert refusal(Flags(config=str(file))) == f"{file}: cannot be read: it did not end within 0.1 s"


def test_pipe_of_a_shell_s_process_substitution(tmp_path: Path) -> None:
    """As in `amqpchat --config <(decrypt config.toml.gpg)`."""
    reader, writer = os.pipe()
    os.write(writer, b'[room]\nname = "lobby"\n')
    os.close(writer)
    try:
        assert load(Flags(config=f"/dev/fd/{reader}"), LOGIN).rooms == ("lobby",)
    finally:
        os.close(reader)


def test_platform_s_file_below_something_that_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/dev/null")
    assert load(Flags(), LOGIN).rooms == ("broadcast_chat",)
    named = "/dev/null/config.toml"
    assert refusal(Flags(config=named)) == f"{named}: cannot be read: Not a directory"


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    expected = f"{missing}: cannot be read: No such file or directory"
    assert refusal(Flags(config=str(missing))) == expected
    assert refusal(Flags(), {"AMQPCHAT_CONFIG": str(missing)}) == expected
    assert refusal(Flags(config=str(tmp_path))) == f"{tmp_path}: cannot be read: Is a directory"
    assert refusal(Flags(config="")) == ".: cannot be read: Is a directory"
    nobody = "~nobody-of-that-name/config.toml"
    assert refusal(Flags(config=nobody)) == f"{nobody}: cannot be read: No such file or directory"


def test_platform_s_file_that_cannot_be_read() -> None:
    path = config_file(Flags(), {})
    path.mkdir(parents=True)
    assert refusal(Flags()) == f"{path}: cannot be read: Is a directory"


def test_error_is_one_clean_line(tmp_path: Path) -> None:
    path = tmp_path / "a\n\x1b[31mb\udcff"
    expected = f"{tmp_path}/a ␛[31mb\ufffd: cannot be read: No such file or directory"
    assert refusal(Flags(config=str(path))) == expected
