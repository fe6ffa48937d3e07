"""Why there is no connection: what the person reads, and whether the client goes on trying."""

import asyncio
import contextlib
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from amqpchat_tui.client import dial
from amqpchat_tui.config import Tls
from amqpchat_tui.model import Fate, Phase
from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import TakeSeat
from .support import plain_speaker

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def server(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Something that is no broker; gives its port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await handler(reader, writer)
        writer.close()

    port = free_port()
    async with await asyncio.start_server(handle, "127.0.0.1", port, ssl=tls):
        yield port


async def says_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(8)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


async def says_another_version(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(8)
    writer.write(b"AMQP\x00\x01\x00\x00")


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    pass


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


# Refused: the broker said no


async def test_wrong_password(take_seat: TakeSeat, node: Broker) -> None:
    state = await take_seat(node.url(password="s3cret")).reach(Phase.REFUSED)
    assert state.reason == "login refused: check user name and password"
    assert state.broker == f"127.0.0.1:{node.port}"


async def test_empty_password_is_not_taken_for_guest(take_seat: TakeSeat, node: Broker) -> None:
    state = await take_seat(node.url(password="")).reach(Phase.REFUSED)
    assert state.reason == "user guest has no password"


async def test_wrong_virtual_host(take_seat: TakeSeat, node: Broker) -> None:
    state = await take_seat(node.url(vhost="no/such")).reach(Phase.REFUSED)
    assert state.reason == 'no virtual host "no/such", or user guest has no access to it'


async def test_odd_names_and_passwords_are_passed_on(take_seat: TakeSeat, node: Broker) -> None:
    node.add_vhost("a/b %2 ü?#")
    node.add_user("o'neil@home", "p@ss/w:rd#%41")
    node.set_permissions("o'neil@home", "a/b %2 ü?#")
    await take_seat(node.url("o'neil@home", "p@ss/w:rd#%41", "a/b %2 ü?#")).reach(Phase.ONLINE)


async def test_refused_waits_for_the_person(take_seat: TakeSeat, node: Broker) -> None:
    async with Proxy(node.url("late", "late")) as proxy:
        seat = take_seat(proxy.url)
        await seat.reach(Phase.REFUSED)
        seat.client.say("later")
        node.add_user("late", "late")
        node.set_permissions("late")
        assert proxy.accepted == 1
        seat.client.reconnect()
        await seat.hear("later")
        assert proxy.accepted == 2


async def test_another_type_of_exchange(take_seat: TakeSeat, node: Broker, room: str) -> None:
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "direct")
    state = await take_seat(node.url()).reach(Phase.REFUSED)
    assert state.reason == f"exchange `{room}` is a `direct` exchange; a room needs a fanout"


async def test_reserved_name(take_seat: TakeSeat, node: Broker) -> None:
    state = await take_seat(node.url(), room="amq.mine").reach(Phase.REFUSED)
    assert "choose another room" in state.reason


async def test_missing_permissions_are_named(take_seat: TakeSeat, node: Broker, room: str) -> None:
    node.add_user("eve", "eve")
    node.set_permissions("eve", configure="^amq")
    seat = take_seat(node.url("eve", "eve"))

    async def lacks(permission: str, where: str) -> None:
        reason = f"user eve lacks the permission `{permission}` on {where}"
        await wait_until(lambda: seat.client.state.reason == reason, what=lambda: f"{reason}: {seat.states}")
        assert seat.client.state.phase is Phase.REFUSED

    await lacks("configure", f"exchange `{room}`, which does not exist yet")
    for configure, write, read, permission, where in (
        ("^room", ".*", ".*", "configure", "queues named amq.gen-…"),
        (".*", "^room", ".*", "write", "queues named amq.gen-…"),
        (".*", ".*", "^amq", "read", f"exchange `{room}`"),
        (".*", ".*", "^room", "read", "queues named amq.gen-…"),
    ):
        node.set_permissions("eve", configure=configure, write=write, read=read)
        seat.client.reconnect()
        await lacks(permission, where)
    assert Phase.ONLINE not in seat.phases


async def test_who_may_not_write_can_listen(take_seat: TakeSeat, node: Broker, room: str) -> None:
    node.add_user("mute", "mute")
    node.set_permissions("mute", configure="^amq", write="^amq", read=".*")
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "fanout")
        mute = take_seat(node.url("mute", "mute"))
        await mute.reach(Phase.ONLINE)
        for line in "one", "two":
            mute.client.say(line)
            await wait_until(lambda: mute.outbox()[-1].fate is Fate.FAILED, what="the line to fail")
        assert {line.reason for line in mute.outbox()} == {
            f"user mute lacks the permission `write` on exchange `{room}`"
        }
        bob.say("do you hear me?")
        await mute.hear("do you hear me?")
    assert mute.phases == [Phase.ONLINE]


# Used as it is


