from collections.abc import Callable

import pytest

from amqpchat_tui.client.rooms.outbox import UNHEARD_LIMIT, Outbox
from amqpchat_tui.model import ConversationId, Fate, OutboxLine

LOBBY = ConversationId.room("lobby")


class Changes:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def outbox(changes: Changes) -> Outbox:
    outbox = Outbox(changes)
    for name in "abc":
        outbox.add(OutboxLine(LOBBY, name, "ann", f"line {name}", typed_at=0.0))
    return outbox


def fates(outbox: Outbox) -> str:
    """The lines in order, each with the first letter of its fate: `as bq cf`."""
    return " ".join(line.message_id + line.fate.value[0] for line in outbox.lines)


def send_all(outbox: Outbox, now: float = 10.0) -> list[str]:
    sent = []
    while (line := outbox.take(now)) is not None:
        sent.append(line.message_id)
    return sent


def test_lines_are_taken_in_order_and_are_sent_then(outbox: Outbox) -> None:
    first = outbox.take(1.0)
    assert first is not None
    assert (first.message_id, first.fate) == ("a", Fate.SENT)
    assert fates(outbox) == "as bq cq"
    assert send_all(outbox) == ["b", "c"]
    assert fates(outbox) == "as bs cs"


def test_held_lines_go_out_when_their_time_has_come(outbox: Outbox, changes: Changes) -> None:
    before = changes.count
    outbox.hold(20.0)
    assert changes.count == before + 1
    assert outbox.held_until == 20.0
    assert send_all(outbox, now=19.9) == []
    assert send_all(outbox, now=20.0) == ["a", "b", "c"]


def test_a_line_typed_meanwhile_is_not_held_up_and_takes_those_before_it_along(outbox: Outbox) -> None:
    outbox.hold(20.0)
    outbox.add(OutboxLine(LOBBY, "kept", "ann", "from last time", typed_at=0.0, fate=Fate.FAILED))
    assert send_all(outbox) == []
    outbox.add(OutboxLine(LOBBY, "d", "ann", "typed now", typed_at=0.0))
    assert send_all(outbox) == ["a", "b", "c", "d"]


def test_a_failed_line_that_is_sent_again_is_not_held_up(outbox: Outbox) -> None:
    outbox.failed("b", "too long")
    outbox.hold(20.0)
    outbox.resend("b")
    assert send_all(outbox) == ["a", "b", "c"]


def test_what_an_earlier_run_has_left_stands_before_what_was_typed_meanwhile(outbox: Outbox) -> None:
    left = [OutboxLine(LOBBY, name, "ann", "left", typed_at=0.0, fate=Fate.FAILED) for name in "yz"]
    outbox.offer(left)
    assert fates(outbox) == "yf zf aq bq cq"
    assert send_all(outbox) == ["a", "b", "c"]
    outbox.resend("z")
    assert send_all(outbox) == ["z"]


def test_an_echo_takes_its_line_away_and_measures_the_lag(outbox: Outbox) -> None:
    assert outbox.lag is None
    send_all(outbox, now=10.0)
    assert outbox.echoed("b", 10.5)
    assert fates(outbox) == "as cs"
    assert outbox.lag == 0.5


def test_what_is_not_ours_is_no_echo(outbox: Outbox, changes: Changes) -> None:
    count = changes.count
    assert not outbox.echoed("x", 1.0)
    assert changes.count == count


@pytest.mark.parametrize("lose", [Outbox.channel_lost, Outbox.connection_lost])
def test_an_echo_may_come_before_the_confirm_and_after_a_loss(
    outbox: Outbox, lose: Callable[[Outbox], None]
) -> None:
    send_all(outbox)
    outbox.echoed("a", 11.0)
    outbox.confirmed("a", 12.0)
    lose(outbox)
    assert outbox.echoed("b", 13.0)
    assert fates(outbox) == "cq"


def test_a_lost_connection_puts_all_sent_lines_back_in_order(outbox: Outbox) -> None:
    send_all(outbox)
    outbox.confirmed("b", 11.0)
    outbox.connection_lost()
    assert fates(outbox) == "aq bq cq"
    assert send_all(outbox) == ["a", "b", "c"]


