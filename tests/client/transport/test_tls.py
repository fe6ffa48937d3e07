"""TLS with RabbitMQ: who trusts whom, and what the person reads when somebody does not."""

import datetime
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme

from amqpchat_tui.client.transport.steps import Step
from amqpchat_tui.config import Tls
from amqpchat_tui.headless.check import check
from amqpchat_tui.model import Phase
from tests.client.conftest import TakeSeat
from tests.client.support import settings
from tests.support.broker import Broker

ASK = "{verify, verify_peer}, {fail_if_no_peer_cert, true}"
LISTENERS = {
    "good": "good.pem",
    "other": "other.pem",
    "expired": "expired.pem",
    "early": "early.pem",
    "asking": f"good.pem, {ASK}",
    "asking in TLS 1.2": f"good.pem, {ASK}, {{versions, ['tlsv1.2']}}",
}
"""Names of RabbitMQ's TLS listeners, with certificate and further options."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates, each with its key in the same file, and the two authorities that they are from."""
    folder = tmp_path_factory.mktemp("certificates")
    ours, stranger = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(folder / "ca.pem")
    stranger.cert_pem.write_to_path(folder / "stranger-ca.pem")
    long_ago, in_future = datetime.datetime(2020, 1, 1), datetime.datetime(2100, 1, 1)
    day = datetime.timedelta(days=1)
    for name, certificate in {
        "good": ours.issue_cert("127.0.0.1"),
        "other": ours.issue_cert("chat.example.org"),
        "expired": ours.issue_cert("127.0.0.1", not_before=long_ago, not_after=long_ago + day),
        "early": ours.issue_cert("127.0.0.1", not_before=in_future, not_after=in_future + day),
        "ann": ours.issue_cert("ann@example.org"),
        "late": ours.issue_cert("ann@example.org", not_before=long_ago, not_after=long_ago + day),
        "eve": stranger.issue_cert("eve@example.org"),
    }.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
        certificate.private_key_pem.write_to_path(folder / f"{name}.key")
    return folder


_ports: dict[Broker, dict[str, int]] = {}


@pytest.fixture
def urls(node: Broker, files: Path) -> Mapping[str, str]:
    """Where the listeners are."""
    if node not in _ports:
        options = (option.partition(",") for option in LISTENERS.values())
        ports = node.listen_with_tls(
            *(
                f'{{cacertfile, "{files}/ca.pem"}}, {{certfile, "{files}/{certificate}"}},'
                f' {{keyfile, "{files}/{certificate}"}}{comma}{more}'
                for certificate, comma, more in options
            )
        )
        _ports[node] = dict(zip(LISTENERS, ports, strict=True))
    return {name: f"amqps://127.0.0.1:{port}" for name, port in _ports[node].items()}


def tls(folder: Path, **options: str | bool) -> Tls:
    """The settings, with files from a folder."""
    named: dict[str, Any] = {
        name: folder / value if isinstance(value, str) else value for name, value in options.items()
    }
    return Tls(**named)


CA = {"ca_file": "ca.pem"}


@pytest.mark.parametrize(
    ("listener", "options"),
    [
        pytest.param("good", CA, id="private authority"),
        pytest.param("other", {"insecure_skip_verify": True}, id="not verified"),
        pytest.param("asking", CA | {"cert_file": "ann.pem"}, id="client certificate"),
        pytest.param(
            "asking in TLS 1.2", CA | {"cert_file": "ann.pem", "key_file": "ann.key"}, id="TLS 1.2, two files"
        ),
    ],
)
async def test_trusted(
    take_seat: TakeSeat, files: Path, room: str, urls: Mapping[str, str], listener: str, options: Any
) -> None:
    ann = take_seat(urls[listener], tls=tls(files, **options))
    ann.say("encrypted")
    await ann.hear("encrypted")
    await ann.client.close()
    report: list[str] = []
    assert await check(settings(urls[listener], room=room, tls=tls(files, **options)), report.append)
    assert [row.split()[0] for row in report[1:]] == list(Step)


UNKNOWN = (
    "the broker's certificate comes from an authority that is not trusted here: "
    "set connection.tls.ca_file to that authority's certificate"
)
NO_CERTIFICATE = (
    "the broker asks for a client certificate: set connection.tls.cert_file and key_file to yours and its key"
)
STRANGER = (
    "the broker does not trust the authority of our client certificate: "
    "set connection.tls.cert_file to one from an authority that it trusts"
)
LATE = "our client certificate has expired: get a new one"


@pytest.mark.parametrize(
    ("listener", "options", "reason"),
    [
        pytest.param("good", {}, UNKNOWN, id="private authority"),
        pytest.param("good", {"ca_file": "stranger-ca.pem"}, UNKNOWN, id="another authority"),
        pytest.param(
            "other",
            CA,
            "the broker's certificate is not for 127.0.0.1: use the host name that it is for",
            id="wrong host",
        ),
        pytest.param(
            "expired",
            CA,
            "the broker's certificate has expired: whoever runs it has to renew it",
            id="expired",
        ),
        pytest.param(
            "early",
            CA,
            "the broker's certificate is not valid yet: is this machine's clock right?",
            id="not valid yet",
        ),
        *(
            pytest.param(listener, CA | ours, reason, id=f"{listener}, {who}")
            for listener, (who, ours, reason) in itertools.product(
                ("asking", "asking in TLS 1.2"),
                [
                    ("no client certificate", {}, NO_CERTIFICATE),
                    ("a stranger's", {"cert_file": "eve.pem"}, STRANGER),
                    ("an expired one", {"cert_file": "late.pem"}, LATE),
                ],
            )
        ),
    ],
)
async def test_not_trusted(
    take_seat: TakeSeat, files: Path, urls: Mapping[str, str], listener: str, options: Any, reason: str
) -> None:
    ours = tls(files, **options)
    assert (await take_seat(urls[listener], tls=ours).reach(Phase.REFUSED)).reason == reason
    report: list[str] = []
    assert not await check(settings(urls[listener], room="lobby", tls=ours), report.append)
    *before, last = report[1:]
    assert [row.split()[0] for row in before] == [Step.SETTINGS, Step.NAME, Step.TCP]
    assert last == f"  TLS        failed: {reason}"


async def test_tls_to_a_plain_port(take_seat: TakeSeat, node: Broker) -> None:
    state = await take_seat(f"amqps://127.0.0.1:{node.port}").reach(Phase.RECONNECTING)
    assert state.reason == f"127.0.0.1:{node.port} does not speak TLS; use amqp://"


async def test_plain_to_a_tls_port(take_seat: TakeSeat, urls: Mapping[str, str]) -> None:
    state = await take_seat(urls["good"].replace("amqps", "amqp")).reach(Phase.RECONNECTING)
    assert state.reason.endswith("; if it speaks TLS, use amqps://")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"ca_file": "missing.pem"}, "cannot read {folder}/missing.pem: no such file or directory"),
        ({"ca_file": "/dev/zero"}, "cannot read /dev/zero: it is not a regular file"),
        ({"ca_file": "ann.key"}, "{folder}/ann.key holds no certificates in PEM format"),
        (
            {"cert_file": "ann.pem", "key_file": "eve.key"},
            "{folder}/ann.pem and {folder}/eve.key: "
            "not a certificate and its key, unencrypted, in PEM format",
        ),
    ],
)
async def test_unusable_files_are_named(
    take_seat: TakeSeat, files: Path, options: dict[str, str], problem: str
) -> None:
    state = await take_seat("amqps://127.0.0.1", tls=tls(files, **options)).reach(Phase.REFUSED)
    assert state.reason == problem.format(folder=files)
