"""However one leaves, the exit code says how it went, and the terminal is as it was."""

import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.terminal import Key, Terminal, ctrl
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import AMQPCHAT, START_SECONDS, BareTerminal, Network, enter

LEAVE_SECONDS = 2.0 + 1.5
"""The two that are promised, and what a busy machine may add to them."""

ALTERNATE_SCREEN = b"\x1b[?1049h"

Leave = Callable[[Terminal], None]


def send_signal(number: signal.Signals) -> Leave:
    return lambda terminal: terminal.signal(number)


def type_quit(terminal: Terminal) -> None:
    enter(terminal, "/quit")


def interrupt_twice(terminal: Terminal) -> None:
    """The first Ctrl-C clears what is typed, the second offers to leave."""
    terminal.write("never mind")
    terminal.wait_for("❯ never mind")
    terminal.write(ctrl("c"))
    terminal.wait_for("❯ Message")
    terminal.write(ctrl("c"))
    terminal.wait_for("❯ /quit")
    terminal.write(Key.ENTER)


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(type_quit, id="/quit"),
        pytest.param(interrupt_twice, id="Ctrl-C"),
        pytest.param(send_signal(signal.SIGTERM), id="SIGTERM"),
        pytest.param(send_signal(signal.SIGHUP), id="SIGHUP"),
    ],
)
def test_leaving_restores_the_terminal(join: OpenChat, leave: Leave) -> None:
    ann = join()
    leave(ann)
    assert_left(ann)


def suspend(terminal: Terminal) -> None:
    """What Ctrl-Z does under a shell: the terminal is the shell's until the program goes on."""
    terminal.signal(signal.SIGTSTP)
    terminal.wait_stopped()
    block_until(lambda: terminal.modes == set(), what="the terminal to be as it was")


def stop(terminal: Terminal) -> None:
    """A stop without a warning."""
    terminal.signal(signal.SIGSTOP)
    terminal.wait_stopped()


@pytest.mark.parametrize("pause", [suspend, stop, lambda _: None], ids=["SIGTSTP", "SIGSTOP", "no stop"])
def test_a_program_that_goes_on_has_the_terminal_again(join: OpenChat, pause: Leave) -> None:
    ann = join()
    ann.write("half a line")
    ann.wait_for("❯ half a line")
    modes = ann.modes
    pause(ann)
    drawn = ann.raw.count(ALTERNATE_SCREEN)
    ann.signal(signal.SIGCONT)
    block_until(lambda: ann.raw.count(ALTERNATE_SCREEN) > drawn, what="the program to take the terminal")
    ann.wait_for("❯ half a line")
    assert ann.modes == modes
    ann.write(Key.ENTER)
    ann.wait_for("┃ half a line")
    type_quit(ann)
    assert_left(ann)


def test_ctrl_z_stops_nothing_where_no_shell_could_go_on(join: OpenChat) -> None:
    ann = join()
    ann.write("half a line" + ctrl("z") + " and the rest")
    ann.wait_for("❯ half a line and the rest")


def test_a_broker_that_hangs_holds_nobody_back(join: OpenChat, network: Network) -> None:
    ann = join(url=network.url)
    network.stall()
    enter(ann, "/quit")
    assert_left(ann)


def test_a_broker_that_hangs_with_a_line_under_way_holds_nobody_back(
    join: OpenChat, network: Network
) -> None:
    ann = join(url=network.url)
    network.stall()
    enter(ann, "into the void")
    ann.wait_for("(sending) into the void")
    ann.signal(signal.SIGHUP)
    assert_left(ann)


def test_a_broker_that_never_answers_holds_nobody_back(open_chat: OpenChat, network: Network) -> None:
    network.stall()
    ann = open_chat(url=network.url)
    ann.wait_for("○ connecting", START_SECONDS)
    enter(ann, "/quit")
    assert_left(ann)


def test_a_terminal_that_is_closed_ends_the_program(amqp_url: str, room: str) -> None:
    with BareTerminal(amqp_url, room) as ann:
        ann.hang_up()
        assert ann.program.wait(LEAVE_SECONDS) == 0


BREAK = """
import sys
from importlib import import_module
from amqpchat_tui.cli import main
def broken(*_): raise RuntimeError("out of luck")
owner = getattr(import_module(f"amqpchat_tui.{sys.argv.pop(1)}"), sys.argv.pop(1))
setattr(owner, sys.argv.pop(1), broken)
sys.exit(main())
"""


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(("ui.panels.outbox_view", "OutboxView", "render"), id="drawing"),
        pytest.param(("client", "AmqpClient", "say"), id="handling a key"),
        pytest.param(("ui.chat_screen", "ChatScreen", "compose"), id="starting"),
    ],
)
def test_an_internal_error_restores_the_terminal_and_names_the_log(
    open_chat: OpenChat, tmp_path: Path, place: tuple[str, str, str]
) -> None:
    python = AMQPCHAT.with_name("python")
    nowhere = f"amqp://guest:s3cret@127.0.0.1:{free_port()}/"
    ann = open_chat(python, "-c", BREAK, *place, url=nowhere, columns=200)
    if "compose" not in place:
        ann.wait_for("◌ reconnecting", START_SECONDS)
        enter(ann, "hello")
    assert ann.wait_exit(START_SECONDS) == 1
    ann.assert_restored()
    (line,) = filter(None, ann.rows)
    log = tmp_path / "state" / "amqpchat" / "amqpchat.log"
    assert re.fullmatch(rf"amqpchat: .*out of luck.*{re.escape(str(log))}", line)
    assert b"Traceback" not in ann.raw
    assert "Traceback (most recent call last)" in log.read_text()
    assert "RuntimeError: out of luck" in log.read_text()
    assert "s3cret" not in log.read_text()


def assert_left(terminal: Terminal) -> None:
    assert terminal.wait_exit(LEAVE_SECONDS) == 0
    terminal.assert_restored()
    assert terminal.text.strip() == "", "something is left on the screen"


TOLD_AT_ONCE = """
import os, sys
from amqpchat_tui.cli import main
from amqpchat_tui.ui.driver import ChatDriver
number, take = int(sys.argv.pop(1)), ChatDriver.start_application_mode
def take_and_be_told(driver):
    take(driver)
    os.kill(os.getpid(), number)
ChatDriver.start_application_mode = take_and_be_told
sys.exit(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_as_the_terminal_is_taken_gives_it_back(open_chat: OpenChat, number: signal.Signals) -> None:
    assert_left(open_chat(AMQPCHAT.with_name("python"), "-c", TOLD_AT_ONCE, str(number.value)))
