"""Two conversations through a session, without a screen: each has its own lines, counts and place."""

from collections.abc import Callable

import pytest

from amqpchat_tui.chat.batches import BATCH_DELIVERIES, CALM_SECONDS, DRAIN_SECONDS
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    Here,
    MovementLines,
    Notice,
    NoticeKind,
    Occupant,
    Phase,
)
from tests.support.fake_client import PRESSING, message

from .support import LAB, OPS, Screen, line
from .test_logbook import MemoryLog


@pytest.fixture
def screen() -> Screen:
    return Screen()


def test_each_conversation_has_its_own_lines_and_counts(screen: Screen) -> None:
    screen.client.hear(message("bob", "in ops"))
    screen.client.hear(message("carol", "in lab"), message("carol", "alice: look"), to=LAB)
    assert screen.batch() == {OPS: 1, LAB: 2}
    ops, lab = screen.session.conversations[OPS], screen.session.conversations[LAB]
    assert (ops.unread, ops.mentions) == (0, 0), "it is on the screen"
    assert (lab.unread, lab.mentions) == (2, 1)
    assert (ops.speakers.latest_first(), lab.speakers.latest_first()) == (["bob"], ["carol"])
    screen.session.show(LAB)
    assert (lab.unread, lab.mentions) == (0, 0)


def test_a_flood_in_one_leaves_the_other_its_turn(screen: Screen) -> None:
    screen.client.hear(*(message("bob", f"flood {n}") for n in range(3 * BATCH_DELIVERIES)))
    screen.client.hear(*(message("carol", f"quiet {n}") for n in range(10)), to=LAB)
    assert screen.batch() == {OPS: BATCH_DELIVERIES // 2, LAB: 10}
    screen.client.hear(message("carol", "another"), to=LAB)
    assert screen.batch() == {OPS: BATCH_DELIVERIES // 2, LAB: 1}
    assert screen.batch() == {OPS: BATCH_DELIVERIES}
    assert screen.batch() == {OPS: BATCH_DELIVERIES}
    assert not screen.due
    assert screen.session.conversations[LAB].unread == 11


def test_what_comes_in_is_taken_at_once_and_then_no_more_often_than_it_is_shown(screen: Screen) -> None:
    for _ in range(20):
        screen.client.hear(line(), to=LAB)
        screen.wait(CALM_SECONDS / 10)
    assert 2 <= screen.client.drains <= 3
    screen.wait()
    assert screen.session.conversations[LAB].unread == 20
    assert not screen.due


def test_a_flood_is_taken_as_fast_as_it_comes(screen: Screen) -> None:
    for _ in range(20):
        screen.client.hear(*[line()] * PRESSING, to=LAB)
        screen.wait(DRAIN_SECONDS)
    assert screen.client.drains == 20


def test_a_flood_is_taken_before_the_broker_has_to_wait_but_not_much_before(screen: Screen) -> None:
    for _ in range(100):
        screen.client.hear(*[line()] * (PRESSING // 20), to=LAB)
        screen.wait(DRAIN_SECONDS / 4)
    assert 5 <= screen.client.drains <= 8
    screen.wait()
    assert max(changes.arrived[0].filled for changes in screen.changes[1:]) < 1.0


def test_lines_are_read_where_the_person_looks_at_the_end(screen: Screen) -> None:
    ops = screen.session.conversations[OPS]
    screen.look(False)
    screen.client.hear(message("bob", "alice?"), message("alice", "yes", own=True))
    screen.batch()
    assert (ops.unread, ops.mentions) == (1, 1)
    screen.look(True)
    assert (ops.unread, ops.mentions) == (0, 0)


def test_it_rings_for_who_looks_away_whatever_conversation_it_is_in(screen: Screen) -> None:
    screen.client.hear(message("carol", "alice: now"), to=LAB)
    screen.batch()
    assert screen.changes[-1].ring is None
    screen.look(False)
    screen.client.hear(message("carol", "nothing"), message("carol", "alice: again"), to=LAB)
    screen.batch()
    ring = screen.changes[-1].ring
    assert ring is not None
    assert (ring.conversation, ring.message.text) == (LAB, "alice: again")


def test_a_line_goes_where_it_was_said_whatever_is_shown_by_then(screen: Screen) -> None:
    screen.session.say(OPS, "for ops")
    screen.session.show(LAB)
    assert [(line.to, line.body) for line in screen.client.lines] == [(OPS, "for ops")]
    assert screen.client.outbox(LAB) == []
    assert screen.outboxes == [OPS]


def test_notices_of_our_own_stand_where_they_belong(screen: Screen) -> None:
    screen.session.tell("shown")
    screen.session.tell("of the lab", NoticeKind.ERROR, LAB)

    def notices(identity: ConversationId) -> list[str]:
        scrollback = screen.session.conversations[identity].scrollback
        return [entry.text for entry in scrollback if isinstance(entry, Notice)]

    assert (notices(OPS), notices(LAB)) == (["shown"], ["of the lab"])
    assert screen.session.conversations[LAB].unread == 0


def test_how_the_connection_stood_before_is_told_as_well(screen: Screen) -> None:
    screen.client.become(Phase.ONLINE)
    screen.client.become(Phase.BLOCKED)
    assert screen.phases == [(Phase.CONNECTING, Phase.ONLINE), (Phase.ONLINE, Phase.BLOCKED)]


@pytest.mark.parametrize("leave", [lambda one: one.session.keep(), lambda one: one.session.leave(OPS)])
def test_what_came_just_before_one_leaves_is_logged(leave: Callable[[Screen], None]) -> None:
    log = MemoryLog()
    screen = Screen(log=log)
    screen.client.hear(*(message("bob", f"line {n}") for n in range(3 * BATCH_DELIVERIES)))
    leave(screen)
    screen.session.keep()
    assert [text for _, text in log.texts] == [f"line {n}" for n in range(3 * BATCH_DELIVERIES)]


class Telling(Screen):
    """A screen that says who has come, gone or taken another nick."""

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        super().people_moved(conversation, row)
        self.session.note_movements(conversation, row)


def test_what_a_batch_tells_of_people_lets_no_other_batch_in_before_its_end() -> None:
    screen = Telling(people=PresenceSettings(lines=MovementLines.ALL))
    bob, carol = Occupant("bob", "b1", mailbox="bobs"), Occupant("carol", "c1", mailbox="carols")
    screen.client.gather(Here(bob), to=OPS)
    robert = Occupant("robert", "b1", mailbox="bobs")
    screen.client.hear(
        *(message("robert", f"ops {n}", sender=robert) for n in range(BATCH_DELIVERIES)), to=OPS
    )
    screen.client.hear(*(message("carol", f"lab {n}", sender=carol) for n in range(BATCH_DELIVERIES)), to=LAB)
    screen.session.catch_up()
    assert ("moved", OPS, "bob is robert") in screen.told
    for where, name in ((OPS, "ops"), (LAB, "lab")):
        lines = [
            one for one in screen.session.conversations[where].scrollback if isinstance(one, ChatMessage)
        ]
        texts = [one.text for one in lines]
        assert texts == [f"{name} {n}" for n in range(BATCH_DELIVERIES)]
