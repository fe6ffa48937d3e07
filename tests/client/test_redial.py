import pytest

from amqpchat_tui.client.redial import (
    LONGEST_SECONDS,
    OTHERS_LONGEST_SECONDS,
    SHORTEST_SECONDS,
    AddressRotation,
    BackOff,
)


def longest(low: float, high: float) -> float:
    return high


def shortest(low: float, high: float) -> float:
    return low


def test_waits_grow_by_a_quarter_up_to_the_longest_and_begin_again() -> None:
    back_off = BackOff(longest)
    waits = [back_off.next() for _ in range(18)]
    assert waits[:4] == [1, 1.25, 1.5625, 1.953125]
    assert waits[-3] < waits[-2] == waits[-1] == LONGEST_SECONDS
    back_off.reset()
    assert back_off.next() == 1


def test_waits_are_random_in_their_upper_half() -> None:
    back_off = BackOff(shortest)
    assert [back_off.next() for _ in range(3)] == [SHORTEST_SECONDS, 0.625, 0.78125]


@pytest.fixture
def rotation() -> AddressRotation:
    return AddressRotation(3, BackOff(longest))


def test_takes_addresses_in_turn_and_waits_after_each_round(rotation: AddressRotation) -> None:
    dialled = [(rotation.address, rotation.failed()) for _ in range(7)]
    assert dialled == [(0, 0), (1, 0), (2, 1), (0, 0), (1, 0), (2, 1.25), (0, 0)]
    assert rotation.failures == 7


def test_leaves_out_who_refused_until_all_have(rotation: AddressRotation) -> None:
    rotation.failed()
    assert rotation.refused() == 0  # address 1
    assert rotation.address == 2
    assert rotation.failed() == 1
    assert [(rotation.address, rotation.failed()) for _ in range(3)] == [(0, 0), (2, 1.25), (0, 0)]
    rotation.refused()
    assert rotation.address == 0
    assert rotation.refused() is None


def test_a_round_ends_with_a_refusal_too(rotation: AddressRotation) -> None:
    rotation.failed()
    rotation.failed()
    assert rotation.refused() == 1
    assert rotation.address == 0


def test_online_forgets_failures_but_not_the_back_off(rotation: AddressRotation) -> None:
    for _ in range(3):
        rotation.failed()
    rotation.online()
    assert rotation.failures == 0
    assert [rotation.lost(stable=False) for _ in range(3)] == [0, 0, 1.25]


def test_others_may_be_away_as_long_as_our_next_wait_would_have_been(rotation: AddressRotation) -> None:
    assert rotation.online() == 0
    rotation.failed()
    assert rotation.online() == 0, "another address was there"
    for _ in range(6):
        rotation.failed()
    assert rotation.online() == 1.5625
    assert rotation.online() == 0
    for _ in range(60):
        rotation.failed()
    assert rotation.online() == OTHERS_LONGEST_SECONDS


def test_whoever_is_asked_to_dial_now_waits_for_nobody(rotation: AddressRotation) -> None:
    for _ in range(6):
        rotation.failed()
    rotation.reset()
    assert rotation.online() == 0


def test_a_stable_connection_is_dialled_again_at_once_at_its_address(rotation: AddressRotation) -> None:
    rotation.failed()
    rotation.online()
    assert rotation.lost(stable=True) == 0
    assert rotation.address == 1


def test_afresh_forgets_refusals_and_back_off() -> None:
    rotation = AddressRotation(1, BackOff(longest))
    rotation.failed()
    assert rotation.refused() is None
    rotation.reset()
    assert rotation.failures == 0
    assert rotation.failed() == 1
