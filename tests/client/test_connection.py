"""The connection, without a broker."""

from amqpchat_tui.model import Phase

from .house import House


async def test_it_is_online_when_the_first_tenant_has_joined(house: House) -> None:
    assert [state.phase for state in house.states] == [Phase.ONLINE]
    assert house.first.held_until == house.second.held_until, "all are told the same"
    assert house.told == ["dialled as a test"]


async def test_an_error_of_our_own_is_told_and_dialled_again(house: House) -> None:
    await house.first.end(KeyError("ours"))
    await house.reach(lambda: house.dialer.dials == 2, "another dial")
    assert house.states[1].reason == "an error inside amqpchat; its log has the details"


async def test_the_dialer_is_closed_last(house: House) -> None:
    await house.connection.close()
    assert house.dialer.events == ["dialled", "link closed", "dialer closed"]
