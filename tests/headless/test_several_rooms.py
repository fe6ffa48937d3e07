"""`listen`, `send` and `check` in two rooms: each is told apart, and one may be refused alone."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pika
import pytest

from amqpchat_tui.client.transport.steps import Step
from tests.client.support import PlainListener, plain_speaker
from tests.headless.support import Program, run
from tests.support.both import pytest_generate_tests as pytest_generate_tests
from tests.support.waiting import block_until

from .test_check import STEPS, taken

Start = Callable[..., Program]

NO_FANOUT = "a room needs a fanout"


@pytest.fixture
def rooms(room: str) -> tuple[str, str]:
    """Two rooms."""
    return room, f"{room}-2"


@pytest.fixture
def place(amqp_url: str, rooms: tuple[str, str]) -> list[str]:
    """The flags for both rooms."""
    return ["--url", amqp_url, "--room", rooms[0], "--room", rooms[1]]


@pytest.fixture
def refused(amqp_url: str, rooms: tuple[str, str]) -> str:
    """The second room, in whose place there is an exchange of another type."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        connection.channel().exchange_declare(rooms[1], "direct")
    return rooms[1]


def is_in(program: Program, *rooms: str) -> bool:
    return all(f"amqpchat: {room}: joined\n" in program.told for room in rooms)


def has_printed(lines: int, program: Program) -> bool:
    return program.printed.count("\n") == lines


def has_heard(listener: PlainListener, lines: int) -> bool:
    return len(listener.heard()) >= lines


def say(url: str, room: str, text: str) -> None:
    with plain_speaker(url, room) as speaker:
        speaker.say(text)


def untimed(program: Program) -> list[str]:
    return [line.split(" ", 1)[1] for line in program.printed.splitlines()]


def bodies(listener: PlainListener) -> list[str]:
    return [body.decode() for _, body, _ in listener.heard()]


# listen ----------------------------------------------------------------------------------------------------


def test_a_name_with_a_blank_is_told_from_the_nick(start: Start, amqp_url: str, room: str) -> None:
    name = f"{room} two"
    program = start("listen", "-n", "1", "--url", amqp_url, "--room", room, "--room", name)
    program.wait_for(lambda program: is_in(program, room, name))
    say(amqp_url, name, "hello")
    assert program.end() == 0
    assert untimed(program) == [f'"{name}" bob hello']


def test_each_line_names_its_room_and_all_are_counted(
    start: Start, place: list[str], amqp_url: str, rooms: tuple[str, str]
) -> None:
    one, two = rooms
    programs = [start("listen", "-n", "3", *option, *place) for option in ([], ["--json"])]
    for program in programs:
        program.wait_for(lambda program: is_in(program, *rooms))
    plain, as_json = programs
    for number, (room, text) in enumerate([(one, "hello"), (two, "/me waves"), (one, "bye")], 1):
        say(amqp_url, room, text)
        for program in programs:
            program.wait_for(partial(has_printed, number))
    assert [program.end() for program in programs] == [0, 0]
    assert untimed(plain) == [f"{one} bob hello", f"{two} * bob waves", f"{one} bob bye"]
    messages = map(json.loads, as_json.printed.splitlines())
    assert [(message["room"], message["text"]) for message in messages] == [
        (one, "hello"),
        (two, "waves"),
        (one, "bye"),
    ]


def test_a_gap_is_one_of_its_room(
    start: Start, place: list[str], amqp_url: str, rooms: tuple[str, str]
) -> None:
    one, two = rooms
    program = start("listen", "-n", "2", "--json", *place)
    program.wait_for(lambda program: is_in(program, *rooms))
    with plain_speaker(amqp_url, two) as speaker:
        speaker.channel.exchange_delete(two)
        speaker.channel.exchange_declare(two, "fanout")
        program.wait_for(lambda program: f"{two}: The room was deleted. Nothing heard from " in program.told)
        speaker.say("back?")
    say(amqp_url, one, "we were here")
    assert program.end() == 0
    assert f"{one}: The room" not in program.told
    entries = [json.loads(line) for line in program.printed.splitlines()]
    assert sorted((entry["room"], entry["type"]) for entry in entries) == [
        (one, "message"),
        (two, "gap"),
        (two, "message"),
    ]


def test_a_refused_room_leaves_the_other_and_costs_the_exit_code(
    start: Start, place: list[str], amqp_url: str, rooms: tuple[str, str], refused: str
) -> None:
    program = start("listen", *place)
    program.wait_for(lambda program: is_in(program, rooms[0]) and f"{refused}: refused: " in program.told)
    assert NO_FANOUT in program.told
    say(amqp_url, rooms[0], "hello")
    program.wait_for(lambda program: "hello" in program.printed)
    assert program.end(signal.SIGINT) == 1
    assert untimed(program) == [f"{rooms[0]} bob hello"]
    assert program.told.count(f"{refused}: refused") == 1


