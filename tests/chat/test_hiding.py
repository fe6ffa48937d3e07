"""What the person does not want to see: it stands in no way, is counted, and comes back whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.listing import News
from amqpchat_tui.chat.sweep import SLICE_BLOCKS
from amqpchat_tui.config import HideSettings, PresenceSettings
from amqpchat_tui.model import (
    Bye,
    ChatMessage,
    ConversationId,
    Here,
    HidingKind,
    HidingRule,
    MovementLines,
    Occupant,
    Typing,
)
from amqpchat_tui.scrollback import Annotation
from amqpchat_tui.scrollback.block import BLOCK
from tests.support.fake_client import message

from .support import BROKERS, LAB, OPS, Screen, mention

BOB, CI = Occupant("bob", "b0", "bob", "other mailbox"), Occupant("build", "c1", "ci", "mailbox")


def ignoring(name: str, until: float | None = None) -> HidingRule:
    return HidingRule(HidingKind.IGNORE, name, until=until)


def filtering(name: str, pattern: str, room: str = "") -> HidingRule:
    return HidingRule(HidingKind.FILTER, name, pattern, room)


def shown(screen: Screen, where: ConversationId = OPS) -> list[str]:
    """The texts that are to be seen."""
    store = screen.session.conversations[where].scrollback
    if store.first_shown is None:
        return []
    entries = [store[seq] for seq in store.shown(store.first_shown, 1)]
    return [entry.text for entry in entries if isinstance(entry, ChatMessage)]


class Kept:
    """A `HidingStore` in memory."""

    def __init__(self, *rules: HidingRule) -> None:
        self.rules = {rule.name: rule for rule in rules}

    async def all(self, brokers: Sequence[str]) -> Sequence[HidingRule]:
        return list(self.rules.values()) if brokers == BROKERS else []

    def keep(self, brokers: Sequence[str], rule: HidingRule) -> None:
        self.rules[rule.name] = rule

    def forget(self, brokers: Sequence[str], rule: HidingRule) -> None:
        del self.rules[rule.name]


# What is hidden


@pytest.mark.parametrize(
    "rule",
    [ignoring("BOB"), ignoring("user:bob"), filtering("look", "bob * look"), filtering("a", "alice", "ops")],
)
def test_what_is_hidden_makes_nothing_unread_and_rings_nobody(rule: HidingRule) -> None:
    screen = Screen(rings_always=True)
    screen.hiding.hide(rule)
    screen.look(False)
    screen.client.hear(message("bob", "alice: look", sender=Occupant("bob", "s", "bob")))
    screen.wait()
    conversation = screen.session.conversations[OPS]
    assert (conversation.unread, conversation.mentions, conversation.scrollback.faded) == (0, 0, 1)
    assert [changes.ring for changes in screen.changes] == [None]
    assert conversation.speakers.latest_first() == []
    assert shown(screen) == []


@pytest.mark.parametrize(
    "rule",
    [ignoring("bo"), ignoring("user:bob"), filtering("look", "looking"), filtering("a", "alice", "lab")],
)
def test_all_else_is_as_ever(rule: HidingRule) -> None:
    screen = Screen(rings_always=True)
    screen.hiding.hide(rule)
    screen.look(False)
    screen.client.hear(mention())
    screen.wait()
    assert screen.listing["ops"].mentions == 1
    assert screen.changes[0].ring is not None
    assert shown(screen) == ["alice: look"]


def test_own_lines_are_never_hidden() -> None:
    screen = Screen()
    screen.hiding.hide(ignoring("alice"))
    screen.client.hear(message("alice", "mine", own=True))
    screen.wait()
    assert shown(screen) == ["mine"]


def test_of_a_batch_only_those_lines_are_hidden() -> None:
    screen = Screen()
    screen.hiding.hide(filtering("health", "probe * ok"))
    screen.client.hear(*(message("ci", text) for text in ("probe a ok", "probe b fails", "probe c ok")))
    screen.wait()
    assert shown(screen) == ["probe b fails"]


def test_who_is_ignored_neither_comes_nor_types_nor_goes() -> None:
    screen = Screen(people=PresenceSettings(lines=MovementLines.ALL))
    screen.hiding.hide(ignoring("user:ci"))
    screen.client.gather(Here(CI), Typing(CI))
    people = screen.people.of(OPS)
    assert people is not None
    assert people.typing(screen.now) == []
    assert [person.typing for person in people.here(screen.now) if person.nick == "build"] == [False]
    screen.client.gather(Bye(CI))
    screen.client.gather(Here(BOB), Bye(BOB))
    screen.wait(60)
    assert {row for what, _, row in screen.told if what == "moved"} == {"← bob"}


# What stands there already


def test_lines_that_came_before_are_hidden_and_come_back() -> None:
    screen = Screen()
    screen.client.hear(message("bob", "one"), message("carol", "two"))
    screen.client.hear(message("bob", "three"), to=LAB)
    screen.wait()
    screen.hiding.hide(ignoring("bob"))
    assert (shown(screen), shown(screen, LAB)) == (["two"], [])
    rule = screen.hiding.rule(HidingKind.IGNORE, "Bob")
    assert rule is not None
    assert screen.hiding.count(rule) == 2
    screen.hiding.take_back(rule)
    assert (shown(screen), shown(screen, LAB)) == (["one", "two"], ["three"])
    assert screen.session.conversations[OPS].scrollback.faded == 0


def test_for_a_while_all_may_be_shown_and_what_comes_then_too() -> None:
    screen = Screen()
    screen.client.hear(message("bob", "one"), message("carol", "two"))
    screen.wait()
    screen.hiding.hide(ignoring("bob"))
    screen.hiding.revealed = True
    screen.client.hear(message("bob", "three"))
    screen.wait()
    store = screen.session.shown.scrollback
    assert shown(screen) == ["one", "two", "three"]
    assert store.faded == 2
    screen.hiding.revealed = False
    assert shown(screen) == ["two"]


def test_many_lines_are_looked_at_in_slices_from_the_newest_up() -> None:
    screen = Screen()
    count = 5 * SLICE_BLOCKS * BLOCK
    screen.client.hear(*(message("bob", str(number)) for number in range(count)))
    screen.wait()
    screen.hiding.hide(ignoring("bob"))
    assert 0 < len(shown(screen)) < count
    assert shown(screen)[-1] != str(count - 1), "the newest are hidden at once"
    screen.client.hear(message("bob", "later"), message("carol", "hello"))
    screen.wait(5)
    assert shown(screen) == ["hello"]
    rule = screen.hiding.rules[0]
    assert screen.hiding.count(rule) == count + 1, "each line is counted once"


def test_what_is_hidden_for_another_reason_stays_so() -> None:
    screen = Screen()
    screen.client.hear(message("bob", "one"), message("bob", "two"))
    screen.wait()
    store = screen.session.shown.scrollback
    assert store.last is not None
    store.annotate(store.last, Annotation(hidden=True))
    screen.hiding.hide(ignoring("bob"))
    screen.hiding.revealed = True
    screen.hiding.take_back(screen.hiding.rules[0])
    assert shown(screen) == ["one"]


def test_what_was_added_to_a_line_stays_when_it_comes_back() -> None:
    screen = Screen()
    screen.client.hear(message("bob", "one"))
    screen.wait()
    store = screen.session.shown.scrollback
    assert store.last is not None
    store.annotate(store.last, Annotation(reactions="👍 1"))
    screen.hiding.hide(ignoring("bob"))
    screen.hiding.take_back(screen.hiding.rules[0])
    assert store.annotation(store.last) == Annotation(reactions="👍 1")


def test_lines_that_are_hidden_later_are_unread_no_more() -> None:
    screen = Screen()
    screen.client.hear(message("bob", "alice: old", at=1.0), to=LAB)
    screen.wait()
    screen.session.reading.mark(screen.session.conversations[LAB])
    lines = [
        message("bob", "alice: look", at=2.0),
        message("bob", "two", at=2.0),
        message("carol", "x", at=3.0),
    ]
    screen.client.hear(*lines, to=LAB)
    screen.wait()
    lab = screen.session.conversations[LAB]
    assert (lab.unread, lab.mentions) == (3, 1)
    screen.hiding.hide(ignoring("bob"))
    assert (lab.unread, lab.mentions) == (1, 0)
    screen.hiding.hide(filtering("x", "x"))
    assert (lab.unread, screen.listing["lab"].news) == (0, News.NOTHING)
    screen.hiding.revealed = True
    screen.hiding.take_back(ignoring("bob"))
    assert lab.unread == 0, "what comes back has been read"


def test_a_private_conversation_begun_by_who_is_ignored_is_in_no_list_until_they_are_not() -> None:
    screen = Screen()
    screen.hiding.hide(ignoring("bob"))
    begun = screen.client.hear_privately(message("bob", "psst", sender=BOB))
    screen.client.hear_privately(message("carol", "hello"))
    screen.wait()
    assert set(screen.listing) == {"ops", "lab", "@carol"}
    screen.hiding.revealed = True
    assert "@bob" in screen.listing
    screen.hiding.revealed = False
    screen.session.show(begun)
    assert "@bob" in screen.listing, "it is on the screen"
    screen.session.show(OPS)
    screen.session.say(begun, "what is it?")
    assert "@bob" in screen.listing, "it was answered"
    screen.session.leave(begun)
    begun = screen.client.hear_privately(message("bob", "psst", sender=BOB))
    screen.wait()
    assert "@bob" not in screen.listing
    screen.hiding.take_back(ignoring("bob"))
    assert "@bob" in screen.listing
    assert shown(screen, begun)[-1] == "psst"


# Rules that end, and rules that stay


def test_a_rule_ends_in_its_time() -> None:
    kept = Kept()
    screen = Screen(hiding=kept)
    screen.client.hear(message("bob", "one"))
    screen.wait()
    screen.hiding.hide(ignoring("bob", until=screen.now + 60))
    assert shown(screen) == []
    screen.wait(61)
    assert shown(screen) == ["one"]
    assert screen.hiding.rules == []


async def test_rules_are_kept_and_those_of_earlier_starts_taken_over() -> None:
    kept = Kept(ignoring("bob"), ignoring("over", until=-1.0))
    screen = Screen(hiding=kept)
    screen.client.hear(message("bob", "one"))
    screen.wait()
    screen.hiding.hide(filtering("early", "hello"))
    assert "early" not in kept.rules, "nothing is written before it is known what there is"
    await screen.hiding.load(BROKERS)
    assert shown(screen) == []
    assert [rule.name for rule in screen.hiding.rules] == ["bob", "early"]
    assert kept.rules == {"bob": ignoring("bob"), "early": filtering("early", "hello")}
    screen.hiding.take_back(ignoring("bob"))
    assert kept.rules == {"early": filtering("early", "hello")}


async def test_rules_for_other_brokers_stay_there() -> None:
    kept = Kept(ignoring("bob"))
    screen = Screen(hiding=kept)
    await screen.hiding.load(BROKERS)
    await screen.hiding.load(("elsewhere:5672//",))
    assert screen.hiding.rules == []
    assert kept.rules == {"bob": ignoring("bob")}


async def test_what_is_configured_comes_first_and_is_not_kept() -> None:
    kept = Kept(ignoring("bob", until=1e9))
    hiding = Hiding(kept, wall_clock=lambda: 0.0)
    hiding.configure(HideSettings(ignore=("Bob",), filters={"noise": "beep * in:ops"}))
    await hiding.load(BROKERS)
    assert hiding.rules == [ignoring("Bob"), filtering("noise", "beep *", "ops")]
    assert all(map(hiding.is_configured, hiding.rules))
    assert kept.rules == {"bob": ignoring("bob", until=1e9)}


# What concerns nobody


def test_some_lines_concern_nobody_whatever_words_they_have() -> None:
    attention = Attention("alice", but_not=["backup * done", "carol"])
    assert attention.concerns(message("bob", "alice: backup of rabbit-1 failed"))
    assert not attention.concerns(message("bob", "backup of /home/alice done"))
    assert not attention.concerns(message("carol", "alice: look"))
