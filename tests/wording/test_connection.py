"""What the scrollback says when the connection changes."""

import pytest

from amqpchat_tui.model import ConnectionState, NoticeKind, Phase
from amqpchat_tui.wording.connection import news

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
