"""When one says that one is here: never too much for the room, soon enough for whoever comes."""

from collections.abc import Sequence
from random import Random

import pytest

from amqpchat_tui.chat.people import budget
from amqpchat_tui.chat.people.announcer import NEWS_SECONDS, TYPING_MAX_PEOPLE, Announcer, Part
from amqpchat_tui.chat.people.answering import ANSWERERS, ANSWERS_AT_ONCE, REPETITIONS_AT_ONCE
from amqpchat_tui.chat.people.query import ANSWER_SECONDS
from amqpchat_tui.chat.people.roster import Roster
from amqpchat_tui.chat.people.turn import CENSUS_SECONDS, LISTEN_SECONDS, WINDOW_SECONDS
from amqpchat_tui.model import Answer, Ask, Bye, Hearsay, Here, Occupant, Posting, PresenceMessage, Typing
from tests.support.crowd import Crowd

T = budget.MIN_INTERVAL_SECONDS
LISTENING = LISTEN_SECONDS + CENSUS_SECONDS
WAITING = LISTENING + WINDOW_SECONDS
"""Until a newcomer has said something, who hears no other."""
ME = Occupant("me", "5e55", mailbox="mine")
ANN, BOB, CAROL = (
    Occupant(nick, f"session of {nick}", mailbox=f"mailbox of {nick}") for nick in ("ann", "bob", "carol")
)


class Seat:
    """One program's announcer, with a clock to turn."""

    def __init__(self, *, part: Part = Part.ANNOUNCES, bound: bool = True, seed: int = 0) -> None:
        self.roster = Roster(ME.session, lambda change: None)
        self.announcer = Announcer(self.roster, ME, Random(seed), part=part)
        self.now = 0.0
        self.said: list[tuple[float, Posting]] = []
        if bound:
            self.announcer.bound(ME, 0.0)

    def wait(self, seconds: float) -> Sequence[PresenceMessage]:
        """Let time pass; return what was said meanwhile."""
        end, before = self.now + seconds, len(self.said)
        while (due := self.announcer.due) <= end:
            self.now = max(self.now, due)
            self.said += [(self.now, posting) for posting in self.announcer.poll(self.now)]
        self.now = end
        return [posting.message for _, posting in self.said[before:]]

    def hear(self, *messages: PresenceMessage) -> None:
        for message in messages:
            self.announcer.hear(message, self.now)

    @property
    def known(self) -> list[str]:
        return sorted(one.who.nick for one in self.roster)

    def asked(self) -> tuple[str, str]:
        """The mailbox to which the last question went, and its id."""
        posting = self.said[-1][1]
        assert isinstance(posting.message, Ask)
        return posting.mailbox, posting.message.id


def resident(nick: str = "bob") -> Here:
    return Here(Occupant(nick, f"session of {nick}", mailbox=f"mailbox of {nick}"), since=3600)


def others(number: int, since: int = 3600) -> list[Here]:
    return [
        Here(Occupant(f"nick{n}", f"session {n}", mailbox=f"mailbox {n}"), since=since) for n in range(number)
    ]


class TestNewcomers:
    def test_alone_one_asks_everybody_some_times_and_then_says_so_now_and_then(self) -> None:
        seat = Seat()
        assert seat.wait(LISTENING - 0.01) == []
        (hello,) = seat.wait(WAITING)
        assert isinstance(hello, Here)
        assert hello.asks
        again = [
            message for message in seat.wait(len(ANSWERERS) * ANSWER_SECONDS) if isinstance(message, Ask)
        ]
        assert [(ask.id, ask.everybody, ask.again) for ask in again] == [
            (hello.asks, True, 1),
            (hello.asks, True, 2),
        ]
        later = seat.wait(10 * T)
        assert all(isinstance(message, Here) and not message.asks for message in later)
        assert 6 <= len(later) <= 20

    def test_whoever_has_been_heard_is_asked_and_the_room_is_not(self) -> None:
        seat = Seat()
        seat.hear(resident("bob"))
        ask, here = seat.wait(WAITING)
        assert isinstance(ask, Ask)
        assert isinstance(here, Here)
        assert not here.asks
        seat.hear(Answer(BOB, ask.id, 3600, None, [Hearsay(CAROL, 5)]))
        assert seat.known == ["bob", "carol"]
        assert all(isinstance(message, Here) and not message.asks for message in seat.wait(10 * T))

    def test_whoever_speaks_may_be_asked(self) -> None:
        seat = Seat()
        seat.announcer.hear_line(BOB, 0.0)
        assert isinstance(seat.wait(0.8)[0], Ask)
        assert seat.said[0][1].mailbox == BOB.mailbox

    def test_who_has_no_mailbox_any_more_is_followed_by_the_next_at_once(self) -> None:
        seat = Seat()
        seat.hear(resident("bob"), resident("carol"))
        seat.wait(0.8)
        (first, _), *_ = [(p.mailbox, p.message) for _, p in seat.said if isinstance(p.message, Ask)]
        seat.announcer.returned(first, seat.now)
        (second,) = seat.wait(0.0)
        assert isinstance(second, Ask)
        assert {first, seat.asked()[0]} == {"mailbox of bob", "mailbox of carol"}
        assert len(seat.known) == 1  # the broker says that the other one is gone

    def test_when_nobody_answers_the_room_is_asked(self) -> None:
        seat = Seat()
        seat.hear(*others(4))
        said = seat.wait(NEWS_SECONDS + 4 * ANSWER_SECONDS)
        assert sum(isinstance(message, Ask) for message in said) <= 6
        assert sum(isinstance(message, Here) and bool(message.asks) for message in said) == 1

    def test_who_is_as_new_knows_no_more(self) -> None:
        seat = Seat()
        seat.hear(Here(ANN, since=0))
        (hello,) = seat.wait(WAITING + 1)
        assert isinstance(hello, Here)
        seat.hear(Answer(ANN, hello.asks, 0, None, []))
        seat.wait(1)
        seat.hear(resident("bob"))
        assert isinstance(seat.wait(1)[0], Ask)

    @pytest.mark.parametrize("asked", ["", "another"])
    def test_an_answer_to_no_question_is_ignored(self, asked: str) -> None:
        seat = Seat()
        seat.hear(resident("bob"))
        seat.wait(0.8)
        seat.hear(Answer(CAROL, asked, 3600, None, [Hearsay(ANN, 0)]))
        assert seat.known == ["bob"]

    def test_in_a_storm_one_waits_and_does_not_ask_the_room(self) -> None:
        seat = Seat()
        seat.hear(*others(100, since=0))
        said = seat.wait(100 / budget.MESSAGES_PER_SECOND / 2)
        assert said == []
        said = seat.wait(100 / budget.MESSAGES_PER_SECOND)
        assert isinstance(said[0], Here)
        assert not said[0].asks


