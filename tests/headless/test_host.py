"""`amqpchat host`: a room with nothing installed, and who comes and goes in it."""

import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pika
import pytest
import trustme

from amqpchat_tui.cli import main
from tests.client.support import PlainListener
from tests.headless.support import AMQPCHAT, Program, run
from tests.support.ports import free_port
from tests.support.waiting import block_until

Start = Callable[..., Program]

broker = pytest.mark.broker
"""Whoever hosts a room is a broker."""

_JOIN = re.compile(r"amqpchat: to join: amqpchat (.*?)(, with AMQPCHAT_PASSWORD set .*)?\n")


def hosted(start: Start, *argv: str, listen: str = "127.0.0.1") -> Program:
    program = start("host", "--listen", f"{listen}:{free_port()}", *argv)
    program.wait_for(lambda program: _JOIN.search(program.told) is not None)
    return program


def join_flags(program: Program) -> list[str]:
    """The flags of the command that it says joins it."""
    found = _JOIN.search(program.told)
    assert found is not None
    return shlex.split(found[1])


@broker
def test_the_command_it_shows_joins_it(start: Start) -> None:
    program = hosted(start, "--room", "the attic")
    url = join_flags(program)[1]
    assert re.fullmatch(r"amqp://127\.0\.0\.1:\d+", url)
    with PlainListener(url, "the attic") as listener:
        assert run("send", *join_flags(program), "--name", "ann", "hello").returncode == 0
        assert [(nick, body) for nick, body, _ in listener.heard()] == [("ann", b"hello")]
    assert "warning" not in program.told


@broker
def test_one_line_per_join_and_leave(start: Start) -> None:
    program = hosted(start)
    assert run("send", *join_flags(program), "--name", "ann", "hello").returncode == 0
    program.wait_for(lambda program: program.printed.count("\n") == 2)
    joined, left = program.printed.splitlines()
    who = re.fullmatch(r"\d\d:\d\d (guest@127\.0\.0\.1:\d+ \(amqpchat ann\)) joined", joined)
    assert who is not None
    assert re.fullmatch(rf"\d\d:\d\d {re.escape(who[1])} left", left)


@broker
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_tells_who_is_there(start: Start, number: signal.Signals) -> None:
    program = hosted(start)
    listener = start("listen", *join_flags(program))
    listener.wait_for(lambda listener: "online" in listener.told)
    assert program.end(number) == 0
    joined, left = program.printed.splitlines()
    assert joined.endswith(" joined")
    assert " left" in left
    assert len(program.told.splitlines()) == 2
    listener.wait_for(lambda listener: "reconnecting" in listener.told)


@broker
def test_others_need_the_password_that_is_made(start: Start) -> None:
    program = hosted(start, listen="0.0.0.0")
    url = join_flags(program)[1]
    made = re.fullmatch(rf"amqp://guest:([\w-]{{16}})@{re.escape(socket.gethostname())}:(\d+)", url)
    assert made is not None
    assert "warning: not encrypted" in program.told
    here = f"127.0.0.1:{made[2]}"
    assert run("send", "--url", f"amqp://guest:{made[1]}@{here}", "hello").returncode == 0
    refused = run("send", "--url", f"amqp://{here}", "hello")
    assert refused.returncode == 1
    assert "wrong user name or password" in refused.stderr


@broker
def test_with_a_certificate_it_is_encrypted(start: Start, tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    program = hosted(start, "--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem"))
    assert join_flags(program)[1].startswith("amqps://127.0.0.1:")
    config = tmp_path / "config.toml"
    config.write_text('[connection.tls]\nca_file = "ca.pem"\n')
    assert run("send", "--config", str(config), *join_flags(program), "hello").returncode == 0
    assert run("send", *join_flags(program), "hello").returncode == 1
    assert "warning" not in program.told


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (["--cert", "missing"], "--cert: cannot read missing: No such file or directory"),
        (["--key", "missing"], "--key: give its certificate as well, as --cert FILE"),
    ],
)
def test_a_certificate_that_does_not_do_is_told_at_once(files: list[str], reason: str) -> None:
    ended = run("host", "--listen", f"127.0.0.1:{free_port()}", *files)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"amqpchat: {reason}\n")


