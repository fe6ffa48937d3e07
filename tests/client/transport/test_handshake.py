import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.commands import Connection
from pamqp.frame import marshal

from amqpchat_tui.client.errors import ConnectionProblem, Refused, Unreachable
from amqpchat_tui.client.transport.handshake import KEPT_BYTES, Handshake, explain_refusal

START = marshal(Connection.Start(server_properties={}), 0)
TUNE = marshal(Connection.Tune(0, 131072, 60), 0)
CLOSE = marshal(Connection.Close(530, "NOT_ALLOWED - vhost x not found", 10, 40), 0)


def heard(*parts: bytes) -> Handshake:
    handshake = Handshake()
    for part in parts:
        handshake.hear(part)
    return handshake


@given(st.lists(st.integers(0, len(START + TUNE + CLOSE)), max_size=8))
def test_the_reason_is_found_however_it_came(cuts: list[int]) -> None:
    data = START + TUNE + CLOSE
    ends = [*sorted(cuts), len(data)]
    handshake = heard(*(data[start:end] for start, end in zip([0, *ends], ends, strict=False)))
    assert handshake.refusal == "vhost x not found"


@given(st.binary(max_size=200))
def test_what_is_no_handshake_has_no_reason(data: bytes) -> None:
    assert heard(START, TUNE, CLOSE[:-1], b"\0", data).refusal is None
    assert heard(data, TUNE, CLOSE).refusal in (None, "vhost x not found")


def test_a_login_that_fails_is_not_about_the_virtual_host() -> None:
    assert heard(START, CLOSE).refusal is None


def test_what_comes_later_is_not_kept() -> None:
    handshake = heard(START, TUNE)
    handshake.over()
    handshake.hear(CLOSE)
    assert handshake.refusal is None


def test_a_broker_that_talks_without_end_is_not_listened_to() -> None:
    assert heard(START, TUNE, bytes(KEPT_BYTES), CLOSE).refusal is None


@pytest.mark.parametrize(
    ("said", "problem", "reason"),
    [
        # RabbitMQ, from 3.8 to 4
        ("vhost x not found", Refused, 'no virtual host "x"'),
        ("access to vhost 'x' refused for user 'u'", Refused, 'user u has no access to virtual host "x"'),
        (
            "access to vhost 'x' refused for user 'u': connection limit (3) is reached",
            Unreachable,
            'the connection limit of virtual host "x" is reached (3)',
        ),
        (
            "connection refused for user 'u': user connection limit (1) is reached",
            Unreachable,
            "the connection limit of user u is reached (1)",
        ),
        (
            "connection refused for user 'u': node connection limit (0) is reached",
            Unreachable,
            "the connection limit of the broker is reached (0)",
        ),
        (
            "access to vhost 'x' refused for user 'u': vhost 'x' is down",
            Unreachable,
            'virtual host "x" is down',
        ),
        # LavinMQ
        ("vhost not found", Refused, 'no virtual host "x"'),
        ("'u' doesn't have access to 'x'", Refused, 'user u has no access to virtual host "x"'),
        (
            "access to vhost 'x' refused: connection limit (1) is reached",
            Unreachable,
            'the connection limit of virtual host "x" is reached (1)',
        ),
        # Somebody else
        ("come back later", Unreachable, 'the broker does not open virtual host "x": come back later'),
        ("", Unreachable, 'the broker does not open virtual host "x"'),
    ],
)
def test_each_reason_has_its_words(said: str, problem: type[ConnectionProblem], reason: str) -> None:
    explained = explain_refusal(said, "x", "u")
    assert type(explained) is problem
    assert explained.reason == reason
