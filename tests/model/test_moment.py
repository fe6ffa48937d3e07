import pytest

from amqpchat_tui.model import Gap, Moment


def test_what_has_passed_is_measured_though_the_clock_was_set_back() -> None:
    began, ended = Moment(wall=5000.0, steady=10.0), Moment(wall=1406.0, steady=16.0)
    assert ended - began == 6.0
    assert min(ended, began) is began
    assert Gap.between(began, ended) == Gap(5000.0, 1406.0, seconds=6.0)


def test_before_is_earlier_by_both_clocks() -> None:
    assert Moment(wall=100.0, steady=50.0).before(20.0) == Moment(wall=80.0, steady=30.0)


def test_now_is_later_each_time_whatever_the_wall_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Moment.now()
    monkeypatch.setattr("time.time", lambda: before.wall - 3600)
    after = Moment.now()
    assert after.wall < before.wall
    assert after - before >= 0
