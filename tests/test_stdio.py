"""The installed program with standard streams that are closed, full, abandoned, or in a narrow encoding."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from amqpchat_tui import __version__

AMQPCHAT = str(Path(sys.executable).with_name("amqpchat"))

CLOSED = "amqpchat: cannot write to standard output: it is closed\n"
FULL = "amqpchat: cannot write to standard output: No space left on device\n"

Ended = tuple[int, str, str]
"""Exit code, standard output, standard error."""


def run(argv: Sequence[str | bytes], redirections: str = "", **env: str) -> Ended:
    """Run the program in a shell, with redirections."""
    ended = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {redirections}', AMQPCHAT, *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **env},
        check=False,
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def _buffer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a buffer of Python's, and without: what cannot be written is noticed later, or at once."""
    monkeypatch.setenv("PYTHONUNBUFFERED", request.param)


with_and_without_buffer = pytest.mark.usefixtures("_buffer")

CHECK = ["check", "--url", "amqp://127.0.0.1:1"]


@with_and_without_buffer
@pytest.mark.parametrize("argv", [["--help"], ["send", "--help"], ["--version"], CHECK], ids=" ".join)
@pytest.mark.parametrize(("redirection", "reason"), [(">&-", CLOSED), (">/dev/full", FULL)])
def test_output_that_cannot_be_written_is_told(argv: list[str], redirection: str, reason: str) -> None:
    assert run(argv, redirection) == (1, "", reason)


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("argv", "code", "output"),
    [
        (["--version"], 0, f"amqpchat {__version__}\n"),
        (["--bogus"], 2, ""),
        (["--config", "/missing"], 2, ""),
        (["send", *CHECK[1:], "--room", "amq.room"], 2, ""),
        ([], 2, ""),
    ],
    ids=repr,
)
def test_words_that_reach_nobody_change_nothing(
    argv: list[str], code: int, output: str, redirection: str
) -> None:
    assert run(argv, redirection) == (code, output, "")


@with_and_without_buffer
@pytest.mark.parametrize(("argv", "code"), [(["--help"], 0), (["--version"], 0), (["--bogus"], 2)])
def test_all_streams_closed(argv: list[str], code: int) -> None:
    assert run(argv, "<&- >&- 2>&-") == (code or 1, "", "")


@pytest.mark.parametrize(("argv", "code"), [(["--help"], 0), (["--version"], 0), (CHECK, 1)], ids=repr)
def test_nobody_reads_the_output_any_more(argv: list[str], code: int) -> None:
    """A help has been read as far as somebody wanted; the outcome of a check is still its exit code."""
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([AMQPCHAT, *argv], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (code, b"")


def test_standard_input_that_is_closed() -> None:
    code, output, told = run(["send", *CHECK[1:]], "<&-")
    assert (code, output) == (1, "")
    assert told.splitlines()[-1] == "amqpchat: cannot read standard input: it is closed"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_letters_that_an_encoding_lacks_are_spelled_out(encoding: str) -> None:
    room = "│"
    spelled = r"\u2502"
    code, output, _ = run([*CHECK, "--room", room, "--name", "ann"], PYTHONIOENCODING=encoding)
    assert code == 1
    assert output.startswith(f"127.0.0.1:{CHECK[2].rpartition(':')[2]}, room {spelled}, as ann\n")
    assert spelled in run(["--help"], PYTHONIOENCODING=encoding, XDG_CONFIG_HOME=f"/{room}", COLUMNS="500")[1]
    assert run(["--config", f"/{room}"], PYTHONIOENCODING=encoding)[2] == (
        f"amqpchat: /{spelled}: cannot be read: No such file or directory\n"
    )


def test_arguments_are_utf8_whatever_the_locale_is() -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code, output, _ = run([*CHECK, "--room", "grüß", "--name", "ann"], **ascii_only)
    assert code == 1
    assert output.splitlines()[0].endswith(r", room gr\xfc\xdf, as ann")


@pytest.mark.parametrize(
    ("argv", "where"),
    [
        (["--room", b"a\xff"], "--room"),
        (["--name", b"a\xff"], "--name"),
        (["--url", b"amqp://\xff@host"], "--url"),
        (["send", b"\xff"], "TEXT"),
    ],
    ids=repr,
)
def test_arguments_that_are_not_utf8(argv: list[str | bytes], where: str) -> None:
    command = ["check"] if argv[0] != "send" else []
    assert run([*command, *argv]) == (2, "", f"amqpchat: {where}: is not UTF-8 text\n")


def test_configuration_whose_name_is_not_utf8(tmp_path: Path) -> None:
    named = os.fsencode(tmp_path) + b"/\xff.toml"
    assert run([*CHECK, "--config", named]) == (
        2,
        "",
        f"amqpchat: {tmp_path}/\ufffd.toml: cannot be read: No such file or directory\n",
    )
    Path(os.fsdecode(named)).write_text("[room]\nname = 'lobby'\n")
    assert "room lobby" in run([*CHECK, "--config", named])[1]


def test_log_on_a_full_disk_costs_only_the_log(tmp_path: Path) -> None:
    """A limit of the shell stands for the full disk."""
    state = {"XDG_STATE_HOME": str(tmp_path)}
    whole = run([*CHECK, "--log"], **state)
    log = tmp_path / "amqpchat/amqpchat.log"
    log.unlink()
    ended = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"', AMQPCHAT, *CHECK, "--log"],
        capture_output=True,
        text=True,
        env={**os.environ, **state},
        check=False,
    )
    assert whole[0] == ended.returncode == 1
    assert ended.stdout.count("\n") == whole[1].count("\n")
    assert ended.stderr == f"amqpchat: --log: cannot write {log}: File too large\n"
