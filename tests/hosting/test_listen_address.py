"""Where a room is hosted, what is said about it, and which certificates do."""

import errno
import os
import re
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from amqpchat_tui.config import ConfigError, Secret
from amqpchat_tui.config.broker_url import DEFAULT_PASSWORD, parse_broker_url
from amqpchat_tui.hosting import certificate, default_listen_address, parse_listen


def test_this_machine_itself_needs_no_password_of_its_own() -> None:
    place = parse_listen("127.0.0.1:5672", None)
    assert place.address == parse_broker_url(Secret("amqp://guest:guest@127.0.0.1:5672"))
    assert place.join_command(["ops"]) == "amqpchat --url amqp://127.0.0.1:5672 --room ops"


def test_others_need_a_password_that_is_made_and_shown() -> None:
    place = parse_listen("0.0.0.0:5673", None)
    made = place.address.password.reveal()
    assert re.fullmatch(r"[\w-]{16}", made)
    assert made != parse_listen("0.0.0.0:5673", None).address.password.reveal()
    url = f"amqp://guest:{made}@{socket.gethostname()}:5673"
    assert place.join_command(["the attic"]) == f"amqpchat --url {url} --room 'the attic'"


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("0.0.0.0:5673", "amqp://guest:p%40ss@127.0.0.1:5673"),
        ("[::]:5673", "amqp://guest:p%40ss@[::1]:5673"),
        ("broker.example.org:5673", "amqp://guest:p%40ss@broker.example.org:5673"),
    ],
)
def test_a_given_password_opens_it_and_is_not_shown(listen: str, url: str) -> None:
    place = parse_listen(listen, "p@ss")
    assert place.url.reveal() == url
    assert "p%40ss" not in place.join_command(["ops"])


def test_a_place_with_a_certificate_is_joined_by_tls() -> None:
    command = parse_listen("broker.example.org:5671", "p@ss", tls=True).join_command(["ops"])
    assert command == "amqpchat --url amqps://broker.example.org:5671 --room ops"


@pytest.mark.parametrize(
    ("listen", "rooms", "command"),
    [
        ("127.0.0.1:5672", ["broadcast_chat"], "amqpchat --host"),
        ("127.0.0.1:5673", ["ops"], "amqpchat --host --listen 127.0.0.1:5673 --room ops"),
        (
            "127.0.0.1:5672",
            ["broadcast_chat", "the lab"],
            "amqpchat --host --room broadcast_chat --room 'the lab'",
        ),
    ],
)
def test_who_joins_with_this_command_stands_by(listen: str, rooms: list[str], command: str) -> None:
    assert parse_listen(listen, None).standby_command(rooms) == command


@pytest.mark.parametrize(
    ("password", "given"), [(DEFAULT_PASSWORD, False), (Secret("guest"), False), (Secret("p@ss"), True)]
)
def test_the_place_without_configuration_has_the_password_that_the_client_has(
    password: Secret, given: bool
) -> None:
    place = default_listen_address(password)
    assert place.address.password == password
    assert place.password_given == given


@pytest.mark.parametrize(
    "listen", ["", "5672", "host", "host:", "host:0", "host:70000", "amqp://host:5672", "::1:5672"]
)
def test_a_place_is_host_and_port(listen: str) -> None:
    with pytest.raises(ConfigError, match=r"^--listen: give HOST:PORT"):
        parse_listen(listen, None)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            OSError(errno.EADDRINUSE, "[Errno 98] error while attempting to bind"),
            "another program uses 127.0.0.1:80 already; choose another port with --listen HOST:PORT",
        ),
        (
            PermissionError(errno.EACCES, "[Errno 13] error while attempting to bind"),
            "cannot listen on 127.0.0.1:80: Permission denied",
        ),
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "cannot listen on 127.0.0.1:80: Name or service not known",
        ),
    ],
)
def test_why_one_cannot_listen(error: OSError, reason: str) -> None:
    assert parse_listen("127.0.0.1:80", None).explain(error) == reason


PEM = "unencrypted, in PEM format"

# Certificates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["ä..b", "a\udcff", "a" * 64])
def test_what_no_host_can_be_called(host: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_listen(f"{host}:5672", None)
    shown = host.replace("\udcff", "\ufffd")
    assert str(caught.value) == f"--listen: {shown} cannot be the name of a host"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates and keys, right ones and wrong ones."""
    folder = tmp_path_factory.mktemp("certificates")
    os.mkfifo(folder / "pipe")
    authority = trustme.CA()
    for name in "one", "two":
        issued = authority.issue_cert("broker.example.org")
        issued.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}-with-key.pem")
        issued.private_key_pem.write_to_path(folder / f"{name}.key")
        issued.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
    (folder / "nonsense").write_text("nonsense")
    return folder


@pytest.mark.parametrize(
    ("cert", "key"), [("one.pem", "one.key"), ("one-with-key.pem", None), ("one-with-key.pem", "one.key")]
)
def test_a_certificate_and_its_key(folder: Path, cert: str, key: str | None) -> None:
    assert isinstance(certificate(str(folder / cert), key and str(folder / key)), ssl.SSLContext)


@pytest.mark.parametrize(
    ("cert", "key", "reason"),
    [
        ("one.pem", "two.key", "--key: {}/two.key is not the key of the certificate in {}/one.pem"),
        ("missing", "one.key", "--cert: cannot read {}/missing: No such file or directory"),
        ("one.pem", "missing", "--key: cannot read {}/missing: No such file or directory"),
        ("", "one.key", "--cert: cannot read {}/: Is a directory"),
        ("one.pem", "pipe", "--key: cannot read {}/pipe: it is not a regular file"),
        ("one.pem", None, "--cert: {}/one.pem does not hold a certificate and its key, " + PEM),
        ("nonsense", None, "--cert: {}/nonsense does not hold a certificate and its key, " + PEM),
        (
            "nonsense",
            "one.key",
            "--cert, --key: {}/nonsense and {}/one.key are not a certificate and its key, " + PEM,
        ),
        (
            "one.pem",
            "nonsense",
            "--cert, --key: {}/one.pem and {}/nonsense are not a certificate and its key, " + PEM,
        ),
    ],
)
def test_a_certificate_that_does_not_do(folder: Path, cert: str, key: str | None, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        certificate(f"{folder}/{cert}", key and f"{folder}/{key}")
    assert str(caught.value) == reason.replace("{}", str(folder))
