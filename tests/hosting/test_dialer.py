"""Who hosts the room, and when: a client that dials in vain, and ports that are free, taken or kept."""

import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from amqpchat_tui.broker import Host
from amqpchat_tui.hosting import Standby, parse_listen
from amqpchat_tui.hosting.dialer import HOST_PRODUCT
from amqpchat_tui.model import ConnectionState, ConversationId, Notice, NoticeKind, Phase
from tests.support.fake_client import BROKER, ROOM, FakeClient, message
from tests.support.ports import free_port
from tests.support.waiting import wait_until


class Member:
    """A client that stands by, and what a screen in front of it has been told."""

    def __init__(self, port: int, *, wanted: bool = True) -> None:
        self.port = port
        self.client = FakeClient()
        self.standby = Standby(self.client, parse_listen(f"127.0.0.1:{port}", None), "ops", wanted=wanted)
        self.states: list[ConnectionState] = []
        self.notices: list[Notice] = []
        self.standby.start(self)

    @property
    def hosts(self) -> bool:
        return self.standby.state.hosting

    @property
    def told(self) -> str:
        return " ".join(notice.text for notice in self.notices)

    async def hosting(self) -> None:
        """Wait until it hosts the room."""
        await wait_until(lambda: self.hosts, what="the room to be hosted")

    async def sees_states(self, count: int) -> None:
        """Wait until so many states of the connection have been told."""
        await wait_until(lambda: len(self.states) == count, what=f"{count} states")

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        self.states.append(state)

    def outbox_changed(self, conversation: ConversationId) -> None: ...

    def entries_arrived(self, conversation: ConversationId) -> None:
        self.notices += [
            entry for entry in self.standby.drain(conversation, 100).entries if isinstance(entry, Notice)
        ]


Join = Callable[..., Member]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def join(port: int) -> AsyncIterator[Join]:
    """A function that lets somebody come who stands by; all leave in the end."""
    members: list[Member] = []

    def join_one(*, wanted: bool = True) -> Member:
        members.append(Member(port, wanted=wanted))
        return members[-1]

    yield join_one
    for member in members:
        await member.standby.close()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def kept(port: int) -> Iterator[None]:
    """Keep a port without listening on it."""
    with socket.socket() as keeper:
        keeper.bind(("127.0.0.1", port))
        yield


async def test_a_refused_dial_opens_the_room_and_is_repeated(join: Join, port: int) -> None:
    ann = join()
    ann.client.find_nobody()
    await ann.hosting()
    assert listens(port)
    assert ann.client.reconnects == 1
    assert ann.states == []
    assert ann.told == (
        f"You host the room on 127.0.0.1:{port}, in memory only. Others on this machine join with: "
        f"amqpchat --host --listen 127.0.0.1:{port} --room ops"
    )
    ann.client.become(Phase.ONLINE, product=HOST_PRODUCT)
    assert ann.states == [ConnectionState(Phase.ONLINE, BROKER, product=HOST_PRODUCT, hosting=True)]


async def test_of_two_at_once_one_hosts_and_the_other_when_that_leaves(join: Join, port: int) -> None:
    members = join(), join()
    for member in members:
        member.client.find_nobody()
    await wait_until(lambda: all(member.hosts or member.states for member in members))
    first, second = sorted(members, key=lambda member: not member.hosts)
    assert not second.hosts
    assert second.states == [second.client.state]
    second.client.become(Phase.RECONNECTING, "nobody listens")  # the next dial
    second.client.become(Phase.ONLINE, product=HOST_PRODUCT)
    assert second.told == f"The room is hosted on {BROKER} already. When its host leaves, it goes on here."

    await first.standby.close()
    assert not listens(port)
    second.client.become(Phase.RECONNECTING, "the broker was shut down")
    second.client.find_nobody()
    await second.hosting()
    assert listens(port)
    assert second.told.endswith(f"The host has left. You host the room now, on 127.0.0.1:{port}.")


