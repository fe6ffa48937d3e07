"""The budget of a room, as its table has it."""

import pytest

from amqpchat_tui.chat.people import budget


@pytest.mark.parametrize(
    ("people", "interval", "deliveries"),
    [
        (1, 15, 1 / 15),
        (30, 15, 60),
        (75, 15, 375),
        (300, 60, 1_500),
        (1_000, 200, 5_000),
        (3_000, 900, 10_000),
    ],
)
def test_each_says_so_less_often_where_there_are_more(
    people: int, interval: float, deliveries: float
) -> None:
    assert budget.interval(people) == interval
    assert people * people / budget.interval(people) == pytest.approx(deliveries, rel=0.1)


def test_one_of_eight_is_in_the_census() -> None:
    counted = sum(budget.in_census(f"{number:016x}") for number in range(8_000))
    assert 900 < counted < 1_100


def test_a_large_census_has_the_same_budget() -> None:
    people = 30_000
    census = people // budget.CENSUS_SHARE
    assert census / budget.census_interval(people, census) <= budget.rate(people)
    assert budget.census_interval(3_000, 375) == budget.CENSUS_INTERVAL_SECONDS
