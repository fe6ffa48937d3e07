import time

import pytest

from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.overflow import Backlog


@pytest.mark.parametrize("set_by", [-3600.0, 3600.0])
def test_a_clock_that_is_set_is_no_standstill(set_by: float, monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = Backlog(Inbox(lambda: None), limit=1000, window=100, heartbeat=10, seek=None)
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + set_by)
    assert backlog.silence == 0