def test_a_refused_room_that_is_mended_is_told_and_costs_nothing(
    place: list[str], amqp_url: str, rooms: tuple[str, str], refused: str, tmp_path: Path
) -> None:
    soon = "import sys; from amqpchat_tui.client import tenants; from amqpchat_tui.cli import main; "
    soon += "tenants.RETRY_SECONDS = 0.2; sys.exit(main(sys.argv[1:]))"
    told = tmp_path / "told"
    with (
        told.open("w") as err,
        subprocess.Popen(
            [sys.executable, "-c", soon, "listen", "-n", "1", *place],
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        ) as process,
    ):
        block_until(lambda: f"{refused}: refused: " in told.read_text(), 20, told.read_text)
        with plain_speaker(amqp_url, refused) as speaker:
            speaker.channel.exchange_delete(refused)
            block_until(lambda: f"{refused}: joined\n" in told.read_text(), 20, told.read_text)
            speaker.say("mended")
        printed, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert printed.endswith(f"{refused} bob mended\n")


def test_it_ends_when_all_are_refused(amqp_url: str, refused: str) -> None:
    began = time.monotonic()
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        connection.channel().exchange_declare(f"{refused}-too", "direct")
    ended = run("listen", "--url", amqp_url, "--room", refused, "--room", f"{refused}-too")
    assert (ended.returncode, ended.stdout) == (1, "")
    for room in refused, f"{refused}-too":
        assert f"amqpchat: {room}: refused: " in ended.stderr
    assert time.monotonic() - began < 20


# send ------------------------------------------------------------------------------------------------------


def test_a_line_is_said_in_all_of_them(place: list[str], amqp_url: str, rooms: tuple[str, str]) -> None:
    with PlainListener(amqp_url, rooms[0]) as one, PlainListener(amqp_url, rooms[1]) as two:
        assert run("send", *place, "hello", "both").returncode == 0
        assert bodies(one) == bodies(two) == ["hello both"]


def test_many_lines_are_said_in_all_of_them_in_order(
    place: list[str], amqp_url: str, rooms: tuple[str, str]
) -> None:
    lines = [f"line {number}" for number in range(1500)]
    with PlainListener(amqp_url, rooms[0]) as one, PlainListener(amqp_url, rooms[1]) as two:
        assert run("send", *place, typed="\n".join(lines)).returncode == 0
        for listener in one, two:
            block_until(partial(has_heard, listener, len(lines)), 20, "all lines")
        assert bodies(one) == bodies(two) == lines


def test_a_refused_room_is_told_with_what_it_has_not_heard(
    start: Start, place: list[str], amqp_url: str, rooms: tuple[str, str], refused: str
) -> None:
    program = start("send", *place)
    with PlainListener(amqp_url, rooms[0]) as listener:
        program.type("before it is known\n")
        program.wait_for(lambda program: f"{refused}: refused: " in program.told)
        program.process.communicate("and behind\n")
        assert program.end() == 1
        assert bodies(listener) == ["before it is known", "and behind"]
    assert NO_FANOUT in program.told
    assert program.told.endswith(f"amqpchat: {refused}: not confirmed: 2 lines\n")
    assert f"{rooms[0]}: not confirmed" not in program.told


def test_what_can_be_said_in_no_room_is_told_once(place: list[str], rooms: tuple[str, str]) -> None:
    ended = run("send", *place, " ")
    assert ended.returncode == 1
    assert ended.stderr.count("not sent: the text is blank") == 1
    for room in rooms:
        assert f"amqpchat: {room}: not confirmed: 1 line\n" in ended.stderr


def test_rooms_of_the_file_are_not_all_spoken_to(
    amqp_url: str, rooms: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[room]\nnames = ["{rooms[0]}", "{rooms[1]}"]\n')
    with PlainListener(amqp_url, rooms[0]) as one, PlainListener(amqp_url, rooms[1]) as two:
        assert run("send", "--config", str(file), "--url", amqp_url, "hello").returncode == 0
        assert (bodies(one), bodies(two)) == (["hello"], [])


# check -----------------------------------------------------------------------------------------------------


def test_each_room_is_checked_on_one_connection(
    place: list[str], amqp_url: str, rooms: tuple[str, str]
) -> None:
    with PlainListener(amqp_url, rooms[0]) as one, PlainListener(amqp_url, rooms[1]) as two:
        ended = run("check", "--name", "ann", *place)
        assert len(one.heard()) == len(two.heard()) == 1
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[0].endswith(f", rooms {', '.join(rooms)}, as ann")
    way, in_one, in_two = split(ended.stdout, rooms)
    assert [*way, *in_one] == STEPS
    assert in_one == in_two


def test_each_room_is_told_apart(place: list[str], rooms: tuple[str, str], refused: str) -> None:
    ended = run("check", *place)
    assert ended.returncode == 1
    assert [split(ended.stdout, rooms)[n] for n in (1, 2)] == [[Step.PERMISSION, Step.PUBLISH, Step.ECHO], []]
    last = ended.stdout.splitlines()[-1]
    assert last.startswith("  permission failed: ")
    assert NO_FANOUT in last
    ended = run("check", *place[:2], "--room", refused, "--room", rooms[0])
    assert ended.returncode == 1
    assert split(ended.stdout, (refused, rooms[0]))[2] == [Step.PERMISSION, Step.PUBLISH, Step.ECHO]


def split(report: str, rooms: tuple[str, str]) -> list[list[str]]:
    """The steps taken to the broker, and in each of two rooms."""
    one, two = (f"room {room}\n" for room in rooms)
    way, _, rest = report.partition(f"\n{one}")
    in_one, _, in_two = rest.partition(two)
    return [list(taken(part)) for part in (way, in_one, in_two)]
