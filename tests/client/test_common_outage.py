"""An outage that everybody had: what was kept reaches those who are back a moment later as well."""

import pytest

from amqpchat_tui.client.redial import AddressRotation
from amqpchat_tui.model import Fate, Phase
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import Join
from .support import Seat


async def outage(*links: tuple[Seat, Proxy]) -> None:
    """Have people lose their links, and dial in vain until each has waited."""
    for _, proxy in links:
        proxy.refuse()
        proxy.cut()
    for seat, _ in links:
        await wait_until(lambda: seat.client.state.retry_at, what="a dial in vain")  # noqa: B023


async def test_who_is_back_first_waits_for_the_others(join: Join, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy, Proxy(amqp_url) as other:
        ann, bea = await join(proxy.url, nick="ann"), await join(other.url, nick="bea")
        await outage((ann, proxy), (bea, other))
        ann.say("one")
        ann.say("two")
        await proxy.accept()
        await ann.reach(Phase.ONLINE)
        assert [line.fate for line in ann.outbox()] == [Fate.QUEUED, Fate.QUEUED]
        await other.accept()
        bea.client.reconnect()
        await bea.hear("one", "two")
        assert bea.texts == ["one", "two"]
        await ann.settle()


@pytest.fixture
def _long_wait_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddressRotation, "online", lambda _: 3600.0)


@pytest.mark.usefixtures("_long_wait_for_others")
async def test_a_line_typed_while_online_waits_for_nobody(join: Join, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        ann = await join(proxy.url)
        await outage((ann, proxy))
        ann.say("kept")
        await proxy.accept()
        await ann.reach(Phase.ONLINE)
        assert [line.fate for line in ann.outbox()] == [Fate.QUEUED]
        ann.say("typed now")
        await ann.settle()
        assert ann.texts == ["kept", "typed now"]


@pytest.mark.usefixtures("_long_wait_for_others")
async def test_who_leaves_meanwhile_says_it_before(join: Join, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        ann, bea = await join(proxy.url, nick="ann"), await join(nick="bea")
        await outage((ann, proxy))
        ann.say("kept")
        await proxy.accept()
        await ann.reach(Phase.ONLINE)
        await ann.client.close()
        await bea.hear("kept")
