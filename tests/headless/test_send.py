"""`amqpchat send`: exit code 0 means that the room has heard every line."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from amqpchat_tui.headless import send
from amqpchat_tui.headless.participant import Participant
from amqpchat_tui.model import ConnectionState, ConversationId, OutboxLine, Phase
from amqpchat_tui.storage.files import state_file
from tests.client.support import PlainListener, settings
from tests.headless.support import Program, run, told_of_wrong
from tests.storage.support import open_store
from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.waiting import block_until

Start = Callable[..., Program]
Place = tuple[str, ...]


def bodies(listener: PlainListener) -> list[tuple[str, str]]:
    return [(nick, body.decode()) for nick, body, _ in listener.heard()]


def wait_for(count: int, listener: PlainListener) -> None:
    block_until(lambda: len(listener.heard()) >= count, 20, f"{count} messages")


def test_arguments_are_one_line(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ended = run("send", *place, "--name", "build", "it", "works", "--", "--me")
        assert bodies(listener) == [("build", "it works --me")]
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "online" in ended.stderr


def test_me(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        assert run("send", *place, "--name", "ann", "--me", "waves").returncode == 0
        assert bodies(listener) == [("ann", "/me waves")]


def test_lines_are_sent_as_they_come(start: Start, place: Place, amqp_url: str, room: str) -> None:
    program = start("send", *place, "--name", "ann")
    with PlainListener(amqp_url, room) as listener:
        for count, line in enumerate(("first", "second"), 1):
            program.type(f"{line}\n")
            wait_for(count, listener)
        program.process.communicate("\nlast, without an end")
        assert program.end() == 0
        assert bodies(listener) == [("ann", "first"), ("ann", "second"), ("ann", "last, without an end")]


def test_many_lines_arrive_in_order(place: Place, amqp_url: str, room: str) -> None:
    lines = [f"line {number}" for number in range(3000)]
    with PlainListener(amqp_url, room) as listener:
        assert run("send", *place, typed="\n".join(lines)).returncode == 0
        wait_for(len(lines), listener)
        assert [body for _, body in bodies(listener)] == lines


def test_what_cannot_be_sent_is_counted(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ended = run("send", *place, typed=f"good\n{'long ' * 20_000}\ngood too\n")
        assert [body for _, body in bodies(listener)] == ["good", "good too"]
    assert ended.returncode == 1
    assert "not sent: the text is 81.7 kB too long" in ended.stderr
    assert ended.stderr.endswith("amqpchat: not confirmed: 1 line\n")


async def test_a_blank_text_is_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = settings(f"amqp://127.0.0.1:{free_port()}", room="room")
    assert await send(nowhere, " ") == 1
    assert "amqpchat: not sent: the text is blank\n" in capsys.readouterr().err


def test_a_refusal_ends_it(node: Broker) -> None:
    ended = run("send", "--url", node.url(password="hunter2"), "text")
    assert ended.returncode == 1
    assert "refused: wrong user name or password" in ended.stderr
    assert ended.stderr.endswith("amqpchat: not confirmed: 1 line\n")


async def test_patience_ends(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = settings(f"amqp://127.0.0.1:{free_port()}", room="room")
    assert await send(nowhere, "text", patience=0.1) == 1
    told = capsys.readouterr().err
    assert "gave up: nothing was confirmed within 0.1 s" in told
    assert told.endswith("amqpchat: not confirmed: 1 line\n")


def test_one_try_ends_when_nobody_listens(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    urls = ", ".join(f'"amqp://127.0.0.1:{port}"' for port in ports)
    config = tmp_path / "config.toml"
    config.write_text(f"[connection]\nurls = [{urls}]\n")
    ended = run("send", "--config", str(config), "--wait", "0", "text")
    first, second = (f"127.0.0.1:{port}" for port in ports)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f"amqpchat: {second}: reconnecting: nobody listens on {first}",
        f"amqpchat: {first}: nobody listens on {second}",
        "amqpchat: not confirmed: 1 line",
    ]


async def test_one_try_ends_where_nothing_is_ever_confirmed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.modules[send.__module__], "PATIENCE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"amqp://127.0.0.1:{silent.getsockname()[1]}"
        assert await send(settings(url, room="room"), "text", patience=0) == 1
    assert "gave up: nothing was confirmed within 0.1 s" in capsys.readouterr().err


def test_one_try_is_as_good_as_many_where_there_is_a_broker(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        assert run("send", *place, "--wait", "0", typed="one\ntwo\n").returncode == 0
        assert [body for _, body in bodies(listener)] == ["one", "two"]


def test_one_try_ends_where_no_messages_are_accepted(node: Broker, room: str) -> None:
    with node.memory_alarm():
        ended = run("send", "--url", node.url(), "--room", room, "--wait", "0", "text")
    assert ended.returncode == 1
    assert "the broker is low on memory or disk" in ended.stderr
    assert ended.stderr.endswith("amqpchat: not confirmed: 1 line\n")


def test_the_patience_is_what_one_says() -> None:
    ended = run("send", "--url", f"amqp://127.0.0.1:{free_port()}", "--wait", "0.5", "text")
    assert ended.returncode == 1
    assert "amqpchat: gave up: nothing was confirmed within 0.5 s\n" in ended.stderr


@pytest.mark.parametrize("wait", ["-1", "x", "1e3", "inf", ""])
def test_a_patience_that_is_none(wait: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told_of_wrong(["send", f"--wait={wait}", "text"], capsys) == (
        "amqpchat: argument --wait: give a number of seconds from 0 on; see amqpchat send --help\n"
    )


@pytest.mark.parametrize("listens", [True, False])
async def test_each_failed_dial_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], listens: bool
) -> None:
    participant = Participant(settings("amqp://nowhere", room="room"), listens=listens)
    before = ConnectionState(Phase.CONNECTING, "nowhere:5672")
    for attempt in 1, 2:
        for retry_at in time.monotonic() + 2.0, 0.0:  # when the wait begins, and when the dial does
            participant.connection_changed(
                before, ConnectionState(Phase.RECONNECTING, "nowhere:5672", "no such host", attempt, retry_at)
            )
    participant.connection_changed(before, ConnectionState(Phase.ONLINE, "nowhere:5672"))
    assert capsys.readouterr().err.splitlines() == [
        "amqpchat: nowhere:5672: reconnecting in 2 s: no such host",
        "amqpchat: nowhere:5672: reconnecting in 2 s (attempt 2): no such host",
        "amqpchat: nowhere:5672: online",
    ]
    assert not participant.refused


def test_a_signal_ends_it_with_the_number_that_was_not_confirmed(start: Start) -> None:
    program = start("send", "--url", f"amqp://127.0.0.1:{free_port()}", "text")
    program.wait_for(lambda program: "reconnecting" in program.told)
    assert program.end(signal.SIGINT) == 1
    assert program.told.endswith("amqpchat: not confirmed: 1 line\n")


def test_a_signal_while_waiting_for_input(start: Start, place: Place) -> None:
    program = start("send", *place)
    program.wait_for(lambda program: "online" in program.told)
    assert program.end(signal.SIGINT) == 0
    assert "Traceback" not in program.told
    assert "Fatal" not in program.told


def kept_files() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in state_file("").glob("*")}


async def test_lines_kept_by_the_chat_are_left_alone(amqp_url: str, room: str) -> None:
    broker = settings(amqp_url, room=room)
    conversation = ConversationId.room(room)
    [address] = broker.connection.brokers
    async with open_store() as store:
        line = OutboxLine(conversation, "1234", "ann", "kept by the chat", typed_at=0.0)
        store.outbox.keep(conversation, [f"{address.label}/{address.vhost}"], [line])
    kept = kept_files()
    assert len(kept) == 1
    assert await send(broker, "text") == 0
    assert kept_files() == kept


async def test_nothing_is_kept_for_the_chat() -> None:
    nowhere = settings(f"amqp://127.0.0.1:{free_port()}", room="room")
    assert await send(nowhere, "text", patience=0.1) == 1
    assert kept_files() == {}


def test_neither_command_imports_textual() -> None:
    look = "import sys, amqpchat_tui.headless; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_textual_is_not_imported_by_running(place: Place) -> None:
    look = (
        "import sys; from amqpchat_tui.cli import main; code = main(sys.argv[1:]);"
        "sys.exit(code or 'textual' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", look, "send", *place, "text"], check=False)
    assert ended.returncode == 0


def test_code_is_one_message_between_fences(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        assert run("send", *place, "--code", "python", typed="def f():\n    pass\n").returncode == 0
        assert run("send", *place, "--code", "sh", "--", "ls -l").returncode == 0
        bodies_heard = [body for _, body in bodies(listener)]
    assert bodies_heard == ["```python\ndef f():\n    pass\n```", "```sh\nls -l\n```"]


@pytest.mark.parametrize(("level", "prefix"), [("info", ""), ("warn", "WARN "), ("fail", "FAIL ")])
def test_how_bad_news_is_can_be_read_and_stands_in_a_header(
    place: Place, amqp_url: str, room: str, level: str, prefix: str
) -> None:
    with PlainListener(amqp_url, room) as listener:
        assert run("send", *place, "--level", level, "nightly dump: exit 1").returncode == 0
        ((_, body, properties),) = listener.heard()
    assert body.decode() == f"{prefix}nightly dump: exit 1"
    assert properties.headers["level"] == level
    assert properties.content_type == "text/plain"
