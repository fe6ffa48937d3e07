"""What is said of the connection: in the scrollback when it changes, in the status line who could read it."""

import pytest

from amqpchat_tui.config import ConnectionSettings, Secret, Tls
from amqpchat_tui.config.broker_url import parse_broker_url
from amqpchat_tui.model import ConnectionState, NoticeKind, Phase
from amqpchat_tui.wording.connection import news, warning

KEPT = "What you type is kept and sent when the connection is back."


def state(phase: Phase, reason: str = "") -> ConnectionState:
    return ConnectionState(phase, "mq.example.org:5672", reason)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Phase.CONNECTING, state(Phase.ONLINE), None),
        (Phase.ONLINE, state(Phase.RECONNECTING, "it broke"), (f"Not connected: it broke. {KEPT}", "error")),
        (Phase.RECONNECTING, state(Phase.RECONNECTING, "nobody listens"), None),
        (Phase.RECONNECTING, state(Phase.ONLINE), ("Connected to mq.example.org:5672.", "info")),
        (Phase.ONLINE, state(Phase.BLOCKED, "the broker is full"), ("The broker is full.", "error")),
        (Phase.BLOCKED, state(Phase.ONLINE), ("The broker accepts messages again.", "info")),
        (
            Phase.CONNECTING,
            state(Phase.REFUSED, "no such vhost"),
            ("Refused: no such vhost. /reconnect tries again.", "error"),
        ),
    ],
)
def test_changes_are_told_once_and_in_sentences(
    before: Phase, after: ConnectionState, said: tuple[str, str] | None
) -> None:
    told = news(state(before), after)
    assert told == (said and (said[0], NoticeKind(said[1])))


@pytest.mark.parametrize(
    ("url", "insecure", "said"),
    [
        ("amqp://alice:secret@broker.example.org", False, "not encrypted"),
        ("amqp://alice:secret@192.0.2.7", False, "not encrypted"),
        ("amqps://alice:secret@broker.example.org", False, ""),
        ("amqps://alice:secret@broker.example.org", True, "certificate not verified"),
        ("amqp://broker.example.org", True, "certificate not verified, not encrypted"),
        ("amqp://localhost", False, ""),
    ],
)
def test_what_others_could_read_is_warned_of(url: str, insecure: bool, said: str) -> None:
    brokers = (parse_broker_url(Secret(url)),)
    assert warning(ConnectionSettings(brokers=brokers, tls=Tls(insecure_skip_verify=insecure))) == said
