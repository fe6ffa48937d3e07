"""Lines tell the account of whoever says them, where the broker has checked it."""

import pytest

from amqpchat_tui.client import identity
from amqpchat_tui.model import ChatMessage, Phase
from tests.support.broker import Broker

from .conftest import Join
from .support import Seat


def accounts(seat: Seat) -> dict[str, str]:
    """The account of each line that somebody has heard."""
    return {entry.text: entry.who.account for entry in seat.entries if isinstance(entry, ChatMessage)}


async def test_a_line_tells_the_account_unless_everybody_has_it(join: Join, node: Broker, room: str) -> None:
    node.add_user(room, "secret")
    node.set_permissions(room)
    ann, bea = await join(node.url(room, "secret"), nick="ann"), await join(node.url(), nick="bea")
    ann.say("as myself")
    await bea.hear("as myself")
    bea.say("as a guest")
    await ann.hear("as a guest")
    assert accounts(ann) == accounts(bea) == {"as myself": room, "as a guest": ""}


async def test_who_is_known_under_another_name_speaks_without_and_is_told_once(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "account_of", lambda user: f"not {user}")
    ann = await join()
    for line in ("one", "two", "three"):
        ann.say(line)
    await ann.settle()
    assert accounts(ann) == {"one": "", "two": "", "three": ""}
    ann.client.reconnect()
    ann.say("four")
    await ann.hear("four")
    assert ann.texts == ["one", "two", "three", "four"]
    told = [notice for notice in ann.notices if "account" in notice]
    assert told == ["The broker does not take our account guest: all that we send goes without it."]
    assert Phase.REFUSED not in ann.phases
