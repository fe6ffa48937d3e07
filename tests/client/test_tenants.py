"""Who lives on a connection, without a broker: let in one after the other, each with its own troubles."""

import pytest

from amqpchat_tui.client import tenants
from amqpchat_tui.client.errors import ChannelLost, RoomRefused
from amqpchat_tui.model import Phase

from .house import FakeTenant, House


async def test_who_loses_a_channel_lives_again_on_the_same_link(house: House) -> None:
    await house.first.end(ChannelLost("our queue is gone"))
    await house.reach(lambda: house.first.lives == 2, "another life")
    assert house.first.ends == [(0.0, None)]
    assert (house.second.lives, house.second.ends) == (1, [])
    assert house.dialer.dials == 1


async def test_who_loses_channels_all_the_time_is_refused_and_told_why(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "STABLE_SECONDS", 3600.0)
    for life in range(1, tenants.FAILED_TRIES + 1):
        await house.first.reach_life(life)
        await house.first.end(ChannelLost("our queue is gone"))
    await house.reach(lambda: len(house.first.ends) == tenants.FAILED_TRIES, "the last end")
    reasons = [refusal and refusal.reason for _, refusal in house.first.ends]
    assert reasons == [None, None, "our queue is gone"]
    assert (house.second.ends, house.dialer.dials) == ([], 1)


async def test_a_tenant_alone_that_loses_its_channel_has_a_new_link(house: House) -> None:
    refusal = RoomRefused("no such room")
    await house.second.end(refusal)
    await house.reach(lambda: house.second.ends, "the other to end")
    await house.first.end(ChannelLost("our queue is gone"))
    await house.reach(lambda: house.second.lives == 2, "both to live again")
    assert house.second.ends == [(0.0, refusal), (0.0, refusal)]
    assert house.dialer.dials == 2
    assert house.states[1].reason == "our queue is gone"


async def test_a_refusal_of_all_is_one_of_the_connection(house: House) -> None:
    await house.second.end(RoomRefused("not the second"))
    await house.reach(lambda: house.second.ends, "the second to end")
    assert house.connection.state.phase is Phase.ONLINE
    await house.first.end(RoomRefused("not the first"))
    await house.reach(lambda: house.connection.state.phase is Phase.REFUSED, "the refusal")
    assert house.connection.state.reason == "not the first"
    assert house.dialer.events == ["dialled", "link closed"]


async def test_a_cancellation_that_nobody_asked_for_loses_the_link(house: House) -> None:
    await house.first.end(None)
    await house.reach(lambda: house.first.lives == 2 and house.second.lives == 2, "both to live again")
    assert house.states[1].reason == "the connection broke"


async def test_one_who_was_refused_is_tried_again_now_and_then(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "RETRY_SECONDS", 0.01)
    await house.first.end(RoomRefused("not now"))
    await house.first.reach_life(2)
    assert house.first.moves == 1
    assert (house.second.ends, house.dialer.dials) == ([], 1)


async def test_one_who_was_refused_is_tried_again_when_the_person_wants_it(house: House) -> None:
    await house.first.end(RoomRefused("not now"))
    await house.reach(lambda: house.first.ends, "the refusal")
    house.connection.tenants.try_again(house.first)
    await house.first.reach_life(2)
    assert house.dialer.dials == 1


async def test_a_connection_is_dialled_again_for_whoever_the_person_wants_to_be_let_in(house: House) -> None:
    third = FakeTenant()
    for tenant in house.first, house.second:
        await tenant.end(RoomRefused("nobody is wanted"))
    await house.reach(lambda: house.connection.state.phase is Phase.REFUSED, "the refusal")
    house.connection.tenants.add(third)
    for tenant, life in (house.first, 2), (house.second, 2), (third, 1):
        await tenant.reach_life(life)
    assert house.dialer.dials == 2


async def test_they_are_let_in_one_after_the_other_the_first_before_all_others(house: House) -> None:
    others = [FakeTenant() for _ in range(4)]
    for tenant in others:
        tenant.joins = False
        house.connection.tenants.add(tenant)
    inside, waiting, removed, first = others
    await inside.reach_life(1)
    house.connection.tenants.put_first(first)
    await house.connection.tenants.remove(removed)
    for tenant, lives in (inside, [1, 0, 0, 0]), (first, [1, 0, 0, 1]), (waiting, [1, 1, 0, 1]):
        await tenant.reach_life(1)
        assert [other.lives for other in others] == lives
        tenant.join()


async def test_one_who_waits_inside_and_is_refused_lets_the_next_one_in(house: House) -> None:
    one, another = FakeTenant(), FakeTenant()
    one.joins = False
    for tenant in one, another:
        house.connection.tenants.add(tenant)
    await one.reach_life(1)
    assert another.lives == 0
    await one.end(RoomRefused("not this one"))
    await another.reach_life(1)


async def test_who_is_removed_moves_out_and_the_others_stay(house: House) -> None:
    await house.connection.tenants.remove(house.first)
    assert (house.first.moves, house.first.lives) == (1, 1)
    assert (house.second.ends, house.dialer.dials) == ([], 1)
    house.connection.tenants.add(house.first)
    await house.first.reach_life(2)


async def test_when_only_refused_ones_remain_the_connection_is_refused(house: House) -> None:
    await house.second.end(RoomRefused("not the second"))
    await house.reach(lambda: house.second.ends, "the second to end")
    await house.connection.tenants.remove(house.first)
    await house.reach(lambda: house.connection.state.phase is Phase.REFUSED, "the refusal")
    assert house.connection.state.reason == "not the second"


async def test_who_was_refused_is_tried_again_when_somebody_has_left(house: House) -> None:
    third = FakeTenant()
    house.connection.tenants.add(third)
    await third.reach_life(1)
    await third.end(RoomRefused("no channels left"))
    await house.reach(lambda: third.ends, "the refusal")
    await house.connection.tenants.remove(house.second)
    await third.reach_life(2)


async def test_who_a_link_is_not_for_is_refused_alone_and_keeps_no_link(house: House) -> None:
    beside = FakeTenant(essential=False)
    house.connection.tenants.add(beside)
    await beside.reach_life(1)
    await house.second.end(RoomRefused("not the second"))
    await house.reach(lambda: house.second.ends, "the second to end")
    await beside.end(RoomRefused("not this one"))
    await house.reach(lambda: beside.ends, "its refusal")
    assert (house.first.ends, house.dialer.dials) == ([], 1)
    house.connection.tenants.try_again(beside)
    await beside.reach_life(2)
    await beside.end(ChannelLost("its channel is gone"))
    await beside.reach_life(3)
    assert (house.first.ends, house.dialer.dials) == ([], 1)
    await house.first.end(RoomRefused("not the first"))
    await house.reach(lambda: house.connection.state.phase is Phase.REFUSED, "the refusal")
    assert house.connection.state.reason == "not the first"