class TestSayingSo:
    def test_a_line_counts(self) -> None:
        seat = Seat()
        seat.wait(1)
        for _ in range(100):
            assert not [message for message in seat.wait(T / 2 - 0.1) if isinstance(message, Here)]
            seat.announcer.hear_line(ME, seat.now)

    def test_the_interval_grows_with_the_room(self) -> None:
        seat = Seat()
        seat.wait(1)
        for one in others(299):
            seat.hear(one)
        seat.wait(100)  # until the first that has the new interval
        for _ in range(20):
            seat.hear(*others(299))
            heres = [message for message in seat.wait(29) if isinstance(message, Here)]
            assert len(heres) <= 1

    def test_what_is_left_of_it_shrinks_with_the_room(self) -> None:
        seat = Seat()
        seat.hear(*others(299))
        seat.wait(31)
        for one in others(299):
            seat.hear(Bye(one.who))
        assert [message for message in seat.wait(1.5 * T) if isinstance(message, Here)]

    def test_absence_and_another_name_are_told_soon(self) -> None:
        seat = Seat()
        seat.wait(WAITING + len(ANSWERERS) * ANSWER_SECONDS)
        seat.announcer.set_away("lunch", seat.now)
        seat.announcer.rename("myself", seat.now)
        (here,) = seat.wait(NEWS_SECONDS)
        assert isinstance(here, Here)
        assert (here.who.nick, here.away) == ("myself", "lunch")

    def test_who_does_not_announce_says_nothing_at_all(self) -> None:
        seat = Seat(part=Part.LISTENS)
        seat.hear(resident("bob"), Here(ANN, asks="1"), Ask(CAROL, "2"))
        seat.announcer.set_away("lunch", seat.now)
        assert seat.wait(20) == []
        assert seat.known == ["ann", "bob"]
        assert seat.announcer.typed(seat.now) is None
        assert seat.announcer.farewell(seat.now) is None

    def test_without_a_connection_nothing_is_said_or_heard(self) -> None:
        seat = Seat(bound=False)
        seat.hear(resident("bob"))
        seat.announcer.hear_line(BOB, 0.0)
        assert seat.wait(100) == []
        assert seat.announcer.typed(seat.now) is None
        assert seat.known == []

    def test_in_a_large_room_only_the_census_says_so(self) -> None:
        crowd = [Here(Occupant(f"n{n}", f"s{n}", mailbox=f"m{n}"), since=3600) for n in range(1_100)]
        assert not budget.in_census(ME.session)
        seat = Seat()
        seat.wait(1)
        seat.hear(*crowd)
        seat.announcer.set_away("lunch", seat.now)
        assert not [message for message in seat.wait(500) if isinstance(message, Here)]

    def test_after_an_outage_nobody_is_asked(self) -> None:
        seat = Seat()
        seat.hear(*others(99))
        seat.wait(30)
        seat.announcer.lost(seat.now)
        seat.wait(5)
        seat.announcer.bound(ME, seat.now)
        said = seat.wait(20)
        assert len(said) == 1
        assert isinstance(said[0], Here)
        assert not said[0].asks


class TestTyping:
    def test_at_most_every_three_seconds(self) -> None:
        seat = Seat()
        posts = [seat.announcer.typed(second / 10) for second in range(61)]
        assert [posting for posting in posts if posting] == [Posting(Typing(ME))] * 3

    def test_never_above_a_hundred_people(self) -> None:
        seat = Seat()
        seat.hear(*others(TYPING_MAX_PEOPLE - 1))
        assert seat.announcer.typed(0.0) is not None
        seat.hear(resident("one more"))
        assert seat.announcer.typed(10.0) is None


