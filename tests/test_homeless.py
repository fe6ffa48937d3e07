"""The program where nobody can say where its files belong: there it keeps nothing, and works."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.terminal import Terminal

CHECK = ["check", "--url", f"amqp://127.0.0.1:{free_port()}"]

MODULE = [sys.executable, "-m", "amqpchat_tui"]
NAMELESS = """
import os, pwd, sys

def nobody(_):
    raise KeyError

pwd.getpwuid = pwd.getpwnam = nobody
for name in "HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "XDG_CONFIG_HOME", "XDG_STATE_HOME":
    os.environ.pop(name, None)
from amqpchat_tui.cli import main
sys.exit(main())
"""
"""The program in a container that runs under a user id without a name."""


def run(*argv: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", NAMELESS, *argv],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "500"},
        check=False,
    )


def test_without_a_home_help_still_works(tmp_path: Path) -> None:
    ended = run("--help", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "default ~/.config/amqpchat/config.toml" in ended.stdout
    assert "to ~/.local/state/amqpchat/amqpchat.log" in ended.stdout


def test_without_a_home_commands_work_and_take_no_configuration_from_the_working_folder(
    tmp_path: Path,
) -> None:
    trap = tmp_path / "~/.config/amqpchat/config.toml"
    trap.parent.mkdir(parents=True)
    trap.write_text("[room]\nname = 'trap'\n")
    ended = run(*CHECK, folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines()[0].endswith(", room broadcast_chat, as anonymous")


def test_without_a_home_there_is_no_log(tmp_path: Path) -> None:
    ended = run(*CHECK, "--log", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "amqpchat: --log: cannot write ~/.local/state/amqpchat/amqpchat.log: "
        "there is no home folder; set HOME\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("variable", ["HOME", "XDG_CONFIG_HOME"])
def test_home_that_is_no_folder(variable: str) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    ended = subprocess.run(
        [*MODULE, *CHECK, "--name", "ann"],
        capture_output=True,
        text=True,
        env={**env, variable: "/dev/null"},
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines()[0].endswith(", room broadcast_chat, as ann")


@pytest.mark.parametrize(
    ("program", "home", "reason"),
    [
        (
            ["env", "-u", "XDG_CONFIG_HOME", "-u", "XDG_STATE_HOME", "HOME=/dev/null", *MODULE],
            "/dev/null",
            "Not a directory",
        ),
        ([sys.executable, "-c", NAMELESS], "~", "there is no home folder; set HOME"),
    ],
    ids=["no folder", "no home"],
)
def test_the_chat_says_once_what_it_cannot_keep(
    open_terminal: Callable[..., Terminal], program: list[str], home: str, reason: str
) -> None:
    chat = open_terminal(*program, "--url", CHECK[2], "--name", "ann", columns=200)
    folder = f"{home}/.local/state/amqpchat"
    chat.wait_for(f"Unsent lines, rooms and input history cannot be kept: {folder}/amqpchat.db: {reason}")
    for line in "one", "two":
        chat.write(f"{line}\r")
        chat.wait_for(f"(waiting) {line}")
    for what in "Unsent lines, rooms and input history", "The log":
        assert chat.text.count(f"{what} cannot be kept") == 1
    chat.write("/quit\r")
    chat.wait_for("/quit again")
    chat.write("\r")
    assert chat.wait_exit() == 0
    chat.assert_restored()
