"""Whose turn it is among newcomers: a few of however many come first, and all others wait."""

from random import Random

import pytest

from amqpchat_tui.chat.people import budget
from amqpchat_tui.chat.people.turn import (
    CENSUS_SECONDS,
    LISTEN_SECONDS,
    MAX_PAUSE_SECONDS,
    WINDOW_SECONDS,
    Turn,
)
from tests.support.crowd import Crowd

RATE = budget.MESSAGES_PER_SECOND


def turns(number: int, *, in_census: bool = False) -> list[Turn]:
    return [Turn(0.0, Random(n), in_census=in_census) for n in range(number)]


@pytest.mark.parametrize("number", [1, 30, 1_000, 10_000])
def test_of_however_many_only_a_few_are_first(number: int) -> None:
    dues = sorted(turn.due for turn in turns(number))
    assert dues[0] >= LISTEN_SECONDS + CENSUS_SECONDS
    assert dues[-1] <= LISTEN_SECONDS + CENSUS_SECONDS + WINDOW_SECONDS
    heard_at = dues[0] + 0.05  # what a busy broker takes
    assert sum(due <= heard_at for due in dues) <= 6


def test_what_is_heard_uses_up_the_budget() -> None:
    (turn,) = turns(1)
    for _ in range(10):
        turn.hear_another(RATE, 1.0)
    earliest = 1.0 + 10 / RATE + LISTEN_SECONDS
    assert earliest <= turn.due <= earliest + CENSUS_SECONDS + WINDOW_SECONDS
    assert turn.others == 10


def test_a_flood_of_made_up_newcomers_silences_nobody_for_long() -> None:
    (turn,) = turns(1)
    for _ in range(10_000):
        turn.hear_another(RATE, 1.0)
    assert turn.due <= 1.0 + MAX_PAUSE_SECONDS + LISTEN_SECONDS + CENSUS_SECONDS + WINDOW_SECONDS


def test_the_census_comes_first() -> None:
    assert min(turn.due for turn in turns(125, in_census=True)) < min(turn.due for turn in turns(875))


@pytest.mark.parametrize("loss", [0.0, 0.2])
def test_the_first_seconds_of_a_storm_are_within_the_budget(loss: float) -> None:
    crowd = Crowd(1_000, loss)
    crowd.join(crowd.add(1_000), within=1.0)
    crowd.run(5)
    messages, _, deliveries = crowd.traffic.worst(0, 5)
    assert messages <= 2 * RATE
    assert deliveries <= budget.DELIVERIES_PER_SECOND
    assert all(program.known for program in crowd.programs)
    said = {session for program in crowd.programs for session in program.known}
    assert sum(map(budget.in_census, said)) > 2 / budget.CENSUS_SHARE * len(said)  # these come first
