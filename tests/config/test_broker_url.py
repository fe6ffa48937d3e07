"""A broker's URL: what it says, and what is said about one that says nothing of use."""

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.config import BrokerAddress, ConfigError, Flags, Secret

from .support import PASSWORD, address, file_refusal, refusal


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "vhost"),
    [
        ("amqp://host", "host", 5672, "guest", "guest", "/"),
        ("amqps://host", "host", 5671, "guest", "guest", "/"),
        ("AMQP://host:1234/", "host", 1234, "guest", "guest", "/"),
        ("amqp://host:/", "host", 5672, "guest", "guest", "/"),
        ("amqp://ann@host", "host", 5672, "ann", "guest", "/"),
        ("amqp://ann:@host", "host", 5672, "ann", "", "/"),
        ("amqp://ann:a:b@host", "host", 5672, "ann", "a:b", "/"),
        ("amqp://a%40b:%2f%40%23%3f%25+@host", "host", 5672, "a@b", "/@#?%+", "/"),
        ("amqp://host/%2F", "host", 5672, "guest", "guest", "/"),
        ("amqp://host//", "host", 5672, "guest", "guest", "/"),
        ("amqp://host/my%2Fvhost", "host", 5672, "guest", "guest", "my/vhost"),
        ("amqp://host/my/vhost", "host", 5672, "guest", "guest", "my/vhost"),
        ("amqp://[::1]", "::1", 5672, "guest", "guest", "/"),
        ("amqp://ann:pw@[fe80::1%25eth0]:1234/v", "fe80::1%eth0", 1234, "ann", "pw", "v"),
    ],
)
def test_url(url: str, host: str, port: int, user: str, password: str, vhost: str) -> None:
    assert address(url) == BrokerAddress(
        tls=url.startswith("amqps"),
        host=host,
        port=port,
        user=user,
        password=Secret(password),
        vhost=vhost,
    )


@pytest.mark.parametrize(
    ("url", "label"), [("amqp://ann:pw@host/v", "host:5672"), ("amqps://[::1]:1234", "[::1]:1234")]
)
def test_label_is_host_and_port(url: str, label: str) -> None:
    assert address(url).label == label


SCHEME = "must begin with amqp:// or, for TLS, amqps:// as in amqp://localhost"
INSTEAD = "or give the password by AMQPCHAT_PASSWORD or connection.password_command"
RAW_SLASH = f"has a raw / or @ in it; percent-encode it as %2F or %40, {INSTEAD}"
PORT = "needs a number from 1 to 65535 as its port"
NO_HOST = "names no host; for a broker on this machine write amqp://localhost"
BRACKETS = "needs an IPv6 address between its brackets, as in amqp://[::1]:5672"
BLANKS = "has blanks or control characters in it; percent-encode them"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", SCHEME),
        ("localhost", SCHEME),
        ("127.0.0.1:5672", SCHEME),
        ("ann:hunter2@host", SCHEME),
        ("http://ann:hunter2@host", SCHEME),
        ("amqp:/host", SCHEME),
        ("amqp://", NO_HOST),
        ("amqp:///vhost", NO_HOST),
        ("amqp://ann:hunter2@:5672", NO_HOST),
        ("amqp://ann:hunter2", PORT),
        ("amqp://ann:hunter2@host:0", PORT),
        ("amqp://ann:hunter2@host:65536", PORT),
        (f"amqp://host:{'1' * 5000}", PORT),
        ("amqp://host:٣", PORT),
        ("amqp://::1", "needs its IPv6 address in brackets, as in amqp://[::1]:5672"),
        ("amqp://[::1", BRACKETS),
        ("amqp://[host]", BRACKETS),
        ("amqp://[::1]5672", BRACKETS),
        ("amqp://ann:hunter2/@host", RAW_SLASH),
        ("amqp://ann:/hunter2@host/v", RAW_SLASH),
        ("amqp://ann:x@/hunter2@host", RAW_SLASH),
        ("amqp://ann:@hunter2@host", f"has a raw @ in it; percent-encode it as %40, {INSTEAD}"),
        ("amqp://ann:hunter2#@host", f"has a raw # in it; percent-encode it as %23, {INSTEAD}"),
        ("amqp://ann:?hunter2@host", f"has a raw ? in it; percent-encode it as %3F, {INSTEAD}"),
        (
            "amqp://ann:hunter2@host?x=1",
            "has a parameter that is not known here; drop the ? and what follows",
        ),
        (
            "amqp://ann:hunter2@host/v?heartbeat=5",
            "heartbeat cannot be set in the URL; set connection.heartbeat in the configuration file",
        ),
        (
            "amqps://host?x=1&CAfile=ca.pem",
            "cafile cannot be set in the URL; set connection.tls.ca_file in the configuration file",
        ),
        ("amqp://ann:hunter2 @host", BLANKS),
        ("amqp://ann:hunter2@host\n", BLANKS),
        (
            "amqp://ann:hunter2%@host",
            "has a % that is not followed by two hex digits; write a % itself as %25",
        ),
        ("amqp://ann:hunter2%ff@host", "has percent-encoded bytes that are not UTF-8"),
        ("amqp://ann:hunter2%00@host", "has percent-encoded control characters; none are allowed"),
        (f"amqp://host/{'v' * 256}", "names a virtual host of more than 255 bytes; AMQP carries no more"),
    ],
)
def test_bad_url(url: str, reason: str) -> None:
    assert refusal(Flags(url=Secret(url))) == f"--url: {reason}"


