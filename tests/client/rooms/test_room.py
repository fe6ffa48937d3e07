"""What a room says of what has come in it."""

from amqpchat_tui.client.identity import Identity
from amqpchat_tui.client.rooms.room import PRESSING_SHARE, Room
from amqpchat_tui.model import NoStore
from tests.support.fake_client import ROOM, message

WINDOW = 40
PRESSING = int(WINDOW * PRESSING_SHARE)


def room() -> Room:
    return Room(
        ROOM,
        session="5e55",
        identity=Identity(lambda _: None),
        mailbox=lambda: "",
        queue_length=1_000,
        window=WINDOW,
        store=NoStore(),
        brokers=(),
        arrived=lambda _: None,
        outbox_changed=lambda _: None,
        changed=lambda _: None,
    )


def test_what_fills_much_of_the_window_is_pressing() -> None:
    ops = room()
    for count, pressing in (PRESSING - 1, False), (PRESSING, True), (1, False):
        ops.inbox.receive([(tag, message("bob", "hello")) for tag in range(1, count + 1)])
        arrived = ops.drain(WINDOW)
        assert (len(arrived.entries), arrived.pressing, arrived.more) == (count, pressing, False)


def test_duplicates_and_notices_of_our_own_take_no_place_but_the_duplicates_tag() -> None:
    ops = room()
    for _ in range(PRESSING):
        ops.inbox.put(message("bob", "hello"))
    assert not ops.drain(WINDOW).pressing, "the broker waits for nothing"
    ops.inbox.receive([(tag, None) for tag in range(1, PRESSING + 1)])
    assert ops.drain(WINDOW).pressing
