"""`amqpchat log`: what was logged, for scripts and for readers."""

import asyncio
import json
import os
import pty
import re
import subprocess
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

from amqpchat_tui.cli import main
from amqpchat_tui.model import ChatMessage, ConversationId, Occupant
from tests.headless.support import AMQPCHAT
from tests.storage.log_support import BOB, LAB, LOBBY, START, check_whole, fill, kept, log_path, look, said

WITHOUT_COLOURS = re.compile(r"<[^>]*>")


def log(*lines: ChatMessage, to: ConversationId = LOBBY) -> None:
    asyncio.run(fill(*lines, to=to))


class Done(NamedTuple):
    """How a command has ended, and what it has written."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """A function that runs the command in this process."""

    def run_here(*argv: str) -> Done:
        try:
            code = main(argv)
        except SystemExit as error:
            code = int(error.code or 0)
        return Done(code, *capsys.readouterr())

    return run_here


Run = Callable[..., Done]


def shown(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(START + at))


@pytest.fixture
def days() -> None:
    """A log of some days and places."""
    log(said("long ago", at=-200_000), said("yesterday\nand on", at=-90_000, nick="carol"))
    log(said("in the lab", at=-50), to=LAB)
    log(said("to you", at=-40), to=BOB)
    log(
        ChatMessage(
            "bob", "waves", START - 30, action=True, message_id="6f", sender=Occupant("bob", "5e", "b")
        )
    )


@pytest.mark.usefixtures("days")
def test_it_prints_rows_oldest_first(run: Run) -> None:
    done = run("log")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{shown(-200_000)} lobby bob long ago",
        f"{shown(-90_000)} lobby carol yesterday\\nand on",
        f"{shown(-50)} lab bob in the lab",
        f'{shown(-40)} "@bob (bobby)" bob to you',
        f"{shown(-30)} lobby * bob waves",
    ]


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("flags", "texts"),
    [
        (("--room", "lobby"), ["long ago", "yesterday\nand on", "waves"]),
        (("--room", "lobb"), []),
        (("--room", "lab", "--room", "@bob (bobby)"), ["in the lab", "to you"]),
        (("--since", "2d"), ["yesterday\nand on", "in the lab", "to you", "waves"]),
        (("--until", "2d"), ["long ago"]),
        (("--from", "car"), ["yesterday\nand on"]),
        (("--search", "YESTERDAY"), ["yesterday\nand on"]),
        (("--search", "to from:bob in:@bob"), ["to you"]),
        (("--search", "in", "--room", "lab"), ["in the lab"]),
    ],
)
def test_what_is_printed_can_be_chosen(run: Run, flags: tuple[str, ...], texts: list[str]) -> None:
    done = run("log", "--json", *flags)
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == texts


@pytest.mark.usefixtures("days")
def test_json_has_all_that_is_known(run: Run) -> None:
    last = run("log", "--json").stdout.splitlines()[-1]
    told = json.loads(last)
    expected = {
        "type": "message",
        "room": "lobby",
        "nick": "bob",
        "text": "waves",
        "received_at": START - 30,
        "action": True,
        "own": False,
        "sent_at": None,
        "message_id": "6f",
        "account": "b",
        "session": "5e",
        "mailbox": None,
    }
    assert {name: told[name] for name in expected} == expected


class Page(HTMLParser):
    """What a page has: tags, what is shown of it, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_a_page_is_whole_escaped_and_leads_only_where_it_says(run: Run) -> None:
    hostile = '<script>alert("1")</script> & <img src=x> \u202eevil https://example.org/?a="b"&c=<d>'
    log(said(hostile, nick="<b>bob</b>"), said("two\n  lines"), said("see https://faß.de/x now"))
    page = Page(run("log", "--html", "--room", "lobby").stdout)
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert '<script>alert("1")</script> & <img src=x>' in page.shown
    assert "<b>bob</b>" in page.shown
    assert "two\n  lines" in page.shown
    assert page.links == ["https://example.org/?a=", "https://xn--fa-hia.de/x"]
    assert time.strftime("%d %B %Y", time.localtime(START)) in page.shown
    assert "lobby" not in page.shown


