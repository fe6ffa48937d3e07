"""Internal errors end in one line and in the log, which tells no password."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from amqpchat_tui import __version__, folders
from amqpchat_tui.config import Secret
from amqpchat_tui.logs import log_file
from tests.support.terminal import Terminal

from .conftest import FakeApp, FakeTerminal, Play, leave

PASSWORD = "hunter2"


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

def fail(client, listener, people):
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
    rooms = "--room", "ops", "--room", "lab"
    assert play(chatter, "--url", SECRET_URL, "--name", "ann", *rooms, "--log") == 0
    lines = [line.split(maxsplit=2)[2] for line in log_file().read_text().splitlines()]
    assert lines == [
        f"INFO amqpchat_tui.cli: amqpchat {__version__} as ann, rooms: ops, lab, brokers: host:5672",
        "DEBUG amqpchat_tui.client: dialling amqp://ann:***@host",
        "INFO aiormq.connection: connected",
        "WARNING asyncio: slow",
    ]
    assert terminal.getvalue() == ""


def test_without_log_flag_nothing_is_recorded_or_shown(play: Play, terminal: FakeTerminal) -> None:
    assert play(chatter) == 0
    assert not log_file().exists()
    assert terminal.getvalue() == ""


def read_again(app: FakeApp) -> None:
    config = folders.config_folder() / "config.toml"
    config.parent.mkdir(parents=True)
    config.touch(mode=0o600)
    config.write_text(f'[connection]\nurl = "{SECRET_URL}"\n')
    app.configuration.read()
    chatter(app)


def choose_at_the_start(app: FakeApp) -> None:
    assert app.choices is not None
    app.choices.switch_broker(Secret(SECRET_URL))
    chatter(app)


@pytest.mark.parametrize("behaviour", [read_again, choose_at_the_start])
def test_a_password_that_is_given_later_is_blotted_out_as_well(
    play: Play, behaviour: Callable[[FakeApp], None]
) -> None:
    assert play(behaviour, "--log") == 0
    assert "dialling amqp://ann:***@host" in log_file().read_text()
    assert PASSWORD not in log_file().read_text()


def test_log_flag_where_no_log_can_be_written(play: Play, terminal: FakeTerminal) -> None:
    log_file().mkdir(parents=True)
    assert play(lambda app: pytest.fail("the screen was taken"), "--log") == 2
    assert terminal.getvalue() == f"amqpchat: --log: cannot write {log_file()}: Is a directory\n"


def test_log_is_for_its_owner_only(play: Play) -> None:
    log_file().parent.parent.mkdir(parents=True)
    assert play(leave, "--log") == 0
    assert log_file().parent.stat().st_mode & 0o777 == 0o700
    assert log_file().stat().st_mode & 0o777 == 0o600
