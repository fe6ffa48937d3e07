"""Which password is taken, how a command gives it, and that none is ever shown."""

import shlex
import sys
from pathlib import Path

import pytest

from amqpchat_tui.config import Flags, Secret, Settings, load

from .support import LOGIN, PASSWORD, file_refusal, load_file, refusal


def passwords(settings: Settings) -> list[str]:
    return [broker.password.reveal() for broker in settings.connection.brokers]


COMMAND = f"""password_command = ["printf", "{PASSWORD}\\\\nsecond line"]\n"""
URLS = 'urls = ["amqp://ann:a@one", "amqp://ann@two"]\n'


@pytest.mark.parametrize(
    ("toml", "environ", "url", "expected"),
    [
        (URLS, {}, None, ["a", "guest"]),
        (URLS + COMMAND, {}, None, [PASSWORD, PASSWORD]),
        (URLS + COMMAND, {"AMQPCHAT_PASSWORD": "env"}, None, ["env", "env"]),
        (URLS + COMMAND, {"AMQPCHAT_PASSWORD": ""}, None, [PASSWORD, PASSWORD]),
        (COMMAND, {}, None, [PASSWORD]),
        (COMMAND, {}, "amqp://ann@other", [PASSWORD]),
        (COMMAND, {}, "amqp://ann:flag@other", ["flag"]),
        (COMMAND, {}, "amqp://ann:@other", [""]),
        (COMMAND, {"AMQPCHAT_URL": "amqp://ann:variable@other"}, None, ["variable"]),
        (COMMAND, {"AMQPCHAT_PASSWORD": "env"}, "amqp://ann:flag@other", ["env"]),
    ],
)
def test_which_password_wins(
    file: Path, toml: str, environ: dict[str, str], url: str | None, expected: list[str]
) -> None:
    flag = None if url is None else Secret(url)
    settings = load_file(file, f"[connection]\n{toml}", LOGIN | environ, url=flag)
    assert passwords(settings) == expected


def python(code: str) -> str:
    """A `password_command` that runs Python, written as one string."""
    command = shlex.join([sys.executable, "-c", code])
    return f"[connection]\n{URLS}password_command = '''{command}'''\n"


@pytest.mark.parametrize(
    ("output", "password"), [("a b\\n", "a b"), ("é", "é"), ("one\\r\\ntwo", "one"), (" x ", " x ")]
)
def test_password_is_the_first_line_of_output(file: Path, output: str, password: str) -> None:
    code = f'import sys; sys.stdout.buffer.write("{output}".encode())'
    assert passwords(load_file(file, python(code))) == [password, password]


def test_password_command_is_run_once_and_only_when_needed(file: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    toml = python(f'print("pw", file=open("{runs}", "a")); print("pw")')
    load_file(file, toml, {"AMQPCHAT_PASSWORD": "other"})
    assert not runs.exists()
    load_file(file, toml)
    assert runs.read_text() == "pw\n"
    load(Flags(config=str(file)), LOGIN, connects=False)
    assert runs.read_text() == "pw\n"


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        (python(f'print("{PASSWORD}"); raise SystemExit(3)'), "ended with exit status 3"),
        (
            python(f'import os; print("{PASSWORD}", flush=True); os.kill(os.getpid(), 9)'),
            "was ended by signal 9",
        ),
        (python(f'print(); print("{PASSWORD}")'), "printed no password: its first line is empty"),
        (
            python(f'import sys; sys.stdout.buffer.write(b"{PASSWORD}" + bytes([255]))'),
            "printed a password that is not UTF-8",
        ),
        ("[connection]\npassword_command = 'hunter2'", "cannot be run: No such file or directory"),
        ("[connection]\npassword_command = '/'", "cannot be run: Permission denied"),
        ('[connection]\npassword_command = "\\u0000"', "cannot be run: embedded null byte"),
        ('[connection]\npassword_command = "a \'hunter2"', "has a quote or a backslash that is not closed"),
        ("[connection]\npassword_command = ' '", "names no command"),
        ("[connection]\npassword_command = []", "names no command"),
    ],
)
def test_failing_password_command(file: Path, toml: str, reason: str) -> None:
    assert file_refusal(file, toml) == f"connection.password_command: {reason}"


@pytest.mark.parametrize("command", ["yes", "cat /dev/zero"])
def test_password_command_that_prints_without_end(file: Path, command: str) -> None:
    expected = "connection.password_command: printed more than 64 KiB"
    assert file_refusal(file, f"[connection]\npassword_command = '{command}'") == expected


@pytest.mark.parametrize("command", ["sleep 60", 'sh -c "exec sleep 60 >&-"'])
def test_slow_password_command_is_given_up(file: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Also one that has closed its output already."""
    monkeypatch.setattr("amqpchat_tui.config.loading.PASSWORD_COMMAND_SECONDS", 0.1)
    expected = "connection.password_command: gave no password within 0.1 s"
    assert file_refusal(file, f"[connection]\npassword_command = '{command}'") == expected


def test_password_of_the_environment_that_is_not_utf8() -> None:
    environ = {"AMQPCHAT_PASSWORD": f"{PASSWORD}\udcff"}
    assert refusal(Flags(), environ) == "AMQPCHAT_PASSWORD: is not UTF-8 text"


def test_secrets_are_never_shown(file: Path) -> None:
    url = Secret(f"amqp://ann:{PASSWORD}@host")
    settings = load_file(file, "", url=url)
    for value in url, Flags(url=url), settings, settings.connection, settings.connection.brokers[0]:
        for shown in f"{value}", f"{value!r}", f"{[value]}", f"{value!s:>9}":
            assert "***" in shown
            assert PASSWORD not in shown
    assert passwords(settings) == [PASSWORD]


def test_while_the_screen_has_the_terminal_the_command_does_not(file: Path) -> None:
    command = "[ /dev/stdin -ef /dev/null ] && [ /dev/stderr -ef /dev/null ] && echo alone"
    file.write_text(f"[connection]\npassword_command = ['sh', '-c', '{command}']\n")
    settings = load(Flags(config=str(file)), LOGIN, may_ask=False)
    assert settings.connection.brokers[0].password.reveal() == "alone"
