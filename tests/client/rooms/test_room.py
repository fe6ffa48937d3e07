"""What a room says of what has come in it."""

from amqpchat_tui.client.identity import Identity
from amqpchat_tui.client.rooms.room import Room
from amqpchat_tui.model import NoStore
from tests.support.fake_client import ROOM, message

WINDOW = 40


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


def test_how_much_of_the_window_had_come_is_told() -> None:
    ops = room()
    for count, filled in (WINDOW // 4, 0.25), (WINDOW, 1.0), (0, 0.0):
        ops.inbox.receive([(tag, message("bob", "hello")) for tag in range(1, count + 1)])
        arrived = ops.drain(WINDOW)
        assert (len(arrived.entries), arrived.filled, arrived.more) == (count, filled, False)


def test_duplicates_and_notices_of_our_own_take_no_place_but_the_duplicates_tag() -> None:
    ops = room()
    for _ in range(WINDOW):
        ops.inbox.put(message("bob", "hello"))
    assert not ops.drain(WINDOW).filled, "the broker waits for nothing"
    ops.inbox.receive([(tag, None) for tag in range(1, WINDOW + 1)])
    assert ops.drain(WINDOW).filled == 1.0