class TestLeaving:
    def test_who_has_said_something_says_goodbye(self) -> None:
        seat = Seat()
        assert seat.announcer.farewell(0.1) is None
        seat = Seat()
        seat.wait(1)
        assert seat.announcer.farewell(1.0) == Posting(Bye(ME))

    def test_not_all_of_many_say_it(self) -> None:
        seat = Seat()
        seat.hear(*others(20))
        seat.wait(1)
        seat.hear(*(Bye(one.who) for one in others(10)))
        assert seat.announcer.farewell(seat.now) is None


class TestAnswering:
    def test_who_is_asked_answers(self) -> None:
        seat = Seat()
        seat.hear(Here(BOB, "lunch", 60))
        seat.wait(2)
        seat.hear(Ask(CAROL, "1"))
        posting = Posting(Answer(ME, "1", 2, None, [Hearsay(BOB, 2, "lunch", 60)]), CAROL.mailbox)
        seat.wait(0)
        assert seat.said[-1] == (2, posting)

    def test_a_stranger_cannot_have_them_without_end(self) -> None:
        seat = Seat()
        seat.wait(1)
        for number in range(1_000):
            seat.hear(Ask(Occupant("x", f"{number}", mailbox=f"victim{number}"), "1"))
        seat.hear(*(Ask(CAROL, f"{number}") for number in range(1_000)))
        assert len(seat.wait(0.5)) <= ANSWERS_AT_ONCE + 5

    def test_a_flood_of_questions_to_all_is_not_looked_at(self) -> None:
        seat = Seat()
        seat.wait(1)
        for number in range(1_000):
            seat.hear(Here(Occupant("x", f"{number}", mailbox=f"victim{number}"), asks="1"))
        assert len(seat.wait(2)) <= ANSWERS_AT_ONCE + 5

    def test_of_those_who_hear_a_question_to_all_the_first_ones_answer(self) -> None:
        crowd = Crowd(3)
        crowd.join(crowd.add(40))
        crowd.run(60)
        before = crowd.traffic.kinds["Answer"]
        late = Occupant("late", "late", mailbox="nowhere")
        crowd.publish(Posting(Here(late, asks="1")))
        crowd.run(0.2)
        assert crowd.traffic.kinds["Answer"] - before == 1
        crowd.run(5)
        assert crowd.traffic.kinds["Answer"] - before == 3

    def test_who_asks_all_again_is_answered_by_others(self) -> None:
        crowd = Crowd(3)
        crowd.join(crowd.add(20))
        crowd.run(60)
        late = Occupant("late", "late", mailbox="nowhere")
        answered = []
        for again in range(4):
            before = crowd.traffic.kinds["Answer"]
            crowd.publish(Posting(Ask(late, "1", everybody=True, again=again)))
            crowd.run(5)
            answered.append(crowd.traffic.kinds["Answer"] - before)
        assert answered == [3, 12, 5, 0]

    def test_a_stranger_cannot_have_many_answer_often(self) -> None:
        seat = Seat()
        seat.wait(1)
        seat.hear(*others(5))
        for number in range(1_000):
            asker = Occupant("x", f"{number}", mailbox=f"victim{number}")
            seat.hear(Ask(asker, "1", everybody=True, again=1))
        assert len([one for one in seat.wait(1) if isinstance(one, Answer)]) <= REPETITIONS_AT_ONCE


class TestForgery:
    """Where all share an account, anybody can say something in our session's name."""

    def test_our_goodbye_is_contradicted(self) -> None:
        seat = Seat()
        seat.hear(resident("bob"))
        seat.wait(30)
        seat.hear(Bye(ME))
        assert [message for message in seat.wait(T) if isinstance(message, Here)]

    def test_what_we_are_said_to_be_is_contradicted_but_not_endlessly(self) -> None:
        seat = Seat()
        seat.wait(30)
        said = 0
        for _ in range(1_000):
            seat.hear(Here(Occupant("oaf", ME.session), "gone fishing"), Bye(ME))
            said += len(seat.wait(0.1))
        assert 1 <= said <= 100 / (T / 2) + 1
        assert seat.announcer.me == ME

    def test_our_own_words_are_not(self) -> None:
        seat = Seat()
        for _ in range(50):
            for message in seat.wait(1):
                seat.hear(message)
        assert len(seat.said) <= 50 / (T / 2) + 1
        assert seat.known == []


def test_of_those_whom_somebody_asks_who_is_not_here_few_answer() -> None:
    crowd = Crowd(4)
    crowd.join(crowd.add(40))
    crowd.run(60)
    before = crowd.traffic.kinds["Answer"]
    crowd.publish(Posting(Ask(Occupant("late", "late", mailbox="nowhere"), "1", everybody=True)))
    crowd.run(5)
    assert crowd.traffic.kinds["Answer"] - before == 3
    assert all("late" not in program.known for program in crowd.programs)
