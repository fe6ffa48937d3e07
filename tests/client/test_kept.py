"""Lines that outlive the program: the client that has them kept, and offers what it finds."""

from collections.abc import Sequence

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import ConversationId, Fate, OutboxLine, Phase
from amqpchat_tui.model.store import NoStore
from amqpchat_tui.storage.files import state_file
from tests.storage.support import bodies, database
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from .conftest import Join, TakeSeat
from .support import PlainListener, Seat, settings


async def offers(seat: Seat, *bodies: str) -> None:
    """Wait until a seat has these lines from last time, and see that it has no others."""
    await wait_until(lambda: len(seat.outbox()) >= len(bodies), what=lambda: str(seat.outbox()))
    offered = [(line.body, line.fate, line.reason) for line in seat.outbox()]
    assert offered == [(body, Fate.FAILED, "kept from last time") for body in bodies]


async def leave_lines(take_seat: TakeSeat, url: str, *bodies: str) -> None:
    """Type lines where there is no broker, and quit."""
    ann = take_seat(url)
    for body in bodies:
        ann.say(body)
    await ann.close()


async def test_unsent_lines_are_offered_again_and_not_sent_by_themselves(
    take_seat: TakeSeat, amqp_url: str, room: str
) -> None:
    await leave_lines(take_seat, amqp_url, "one", "two", "three")
    ann = take_seat(amqp_url)
    await offers(ann, "one", "two", "three")
    one, two, _ = ann.outbox()
    with PlainListener(amqp_url, room) as listener:
        await ann.reach(Phase.ONLINE)
        ann.say("new")
        await ann.hear("new")
        ann.client.resend(ann.conversation, two.message_id)
        await ann.hear("two")
        assert ann.client.withdraw(ann.conversation, one.message_id) is not None
        assert [body.decode() for _, body, _ in listener.heard()] == ["new", "two"]
    await ann.close()
    await offers(take_seat(amqp_url), "three")


async def test_a_line_taken_back_for_editing_is_kept_until_another_is_said(take_seat: TakeSeat) -> None:
    nowhere = f"amqp://127.0.0.1:{free_port()}"
    ann = take_seat(nowhere)
    ann.say("one")
    ann.say("two")
    one, two = ann.outbox()
    ann.client.withdraw(ann.conversation, one.message_id, for_editing=True)
    ann.client.withdraw(ann.conversation, two.message_id)
    await wait_until(lambda: bodies() == ["one"], what=lambda: str(bodies()))
    await ann.close()
    bea = take_seat(nowhere)
    await offers(bea, "one")
    (one,) = bea.outbox()
    bea.client.withdraw(bea.conversation, one.message_id, for_editing=True)
    bea.say("another")
    await wait_until(lambda: bodies() == ["another"], what=lambda: str(bodies()))


async def test_what_the_room_has_heard_is_not_kept(join: Join) -> None:
    ann = await join()
    ann.say("heard")
    await ann.settle()
    await wait_until(lambda: not bodies(), what=lambda: str(bodies()))
    await ann.close()
    assert list(state_file("").iterdir()) == [database()]
    assert not bodies()


async def test_a_disk_that_fails_is_told_once_and_the_chat_goes_on(join: Join) -> None:
    state_file("").parent.mkdir(parents=True)
    state_file("").write_text("no folder")
    ann = await join()
    ann.say("one")
    ann.say("two")
    await ann.settle()
    assert ann.texts == ["one", "two"]
    assert sum("cannot be kept" in notice for notice in ann.notices) == 1


async def test_two_clients_at_once_keep_their_own_lines(take_seat: TakeSeat) -> None:
    nowhere, room = f"amqp://127.0.0.1:{free_port()}", "lobby"
    ann, bea = take_seat(nowhere, room=room), take_seat(nowhere, room=room)
    await bea.be_told_what_is_left()  # else she would be offered what ann leaves
    ann.say("of ann")
    bea.say("of bea")
    await wait_until(lambda: sorted(bodies()) == ["of ann", "of bea"], what=lambda: str(bodies()))
    await ann.close()
    carol = take_seat(nowhere, room=room)
    await offers(carol, "of ann")
    await bea.close()


class KeepsNoted(NoStore):
    """Notes what it is to keep, each time."""

    def __init__(self) -> None:
        self.kept: list[list[str]] = []

    def keep(self, conversation: ConversationId, brokers: Sequence[str], lines: Sequence[OutboxLine]) -> None:
        self.kept.append([line.body for line in lines])


async def test_nothing_changes_what_is_kept_once_the_client_closes() -> None:
    """A change just before would put back what the broker has taken, for the next start to offer again."""
    store = KeepsNoted()
    client = AmqpClient(settings(f"amqp://127.0.0.1:{free_port()}", room="room"), store)
    client.start(Seat(client))
    (lobby,) = client.conversations
    for body in "stays", "goes":
        client.say(lobby, body)
    _, goes = client.outbox(lobby)
    client.withdraw(lobby, goes.message_id)
    store.kept.clear()
    await client.close()
    assert store.kept
    assert all(kept == ["stays"] for kept in store.kept)
