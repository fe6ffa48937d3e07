"""A few joins and cuts; `python -m tests.soak.past` has more of them, faster ones and fewer texts."""

import pytest

from tests.support.both import pytest_generate_tests as pytest_generate_tests
from tests.support.embedded import AnyBroker

from .past import soak


@pytest.mark.parametrize("cuts", [False, True], ids=["joins", "cuts"])
async def test_history_and_live_lines_together_are_what_was_said(broker: AnyBroker, cuts: bool) -> None:
    verdicts = await soak(broker, 2, 20.0, 6, 20.0, cuts=cuts)
    assert [verdict for verdict in verdicts if not verdict.right] == []
