"""A hosted chat with accounts: who is let in, also by whoever takes over, and how others are invited."""

import aio_pika
import pytest
from aiormq.exceptions import AMQPConnectionError

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.client.dialer import PlainDialer
from amqpchat_tui.config import Secret
from amqpchat_tui.hosting import HostingDialer, ListenAddress, parse_listen
from amqpchat_tui.model import Phase
from tests.client.support import Seat, settings
from tests.support.ports import free_port

PASSWORDS = {"ann": "o:1", "bob": "p@2", "Zoë ☃": "q/3"}


def place(listen: str, *users: str) -> ListenAddress:
    """Where a chat is hosted by the first of these users."""
    return parse_listen(listen, "of guest").for_accounts({user: Secret(PASSWORDS[user]) for user in users})


def seat(port: int, *users: str) -> Seat:
    """The first of these users, who hosts a chat for all of them when nobody else does."""
    here = place(f"127.0.0.1:{port}", *users)
    dialer = HostingDialer(PlainDialer(), here, ["ops"], wanted=True)
    client = AmqpClient(settings(here.url.reveal(), room="ops", nick=users[0]), dialer=dialer)
    return Seat(client)


@pytest.mark.broker
async def test_who_takes_over_lets_in_the_same_people_and_nobody_else() -> None:
    port = free_port()
    ann, bob = seat(port, "ann", "bob"), seat(port, "bob", "ann")
    ann.client.start(ann)
    assert (await ann.reach(Phase.ONLINE)).hosting
    bob.client.start(bob)
    assert not (await bob.reach(Phase.ONLINE)).hosting
    await ann.client.close()
    await bob.pass_through(Phase.RECONNECTING)
    assert (await bob.reach(Phase.ONLINE)).hosting
    async with await aio_pika.connect(f"amqp://ann:o%3A1@127.0.0.1:{port}/"):
        pass
    for stranger in "guest:guest", "guest:of guest", "ann:p%402":
        with pytest.raises(AMQPConnectionError):
            await aio_pika.connect(f"amqp://{stranger}@127.0.0.1:{port}/")
    await bob.client.close()


def test_who_hosts_it_logs_in_as_the_first() -> None:
    here = place("0.0.0.0:5673", "bob", "ann")
    assert here.url.reveal() == "amqp://bob:p%402@127.0.0.1:5673"
    assert list(here.users()) == ["bob", "ann"]
    assert here.users()["ann"].fits("o:1")


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("bob", "amqpchat --url amqp://bob@broker.example.org:5673 --name bob --room ops"),
        (
            "Zoë ☃",
            "amqpchat --url amqp://Zo%C3%AB%20%E2%98%83@broker.example.org:5673 --name 'Zoë ☃' --room ops",
        ),
        ("b" * 33, f"amqpchat --url amqp://{'b' * 33}@broker.example.org:5673 --room ops"),
    ],
)
def test_others_are_invited_under_the_name_of_their_account_and_told_no_password(
    user: str, command: str
) -> None:
    assert place("broker.example.org:5673", "ann", "bob").join_command(["ops"], user) == command
