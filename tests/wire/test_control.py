"""Control messages: whatever comes in is read or ignored, what goes out comes in as it was."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.model import Answer, Ask, Bye, Hearsay, Here, Occupant, Posting, PresenceMessage, Typing
from amqpchat_tui.wire.control import (
    ANSWER_MAX_BYTES,
    ANSWER_MAX_OCCUPANTS,
    AWAY_MAX_CHARACTERS,
    Incoming,
    OutgoingControl,
    decode,
    encode,
)
from amqpchat_tui.wire.text import NICK_MAX_CHARACTERS

from .wild import assert_shows_safely, few, is_control, many, wild_bytes, wild_texts, wild_values

ROOM = "ops"
BOB = Occupant("bob", "5e55", account="bob", mailbox="amq.gen-bob")
TEN_YEARS = 10 * 365 * 24 * 3600


def receive(sent: OutgoingControl, who: Occupant = BOB) -> Incoming | None:
    """Have a message come in as the broker brings it, with what the client of `who` has added."""
    return decode(
        exchange=sent.exchange,
        routing_key=sent.routing_key,
        type=sent.type,
        headers=sent.headers,
        body=sent.body,
        user_id=who.account or None,
        reply_to=who.mailbox or None,
        message_id=sent.message_id,
        correlation_id=sent.correlation_id,
    )


def travel(message: PresenceMessage, mailbox: str = "") -> Incoming | None:
    sent = encode(ROOM, Posting(message, mailbox))
    assert sent is not None
    return receive(sent, message.who)


def presence(type: object = "here", **properties: Any) -> Incoming | None:
    properties = {"headers": {"session": "5e55"}, "routing_key": "bob"} | properties
    return decode(exchange="ops.presence", type=type, **properties)


def direct(type: object, headers: object = None, **properties: Any) -> Incoming | None:
    usual = {"session": "5e55", "nick": "bob", "room": ROOM}
    properties = {"reply_to": "q", "message_id": "1", "correlation_id": "1", "body": b"[]"} | properties
    return decode(
        exchange="", routing_key="q", type=type, headers=usual if headers is None else headers, **properties
    )


def here(incoming: Incoming | None) -> Here:
    assert incoming is not None
    assert isinstance(incoming.message, Here)
    return incoming.message


class TestTravelling:
    @pytest.mark.parametrize(
        "message",
        [
            Here(BOB),
            Here(BOB, away="lunch", since=3600),
            Here(BOB, away=""),
            Here(BOB, asks="1f"),
            Here(BOB, rooms=("lab", "a room", "部屋")),
            Here(BOB, asks="1f", rooms=("lab",)),
            Here(Occupant("bob", "5e55")),
            Bye(BOB),
            Typing(BOB),
        ],
    )
    def test_to_everybody(self, message: PresenceMessage) -> None:
        assert travel(message) == Incoming(ROOM, message)

    @pytest.mark.parametrize(
        "message",
        [
            Ask(BOB, "1f"),
            Answer(BOB, "1f"),
            Answer(BOB, "1f", 7, "", (Hearsay(Occupant("ann", "5e56", "ops", "m"), 3, "lunch", 60),)),
        ],
    )
    def test_to_one(self, message: PresenceMessage) -> None:
        assert travel(message, "amq.gen-ann") == Incoming(ROOM, message)

    def test_who_writes_in_private_names_no_room(self) -> None:
        sent = encode("", Posting(Typing(BOB), "amq.gen-ann"))
        assert sent is not None
        assert (sent.exchange, sent.routing_key, sent.mandatory) == ("", "amq.gen-ann", True)
        assert sent.headers == {"session": "5e55", "nick": "bob"}
        assert travel(Typing(BOB), "amq.gen-ann") == Incoming("", Typing(BOB))

    def test_what_is_on_the_wire(self) -> None:
        sent = encode(ROOM, Posting(Here(BOB, away="lunch", since=12, asks="1f")))
        assert sent is not None
        assert (sent.exchange, sent.routing_key, sent.type, sent.body) == (
            "ops.presence",
            "bob",
            "hello",
            b"",
        )
        assert sent.headers == {"session": "5e55", "since": 12, "away": "lunch"}
        assert (sent.message_id, sent.expiration_ms, sent.mandatory) == ("1f", 15_000, False)

    def test_what_is_for_one_person_is_to_be_returned(self) -> None:
        sent = encode(ROOM, Posting(Ask(BOB, "1f"), "amq.gen-ann"))
        assert sent is not None
        assert (sent.exchange, sent.routing_key, sent.mandatory) == ("", "amq.gen-ann", True)
        assert sent.headers == {"session": "5e55", "nick": "bob", "room": ROOM}

    @pytest.mark.parametrize("again", [0, 2])
    def test_who_asks_all_does_not_say_that_they_are_here(self, again: int) -> None:
        ask = Ask(BOB, "1f", everybody=True, again=again)
        assert travel(ask) == Incoming(ROOM, ask)
        sent = encode(ROOM, Posting(ask))
        assert sent is not None
        assert (sent.exchange, sent.type, sent.mandatory) == ("ops.presence", "ask", False)

    def test_a_room_of_too_long_a_name_has_no_presence(self) -> None:
        assert encode("r" * 250, Posting(Here(BOB))) is None
        assert encode("r" * 250, Posting(Ask(BOB, "1f"), "m")) is not None

    def test_an_answer_has_no_more_than_its_reader_takes(self) -> None:
        crowd = [Hearsay(Occupant("é" * 32, f"{n:064}", "ü" * 127, "m" * 255), n) for n in range(1_500)]
        incoming = travel(Answer(BOB, "1f", 0, None, crowd), "m")
        assert incoming is not None
        assert isinstance(incoming.message, Answer)
        kept = incoming.message.occupants
        assert list(kept) == crowd[: len(kept)]
        assert 200 < len(kept) <= ANSWER_MAX_OCCUPANTS

    def test_1_000_usual_occupants_fit(self) -> None:
        crowd = [
            Hearsay(Occupant(f"somebody{n}", f"{n:016x}", "account", "amq.gen-" + "q" * 22), 30, None, 86_400)
            for n in range(ANSWER_MAX_OCCUPANTS)
        ]
        sent = encode(ROOM, Posting(Answer(BOB, "1f", 0, None, crowd), "m"))
        assert sent is not None
        assert len(sent.body) < ANSWER_MAX_BYTES / 2
        assert len(json.loads(sent.body)) == ANSWER_MAX_OCCUPANTS


class TestReading:
    @pytest.mark.parametrize("kind", [None, 42, b"here", "", "HERE", "reaction", "x" * 255, "ask", "answer"])
    def test_other_kinds_are_ignored(self, kind: object) -> None:
        assert presence(kind) is None

    @pytest.mark.parametrize("kind", ["here", "hello", "bye"])
    def test_what_everybody_is_told_does_not_come_into_a_mailbox(self, kind: str) -> None:
        assert direct(kind) is None

    @pytest.mark.parametrize(
        "exchange",
        ["ops", "ops.events", ".presence", "amq.x.presence", "a\n.presence", "ops.presence.presence"],
    )
    def test_presence_comes_through_the_exchange_of_a_room(self, exchange: str) -> None:
        assert decode(exchange=exchange, routing_key="bob", type="here", headers={"session": "5e55"}) is None

    @pytest.mark.parametrize(
        "headers",
        [None, 1, [], {}, {"session": None}, {"session": 7}, {"session": ""}, {"session": b"5e55"}]
        + [{"session": bad} for bad in ("a\x1b[2J", "a\nb", "a\u202eb", " a", "x" * 65, "\ud800")],
    )
    def test_without_a_session_it_is_ignored(self, headers: object) -> None:
        assert presence(headers=headers) is None

    @pytest.mark.parametrize("room", [None, 7, "", "amq.ops", "ops.presence", "a\x00b", "r" * 256])
    def test_a_direct_one_names_a_room(self, room: object) -> None:
        assert direct("ask", {"session": "5e55", "nick": "bob", "room": room}) is None

    @pytest.mark.parametrize("properties", [{"message_id": None}, {"message_id": "\x07"}, {"reply_to": None}])
    def test_who_asks_can_be_answered(self, properties: dict[str, object]) -> None:
        assert direct("ask", **properties) is None
        hello = here(presence("hello", **{"message_id": "1", "reply_to": "q"} | properties))
        assert hello.asks == ""

    @pytest.mark.parametrize("correlation_id", [None, "", 7, "x" * 256])
    def test_an_answer_says_to_what(self, correlation_id: object) -> None:
        assert direct("answer", correlation_id=correlation_id) is None

    @pytest.mark.parametrize("since", [None, True, -1, 2**70, TEN_YEARS + 1, "7", 7.0, [7]])
    def test_an_absurd_time_counts_as_none(self, since: object) -> None:
        assert here(presence(headers={"session": "5e55", "since": since})).since == 0

    @pytest.mark.parametrize("again", [None, True, -1, "1", 1.0, [1], 2**70])
    def test_absurdly_often_counts_as_never_or_as_often(self, again: object) -> None:
        incoming = presence("ask", headers={"session": "5e55", "again": again}, message_id="1", reply_to="q")
        assert incoming is not None
        assert isinstance(incoming.message, Ask)
        assert incoming.message.again == (1_000 if again == 2**70 else 0)

    @pytest.mark.parametrize(
        ("rooms", "read"),
        [
            ("lab\ndev\n", ("lab", "dev")),
            ("lab\nlab", ("lab",)),
            ("\namq.x\na.presence\na\x1b[2J\nlab", ("lab",)),
            ("x\n" * 251, ()),
            ("é" * 251, ()),
            (7, ()),
            (["lab"], ()),
            ("\ud800", ()),
        ],
    )
    def test_of_other_rooms_those_are_read_that_can_be(self, rooms: object, read: tuple[str, ...]) -> None:
        assert here(presence(headers={"session": "5e55", "rooms": rooms})).rooms == read

    def test_of_many_rooms_as_many_are_told_as_are_read(self) -> None:
        names = [f"room {number:03} ä" for number in range(200)]
        incoming = travel(Here(BOB, rooms=names))
        assert incoming is not None
        told = here(incoming).rooms
        assert list(told) == names[: len(told)]
        assert 30 < len(told) < 50

    def test_absence_makes_nobody_checked(self) -> None:
        assert here(presence(headers={"session": "5e55", "away": "✓ ✔"})).away == "· ·"

    @pytest.mark.parametrize("away", [None, 7, True, b"lunch", ["lunch"]])
    def test_absence_is_text(self, away: object) -> None:
        assert here(presence(headers={"session": "5e55", "away": away})).away is None

    def test_absence_is_one_short_clean_line(self) -> None:
        away = here(presence(headers={"session": "5e55", "away": "\x1b[31m" + "x\n" * 1_000_000})).away
        assert away is not None
        assert away.startswith("␛[31mx x")
        assert len(away) == AWAY_MAX_CHARACTERS

    @pytest.mark.parametrize(
        "bad", [None, 7, b"bob", "bo\u200bb", "bo\x00b", " bob", "bob\n", "b" * 256, "é" * 128]
    )
    def test_an_account_or_mailbox_that_would_have_to_be_cleaned_is_none(self, bad: object) -> None:
        who = here(presence(user_id=bad, reply_to=bad)).who
        assert (who.account, who.mailbox) == ("", "")

    def test_a_nick_is_cleaned_as_everywhere(self) -> None:
        assert here(presence(routing_key="b\x1bob\u202e")).who.nick == "b␛ob"
        assert here(presence(routing_key=None)).who.nick == "anonymous"


kinds = st.one_of(st.sampled_from(["here", "hello", "bye", "typing", "ask", "answer"]), wild_values)
headers = st.one_of(
    wild_values,
    st.fixed_dictionaries(
        {},
        optional={
            "session": st.one_of(wild_values, st.text(max_size=70), st.just("5e55")),
            "nick": st.one_of(wild_values, wild_texts),
            "room": st.one_of(wild_values, wild_texts, st.just(ROOM)),
            "away": st.one_of(wild_values, wild_texts),
            "since": st.one_of(wild_values, st.integers()),
            "again": st.one_of(wild_values, st.integers()),
            "rooms": st.one_of(wild_values, wild_texts),
        },
    ),
)
strings = st.one_of(wild_values, wild_texts)
bodies = st.one_of(
    wild_bytes,
    st.lists(
        st.tuples(
            wild_texts, wild_texts, st.text(min_size=1), wild_texts, wild_texts, st.integers(), st.integers()
        )
    ).map(lambda rows: json.dumps(rows).encode()),
)


def occupants_of(message: PresenceMessage) -> list[Occupant]:
    others = [one.who for one in message.occupants] if isinstance(message, Answer) else []
    return [message.who, *others]


def texts_of(message: PresenceMessage) -> list[str]:
    who = [
        text for one in occupants_of(message) for text in (one.nick, one.account, one.session, one.mailbox)
    ]
    match message:
        case Here():
            return [*who, message.away or "", message.asks, *message.rooms]
        case Ask():
            return [*who, message.id]
        case Answer():
            return [*who, message.asked, *(one.away or "" for one in message.occupants)]
        case _:
            return who


@many
@given(
    exchange=st.one_of(st.just(""), st.just("ops.presence"), st.text()),
    routing_key=strings,
    kind=kinds,
    headers=headers,
    body=bodies,
    properties=st.fixed_dictionaries(
        dict.fromkeys(
            ("user_id", "reply_to", "message_id", "correlation_id"), st.one_of(strings, st.just("q"))
        )
    ),
)
def test_nothing_raises_and_what_is_read_is_clean(
    exchange: str,
    routing_key: object,
    kind: object,
    headers: object,
    body: bytes,
    properties: dict[str, object],
) -> None:
    incoming = decode(
        exchange=exchange, routing_key=routing_key, type=kind, headers=headers, body=body, **properties
    )
    if incoming is None:
        return
    for text in texts_of(incoming.message):
        assert not any(map(is_control, text))
        assert_shows_safely(text)
    for who in occupants_of(incoming.message):
        assert 0 < len(who.nick) <= NICK_MAX_CHARACTERS
        assert 0 < len(who.session) <= 64
        assert len(who.mailbox.encode()) <= 255


seconds = st.integers(0, TEN_YEARS)
sessions = st.text("0123456789abcdef", min_size=1, max_size=16)
names = st.sampled_from(["bob", "Zoë", "大卫", "bob the 2nd"])
occupants = st.builds(Occupant, names, sessions, st.sampled_from(["", "ops"]), st.just("amq.gen-x"))
absences = st.sampled_from([None, "", "lunch", "back at 3"])
rumours = st.builds(Hearsay, occupants, seconds, absences, seconds)
messages = st.one_of(
    st.builds(Here, occupants, absences, seconds, st.one_of(st.just(""), sessions)),
    st.builds(Bye, occupants),
    st.builds(Typing, occupants),
    st.builds(Ask, occupants, sessions),
    st.builds(Answer, occupants, sessions, seconds, absences, st.lists(rumours).map(tuple)),
)


@few
@given(messages)
def test_what_is_sent_is_read_as_it_was(message: PresenceMessage) -> None:
    assert travel(message, "m" if isinstance(message, (Ask, Answer)) else "") == Incoming(ROOM, message)