@broker
def test_a_given_password_is_needed_and_not_shown(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQPCHAT_PASSWORD", "hunter2")
    program = hosted(start, listen="0.0.0.0")
    assert "hunter2" not in program.told
    assert "with AMQPCHAT_PASSWORD set as here" in program.told
    port = join_flags(program)[1].rpartition(":")[2]
    with pika.BlockingConnection(pika.URLParameters(f"amqp://guest:hunter2@127.0.0.1:{port}")):
        program.wait_for(lambda program: "joined" in program.printed)
    monkeypatch.delenv("AMQPCHAT_PASSWORD")
    assert run("send", "--url", f"amqp://127.0.0.1:{port}", "hello").returncode == 1


@broker
def test_hostile_bytes_are_not_told_on_the_terminal(start: Start) -> None:
    program = hosted(start)
    before = program.told
    port = int(join_flags(program)[1].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
        while stranger.recv(100):
            pass
    assert run("send", *join_flags(program), "the room goes on").returncode == 0
    assert program.told == before


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = run("host", "--listen", listen)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"amqpchat: another program uses {listen} already; choose another port with --listen HOST:PORT\n"
    )


def test_no_such_host() -> None:
    ended = run("host", "--listen", "no-such-host.invalid:5672")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("amqpchat: cannot listen on no-such-host.invalid:5672: ")


@pytest.mark.parametrize(
    "listen", ["", "5672", "host", "host:", "host:70000", "amqp://host:5672", "::1:5672"]
)
def test_where_to_listen_is_host_and_port(listen: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["host", "--listen", listen]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("amqpchat: --listen: give HOST:PORT")


@broker
def test_the_room_goes_on_when_nobody_reads_who_comes() -> None:
    with subprocess.Popen(
        [*AMQPCHAT, "host", "--listen", f"127.0.0.1:{free_port()}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.readline()
        command = process.stderr.readline().removeprefix("amqpchat: to join: amqpchat ")
        for _ in range(2):
            assert run("send", *shlex.split(command), "hello").returncode == 0
        process.terminate()
        assert process.wait(20) == 0
        assert process.stderr.read() == ""


@broker
def test_the_room_goes_on_when_the_disk_is_full() -> None:
    with subprocess.Popen(
        ["sh", "-c", 'exec "$@" >/dev/full', "sh", *AMQPCHAT, "host", "--listen", f"127.0.0.1:{free_port()}"],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        command = process.stderr.readline().removeprefix("amqpchat: to join: amqpchat ")
        for _ in range(2):
            assert run("send", *shlex.split(command), "hello").returncode == 0
        process.terminate()
        assert process.wait(20) == 0
        assert process.stderr.read() == (
            "amqpchat: cannot write to standard output: No space left on device; the chat goes on without\n"
        )


@broker
def test_people_have_accounts_of_their_own(start: Start, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("ann:her secret\nbob:another\n")
    program = hosted(start, "--user", "ann", "--user", "bob", "--passwords", str(passwords), "--room", "ops")
    program.wait_for(lambda program: program.told.count("to join: ") == 2)
    assert "secret" not in program.told
    url, *room = join_flags(program)[1:]
    assert url.startswith("amqp://ann@127.0.0.1:")

    def url_of(user: str, password: str) -> str:
        return url.replace("ann@", f"{user}:{password}@")

    with PlainListener(url_of("bob", "another"), "ops") as listener:
        assert run("send", "--url", url_of("ann", "her%20secret"), *room, "hello").returncode == 0
        block_until(listener.heard, what="the line")
        assert [properties.user_id for _, _, properties in listener.heard()] == ["ann"]
    for user, password in (("ann", "another"), ("guest", "guest"), ("carol", "another")):
        refused = run("send", "--url", url_of(user, password), *room, "hello")
        assert refused.returncode != 0
        assert "refused" in refused.stderr


def test_a_user_without_a_password_is_told() -> None:
    told = run("host", "--user", "ann")
    assert told.returncode != 0
    assert told.stderr.startswith("amqpchat: --user ann: there is no password for it; ")
