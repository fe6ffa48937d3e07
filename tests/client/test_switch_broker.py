"""Switching to another broker, as when there is none at the first address."""

from amqpchat_tui.config import ConnectionSettings
from amqpchat_tui.model import Phase
from tests.storage.support import bodies
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from .conftest import Join, TakeSeat
from .support import address


async def test_the_other_broker_gets_what_no_room_has_heard(take_seat: TakeSeat, amqp_url: str) -> None:
    ann = take_seat(f"amqp://127.0.0.1:{free_port()}")
    refused = await ann.pass_through(Phase.RECONNECTING)
    assert (refused.nobody_listens, refused.product) == (True, "")
    ann.say("is this the room?")
    ann.client.switch_broker(ConnectionSettings(brokers=(address(amqp_url),)))
    await ann.hear("is this the room?")
    state = ann.client.state
    assert (state.phase, state.broker, state.nobody_listens) == (Phase.ONLINE, address(amqp_url).label, False)
    assert state.product in ("RabbitMQ", "amqpchat")
    await ann.close()
    assert bodies() == []


async def test_a_line_left_from_last_time_is_offered_where_it_was_meant_for(
    take_seat: TakeSeat, join: Join, amqp_url: str
) -> None:
    nowhere = f"amqp://127.0.0.1:{free_port()}"
    ann = take_seat(nowhere)
    ann.say("kept")
    await ann.close()
    bea = await join()
    assert not bea.outbox()
    bea.client.switch_broker(ConnectionSettings(brokers=(address(nowhere),)))
    await wait_until(lambda: [line.body for line in bea.outbox()] == ["kept"], what=lambda: str(bea.outbox()))