@pytest.mark.parametrize("how", ["durable", "auto_delete"])
async def test_an_exchange_with_other_properties_is_used_as_it_is(
    take_seat: TakeSeat, node: Broker, room: str, how: str
) -> None:
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "fanout", **{how: True})
        seat = take_seat(node.url())
        await seat.reach(Phase.ONLINE)
        seat.client.say("hello")
        bob.say("hi")
        await seat.hear("hello", "hi")
        seat.client.reconnect()
        await wait_until(lambda: seat.gaps, what="another connection")
    told = f"exchange `{room}` is {how.replace('_', '-')}; it is used as it is"
    assert seat.notices.count(told) == 1


# Unreachable: trying again may help


async def test_nobody_listens(take_seat: TakeSeat) -> None:
    port = free_port()
    seat = take_seat(f"amqp://127.0.0.1:{port}")
    state = await seat.reach(Phase.RECONNECTING)
    assert (state.reason, state.attempt) == (f"nobody listens on 127.0.0.1:{port}", 1)
    assert state.retry_at > 0


async def test_back_off_is_shown_and_ends(take_seat: TakeSeat, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        proxy.refuse()
        seat = take_seat(proxy.url)
        await wait_until(lambda: seat.client.state.attempt == 2, what="two failures")
        await proxy.accept()
        await seat.reach(Phase.ONLINE)
    shown = [(state.phase, state.attempt, state.retry_at > 0) for state in seat.states]
    assert shown == [
        (Phase.RECONNECTING, 1, True),
        (Phase.RECONNECTING, 1, False),
        (Phase.RECONNECTING, 2, True),
        (Phase.RECONNECTING, 2, False),
        (Phase.ONLINE, 0, False),
    ]


async def test_no_such_host(take_seat: TakeSeat) -> None:
    state = await take_seat("amqp://no-such-host.invalid").reach(Phase.RECONNECTING)
    assert "no-such-host.invalid" in state.reason


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..b", "xn--"])
async def test_a_name_that_cannot_be_a_host(take_seat: TakeSeat, host: str) -> None:
    state = await take_seat(f"amqp://{host}").reach(Phase.RECONNECTING)
    assert host in state.reason


async def test_all_addresses_of_a_host_are_tried(
    take_seat: TakeSeat, node: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `localhost`, when the broker listens on IPv4 only."""
    look_up = socket.getaddrinfo

    def two_addresses(host: str, port: int, **options: int) -> list[object]:
        return [*look_up("127.0.0.1", free_port(), **options), *look_up("127.0.0.1", port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    await take_seat(f"amqp://two.example:{node.port}").reach(Phase.ONLINE)


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (says_http, "{label} does not speak AMQP 0-9-1; if it speaks TLS, use amqps://"),
        (says_another_version, "{label} does not speak AMQP 0-9-1; if it speaks TLS, use amqps://"),
        (hangs_up, "{label} closed the connection at once"),
        (
            says_nothing,
            "{label} accepts connections, but does not speak AMQP: no answer within 1 s",
        ),
    ],
)
async def test_no_broker_behind_the_port(
    take_seat: TakeSeat, monkeypatch: pytest.MonkeyPatch, handler: Handler, reason: str
) -> None:
    monkeypatch.setattr(dial, "DIAL_SECONDS", 1.0)
    async with server(handler) as port:
        state = await take_seat(f"amqp://127.0.0.1:{port}").reach(Phase.RECONNECTING)
        assert state.reason == reason.format(label=f"127.0.0.1:{port}")


async def test_several_addresses_are_tried_in_turn(take_seat: TakeSeat, node: Broker) -> None:
    dead = f"amqp://127.0.0.1:{free_port()}"
    async with Proxy(node.url()) as first, Proxy(node.url()) as second:
        seat = take_seat(dead, first.url, node.url(password="wrong"), second.url)
        state = await seat.reach(Phase.ONLINE)
        assert state.broker == f"127.0.0.1:{first.port}"
        first.refuse()
        first.cut()
        await wait_until(lambda: seat.client.state.broker == f"127.0.0.1:{second.port}", what="the second")
        await seat.reach(Phase.ONLINE)
    assert Phase.REFUSED not in seat.phases


# TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, and one for another host."""
    folder = tmp_path_factory.mktemp("certificates")
    for prefix, name in ("", "IP:127.0.0.1"), ("other-", "DNS:other.example"):
        key, certificate = folder / f"{prefix}key.pem", folder / f"{prefix}cert.pem"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test"
        subprocess.run(
            [*command.split(), "-addext", f"subjectAltName={name}", "-keyout", key, "-out", certificate],
            check=True,
            capture_output=True,
        )
    return folder


def server_side(folder: Path, prefix: str = "") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{prefix}cert.pem", folder / f"{prefix}key.pem")
    return context


@contextlib.asynccontextmanager
async def tls_in_front(node: Broker, tls: ssl.SSLContext) -> AsyncIterator[str]:
    """Speak TLS with the client and plain AMQP with the broker; gives the URL."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", node.port)

        async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while chunk := await source.read(65536):
                target.write(chunk)
            target.close()

        await asyncio.gather(pump(reader, upstream_writer), pump(upstream_reader, writer))

    async with server(carry, tls) as port:
        yield f"amqps://guest:guest@127.0.0.1:{port}"


async def test_tls_with_a_ca_file(take_seat: TakeSeat, node: Broker, certificates: Path) -> None:
    async with tls_in_front(node, server_side(certificates)) as url:
        seat = take_seat(url, tls=Tls(ca_file=certificates / "cert.pem"))
        seat.client.say("encrypted")
        await seat.hear("encrypted")
        await seat.client.close()


@pytest.mark.parametrize(
    ("prefix", "tls_options", "reason"),
    [
        ("", {}, "certificate not trusted: self-signed certificate"),
        (
            "other-",
            {"ca_file": "other-cert.pem"},
            "certificate not trusted: IP address mismatch, certificate is not valid for '127.0.0.1'",
        ),
    ],
)
async def test_untrusted_certificates_are_refused(
    take_seat: TakeSeat, certificates: Path, prefix: str, tls_options: dict[str, str], reason: str
) -> None:
    files: dict[str, Any] = {name: certificates / file for name, file in tls_options.items()}
    async with server(says_nothing, server_side(certificates, prefix)) as port:
        state = await take_seat(f"amqps://127.0.0.1:{port}", tls=Tls(**files)).reach(Phase.REFUSED)
    assert state.reason == reason


async def test_verification_can_be_switched_off(
    take_seat: TakeSeat, node: Broker, certificates: Path
) -> None:
    async with tls_in_front(node, server_side(certificates, "other-")) as url:
        seat = take_seat(url, tls=Tls(insecure_skip_verify=True))
        await seat.reach(Phase.ONLINE)
        await seat.client.close()


async def test_client_certificate(take_seat: TakeSeat, node: Broker, certificates: Path) -> None:
    context = server_side(certificates)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates / "cert.pem")
    tls = Tls(
        ca_file=certificates / "cert.pem",
        cert_file=certificates / "cert.pem",
        key_file=certificates / "key.pem",
    )
    async with tls_in_front(node, context) as url:
        seat = take_seat(url, tls=tls)
        await seat.reach(Phase.ONLINE)
        await seat.client.close()


@contextlib.asynccontextmanager
async def openssl_server(folder: Path, *options: str) -> AsyncIterator[int]:
    """OpenSSL's own TLS server, which unlike asyncio's says why it hangs up; gives its port."""
    port = free_port()
    arguments = f"s_server -accept 127.0.0.1:{port} -cert cert.pem -key key.pem -quiet".split()
    process = await asyncio.create_subprocess_exec(
        "openssl", *arguments, *options, cwd=folder, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        await wait_until(lambda: accepts(port), what="OpenSSL to listen")
        yield port
    finally:
        process.kill()
        await process.wait()


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("ours", "reason"),
    [
        (
            {},
            "the broker asks for a client certificate: set cert_file and key_file",
        ),
        (
            {"cert_file": "other-cert.pem", "key_file": "other-key.pem"},
            "the broker does not accept our client certificate",
        ),
    ],
)
async def test_broker_that_does_not_trust_us(
    take_seat: TakeSeat, certificates: Path, ours: dict[str, str], reason: str
) -> None:
    files: dict[str, Any] = {name: certificates / file for name, file in ours.items()}
    verify = ["-Verify", "1", "-verify_return_error", "-CAfile", "cert.pem"]
    async with openssl_server(certificates, *verify) as port:
        seat = take_seat(f"amqps://127.0.0.1:{port}", tls=Tls(ca_file=certificates / "cert.pem", **files))
        assert (await seat.reach(Phase.REFUSED)).reason == reason


async def test_tls_to_a_plain_port(take_seat: TakeSeat, node: Broker) -> None:
    state = await take_seat(f"amqps://127.0.0.1:{node.port}").reach(Phase.RECONNECTING)
    assert state.reason == f"127.0.0.1:{node.port} does not speak TLS; use amqp://"


async def test_plain_to_a_tls_port(take_seat: TakeSeat, certificates: Path) -> None:
    async with openssl_server(certificates) as port:
        state = await take_seat(f"amqp://127.0.0.1:{port}").reach(Phase.RECONNECTING)
    assert state.reason == f"127.0.0.1:{port} does not speak AMQP 0-9-1; if it speaks TLS, use amqps://"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"ca_file": "missing.pem"}, "cannot read {folder}/missing.pem: no such file or directory"),
        ({"ca_file": "key.pem"}, "{folder}/key.pem holds no certificates in PEM format"),
        (
            {"cert_file": "cert.pem", "key_file": "other-key.pem"},
            "{folder}/cert.pem and {folder}/other-key.pem: "
            "not a certificate and its key, unencrypted, in PEM format",
        ),
    ],
)
async def test_unusable_files_are_named(
    take_seat: TakeSeat, certificates: Path, options: dict[str, str], problem: str
) -> None:
    files: dict[str, Any] = {name: certificates / file for name, file in options.items()}
    state = await take_seat("amqps://127.0.0.1", tls=Tls(**files)).reach(Phase.REFUSED)
    assert state.reason == problem.format(folder=certificates)
