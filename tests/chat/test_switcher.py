"""Numbers that never shift, and the ways from one conversation to another."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.chat.switcher import Switcher
from amqpchat_tui.model import ConversationId, Level

from .support import ALARMS, BOB, DEV, LAB, OPS, conversation, hear, line, mention


def switcher(*identities: ConversationId) -> Switcher:
    return Switcher(map(conversation, identities))


def numbers(switcher: Switcher) -> dict[str, int]:
    return {one.id.name: one.number for one in switcher.conversations.values()}


# -- numbers ----------------------------------------------------------------------------------------


def test_a_number_stays_when_others_come_and_go_and_the_lowest_free_one_is_next() -> None:
    rooms = switcher(OPS, LAB, DEV)
    assert numbers(rooms) == {"ops": 1, "lab": 2, "dev": 3}
    rooms.remove(LAB)
    assert numbers(rooms) == {"ops": 1, "dev": 3}
    rooms.add(conversation(BOB))
    assert list(numbers(rooms).items()) == [("ops", 1), ("bob", 2), ("dev", 3)]
    rooms.add(conversation(ALARMS))
    rooms.add(conversation(LAB), 9)
    rooms.add(conversation(ConversationId.room("late")), 3)
    assert list(numbers(rooms).values()) == [1, 2, 3, 4, 5, 9]
    assert numbers(rooms)["late"] == 5


def test_numbers_that_were_kept_win() -> None:
    rooms = switcher(OPS, LAB, DEV)
    rooms.renumber({DEV: 1, LAB: 7})
    assert list(numbers(rooms).items()) == [("dev", 1), ("ops", 2), ("lab", 7)]
    rooms.renumber({OPS: 7, DEV: 7})
    assert list(numbers(rooms).items()) == [("dev", 1), ("lab", 2), ("ops", 7)]


IDENTITIES = [ConversationId.room(f"room {number}") for number in range(8)]
WANTED = st.dictionaries(st.sampled_from(IDENTITIES), st.integers(1, 10))


class Naive:
    """Numbers as one would give them by hand."""

    def __init__(self, first: ConversationId) -> None:
        self.numbers = {first: 1}

    def add(self, identity: ConversationId, wanted: int | None) -> None:
        number = wanted
        if number is None or number in self.numbers.values():
            number = 1
            while number in self.numbers.values():
                number += 1
        self.numbers[identity] = number


@given(
    st.lists(
        st.tuples(st.sampled_from(IDENTITIES), st.booleans(), st.none() | st.integers(1, 10)), max_size=30
    )
)
def test_numbers_are_as_in_a_naive_model(
    doings: Sequence[tuple[ConversationId, bool, int | None]],
) -> None:
    rooms, naive = switcher(OPS), Naive(OPS)
    for identity, comes, number in doings:
        if comes and identity not in rooms.conversations:
            rooms.add(conversation(identity), number)
            naive.add(identity, number)
        elif not comes and identity in rooms.conversations:
            rooms.remove(identity)
            del naive.numbers[identity]
        assert {one.id: one.number for one in rooms.conversations.values()} == naive.numbers
        assert list(numbers(rooms).values()) == sorted(naive.numbers.values())
        assert all(rooms.by_number(number) == identity for identity, number in naive.numbers.items())


@given(st.sets(st.sampled_from(IDENTITIES), min_size=1), WANTED)
def test_renumbering_gives_each_one_number_and_those_that_are_wanted(
    there: set[ConversationId], wanted: dict[ConversationId, int]
) -> None:
    rooms = switcher(*sorted(there))
    before = {one.id: one.number for one in rooms.conversations.values()}
    wanted = {identity: number for identity, number in wanted.items() if identity in there}
    rooms.renumber(wanted)
    after = {one.id: one.number for one in rooms.conversations.values()}
    assert after.keys() == before.keys()
    assert len(set(after.values())) == len(after)
    assert list(after.values()) == sorted(after.values())
    first = {number: identity for identity, number in reversed(wanted.items())}
    for number, identity in first.items():
        assert after[identity] == number
    for identity in after.keys() - first.values():
        assert after[identity] == before[identity] or before[identity] in after.values()


# -- the one shown ----------------------------------------------------------------------------------


def test_the_one_before_is_the_one_that_was_shown_last() -> None:
    rooms = switcher(OPS, LAB, DEV)
    assert (rooms.shown.id, rooms.previous()) == (OPS, None)
    for identity in LAB, DEV, LAB:
        rooms.show(identity)
    assert (rooms.shown.id, rooms.previous()) == (LAB, DEV)
    rooms.remove(DEV)
    assert rooms.previous() == OPS
    rooms.remove(LAB)
    assert (rooms.shown.id, rooms.previous()) == (OPS, None)


def test_who_leaves_what_they_see_and_saw_no_other_sees_the_next() -> None:
    rooms = switcher(OPS, LAB, DEV)
    rooms.remove(OPS)
    assert rooms.shown.id == LAB
    assert rooms.previous() is None


def test_steps_go_by_number_and_around_the_ends() -> None:
    rooms = switcher(OPS, LAB, DEV)
    assert (rooms.step(1), rooms.step(-1)) == (LAB, DEV)
    rooms.show(DEV)
    assert (rooms.step(1), rooms.step(-1)) == (OPS, LAB)
    assert switcher(OPS).step(1) is None


def test_there_is_none_under_another_number() -> None:
    rooms = switcher(OPS, LAB)
    assert [rooms.by_number(number) for number in (0, 1, 2, 3)] == [None, OPS, LAB, None]


# -- the walk through what is new -------------------------------------------------------------------


def walk(rooms: Switcher, steps: int) -> list[ConversationId | None]:
    """Go on in the walk and read what one comes to."""
    went: list[ConversationId | None] = []
    for _ in range(steps):
        target = rooms.next_news()
        went.append(target)
        if target is not None:
            rooms.show(target)
            rooms.shown.read()
    return went


def test_the_walk_goes_to_private_lines_mentions_and_lines_the_oldest_first_and_back() -> None:
    later = ConversationId.room("later")
    rooms = switcher(OPS, LAB, DEV, BOB, ALARMS, later)
    there = rooms.conversations
    hear(there[DEV], line(2.0))
    hear(there[LAB], line(1.0), mention(8.0))
    hear(there[later], line(3.0))
    hear(there[ALARMS], line(4.0), mention(7.0))
    hear(there[BOB], line(9.0))
    assert walk(rooms, 8) == [BOB, ALARMS, LAB, DEV, later, OPS, None, None]


def test_news_that_come_during_the_walk_are_part_of_it() -> None:
    rooms = switcher(OPS, LAB, DEV)
    hear(rooms.conversations[LAB], line())
    assert walk(rooms, 1) == [LAB]
    hear(rooms.conversations[DEV], mention())
    hear(rooms.conversations[OPS], line())
    assert walk(rooms, 3) == [DEV, OPS, None]


def test_muted_ones_are_left_out_unless_one_is_mentioned() -> None:
    rooms = switcher(OPS, LAB, DEV, ALARMS)
    for identity, level in ((LAB, Level.MENTIONS), (DEV, Level.NONE), (ALARMS, Level.MENTIONS)):
        rooms.conversations[identity].set_level(level)
        hear(rooms.conversations[identity], line())
    assert rooms.next_news() is None
    hear(rooms.conversations[DEV], mention())
    hear(rooms.conversations[ALARMS], mention())
    assert walk(rooms, 3) == [ALARMS, OPS, None]


def test_who_leaves_the_walk_begins_another_where_they_are() -> None:
    rooms = switcher(OPS, LAB, DEV, ALARMS)
    for identity in LAB, ALARMS:
        hear(rooms.conversations[identity], line())
    assert walk(rooms, 1) == [LAB]
    rooms.show(DEV)
    assert walk(rooms, 3) == [ALARMS, DEV, None]


def test_what_is_not_read_where_one_comes_by_is_passed_over_until_there_is_more() -> None:
    """Who has scrolled up in two rooms would else be led from one to the other for ever."""
    rooms = switcher(OPS, LAB, DEV)
    went: list[ConversationId | None] = []
    for identity in LAB, DEV:
        hear(rooms.conversations[identity], line())
    for step in range(5):
        if step == 2:
            hear(rooms.conversations[LAB], line())
        target = rooms.next_news()
        went.append(target)
        rooms.show(target or OPS)
    assert went == [LAB, DEV, LAB, OPS, LAB]


def test_a_walk_does_not_end_where_there_is_no_room_any_more() -> None:
    rooms = switcher(OPS, LAB, DEV)
    hear(rooms.conversations[LAB], line())
    assert walk(rooms, 1) == [LAB]
    rooms.remove(OPS)
    assert rooms.next_news() is None


# -- finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bc", ["bcc", "broadcast_chat"]),
        ("BROAD", ["broadcast_chat"]),
        ("chat", ["chat", "chatter", "broadcast_chat"]),
        ("tca", ["broadcast_chat", "amq.topic"]),
        ("zürich", ["Zürich"]),
        ("chad", []),
        ("b", ["bcc", "bob", "broadcast_chat"]),
        ("@", ["bob"]),
        ("@b", ["bob"]),
        ("@c", []),
        ("=", ["amq.topic"]),
        ("=alarm", ["amq.topic"]),
        ("2", ["chat"]),
        (" chat ", ["chat", "chatter", "broadcast_chat"]),
        ("+", []),
    ],
)
def test_a_part_of_a_name_finds_the_best_match_first(text: str, found: list[str]) -> None:
    names = ["broadcast_chat", "chat", "chatter", "bcc", "Zürich"]
    rooms = switcher(*map(ConversationId.room, names), BOB, ALARMS)
    assert [identity.name for identity in rooms.find(text)] == found


def test_the_number_comes_behind_the_very_name_and_before_other_names() -> None:
    rooms = switcher(*map(ConversationId.room, ["a", "b", "3", "30", "c3"]))
    assert [identity.name for identity in rooms.find("3")] == ["3", "30", "c3"]
    rooms.remove(ConversationId.room("3"))
    rooms.add(conversation(ConversationId.room("zzz")), 3)
    assert [identity.name for identity in rooms.find("3")] == ["zzz", "30", "c3"]


def test_without_a_text_there_are_those_with_news_and_then_those_shown_last() -> None:
    rooms = switcher(OPS, LAB, DEV, BOB, ALARMS)
    for identity in DEV, LAB, OPS:
        rooms.show(identity)
    hear(rooms.conversations[ALARMS], line())
    assert rooms.find("") == [ALARMS, LAB, DEV, BOB, OPS]
    hear(rooms.conversations[DEV], mention())
    assert rooms.find("") == [DEV, ALARMS, LAB, BOB, OPS]
    assert rooms.find("+") == [DEV, ALARMS]
    assert rooms.find("+o") == [ALARMS]


@given(
    st.text(alphabet="abü", max_size=5),
    st.lists(st.text(alphabet="abcü", min_size=1, max_size=8), unique=True),
)
def test_exactly_those_are_found_that_hold_the_text_as_a_subsequence(text: str, names: list[str]) -> None:
    def holds(name: str) -> bool:
        rest = iter(name)
        return all(character in rest for character in text)

    rooms = switcher(OPS, *map(ConversationId.room, names))
    found = {identity.name for identity in rooms.find(text)}
    assert found == {name for name in ["ops", *names] if holds(name)}
