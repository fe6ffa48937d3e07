"""However the program ends, the next start offers the lines that the room has not heard."""

import contextlib
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.support.proxy import Proxy
from tests.support.terminal import Key, Terminal
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import ONLINE, START_SECONDS, BareTerminal, Listener, Network, enter

ALT_O = "\x1bo"
KEPT = "(failed: kept from last time)"


def open_outbox(terminal: Terminal) -> None:
    terminal.write(ALT_O)
    terminal.wait_for("Outbox:")


def end(terminal: Terminal, number: signal.Signals) -> None:
    terminal.signal(number)
    terminal.wait_exit()


def kept_lines(home: Path) -> list[str]:
    """Return the lines under way that are on the disk."""
    database = home / "state" / "amqpchat" / "amqpchat.db"
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reading:
        return [body for (body,) in reading.execute("SELECT body FROM outbox")]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_lines_outlive_the_program(
    open_chat: OpenChat, network: Network, listener: Listener, number: signal.Signals, tmp_path: Path
) -> None:
    network.do(Proxy.refuse)
    ann = open_chat(url=network.url)
    ann.wait_for("◌ reconnecting", START_SECONDS)
    enter(ann, "to be sent")
    enter(ann, "to be edited")
    ann.wait_for("(waiting) to be edited")
    end(ann, number)
    log = tmp_path / "state" / "amqpchat" / "amqpchat.db-wal"
    assert log.exists() == (number is signal.SIGKILL)
    if log.exists():
        written = log.read_bytes()
        log.write_bytes(written + written[-4120:-1000])  # torn by a power cut

    network.accept()
    ann = open_chat(url=network.url)
    ann.wait_for(ONLINE, START_SECONDS)
    ann.wait_for(f"{KEPT} to be sent")
    ann.wait_for(f"{KEPT} to be edited")
    open_outbox(ann)
    ann.write("s")
    listener.wait_for("[ann] to be sent\n")
    ann.wait_for(f"❯ {KEPT} to be edited")  # picked by itself, once the other has left the outbox
    ann.write("e")
    ann.wait_for("❯ to be edited")
    assert KEPT not in ann.text
    end(ann, signal.SIGKILL)

    ann = open_chat(url=network.url)
    ann.wait_for(f"{KEPT} to be edited", START_SECONDS)
    open_outbox(ann)
    ann.write("e")
    ann.wait_for("❯ to be edited")
    ann.write(" once more" + Key.ENTER)
    listener.wait_for("[ann] to be edited once more\n")
    assert listener.heard.count("to be") == 2


def test_lines_outlive_a_terminal_that_is_closed(
    open_chat: OpenChat, network: Network, listener: Listener, room: str
) -> None:
    with BareTerminal(network.url, room) as ann:
        network.do(Proxy.refuse)
        network.do(Proxy.cut)
        ann.read_until("reconnecting")
        ann.write(b"into the night\r")
        ann.read_until("(waiting)")
        ann.hang_up()
        assert ann.program.wait(START_SECONDS) == 0
    network.accept()
    bea = open_chat(url=network.url, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"])
    bea.wait_for(f"{KEPT} into the night", START_SECONDS)
    bea.wait_for(ONLINE, START_SECONDS)
    open_outbox(bea)
    bea.write("s")
    listener.wait_for("into the night\n")


def test_a_line_that_was_begun_is_in_the_prompt_again_until_it_is_sent(
    open_chat: OpenChat, listener: Listener, tmp_path: Path
) -> None:
    ann = open_chat()
    ann.wait_for(ONLINE, START_SECONDS)
    ann.write("half a line")
    ann.wait_for("❯ half a line")
    end(ann, signal.SIGTERM)

    ann = open_chat()
    ann.wait_for("❯ half a line", START_SECONDS)
    ann.write(" more")
    ann.write(Key.ENTER)
    listener.wait_for("[ann] half a line more\n")
    block_until(lambda: not kept_lines(tmp_path), what="the line to be kept no more")
    end(ann, signal.SIGKILL)

    ann = open_chat()
    ann.wait_for(ONLINE, START_SECONDS)
    ann.wait_for("❯ Message")
    assert "❯ half a line" not in ann.text
