"""What comes with a line beside its text: when it was typed, under which id, and by whom."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from amqpchat_tui.model import ChatMessage, Occupant
from amqpchat_tui.wire.lines import decode
from tests.wire.arrived import arrived

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
NOW = NOON.timestamp()


def sent_at(*, timestamp: object = None, headers: object = None) -> float | None:
    return decode(arrived(timestamp=timestamp, headers=headers), received_at=NOW).sent_at


class TestReadingProperties:
    def test_all_missing(self) -> None:
        message = decode(arrived(b"hello"), received_at=NOW)
        assert message == ChatMessage(nick="bob", text="hello", received_at=NOW)

    def test_own_lines_are_marked_by_who_knows(self) -> None:
        assert decode(arrived(), received_at=NOW, own=True).own

    @pytest.mark.parametrize(
        ("timestamp", "expected"),
        [
            pytest.param(NOON, NOW, id="aware"),
            pytest.param(NOON.astimezone(timezone(timedelta(hours=5))), NOW, id="another zone"),
            pytest.param(NOON.replace(tzinfo=None), NOW, id="naive is UTC"),
            pytest.param(int(NOW), NOW, id="seconds"),
            pytest.param(datetime(9999, 12, 31, tzinfo=UTC), None, id="year 9999"),
            pytest.param(datetime(1, 1, 1), None, id="year 1"),
            pytest.param(
                datetime(1978, 1, 11, tzinfo=UTC), None, id="what pamqp makes of seconds in the year 9999"
            ),
            pytest.param(2**63, None, id="huge"),
            pytest.param(-1, None, id="negative"),
            pytest.param(True, None, id="bool"),
            pytest.param("2024-05-01", None, id="string"),
            pytest.param({"a": {"b": []}}, None, id="table"),
        ],
    )
    def test_timestamp(self, timestamp: object, expected: float | None) -> None:
        assert sent_at(timestamp=timestamp) == expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param(int(NOW * 1000) + 123, NOW + 0.123, id="milliseconds"),
            pytest.param(int(NOW), None, id="seconds by mistake"),
            pytest.param(253_402_300_799_000, None, id="year 9999"),
            pytest.param(True, None, id="bool"),
            pytest.param(NOW * 1000, None, id="float"),
            pytest.param(Decimal(1), None, id="decimal"),
            pytest.param("1714564800000", None, id="string"),
            pytest.param({"deep": {"deeper": [1, {"x": None}]}}, None, id="nested table"),
        ],
    )
    def test_header_with_milliseconds(self, value: object, expected: float | None) -> None:
        assert sent_at(headers={"sent_at_ms": value}) == expected

    def test_the_header_is_preferred_when_it_is_sane(self) -> None:
        assert sent_at(timestamp=NOON, headers={"sent_at_ms": int(NOW * 1000) + 5}) == NOW + 0.005
        assert sent_at(timestamp=NOON, headers={"sent_at_ms": "soon"}) == NOW

    @pytest.mark.parametrize("headers", [None, [], "sent_at_ms", 7, {}, {"x": {"y": {"z": [{}]}}}])
    def test_headers_of_any_shape(self, headers: object) -> None:
        assert sent_at(headers=headers) is None

    @pytest.mark.parametrize(
        ("given_id", "message_id"),
        [
            ("id-1", "id-1"),
            ("x" * 255, "x" * 255),
            ("x" * 256, None),
            ("", None),
            ("\x1b[2J", None),
            (b"id-1", None),
            (1, None),
            (None, None),
        ],
    )
    def test_message_id(self, given_id: object, message_id: str | None) -> None:
        assert decode(arrived(message_id=given_id), received_at=NOW).message_id == message_id


class TestReadingWhoSendsIt:
    def test_session_account_and_mailbox(self) -> None:
        for _ in range(2):
            told = arrived(headers={"session": "5e55"}, user_id="ops", reply_to="amq.gen-bob")
            message = decode(told, received_at=NOW)
            assert message.sender == message.who == Occupant("bob", "5e55", "ops", "amq.gen-bob")

    def test_of_a_plain_script_only_the_nick_is_known(self) -> None:
        message = decode(arrived(b"hello"), received_at=NOW)
        assert message.sender is None
        assert message.who == Occupant("bob", "")

    @pytest.mark.parametrize(
        "wrong", [1, None, b"x", ["x"], {"x": 1}, "x" * 256, "a\x1b[2J", "a\u202eb", "\ud800", "é" * 200]
    )
    def test_what_makes_no_sense_is_missing(self, wrong: object) -> None:
        told = arrived(headers={"session": wrong}, user_id=wrong, reply_to=wrong)
        message = decode(told, received_at=NOW)
        assert message.sender is None
