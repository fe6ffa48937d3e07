"""Whatever becomes of messages, each roster is right three intervals after they arrive again.

The programs run the real code; what the broker does to messages is drawn by Hypothesis.
"""

from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.chat.people import budget
from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.answering import ANSWERERS
from amqpchat_tui.chat.people.query import ANSWER_SECONDS, LISTEN_SECONDS, MAX_ASKS
from amqpchat_tui.model import Posting
from tests.support.crowd import Crowd, Program
from tests.support.examples import examples

GONE = budget.INTERVALS_UNTIL_GONE * budget.MIN_INTERVAL_SECONDS
SLACK = 2.0
"""For messages under way, and for how often it is looked for who is gone."""
MAX_LATE = 20.0

events = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "crash", "drop", "say"]), st.integers(0, 7), st.floats(0, 20)
    ),
    max_size=40,
)


class Chaos(Crowd):
    """A broker that loses, repeats, delays and so disorders what everybody should hear."""

    def __init__(self, seed: int, *, loss: float, repeats: float, late: float) -> None:
        super().__init__(seed, loss)
        self.repeats = repeats
        self.late = late

    def calm_down(self) -> None:
        self.loss = self.repeats = self.late = 0.0

    def publish(self, posting: Posting) -> None:
        super().publish(posting)
        while self.random.random() < self.repeats:
            self.at(self.now + self.random.uniform(0, self.late), partial(super().publish, posting))

    def _later(self, do: Callable[[], None]) -> None:
        self.at(self.now + self.random.uniform(0.001, max(0.1, self.late)), do)


def assert_all_are_known(crowd: Crowd, here: set[Program]) -> None:
    for program in here:
        assert program.known == {other.session for other in here} - {program.session}


@examples(1.5)
@given(
    seed=st.integers(0, 2**32),
    loss=st.floats(0, 1),
    repeats=st.floats(0, 0.8),
    late=st.floats(0, MAX_LATE),
    events=events,
)
def test_rosters_converge(
    seed: int, loss: float, repeats: float, late: float, events: list[tuple[str, int, float]]
) -> None:
    crowd = Chaos(seed, loss=loss, repeats=repeats, late=late)
    programs = crowd.add(8)
    here: set[Program] = set()
    for event, number, wait in events:
        program = programs[number]
        match event:
            case "join" if program not in here:
                crowd.join([program])
                here.add(program)
            case "leave" if program in here:
                crowd.leave([program])
                here.discard(program)
            case "crash" if program in here:
                crowd.lose([program])
                here.discard(program)
            case "drop" if program in here:  # and back at once
                crowd.lose([program])
                crowd.join([program])
            case "say" if program in here:
                crowd.say_line(program)
        crowd.run(wait)
    crowd.run(0)
    crowd.calm_down()
    crowd.run(MAX_LATE)  # what is under way still comes
    crowd.run(GONE + SLACK)
    assert_all_are_known(crowd, here)
    for program in here:
        assert not any(map(program.roster.is_stale, program.roster))


@examples(1 / 4)
@given(seed=st.integers(0, 2**32), size=st.integers(2, 60))
def test_a_newcomer_knows_all_within_a_second(seed: int, size: int) -> None:
    crowd = Crowd(seed)
    crowd.join(crowd.add(size), within=10)
    crowd.run(4 * budget.MIN_INTERVAL_SECONDS)
    (newcomer,) = crowd.add()
    crowd.join([newcomer])
    crowd.run(1.2)
    assert len(newcomer.known) == size


@examples(1 / 2)
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(2, 60),
    survivors=st.integers(1, 3),
    part=st.sampled_from([Part.ANNOUNCES, Part.ASKS]),
)
def test_a_newcomer_knows_all_though_most_have_just_crashed(
    seed: int, size: int, survivors: int, part: Part
) -> None:
    crowd = Crowd(seed)
    people = crowd.add(size)
    crowd.join(people, within=10)
    crowd.run(4 * budget.MIN_INTERVAL_SECONDS)
    crowd.lose(people[survivors:])
    before = crowd.traffic.kinds.copy()
    (newcomer,) = crowd.add(part=part)
    crowd.join([newcomer])
    crowd.run(LISTEN_SECONDS[1] + len(ANSWERERS) * ANSWER_SECONDS + 0.3)
    assert {one.session for one in people[:survivors]} <= newcomer.known
    said = crowd.traffic.kinds - before
    assert said["Ask"] + said["Hello"] <= MAX_ASKS + len(ANSWERERS)
    assert said["Answer"] <= survivors
    assert newcomer.announcer.is_settled(crowd.now)


def test_no_second_of_a_storm_takes_more_than_the_broker_has() -> None:
    crowd = Crowd(1)
    people = crowd.add(200)
    crowd.join(people, within=1)
    crowd.run(60)
    _, _, deliveries = crowd.traffic.worst(0, 60)
    assert deliveries < budget.DELIVERIES_PER_SECOND
    crowd.lose(people)
    crowd.run(2)
    asks, began = crowd.traffic.kinds["Ask"] + crowd.traffic.kinds["Hello"], crowd.now
    crowd.join(people, within=5)
    crowd.run(60)
    messages, direct, _ = crowd.traffic.worst(began, crowd.now)
    assert messages < 4 * budget.MESSAGES_PER_SECOND
    assert direct == 0
    assert crowd.traffic.kinds["Ask"] + crowd.traffic.kinds["Hello"] == asks


def test_who_only_listens_knows_all_after_an_interval_and_is_known_to_nobody() -> None:
    crowd = Crowd(2)
    people = crowd.add(10)
    (listener,) = crowd.add(part=Part.LISTENS)
    crowd.join([*people, listener])
    crowd.run(GONE)
    assert listener.known == {program.session for program in people}
    assert all(listener.session not in program.known for program in people)
