"""What becomes of lines: whatever comes in is read or ignored, what goes out comes in as it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amqpchat_tui.model import LineEvent, Occupant, Reaction, Withdrawal
from amqpchat_tui.wire.events import EMOJI_MAX_CHARACTERS, OutgoingEvent, check_emoji, decode, encode
from amqpchat_tui.wire.text import INVISIBLE, NICK_MAX_CHARACTERS, WireError

from .arrived import arrived
from .wild import (
    ZERO_WIDTH,
    assert_shows_safely,
    is_control,
    many,
    wild_bytes,
    wild_characters,
    wild_texts,
    wild_values,
)

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC).timestamp()
BOB = Occupant("bob", "5e55", account="bob")
THUMB = Reaction("id-1", BOB, NOON + 0.25, "e-1", emoji="👍")

EMOJI = [
    "👍",
    "❤",
    "❤️",
    "☺︎",
    "👍🏽",
    "👩‍👩‍👧‍👦",
    "👩🏽‍❤️‍💋‍👨🏾",
    "🏳️‍🌈",
    "🏴‍☠️",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🇩🇪",
    "1️⃣",
    "#⃣",
    "🙂‍↔️",
    "\U0001fae8",  # younger than Python 3.11
    "✅",
]


def receive(sent: OutgoingEvent, account: str = "bob", me: tuple[str, str] = ("", "")) -> LineEvent | None:
    """Have an event come in as the broker brings it, with what the client of `account` has added."""
    properties: dict[str, Any] = {
        "message_type": sent.type,
        "headers": sent.headers,
        "message_id": sent.message_id,
        "timestamp": sent.timestamp,
    }
    message = arrived(b"", sent.routing_key, user_id=account or None, **properties)
    return decode(message, received_at=7.0, me=me)


def read(kind: object = "reaction", routing_key: object = "bob", **properties: Any) -> LineEvent | None:
    usual = {"message_id": "e-1", "headers": {"about": "id-1", "emoji": "👍"}} | properties
    return decode(arrived(b"", routing_key, message_type=kind, **usual), received_at=NOON, me=("", "mine"))


def emoji_of(text: str) -> str:
    event = read(headers={"about": "id-1", "emoji": text})
    return event.emoji if isinstance(event, Reaction) else ""


@pytest.mark.parametrize(
    "event",
    [
        THUMB,
        Reaction("~0123456789abcdef", BOB, NOON, "e-1", emoji="+1", remove=True),
        Withdrawal("id-1", BOB, NOON, "e-1"),
    ],
)
def test_it_comes_in_as_it_went_out(event: LineEvent) -> None:
    assert receive(encode(event)) == event


def test_it_goes_out_without_a_text_and_with_plain_values_only() -> None:
    """A stream loses tables and lists, and makes integers of numbers that are none."""
    sent = encode(Reaction("id-1", BOB, NOON + 0.25, "e-1", emoji="👍", remove=True))
    assert (sent.type, sent.routing_key, sent.message_id) == ("reaction", "bob", "e-1")
    assert sent.headers == {
        "about": "id-1",
        "emoji": "👍",
        "remove": True,
        "session": "5e55",
        "sent_at_ms": round(NOON * 1000) + 250,
    }
    assert sent.timestamp == datetime.fromtimestamp(NOON, UTC)


@pytest.mark.parametrize(
    ("me", "own"),
    [
        (("bob", "5e55"), True),
        (("bob", "another"), False),
        (("eve", "5e55"), False),  # who says that it is our session, and is somebody else
    ],
)
def test_it_is_own_if_account_and_session_are(me: tuple[str, str], own: bool) -> None:
    event = receive(encode(THUMB), me=me)
    assert event is not None
    assert event.own is own


def test_a_script_needs_no_more_than_kind_id_and_headers() -> None:
    assert read() == Reaction("id-1", Occupant("bob", ""), NOON, "e-1", emoji="👍")
    assert read("withdraw") == Withdrawal("id-1", Occupant("bob", ""), NOON, "e-1")


@pytest.mark.parametrize("kind", ["tick", "here", "", None, 7, ["reaction"]])
def test_unknown_kinds_are_ignored(kind: object) -> None:
    assert read(kind) is None


@pytest.mark.parametrize(
    "properties",
    [
        {"headers": None},
        {"headers": {"emoji": "👍"}},
        {"headers": {"about": 7, "emoji": "👍"}},
        {"headers": {"about": "", "emoji": "👍"}},
        {"headers": {"about": "x" * 256, "emoji": "👍"}},
        {"headers": {"about": "id\x1b[2J", "emoji": "👍"}},
        {"headers": {"about": "id-1"}},
        {"headers": {"about": "id-1", "emoji": b"+1"}},
        {"headers": {"about": "id-1", "emoji": "\u202e"}},
        {"headers": {"about": "id-1", "emoji": "x" * 17}},
        {"headers": {"about": "id-1", "emoji": "x" * 1_000_000}},
        {"message_id": None},
        {"message_id": "x" * 256},
    ],
)
def test_what_lacks_something_is_ignored(properties: dict[str, Any]) -> None:
    assert read(**properties) is None


@pytest.mark.parametrize("remove", [1, "true", None, 0])
def test_only_true_takes_a_reaction_away(remove: object) -> None:
    event = read(headers={"about": "id-1", "emoji": "👍", "remove": remove})
    assert isinstance(event, Reaction)
    assert not event.remove


@pytest.mark.parametrize("emoji", EMOJI)
def test_an_emoji_stays_whole(emoji: str) -> None:
    assert emoji_of(emoji) == emoji == check_emoji(emoji)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+1", "+1"),
        ("  so  so  ", "so  so"),
        ("a\nb\tc\x1b", "a␊b␉c␛"),
        ("\u202e👍\u202c", "👍"),
        ("👍\u200d", "👍"),
        ("\ufe0f👍", "👍"),
        ("a\u200db\ufe0fc\U000e0067", "abc"),
        ("👍\U000e0067\U000e007f", "👍"),
        ("1\ufe0f", "1"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_of_other_text_nothing_invisible_stays(text: str, shown: str) -> None:
    assert emoji_of(text) == shown == check_emoji(text)


@pytest.mark.parametrize("text", ["", " ", "\u200d", "\u0301", "x" * 17, "👍" * 17])
def test_what_is_no_reaction_cannot_be_sent(text: str) -> None:
    with pytest.raises(WireError):
        check_emoji(text)


_pieces = st.one_of(wild_characters, st.sampled_from([*ZERO_WIDTH, *EMOJI, *"".join(EMOJI), "\ufe0e"]))


@many
@given(st.one_of(wild_texts, st.lists(_pieces, max_size=12).map("".join)))
def test_whatever_text_comes_it_is_safe_and_stays_as_it_is(text: str) -> None:
    emoji = emoji_of(text)
    assert_shows_safely(emoji)
    assert len(emoji) <= EMOJI_MAX_CHARACTERS
    assert "\n" not in emoji
    assume(emoji)
    assert emoji_of(emoji) == emoji == check_emoji(text)
    for invisible in INVISIBLE.findall(emoji):
        assert invisible in "\u200d\ufe0e\ufe0f" or "\U000e0020" <= invisible <= "\U000e007f"


@many
@given(st.one_of(st.sampled_from(["reaction", "withdraw"]), wild_values), st.data())
def test_whatever_comes_it_is_read_or_ignored(kind: object, data: st.DataObject) -> None:
    headers = data.draw(
        st.one_of(
            wild_values,
            st.fixed_dictionaries(
                {},
                optional=dict.fromkeys(
                    ("about", "emoji", "remove", "session", "sent_at_ms"), st.one_of(wild_texts, wild_values)
                ),
            ),
        )
    )
    names = "message_id", "user_id", "reply_to", "timestamp"
    properties = {name: data.draw(st.one_of(st.just("x"), wild_texts, wild_values)) for name in names}
    event = read(kind, data.draw(st.one_of(wild_bytes, wild_values)), headers=headers, **properties)
    if event is not None:
        texts = event.about, event.event_id, event.who.session, event.who.account
        assert not [character for text in texts for character in text if is_control(character)]
        assert 0 < len(event.who.nick) <= NICK_MAX_CHARACTERS
        assert event.about
        assert event.event_id