def test_a_page_of_several_rooms_says_in_which_each_line_was_said(run: Run) -> None:
    log(said("here"))
    log(said("there"), to=LAB)
    text = WITHOUT_COLOURS.sub("", run("log", "--html").stdout)
    assert "lobby bob here" in text
    assert "lab bob there" in text


def test_it_is_written_portion_by_portion_and_ends_with_its_reader() -> None:
    log(*(said(f"line {number} {'x' * 500}") for number in range(5_000)))
    with subprocess.Popen([*AMQPCHAT, "log"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"line 0 x" in process.stdout.readline()
        process.stdout.close()
        assert (process.wait(20), process.stderr.read()) == (0, b"")
    with subprocess.Popen([*AMQPCHAT, "log"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert len(process.stdout.readlines()) == 5_000


def test_a_full_disk_is_told(run: Run) -> None:
    log(said("hello"))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*AMQPCHAT, "log"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "amqpchat: cannot write to standard output: No space left on device\n"


@pytest.mark.usefixtures("days")
def test_that_there_is_no_such_line_is_said_and_no_failure(run: Run) -> None:
    assert run("log", "--room", "nowhere") == (0, "", "amqpchat: the log has no such line\n")


def test_without_a_log_it_says_so(run: Run) -> None:
    done = run("log")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"amqpchat: nothing has been logged yet: there is no {log_path()}\n"


def test_a_damaged_log_is_told_in_a_sentence(run: Run) -> None:
    log(said("hello"))
    log_path().write_text("shopping list: " + "milk, " * 1000)
    done = run("log")
    assert done.returncode == 1
    assert done.stderr == f"amqpchat: {log_path()}: it is not a database; move it away\n"


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (("--since", "soon"), "argument --since: “soon” is no time: say it as in 2d, 3h or 30m"),
        (("--search", "from:"), "argument --search: say from whom, as in from:bob"),
        (("--json", "--html"), "not allowed with argument"),
        (("--sinse", "2d"), "unknown option --sinse, did you mean --since?"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_line(run: Run, flags: tuple[str, ...], reason: str) -> None:
    done = run("log", *flags)
    assert done.returncode == 2
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("days")
def test_what_is_forgotten_is_gone_from_the_file(run: Run) -> None:
    log(said("a secret: xyzzy"), to=LAB)
    done = run("log", "--forget", "lab", "--yes")
    assert (done.returncode, done.stderr) == (0, "amqpchat: deleted 2 lines of lab from the log\n")
    assert kept() == ["long ago", "yesterday\nand on", "to you", "waves"]
    check_whole()
    assert b"xyzzy" not in log_path().read_bytes()
    with look() as connection:
        assert connection.execute("SELECT count(*) FROM words WHERE words MATCH '\"xyz\"'").fetchone() == (0,)


@pytest.mark.usefixtures("days")
def test_nothing_is_forgotten_that_is_not_there_or_that_nobody_confirms(run: Run) -> None:
    done = run("log", "--forget", "elsewhere", "--yes")
    assert (done.returncode, done.stderr) == (1, "amqpchat: the log has no line of elsewhere\n")
    done = run("log", "--forget", "lab")
    assert (done.returncode, done.stderr) == (
        2,
        "amqpchat: --forget asks first, and there is nobody to answer; give --yes as well\n",
    )
    assert len(kept()) == 5


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(("answer", "left"), [("y\n", 4), ("n\n", 5), ("\n", 5), ("\x04", 5)])
def test_at_a_terminal_it_asks_before_it_forgets(run: Run, answer: str, left: int) -> None:
    main, terminal = pty.openpty()
    try:
        os.write(main, answer.encode())
        done = subprocess.run(
            [*AMQPCHAT, "log", "--forget", "lab"], stdin=terminal, capture_output=True, text=True, check=False
        )
    finally:
        os.close(main)
        os.close(terminal)
    assert "Delete 1 line of lab from the log, for good? [y/N]" in done.stdout
    assert done.returncode == int(left == 5)
    assert len(kept()) == left
