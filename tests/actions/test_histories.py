"""What may follow `/history`."""

import pytest

from amqpchat_tui.actions.histories import check_history, read_history
from amqpchat_tui.model import HistoryLimits
from amqpchat_tui.wire.text import WireError


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("on", (7, 100)),
        ("ON 30d", (30, 100)),
        ("on 5mb", (7, 5)),
        ("on 1d 1MB", (1, 1)),
        ("on 1MB 1d", (1, 1)),
    ],
)
def test_a_history_is_begun_with_limits_that_may_be_left_out(text: str, limits: tuple[int, int]) -> None:
    assert read_history(text) == HistoryLimits(*limits)
    assert check_history(text) == text


@pytest.mark.parametrize("text", ["off", "7d", "on 7", "on 7h", "on 100gb", "on 7d 8mb x"])
def test_anything_else_is_answered_with_what_may_be_said(text: str) -> None:
    with pytest.raises(WireError, match="begin one with /history on"):
        check_history(text)


def test_nothing_is_not_a_history() -> None:
    with pytest.raises(WireError, match="a day and a megabyte at least"):
        check_history("on 0d")
