"""Sentences about a room's history."""

import pytest

from amqpchat_tui.wording.history import describe_limit, describe_stream


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (0, "ops has an empty history. "),
        (1, "The history of ops has about 1 message. "),
        (1234, "The history of ops has about 1,234 messages. "),
    ],
)
def test_how_much_a_history_has(count: int, says: str) -> None:
    assert describe_stream("ops", "ops.history", count, None, limits=(), hosted=True).startswith(says)


@pytest.mark.parametrize(
    ("argument", "value", "says"),
    [
        ("x-max-age", "1D", "it keeps lines for 1 day"),
        ("x-max-age", "30D", "it keeps lines for 30 days"),
        ("x-max-age", "12h", "it keeps lines for 12h"),
        ("x-max-age", "", "it keeps lines however old they are"),
        ("x-max-length-bytes", "10000000", "it keeps 10 MB at most"),
        ("x-max-length-bytes", "2500000000", "it keeps 2,500 MB at most"),
        ("x-max-length-bytes", "", "it keeps however much is said"),
        ("x-stream-max-segment-size-bytes", "500000000", ""),
    ],
)
def test_what_a_history_keeps_otherwise(argument: str, value: str, says: str) -> None:
    assert describe_limit(argument, value) == says
