"""Exchanges of others, of any type, which are watched and left as they are."""

import pika
import pytest

from amqpchat_tui.client import tenants
from amqpchat_tui.client.rooms import watched_visit
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    ConversationKind,
    Fate,
    FoldedMessage,
    Membership,
    Phase,
    RoomState,
)
from tests.support.broker import Broker
from tests.support.waiting import wait_until

from .conftest import Move
from .lodger import Lodger
from .support import plain_speaker
from .traces import Traces

JOINED, REFUSED = Membership.JOINED, Membership.REFUSED


@pytest.fixture
def builds(third: ConversationId) -> ConversationId:
    """An exchange of others, watched with all that is published there."""
    return ConversationId(ConversationKind.WATCHED, third.name)


async def watch(ann: Lodger, exchange: ConversationId) -> None:
    ann.client.join(exchange)
    await ann.be(JOINED, JOINED, JOINED)


@pytest.mark.parametrize("kind", ["topic", "fanout"])
async def test_all_that_is_published_is_read(
    move_in: Move, amqp_url: str, builds: ConversationId, kind: str
) -> None:
    ann = await move_in()
    with plain_speaker(amqp_url, builds.name) as bob:
        bob.channel.exchange_declare(builds.name, kind)
        await watch(ann, builds)
        bob.say("started", nick="build.main")
        bob.say('{"step": "test", "passed": true}', nick="build.main.step")
        await ann.hear(builds, "started", '{"step": "test", "passed": true}')
        bob.channel.exchange_delete(builds.name)
    plain, document = ann.entries[builds]
    assert isinstance(plain, ChatMessage)
    assert isinstance(document, FoldedMessage)
    assert (plain.nick, document.nick) == ("build.main", "build.main.step")
    assert document.whole == '{\n  "step": "test",\n  "passed": true\n}'
    assert ann.notices(builds) == []


@pytest.mark.parametrize(
    ("kind", "pattern", "keys", "heard"),
    [
        ("topic", "*.error", ["a.error", "a.info", "a.b.error", "c.error"], ["a.error", "c.error"]),
        ("direct", "error", ["info", "error"], ["error"]),
    ],
)
async def test_what_matches_the_pattern_is_read(
    move_in: Move,
    amqp_url: str,
    third: ConversationId,
    kind: str,
    pattern: str,
    keys: list[str],
    heard: list[str],
) -> None:
    ann = await move_in()
    exchange = ConversationId(ConversationKind.WATCHED, third.name, pattern)
    with plain_speaker(amqp_url, third.name) as bob:
        bob.channel.exchange_declare(third.name, kind)
        await watch(ann, exchange)
        for key in keys:
            bob.say(key, nick=key)
        await ann.hear(exchange, *heard)
        bob.channel.exchange_delete(third.name)


async def test_an_exchange_that_everybody_has_is_watched(move_in: Move, amqp_url: str) -> None:
    ann = await move_in()
    exchange = ConversationId(ConversationKind.WATCHED, "amq.topic")
    await watch(ann, exchange)
    with plain_speaker(amqp_url, "amq.topic") as bob:
        bob.say("hello", nick="any.key")
    await ann.hear(exchange, "hello")


