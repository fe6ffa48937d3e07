"""`amqpchat listen`: one line per message, for as long as somebody reads them."""

import contextlib
import itertools
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import IO

import pytest

from amqpchat_tui import config
from amqpchat_tui.chat.listener import Changes
from amqpchat_tui.config import Flags
from amqpchat_tui.headless.participant import Participant
from amqpchat_tui.model import Arrivals
from tests.client.support import plain_speaker
from tests.headless.support import AMQPCHAT, Program, run, told_of_wrong
from tests.support.broker import Broker
from tests.support.fake_client import message
from tests.support.ports import free_port

Start = Callable[..., Program]
Place = tuple[str, ...]

PIPE_BYTES = 64 * 1024
"""What a pipe holds that nobody reads."""


def is_online(program: Program) -> bool:
    return "online" in program.told


@contextlib.contextmanager
def listen_into_pipe(
    place: Place, *, blocking: bool = True
) -> Iterator[tuple[subprocess.Popen[str], IO[str], IO[str]]]:
    """Start listening, with pipes for what it prints and tells, and wait until it is online."""
    non_blocking = "import os, sys; os.set_blocking(1, False); os.execv(sys.executable, sys.argv[1:])"
    before = [] if blocking else [sys.executable, "-c", non_blocking]
    with subprocess.Popen(
        [*before, *AMQPCHAT, "listen", *place], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while "online" not in process.stderr.readline():
            assert process.poll() is None
        yield process, process.stdout, process.stderr


def test_one_line_per_message(start: Start, place: Place, amqp_url: str, room: str) -> None:
    program = start("listen", *place)
    program.wait_for(is_online)
    with plain_speaker(amqp_url, room) as speaker:
        speaker.say("hello")
        speaker.say("two\nlines and \x1b[31mred")
        speaker.say("/me waves")
    program.wait_for(lambda program: program.printed.count("\n") == 3)
    times, lines = zip(*(line.split(" ", 1) for line in program.printed.splitlines()), strict=True)
    assert all(re.fullmatch(r"\d\d:\d\d", time) for time in times)
    assert lines == ("bob hello", r"bob two\nlines and ␛[31mred", "* bob waves")


def test_json_has_all_that_is_known(start: Start, place: Place, room: str) -> None:
    program = start("listen", "--json", "-n", "1", *place)
    program.wait_for(is_online)
    assert run("send", "--name", "ann", "--me", *place, "says", "grüß\ndich").returncode == 0
    assert program.end() == 0
    message = json.loads(program.printed)
    assert message.pop("received_at") >= message.pop("sent_at")
    assert re.fullmatch("[0-9a-f]{32}", message.pop("message_id"))
    assert re.fullmatch("[0-9a-f]{16}", message.pop("session"))
    assert message.pop("mailbox") is None, "nobody would read what is sent there"
    assert message == {
        "type": "message",
        "room": room,
        "nick": "ann",
        "text": "says grüß\ndich",
        "action": True,
        "own": False,
        "account": None,
        "answers": None,
        "replaces": None,
        "level": None,
    }


def test_a_gap_is_told_and_has_a_type_of_its_own(
    start: Start, place: Place, amqp_url: str, room: str
) -> None:
    programs = [start("listen", "-n", "1", *option, *place) for option in ([], ["--json"])]
    for program in programs:
        program.wait_for(is_online)
    deleted_at = time.time()
    with plain_speaker(amqp_url, room) as speaker:
        speaker.channel.exchange_delete(room)
        speaker.channel.exchange_declare(room, "fanout")
        for program in programs:
            program.wait_for(lambda program: "The room was deleted. Nothing heard from " in program.told)
        speaker.say("back?")
    assert [program.end() for program in programs] == [0, 0]
    plain, as_json = programs
    assert [line.split(" ", 1)[1] for line in plain.printed.splitlines()] == ["bob back?"]
    gap, message = map(json.loads, as_json.printed.splitlines())
    assert gap.pop("began") <= deleted_at <= gap.pop("ended")
    assert 0 < gap.pop("seconds") < 60
    assert gap == {"type": "gap", "room": room}
    assert (message["type"], message["text"]) == ("message", "back?")


def test_count_ends_it(start: Start, place: Place, amqp_url: str, room: str) -> None:
    program = start("listen", "-n", "2", *place)
    program.wait_for(is_online)
    with plain_speaker(amqp_url, room) as speaker:
        for text in "one", "two", "three":
            speaker.say(text)
    assert program.end() == 0
    assert [line.split(" ", 1)[1] for line in program.printed.splitlines()] == ["bob one", "bob two"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(start: Start, place: Place, number: signal.Signals) -> None:
    program = start("listen", *place)
    program.wait_for(is_online)
    assert program.end(number) == 0
    assert "Traceback" not in program.told


def test_a_closed_pipe_ends_it(place: Place, amqp_url: str, room: str) -> None:
    with listen_into_pipe(place) as (process, stdout, stderr):
        stdout.close()
        with plain_speaker(amqp_url, room) as speaker:
            speaker.say("into nothing")
        assert process.wait(20) == 0
        assert stderr.read() == ""


@pytest.mark.parametrize(
    ("redirection", "reason"), [(">&-", "it is closed"), (">/dev/full", "No space left on device")]
)
def test_output_that_cannot_be_written_ends_it(
    place: Place, amqp_url: str, room: str, redirection: str, reason: str
) -> None:
    with subprocess.Popen(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", *AMQPCHAT, "listen", *place],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while "online" not in process.stderr.readline():
            assert process.poll() is None
        with plain_speaker(amqp_url, room) as speaker:
            speaker.say("into nothing")
        assert process.wait(20) == 1
        assert process.stderr.read() == f"amqpchat: cannot write to standard output: {reason}\n"


def test_a_pipe_that_somebody_made_non_blocking_is_waited_for(place: Place, amqp_url: str, room: str) -> None:
    with listen_into_pipe(place, blocking=False) as (process, stdout, stderr):
        with plain_speaker(amqp_url, room) as speaker:
            for _ in range(2 * PIPE_BYTES // 10_000):
                speaker.say("x" * 10_000)
            speaker.say("the last")
        lines = iter(stdout.readline, "")
        assert sum(1 for _ in itertools.takewhile(lambda line: "the last" not in line, lines)) == 13
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert stderr.read() == ""


def test_a_signal_ends_it_though_nobody_reads_what_it_prints(place: Place, amqp_url: str, room: str) -> None:
    with listen_into_pipe(place) as (process, stdout, stderr):
        with plain_speaker(amqp_url, room) as speaker:
            for _ in range(2 * PIPE_BYTES // 10_000):
                speaker.say("x" * 10_000)
        stdout.read(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert stderr.read() == ""


def test_it_connects_again(start: Start, node: Broker, room: str) -> None:
    program = start("listen", "-n", "1", "--url", node.url(), "--room", room)
    program.wait_for(is_online)
    node.kill()
    program.wait_for(lambda program: "reconnecting" in program.told)
    node.start()
    program.wait_for(lambda program: program.told.count("online") == 2)
    with plain_speaker(node.url(), room) as speaker:
        speaker.say("back")
    assert program.end() == 0
    assert program.printed.endswith("bob back\n")


def test_a_refusal_ends_it(node: Broker) -> None:
    ended = run("listen", "--url", node.url(password="hunter2"))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "refused: wrong user name or password" in ended.stderr
    assert "hunter2" not in ended.stderr


@pytest.mark.parametrize("count", ["0", "-1", "some"])
def test_a_count_is_a_number_from_one_on(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "-n: give a number from 1 on" in told_of_wrong(["listen", f"-n={count}"], capsys)


@pytest.mark.parametrize(
    "argv", [["send", "--json", "text"], ["check", "--json"], ["--json", "listen"], ["--json"]]
)
def test_options_belong_to_their_command(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert told_of_wrong(argv, capsys).startswith(
        "amqpchat: --json goes after the command that it belongs to"
    )


def test_flags_may_come_first(start: Start) -> None:
    program = start("--url", f"amqp://127.0.0.1:{free_port()}", "listen")
    program.wait_for(lambda program: "nobody listens" in program.told)


def test_what_was_taken_for_a_notice_to_stand_below_it_is_printed() -> None:
    participant = Participant(config.load(Flags(), {}), listens=True)
    said = [message("bob", "hello"), message("bob", "and bye")]
    for line in said:
        participant.changed(Changes([Arrivals(participant.rooms[0], [line], more=False)], None))
    assert participant.take() == [(participant.rooms[0], line) for line in said]
    assert not participant.take()
