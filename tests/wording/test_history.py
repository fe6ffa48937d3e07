"""Sentences about a room's history."""

import pytest

from amqpchat_tui.wording.history import describe_stream


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (0, "ops has an empty history. "),
        (1, "The history of ops has about 1 message. "),
        (1234, "The history of ops has about 1,234 messages. "),
    ],
)
def test_how_much_a_history_has(count: int, says: str) -> None:
    assert describe_stream("ops", "ops.history", count, None, hosted=True).startswith(says)