async def test_nothing_is_declared_but_our_queue_and_nothing_is_published(
    move_in: Move, amqp_url: str, builds: ConversationId, traces: Traces
) -> None:
    ann = await move_in()
    kept = traces.queues | traces.exchanges
    with plain_speaker(amqp_url, builds.name) as bob:
        ann.client.join(builds)
        await ann.be(JOINED, JOINED, REFUSED)
        assert ann.client.room_state(builds).reason == f"there is no exchange `{builds.name}`"
        with pytest.raises(pika.exceptions.ChannelClosedByBroker):
            bob.channel.exchange_declare(builds.name, passive=True)
    with plain_speaker(amqp_url, builds.name) as bob:
        bob.channel.exchange_declare(builds.name, "topic")
        await watch(ann, builds)
        assert len(traces.exchanges - kept) == 0
        ann.client.say(builds, "is this heard?")
        assert [(line.body, line.fate) for line in ann.client.outbox(builds)] == [
            ("is this heard?", Fate.FAILED)
        ]
        ann.client.resend(builds, ann.client.outbox(builds)[0].message_id)
        bob.say("this is")
        await ann.hear(builds, "this is")
        assert ann.client.outbox(builds)[0].fate is Fate.FAILED
        ann.client.leave(builds)
        await traces.are_gone_but(kept)
        bob.channel.exchange_declare(builds.name, passive=True)
        bob.channel.exchange_delete(builds.name)
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_one_that_is_deleted_is_refused_and_read_again_with_the_gap_when_it_is_back(
    move_in: Move, amqp_url: str, builds: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "RETRY_SECONDS", 0.2)
    ann = await move_in()
    with plain_speaker(amqp_url, builds.name) as bob:
        bob.channel.exchange_declare(builds.name, "topic")
        await watch(ann, builds)
        bob.say("one")
        await ann.hear(builds, "one")
        bob.channel.exchange_delete(builds.name)
        await ann.be(JOINED, JOINED, REFUSED)
        assert ann.client.room_state(builds).reason == f"there is no exchange `{builds.name}`"
        bob.channel.exchange_declare(builds.name, "topic")
        await ann.be(JOINED, JOINED, JOINED)
        bob.say("two")
        await ann.hear(builds, "one", "two")
        bob.channel.exchange_delete(builds.name)
    assert [text.split(" from ")[0] for text in ann.notices(builds)] == ["Nothing heard"]
    await ann.talk(ann.first, "never away")


async def test_one_that_is_made_again_at_once_is_heard_again(
    move_in: Move, amqp_url: str, builds: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_visit, "BINDING_SECONDS", 0.05)
    ann = await move_in()
    with plain_speaker(amqp_url, builds.name) as bob:
        bob.channel.exchange_declare(builds.name, "fanout")
        await watch(ann, builds)
        bob.channel.exchange_delete(builds.name)
        bob.channel.exchange_declare(builds.name, "fanout")

        def heard() -> bool:
            bob.say("still there?")
            return bool(ann.texts(builds))

        await wait_until(heard, what="to hear something")
        bob.channel.exchange_delete(builds.name)


async def test_a_line_is_shown_whatever_its_id_is(
    move_in: Move, amqp_url: str, builds: ConversationId
) -> None:
    """What others mean by an id is theirs."""
    ann = await move_in()
    with plain_speaker(amqp_url, builds.name) as bob:
        bob.channel.exchange_declare(builds.name, "fanout")
        await watch(ann, builds)
        for body in "one", "two":
            bob.say(body, properties=pika.BasicProperties(message_id="same"))
        await ann.hear(builds, "one", "two")
        bob.channel.exchange_delete(builds.name)


async def test_a_missing_permission_is_named(move_in: Move, node: Broker, builds: ConversationId) -> None:
    node.add_user(builds.name, "secret")
    node.set_permissions(builds.name, read=f"^(amq.gen.*|{builds.name[:-2]}(-2)?)$")
    ann = await move_in(url=node.url(builds.name, "secret"))
    with plain_speaker(node.url(), builds.name) as bob:
        bob.channel.exchange_declare(builds.name, "topic")
        ann.client.join(builds)
        await ann.be(JOINED, JOINED, REFUSED)
        missing = f"user {builds.name} lacks the permission `read` on exchange `{builds.name}`"
        assert ann.client.room_state(builds) == RoomState(REFUSED, missing)
        bob.channel.exchange_delete(builds.name)


async def test_a_connection_that_comes_back_reads_on(
    move_in: Move, amqp_url: str, builds: ConversationId
) -> None:
    ann = await move_in()
    with plain_speaker(amqp_url, builds.name) as bob:
        bob.channel.exchange_declare(builds.name, "topic")
        await watch(ann, builds)
        ann.client.reconnect()
        await wait_until(lambda: ann.notices(builds), 20, "another connection")
        await ann.be(JOINED, JOINED, JOINED)
        bob.say("back")
        await ann.hear(builds, "back")
        bob.channel.exchange_delete(builds.name)
