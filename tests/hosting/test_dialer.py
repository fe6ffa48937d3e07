"""Who hosts the room, and when: dials in vain, and ports that are free, taken or kept."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from amqpchat_tui.broker import Host
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.client.dialer import PlainDialer, Tell
from amqpchat_tui.client.errors import ConnectionProblem, NobodyListens, Refused, Unreachable
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.config import BrokerAddress, ConnectionSettings, Secret
from amqpchat_tui.hosting import HostingDialer, parse_listen
from amqpchat_tui.hosting.dialer import HOST_PRODUCT
from amqpchat_tui.model import NoticeKind, Phase
from tests.client.support import Seat, address, settings
from tests.support.ports import free_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.broker

HOSTING = "You host the chat on 127.0.0.1:{}, in memory only, with a history that lives as long as its host."


class Somebody:
    """Who dials and perhaps hosts; also the dialer beneath, which only looks whether the port is open."""

    hosting = False

    def __init__(self, port: int, *, wanted: bool = True, users: Sequence[str] = ()) -> None:
        self.port = port
        here = parse_listen(f"127.0.0.1:{port}", None)
        if users:
            here = here.for_accounts(dict.fromkeys(users, Secret("secret")))
        self.dialer = HostingDialer(self, here, ["ops"], wanted=wanted)
        self.product = HOST_PRODUCT
        """What a broker that is found calls itself."""
        self.problem: ConnectionProblem | None = None
        """What dials meet, unless that is a matter of the port."""
        self.dials = 0
        self.notices: list[tuple[str, NoticeKind]] = []

    @property
    def hosts(self) -> bool:
        return self.dialer.hosting

    @property
    def told(self) -> str:
        return " ".join(text for text, _ in self.notices)

    async def dial_in(self) -> bool:
        """Dial; tell whether that gives a connection."""
        connection = ConnectionSettings(brokers=(address(f"amqp://127.0.0.1:{self.port}"),))
        with contextlib.suppress(ConnectionProblem):
            await self.dialer.dial(
                connection.brokers[0], connection, "", lambda *notice: self.notices.append(notice)
            )
            return True
        return False

    # client.dialer.Dialer

    async def dial(self, address: BrokerAddress, settings: ConnectionSettings, name: str, tell: Tell) -> Link:
        self.dials += 1
        await asyncio.sleep(0)
        if self.problem is not None:
            raise self.problem
        if self.product == HOST_PRODUCT and not listens(self.port):
            raise NobodyListens("nobody listens")
        return cast("Link", SimpleNamespace(product=self.product))

    async def close(self) -> None: ...


Come = Callable[..., Somebody]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def come(port: int) -> AsyncIterator[Come]:
    """A function that lets somebody come who may host; all leave in the end."""
    people: list[Somebody] = []

    def come_one(*, wanted: bool = True, users: Sequence[str] = ()) -> Somebody:
        people.append(Somebody(port, wanted=wanted, users=users))
        return people[-1]

    yield come_one
    for somebody in people:
        await somebody.dialer.close()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def kept(port: int) -> Iterator[None]:
    """Keep a port without listening on it."""
    with socket.socket() as keeper:
        keeper.bind(("127.0.0.1", port))
        yield


async def test_a_refused_dial_opens_the_room_and_is_repeated(come: Come, port: int) -> None:
    ann = come()
    assert await ann.dial_in()
    assert ann.hosts
    assert listens(port)
    assert ann.dials == 2
    assert ann.told == (
        f"{HOSTING.format(port)} Others on this machine join with: "
        f"amqpchat --host --listen 127.0.0.1:{port} --room ops"
    )


@pytest.mark.parametrize(
    ("users", "invitation"),
    [
        (["ann"], "Nobody else has an account."),
        (
            ["ann", "bob", "carol"],
            "Others on this machine join with AMQPCHAT_PASSWORD set to their password, and:\n"
            "amqpchat --url amqp://bob@127.0.0.1:{port} --name bob --room ops\n"
            "amqpchat --url amqp://carol@127.0.0.1:{port} --name carol --room ops",
        ),
    ],
)
async def test_those_with_accounts_are_invited_one_by_one(
    come: Come, port: int, users: list[str], invitation: str
) -> None:
    ann = come(users=users)
    assert await ann.dial_in()
    assert ann.told == (f"{HOSTING.format(port)} {invitation.format(port=port)}")


async def test_of_two_at_once_one_hosts_and_the_other_when_that_leaves(come: Come, port: int) -> None:
    people = come(), come()
    await asyncio.gather(*(somebody.dial_in() for somebody in people))
    first, second = sorted(people, key=lambda somebody: not somebody.hosts)
    assert (first.hosts, second.hosts) == (True, False)
    assert await second.dial_in()
    assert (
        second.told
        == f"The chat is hosted on 127.0.0.1:{port} already. When its host leaves, it goes on here."
    )

    await first.dialer.close()
    assert not listens(port)
    assert await second.dial_in()
    assert second.hosts
    assert listens(port)
    assert second.told.endswith(f"The host has left. You host the chat now, on 127.0.0.1:{port}.")


async def test_a_broker_that_is_no_amqpchat_s_finds_its_port_free_when_it_returns(
    come: Come, port: int
) -> None:
    ann = come()
    ann.product = "RabbitMQ"
    assert await ann.dial_in()
    assert ann.told == f"RabbitMQ runs on 127.0.0.1:{port} already: the chat is there."
    ann.problem = NobodyListens("nobody listens")
    assert not await ann.dial_in()
    assert not ann.hosts
    assert not listens(port)
    assert ann.dials == 2


@pytest.mark.parametrize("problem", [Refused("it does not let us in"), Unreachable("it speaks no AMQP")])
async def test_whatever_else_has_the_port_is_told_once(come: Come, problem: ConnectionProblem) -> None:
    ann = come()
    ann.problem = problem
    assert not await ann.dial_in()
    assert not await ann.dial_in()
    text = "No chat is hosted here. Name another place for it with --listen HOST:PORT."
    assert ann.notices == [(text, NoticeKind.ERROR)]


async def test_a_port_that_is_kept_for_something_else_is_told_at_the_second_dial(
    come: Come, port: int
) -> None:
    ann = come()
    with kept(port):
        for dials in 1, 2, 3:
            assert not await ann.dial_in()
            assert len(ann.notices) == (dials > 1)
    assert ann.told.startswith(
        f"No chat is hosted here. Another program uses 127.0.0.1:{port} already; choose another port"
    )
    assert await ann.dial_in()
    assert ann.hosts


async def test_nothing_is_hosted_before_the_person_says_so(come: Come, port: int) -> None:
    ann = come(wanted=False)
    assert not await ann.dial_in()
    assert not listens(port)
    ann.dialer.host()
    assert await ann.dial_in()
    assert ann.hosts


async def test_a_dial_that_is_given_up_while_the_room_opens_opens_none(
    come: Come, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, listening = asyncio.get_running_loop(), asyncio.Event()
    create_server = loop.create_server

    async def create_slowly(*arguments: Any, **options: Any) -> asyncio.Server:
        server = await create_server(*arguments, **options)
        listening.set()
        await asyncio.sleep(0)
        return server

    monkeypatch.setattr(loop, "create_server", create_slowly)
    ann = come()
    dialling = asyncio.create_task(ann.dial_in())
    await listening.wait()
    assert listens(port)
    dialling.cancel()
    await asyncio.wait({dialling})
    assert dialling.cancelled()
    assert not ann.hosts
    assert not listens(port)


async def test_an_error_of_our_own_is_told_and_dials_go_on(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(_: Host) -> None:
        raise RuntimeError

    monkeypatch.setattr(Host, "start", crash)
    ann = come()
    for _ in range(2):
        assert not await ann.dial_in()
    assert ann.told == "No chat is hosted here. An error inside amqpchat; its log has the details."
    assert ann.dials == 2


async def test_the_client_shows_who_hosts_and_leaves_only_when_its_own_lines_are_out(port: int) -> None:
    url = f"amqp://127.0.0.1:{port}"
    dialer = HostingDialer(PlainDialer(), parse_listen(f"127.0.0.1:{port}", None), ["ops"], wanted=True)
    ann = Seat(AmqpClient(settings(url, room="ops"), dialer=dialer))
    bea = Seat(AmqpClient(settings(url, room="ops", nick="bea")))
    ann.client.start(ann)
    state = await ann.reach(Phase.ONLINE)
    assert (state.hosting, state.product) == (True, HOST_PRODUCT)
    assert ann.phases == [Phase.ONLINE]
    assert ann.notices[0].startswith(f"You host the chat on 127.0.0.1:{port}")
    bea.client.start(bea)
    assert not (await bea.reach(Phase.ONLINE)).hosting
    ann.say("bye")
    await ann.client.close()
    await bea.hear("bye")
    await wait_until(lambda: not listens(port), what="the port to be free")
    await bea.client.close()
