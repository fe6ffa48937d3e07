"""`amqpchat run`: one line at the end of a command, whose output, signals and exit code stay its own."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable

import pytest

from amqpchat_tui.headless.run import LAST_ROWS, _Rows
from tests.client.support import PlainListener
from tests.headless.support import Program, run, told_of_wrong
from tests.support.ports import free_port
from tests.wording.test_times import DURATION

Start = Callable[..., Program]
Place = tuple[str, ...]


def said(listener: PlainListener) -> list[tuple[str, str, object]]:
    return [
        (nick, body.decode(), properties.headers.get("level")) for nick, body, properties in listener.heard()
    ]


def python(code: str) -> tuple[str, ...]:
    return ("--", sys.executable, "-c", code)


def test_a_command_that_works_is_one_line(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ended = run("run", *place, "--name", "ci", "--", "sh", "-c", "cat; echo oops >&2", typed="hello")
        ((nick, body, level),) = said(listener)
    assert (ended.returncode, ended.stdout) == (0, "hello")
    assert "oops\n" in ended.stderr
    assert (nick, level) == ("ci", "info")
    assert re.fullmatch(rf"✓ sh -c 'cat; echo oops >&2' \({DURATION}\)", body)


def test_one_that_fails_says_its_last_rows(place: Place, amqp_url: str, room: str) -> None:
    code = "import sys\nfor n in range(30): print('row', n)\nprint('\\x1b[31mred\\x1b[0m'); sys.exit(3)"
    with PlainListener(amqp_url, room) as listener:
        ended = run("run", *place, *python(code))
        ((_, body, level),) = said(listener)
    assert ended.returncode == 3
    assert ended.stdout.endswith("row 29\n\x1b[31mred\x1b[0m\n")
    assert level == "fail"
    first, *rows = body.split("\n")
    assert first.startswith("FAIL ")
    assert first.endswith(": exit 3")
    assert rows == ["```", *(f"row {n}" for n in range(21, 30)), "red", "```"]


def test_a_signal_is_the_command_s(start: Start, place: Place, amqp_url: str, room: str) -> None:
    code = "import signal, sys; print('ready', flush=True); signal.pause()"
    with PlainListener(amqp_url, room) as listener:
        program = start("run", *place, *python(code))
        program.wait_for(lambda program: program.printed == "ready\n")
        assert program.end(signal.SIGTERM) == 128 + signal.SIGTERM
        ((_, body, _),) = said(listener)
    assert body.partition("\n")[0].endswith(": signal 15")


def test_a_command_that_is_not_there(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ended = run("run", *place, "--", "/no/such/command", "x")
        ((_, body, _),) = said(listener)
    assert ended.returncode == 127
    assert body.casefold() == "fail /no/such/command x cannot be run: no such file or directory"


def test_where_nobody_hears_it_the_exit_code_is_still_the_command_s() -> None:
    url = f"amqp://127.0.0.1:{free_port()}"
    ended = run("run", "--url", url, "--wait", "0.5", *python("print('done'); raise SystemExit(4)"))
    assert (ended.returncode, ended.stdout) == (4, "done\n")
    assert "not confirmed" in ended.stderr


def test_without_a_command_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "say what to run, as in amqpchat run -- make test" in told_of_wrong(["run", "--"], capsys)


def test_rows_are_bounded_and_said_without_what_a_terminal_makes_of_them() -> None:
    rows = _Rows()
    for _ in range(1_000):
        rows.add(b"x" * 100_000)
    rows.add(b"\n\n 10 %\r100 %\n\x1b]0;title\x07\x1b[1mbold\x1b[m\tend\r\n")
    text = rows.text.split("\n")
    assert len(text) <= LAST_ROWS
    assert len(text[0]) == 200
    assert text[1:] == ["", "100 %", "bold    end"]