async def test_a_broker_that_is_no_amqpchat_s_finds_its_port_free_when_it_returns(
    join: Join, port: int
) -> None:
    ann = join()
    ann.client.become(Phase.ONLINE, product="RabbitMQ")
    assert ann.told == f"RabbitMQ runs on {BROKER} already: the room is there."
    ann.client.find_nobody()
    assert ann.states[-1].nobody_listens
    assert ann.client.reconnects == 0


@pytest.mark.parametrize(("phase", "retry_at"), [(Phase.REFUSED, 0.0), (Phase.RECONNECTING, 1.0)])
async def test_whatever_else_has_the_port_is_told_once(join: Join, phase: Phase, retry_at: float) -> None:
    ann = join()
    for reason in "it does not speak AMQP", "still not":
        ann.client.become(phase, reason, retry_at=retry_at)
    assert [state.reason for state in ann.states] == ["it does not speak AMQP", "still not"]
    (notice,) = ann.notices
    assert notice.kind is NoticeKind.ERROR
    assert notice.text == "No room is hosted here. Name another place for it with --listen HOST:PORT."


async def test_a_port_that_is_kept_for_something_else_is_told_at_the_second_dial(
    join: Join, port: int
) -> None:
    ann = join()
    with kept(port):
        for dials in 1, 2, 3:
            ann.client.find_nobody()
            await ann.sees_states(dials)
            assert len(ann.notices) == (dials > 1)
    assert ann.told.startswith(
        f"No room is hosted here. Another program listens on 127.0.0.1:{port} already; choose another port"
    )
    ann.client.find_nobody()
    await ann.hosting()


async def test_nothing_is_hosted_before_the_person_says_so(join: Join, port: int) -> None:
    ann = join(wanted=False)
    ann.client.find_nobody()
    assert ann.states == [ann.client.state]
    ann.standby.host()
    assert ann.client.reconnects == 1
    ann.client.find_nobody()
    await ann.hosting()


async def test_the_room_stays_open_until_our_own_lines_are_out(
    join: Join, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = join()
    ann.client.find_nobody()
    await ann.hosting()
    open_at_the_end: list[bool] = []
    close = ann.client.close

    async def closing() -> None:
        open_at_the_end.append(listens(port))
        await close()

    monkeypatch.setattr(ann.client, "close", closing)
    await ann.standby.close()
    assert open_at_the_end == [True]
    assert not listens(port)


async def test_who_leaves_while_the_room_opens_opens_none(join: Join, port: int) -> None:
    ann = join()
    ann.client.find_nobody()
    await ann.standby.close()
    assert ann.client.closed
    assert not listens(port)


async def test_an_error_of_our_own_is_told_and_the_client_goes_on_dialling(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(_: Host) -> None:
        raise RuntimeError

    monkeypatch.setattr(Host, "start", crash)
    member = join()
    member.client.find_nobody()
    await wait_until(lambda: member.client.reconnects, what="another dial")
    member.client.find_nobody()
    assert member.told == "No room is hosted here. An error inside amqpchat; its log has the details."
    assert [state.nobody_listens for state in member.states] == [True]


async def test_all_else_passes_through(join: Join) -> None:
    ann = join()
    ann.standby.say(ROOM, "hello")
    assert ann.client.said == ["hello"]
    assert ann.standby.outbox(ROOM) == ann.client.outbox(ROOM)
    ann.client.fail("no")
    ann.standby.resend(ROOM, "1")
    ann.standby.withdraw(ROOM, "1")
    assert ann.client.said == []
    ann.standby.rename("bob")
    assert (ann.standby.nick, ann.client.nick) == ("bob", "bob")
    ann.client.lag = 0.5
    assert ann.standby.lag == 0.5
    ann.client.hear(message("carol", "hi"))
    assert ann.client.drains == 1
    ann.standby.reconnect()
    assert ann.client.reconnects == 1
