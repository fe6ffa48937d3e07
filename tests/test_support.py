"""The support code itself, where it could be wrong without a test noticing."""

import asyncio
import re
import signal
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pika
import pika.exceptions
import pytest

from tests.support import ports
from tests.support.broker import Broker
from tests.support.terminal import Key, Terminal, ctrl
from tests.support.waiting import block_until, wait_until


class TestWaiting:
    async def test_returns_what_the_predicate_returned(self) -> None:
        answers = iter([0, 0, 7])
        assert await wait_until(lambda: next(answers)) == 7
        answers = iter([0, 0, 7])
        assert block_until(lambda: next(answers)) == 7

    async def test_failure_says_what_was_waited_for(self) -> None:
        with pytest.raises(AssertionError, match=r"waited 0\.02 s in vain for godot"):
            await wait_until(lambda: False, 0.02, "godot")
        with pytest.raises(AssertionError, match=r"waited 0\.02 s in vain for the condition"):
            block_until(lambda: False, 0.02)


class TestPorts:
    def test_several_are_all_different(self, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn = iter([20001, 20001, 20002])
        monkeypatch.setattr(ports, "free_port", lambda: next(drawn))
        assert sorted(ports.free_ports(2)) == [20001, 20002]


class TestBroker:
    def test_stops_dies_and_comes_back_with_its_data(self, node: Broker) -> None:
        node.add_vhost("kept/here")
        url = pika.URLParameters(node.url(vhost="kept/here"))
        for end in node.stop, node.kill:
            end()
            assert not node.running
            with pytest.raises(pika.exceptions.AMQPConnectionError):
                pika.BlockingConnection(url)
            node.start()
            pika.BlockingConnection(url).close()

    def test_users_have_only_the_permissions_that_they_are_given(self, node: Broker) -> None:
        node.add_user("reader", "s3cret/@")
        node.set_permissions("reader", configure="^$", write="^$")
        url = pika.URLParameters(node.url("reader", "s3cret/@"))
        with (
            pika.BlockingConnection(url) as connection,
            pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"),
        ):
            connection.channel().exchange_declare("forbidden", "fanout")

    def test_alarm_blocks_publishers_until_it_is_over(self, node: Broker) -> None:
        told: list[str] = []
        with pika.BlockingConnection(pika.URLParameters(node.url())) as connection:
            connection.add_on_connection_blocked_callback(lambda *_: told.append("blocked"))
            connection.add_on_connection_unblocked_callback(lambda *_: told.append("unblocked"))
            with node.memory_alarm():
                connection.channel().basic_publish("amq.fanout", "", b"")
                while not told:
                    connection.process_data_events(time_limit=1)
            while len(told) < 2:
                connection.process_data_events(time_limit=1)
        assert told == ["blocked", "unblocked"]

    def test_failing_control_command_says_why(self, node: Broker) -> None:
        with pytest.raises(AssertionError, match=r"delete_vhost nowhere.*does not exist"):
            node.ctl("delete_vhost", "nowhere")


PAINT = r"""
import sys, termios, tty
before = termios.tcgetattr(0)
tty.setraw(0)
write = sys.stdout.write
write("\x1b[?1049h\x1b[?1000;1006h\x1b[?2004h\x1b[>1u\x1b[?25l\x1b[?2026$p\x1b[H")
write("\x1b[1;4:3mtitle\x1b[0m \x1b]8;;http://example.org\x07link\x1b]8;;\x1b\\")
write(" \u65e5\u672c \u2764\ufe0f. e\u0301.")
sys.stdout.flush()
seen = ""
while not seen.endswith("q"):
    seen += sys.stdin.read(1)
    write("\r\n" + ascii(seen))
    sys.stdout.flush()
RESTORE
print("done", sys.argv[1:])
sys.exit(5)
"""
RESTORE = r"""
write("\x1b[?1000;1006l\x1b[?2004l\x1b[<u\x1b[?25h\x1b[?1049l")
sys.stdout.flush()
termios.tcsetattr(0, termios.TCSANOW, before)
"""
PIECEMEAL = r"""
import sys, tty
tty.setraw(0)
for piece in "one \x1b[?10", "04htwo \x1b]0;ti", "tle\x1b", "\\three":
    sys.stdout.write(piece)
    sys.stdout.flush()
    sys.stdin.read(1)
"""
SIZE = """
import os, signal
def show(*_): os.write(1, f"{tuple(os.get_terminal_size())}\\n".encode())  # reentrant, unlike print
signal.signal(signal.SIGWINCH, show)
show()
while True: signal.pause()
"""

OpenTerminal = Callable[..., Terminal]


def has_written(terminal: Terminal, end: bytes) -> bool:
    return terminal.raw.endswith(end)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class TestTerminal:
    def test_shows_what_a_real_one_shows(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(*python(PAINT.replace("RESTORE", RESTORE)), "argument")
        terminal.wait_for("title link 日本 ❤️. é.")
        assert terminal.rows[0] == "title link 日本 ❤️. é."
        assert terminal.cursor == (len("title link dddd h. e."), 0)

        terminal.write("a" + ctrl("c") + Key.PAGE_UP)
        terminal.wait_for(r"'a\x03\x1b[5~'")
        terminal.paste("1\n2")
        terminal.wait_for(r"\x1b[200~1\r2\x1b[201~'")

        terminal.write("q")
        assert terminal.wait_exit() == 5
        assert terminal.text.strip() == "done ['argument']"
        assert b"\x1b[?1049h" in terminal.raw
        terminal.assert_restored()

    def test_notices_what_a_program_leaves_behind(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(*python(PAINT.replace("RESTORE", "")))
        terminal.wait_for("title")
        terminal.write("q")
        assert terminal.wait_exit() == 5
        assert terminal.modes == {
            "alternate screen",
            "mouse tracking",
            "mouse coordinates",
            "bracketed paste",
            "kitty keyboard",
            "cursor hidden",
        }
        assert not terminal.attributes[3] & termios.ECHO
        with pytest.raises(AssertionError):
            terminal.assert_restored()

    def test_understands_sequences_that_come_in_pieces(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(*python(PIECEMEAL))
        for piece in b"[?10", b"]0;ti", b"tle\x1b", b"three":
            block_until(partial(has_written, terminal, piece))
            terminal.write(" ")
        terminal.wait_exit()
        assert terminal.rows[0] == "one two three"
        assert terminal.modes == {"focus reporting"}

    def test_resizes_and_signals(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal(*python(SIZE), columns=50, rows=12)
        terminal.wait_for("(50, 12)")
        terminal.resize(70, 9)
        terminal.wait_for(re.compile(r"^\(70, 9\)$", re.MULTILINE))
        assert len(terminal.rows) == 9
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == -signal.SIGTERM

    def test_controls_its_program_and_says_what_it_saw_instead(self, open_terminal: OpenTerminal) -> None:
        terminal = open_terminal("cat")
        terminal.write("typed" + Key.ENTER)
        with pytest.raises(AssertionError, match=r"(?s)'painted' on the screen:\ntyped"):
            terminal.wait_for("painted", timeout=0.3)
        terminal.write(ctrl("c"))
        assert terminal.wait_exit() == -signal.SIGINT

    def test_environment_is_clean(
        self, open_terminal: OpenTerminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        terminal = open_terminal("env", rows=30, AMQPCHAT_ROOM="given")
        terminal.wait_exit()
        assert "NO_COLOR" not in terminal.text
        assert {"TERM=xterm-256color", f"HOME={tmp_path}", "AMQPCHAT_ROOM=given"} <= set(terminal.rows)


ORPHAN = """
import os, sys
from pathlib import Path
from tests.support.broker import Child
child = Child(["sh", "-c", "echo $$; sleep 1000 & wait"], dict(os.environ), Path(sys.argv[1]))
sys.stdin.read()
"""


async def test_child_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    output = tmp_path / "output"
    parent = await asyncio.create_subprocess_exec(*python(ORPHAN), output, stdin=asyncio.subprocess.PIPE)
    await wait_until(lambda: output.exists() and output.read_text().endswith("\n"), what="the child to start")
    group = int(output.read_text())
    assert group_lives(group)
    parent.kill()
    await parent.wait()
    await wait_until(lambda: not group_lives(group), what="the child's process group to be killed")


def group_lives(group: int) -> bool:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            _, _, rest = stat.read_text().rpartition(") ")
            state, _, process_group, *_ = rest.split()
            if int(process_group) == group and state != "Z":
                return True
    return False