def test_bad_url_of_each_source_is_named(file: Path) -> None:
    assert refusal(Flags(), {"AMQPCHAT_URL": "host"}) == f"AMQPCHAT_URL: {SCHEME}"
    assert file_refusal(file, '[connection]\nurl = "host"\n') == f"connection.url: {SCHEME}"
    assert (
        file_refusal(file, '[connection]\nurls = ["amqp://host", "host"]\n')
        == f"connection.urls[1]: {SCHEME}"
    )


PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


@given(user=PRINTABLE, password=PRINTABLE, vhost=PRINTABLE.filter(lambda name: len(name) < 60))
def test_percent_encoded_parts_come_out_as_they_went_in(user: str, password: str, vhost: str) -> None:
    user, password, vhost = (part.encode("utf-8", "replace").decode() for part in (user, password, vhost))
    parts = [quote(part, safe="") for part in (user, password, vhost)]
    broker = address("amqp://{}:{}@host/{}".format(*parts))
    assert (broker.user, broker.password.reveal(), broker.vhost) == (user, password, vhost or "/")
    assert (broker.host, broker.port) == ("host", 5672)


@given(before=st.text("/@#?%:[]& =a", max_size=4), after=st.text("/@#?%:[]& =a", max_size=4))
def test_a_raw_password_is_taken_whole_or_refused_and_never_shown(before: str, after: str) -> None:
    password = f"{before}{PASSWORD}{after}"
    try:
        broker = address(f"amqp://ann:{password}@host/v")
    except ConfigError as refused:
        shown = str(refused)
    else:
        assert broker.password.reveal() == password
        assert (broker.host, broker.vhost) == ("host", "v")
        shown = repr(broker)
    assert PASSWORD not in shown


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("amqp://ann:secret@broker.example.org", True),
        ("amqp://broker", True),
        ("amqp://10.0.0.1", True),
        ("amqp://[2001:db8::1]", True),
        ("amqp://localhost.example.org", True),
        ("amqp://ann:@broker", False),
        ("amqps://ann:secret@broker.example.org", False),
        ("amqp://localhost", False),
        ("amqp://LOCALHOST.", False),
        ("amqp://broker.localhost", False),
        ("amqp://127.1.2.3", False),
        ("amqp://[::1]", False),
    ],
)
def test_a_password_that_crosses_a_network_in_the_clear_is_exposed(url: str, exposed: bool) -> None:
    assert address(url).exposed is exposed
