"""TLS: who is trusted, and what the person reads when somebody is not."""

import asyncio
import contextlib
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from amqpchat_tui.config import Tls
from amqpchat_tui.model import Phase
from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from .conftest import TakeSeat
from .servers import says_nothing, server


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
    assert state.reason.endswith("; if it speaks TLS, use amqps://")


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
