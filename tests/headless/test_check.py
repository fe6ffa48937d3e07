"""`amqpchat check`: how far the way to the room goes, and why no further."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pika
import pytest

from amqpchat_tui.client.transport.steps import Step
from tests.client.servers import Handler, hangs_up, says_http, server
from tests.client.support import PlainListener
from tests.support.broker import Broker
from tests.support.ports import free_port

AMQPCHAT = Path(sys.executable).with_name("amqpchat")
STEPS: list[Step] = [step for step in Step if step is not Step.TLS]

_TAKEN = re.compile(r"  (\w+) +\d+ ms")


def check(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run the check where there is no terminal; it writes nothing but its report."""
    ended = subprocess.run(
        [AMQPCHAT, "check", "--name", "ann", *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    return ended


def taken(report: str) -> Sequence[str]:
    """The steps that are reported with their time."""
    return _TAKEN.findall(report)


def assert_fails(ended: subprocess.CompletedProcess[str], step: Step, reason: str) -> None:
    *before, last = ended.stdout.splitlines()
    assert re.fullmatch(f"  {step} +failed: (.*)", last), ended.stdout
    assert reason in last
    assert taken("\n".join(before)) == STEPS[: STEPS.index(step)]
    assert ended.returncode == 1


def test_every_step_is_taken_and_timed(amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ended = check("--url", amqp_url, "--room", room)
        heard = [(nick, body.decode()) for nick, body, _ in listener.heard()]
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[0].endswith(f", room {room}, as ann")
    assert taken(ended.stdout) == STEPS
    assert heard == [("ann", "amqpchat check: one line, to see whether it comes back")]


def test_no_password_is_shown(node: Broker) -> None:
    ended = check("--url", node.url(password="hunter2"))
    assert_fails(ended, Step.LOGIN, "wrong user name or password")
    assert "hunter2" not in ended.stdout


def test_an_empty_password(node: Broker) -> None:
    assert_fails(check("--url", node.url(password="")), Step.SETTINGS, "user guest has no password")


def test_no_such_host() -> None:
    assert_fails(check("--url", "amqp://no-such-host.invalid"), Step.NAME, "no-such-host.invalid")


def test_nobody_listens() -> None:
    port = free_port()
    assert_fails(check("--url", f"amqp://127.0.0.1:{port}"), Step.TCP, f"nobody listens on 127.0.0.1:{port}")


def test_no_tls_at_the_other_end(node: Broker) -> None:
    ended = check("--url", f"amqps://127.0.0.1:{node.port}")
    assert taken(ended.stdout) == [Step.SETTINGS, Step.NAME, Step.TCP]
    assert "  TLS        failed: " in ended.stdout
    assert ended.returncode == 1


@pytest.mark.parametrize(
    ("handler", "reason"), [(says_http, "does not speak AMQP"), (hangs_up, "closed the connection at once")]
)
async def test_no_amqp_at_the_other_end(handler: Handler, reason: str) -> None:
    async with server(handler) as port:
        ended = await asyncio.to_thread(check, "--url", f"amqp://127.0.0.1:{port}")
    assert_fails(ended, Step.AMQP, reason)


def test_no_such_vhost(node: Broker) -> None:
    assert_fails(check("--url", node.url(vhost="nowhere")), Step.VHOST, 'no virtual host "nowhere"')


def test_a_full_vhost(node: Broker) -> None:
    node.add_vhost("closed")
    node.ctl("set_vhost_limits", "-p", "closed", '{"max-connections": 0}')
    reason = 'the connection limit of virtual host "closed" is reached (0)'
    assert_fails(check("--url", node.url(vhost="closed")), Step.VHOST, reason)


def test_another_type_of_exchange(node: Broker, room: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(node.url())) as connection:
        connection.channel().exchange_declare(room, "direct")
    assert_fails(check("--url", node.url(), "--room", room), Step.PERMISSION, "a room needs a fanout")


@pytest.mark.parametrize(
    ("allowed", "step", "reason"),
    [
        ({"configure": "^amq"}, Step.PERMISSION, "lacks the permission `configure`"),
        ({"write": "^amq"}, Step.PUBLISH, "lacks the permission `write`"),
    ],
)
def test_missing_permissions(
    node: Broker, room: str, allowed: dict[str, str], step: Step, reason: str
) -> None:
    user = f"eve-{step}"
    node.add_user(user, "eve")
    node.set_permissions(user, **allowed)
    assert_fails(check("--url", node.url(user, "eve"), "--room", room), step, reason)


def test_a_broker_that_takes_no_messages(node: Broker, room: str) -> None:
    with node.memory_alarm():
        ended = check("--url", node.url(), "--room", room)
    assert_fails(ended, Step.PUBLISH, "low on memory or disk")


def test_each_address_is_checked_and_one_failure_counts(node: Broker, room: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    nowhere = f"amqp://127.0.0.1:{free_port()}"
    file.write_text(f'[connection]\nurls = ["{nowhere}", "{node.url()}"]\n[room]\nname = "{room}"\n')
    ended = check("--config", str(file))
    assert ended.stdout.count(f"room {room}, as ann") == 2
    assert taken(ended.stdout) == [Step.SETTINGS, Step.NAME, *STEPS]
    assert ended.returncode == 1


def test_a_wrong_setting_is_told_as_ever() -> None:
    ended = subprocess.run([AMQPCHAT, "check", "--room", ""], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "amqpchat: --room: a room needs a name\n"


def test_flags_may_come_first() -> None:
    ended = subprocess.run(
        [AMQPCHAT, "--url", f"amqp://127.0.0.1:{free_port()}", "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nobody listens" in ended.stdout