def test_a_lost_channel_puts_only_unconfirmed_lines_back(outbox: Outbox) -> None:
    send_all(outbox)
    outbox.confirmed("b", 11.0)
    outbox.channel_lost()
    assert fates(outbox) == "aq bs cq"


def test_a_failed_line_stays_with_its_reason_and_is_not_sent_again(outbox: Outbox) -> None:
    send_all(outbox)
    outbox.failed("b", "too long")
    outbox.connection_lost()
    assert fates(outbox) == "aq bf cq"
    assert outbox.lines[1].reason == "too long"
    assert send_all(outbox) == ["a", "c"]


def test_a_failed_line_is_queued_again_in_its_old_place(outbox: Outbox) -> None:
    send_all(outbox)
    outbox.failed("b", "too long")
    outbox.resend("b")
    outbox.resend("a")
    outbox.resend("x")
    assert fates(outbox) == "as bq cs"
    assert outbox.lines[1].reason == ""


def test_a_line_sent_again_has_all_its_chances_again(outbox: Outbox) -> None:
    for attempt in range(2 * UNHEARD_LIMIT - 1):
        send_all(outbox)
        outbox.confirmed("a", 20.0 + attempt)
        outbox.queue_unheard(30.0, explained=False)
        if attempt == UNHEARD_LIMIT - 1:
            outbox.resend("a")
    assert fates(outbox) == "aq bs cs"


def test_a_line_is_withdrawn_unless_it_is_under_way(outbox: Outbox) -> None:
    outbox.take(1.0)
    outbox.failed("c", "no")
    assert outbox.withdraw("a") is None
    assert outbox.withdraw("x") is None
    queued, failed = outbox.withdraw("b"), outbox.withdraw("c")
    assert queued is not None
    assert failed is not None
    assert (queued.body, failed.body) == ("line b", "line c")
    assert fates(outbox) == "as"


def test_failing_can_be_limited_to_long_lines(outbox: Outbox) -> None:
    outbox.add(OutboxLine(LOBBY, "d", "ann", "ä" * 50, typed_at=0.0))
    send_all(outbox)
    outbox.fail_unconfirmed("at most 99 bytes", longer_than=99)
    assert fates(outbox) == "as bs cs df"
    outbox.fail_unconfirmed("no")
    assert fates(outbox) == "af bf cf df"


def test_knows_since_when_lines_wait(outbox: Outbox) -> None:
    assert outbox.unconfirmed_since is None
    outbox.take(1.0)
    outbox.take(2.0)
    assert outbox.unconfirmed_since == 1.0
    outbox.confirmed("a", 3.0)
    outbox.confirmed("b", 4.0)
    assert outbox.unconfirmed_since is None
    assert outbox.unheard_since == 3.0
    outbox.echoed("a", 5.0)
    assert outbox.unheard_since == 4.0


def test_settled_when_nothing_waits_for_the_broker(outbox: Outbox) -> None:
    assert not outbox.settled
    send_all(outbox)
    assert not outbox.settled
    outbox.confirmed("a", 11.0)
    outbox.echoed("b", 11.0)
    outbox.failed("c", "no")
    assert outbox.settled


def test_unheard_lines_are_sent_again_a_few_times_and_then_fail(outbox: Outbox) -> None:
    for attempt in range(UNHEARD_LIMIT):
        send_all(outbox)
        outbox.confirmed("a", 20.0 + attempt)
        outbox.confirmed("b", 30.0 + attempt)
        outbox.queue_unheard(29.0, explained=False)
    assert fates(outbox) == "af bs cs"
    assert "does not hear" in outbox.lines[0].reason


def test_lines_that_are_unheard_for_a_known_reason_do_not_fail(outbox: Outbox) -> None:
    for attempt in range(2 * UNHEARD_LIMIT):
        send_all(outbox)
        outbox.confirmed("a", 20.0 + attempt)
        outbox.queue_unheard(29.0, explained=True)
    assert fates(outbox) == "aq bs cs"


def test_each_change_is_told(outbox: Outbox, changes: Changes) -> None:
    for change in (
        lambda: outbox.take(1.0),
        lambda: outbox.confirmed("a", 2.0),
        lambda: outbox.echoed("a", 3.0),
        lambda: outbox.failed("b", "no"),
    ):
        count = changes.count
        change()
        assert changes.count == count + 1
