"""Whoever may publish into the room can send anything; nothing of it may cost us more than its own line."""

import struct

import pika
import pytest

from amqpchat_tui.model import Phase

from .conftest import Join
from .support import plain_speaker


class RawProperties:
    """What pika needs of properties to send them, with bytes in them that it would not write."""

    INDEX = pika.BasicProperties.INDEX

    def __init__(self, flags: int, values: bytes) -> None:
        self._encoded = struct.pack(">H", flags) + values

    def encode(self) -> list[bytes]:
        return [self._encoded]


def table(*fields: bytes) -> bytes:
    values = b"".join(fields)
    return struct.pack(">I", len(values)) + values


def headers(*fields: bytes) -> RawProperties:
    return RawProperties(pika.BasicProperties.FLAG_HEADERS, table(*fields))


def nested(depth: int) -> bytes:
    field = b"\x01kV"
    for _ in range(depth):
        field = b"\x01kF" + table(field)
    return field


HOSTILE: dict[str, object] = {
    "timestamp in the year 9999": pika.BasicProperties(timestamp=253_402_300_799),
    "timestamp in milliseconds of the year 9999": pika.BasicProperties(timestamp=253_402_300_799_999),
    "timestamp of no calendar": pika.BasicProperties(timestamp=2**63),
    "largest timestamp": pika.BasicProperties(timestamp=2**64 - 1),
    "timestamp 0": pika.BasicProperties(timestamp=0),
    "content type that is not UTF-8": pika.BasicProperties(content_type=b"\xff\xfe"),
    "id that is not UTF-8": pika.BasicProperties(message_id=b"\xff\xfe"),
    "id with control characters": pika.BasicProperties(message_id="\x1b]0;title\x07"),
    "all properties empty": pika.BasicProperties(
        content_type="", content_encoding="", headers={}, message_id="", app_id="", reply_to="", type=""
    ),
    "odd numbers": pika.BasicProperties(priority=255, expiration="60000", cluster_id="x", user_id="guest"),
    "sent_at_ms of a wrong type": pika.BasicProperties(headers={"sent_at_ms": {"nested": ["x", None]}}),
    "sent_at_ms of a wrong value": pika.BasicProperties(headers={"sent_at_ms": -(2**62)}),
    "header with a timestamp of no calendar": headers(b"\x01aT" + struct.pack(">Q", 2**63)),
    "header whose name is not UTF-8": headers(b"\x01\xffV"),
    "sent_at_ms far off": headers(b"\x0asent_at_msd" + struct.pack(">d", 1e308)),
    "headers nested a little": headers(nested(20)),
    "headers nested 3000 deep": headers(nested(3000)),
    "headers of 100 kB": headers(b"\x01aA" + table(b"V" * 100_000)),
}


@pytest.mark.parametrize("properties", HOSTILE.values(), ids=HOSTILE.keys())
async def test_no_properties_throw_us_out(join: Join, amqp_url: str, room: str, properties: object) -> None:
    ann = await join()
    with plain_speaker(amqp_url, room) as mallory:
        mallory.say("hostile", nick="mallory", properties=properties)
        mallory.say("end")
    await ann.hear("end")
    assert ann.texts == ["hostile", "end"]
    assert ann.phases == [Phase.ONLINE]


async def test_no_nick_and_no_body_throw_us_out(join: Join, amqp_url: str, room: str) -> None:
    ann = await join()
    with plain_speaker(amqp_url, room) as mallory:
        mallory.say("Latin-1", nick="J\xf6rg".encode("latin-1"))
        mallory.say("long", nick=b"\xf0" * 255)
        mallory.say("controls", nick="\x1b[31m\n[root] faked")
        mallory.say(b"\xff\xfe\x00\x1b", nick="bytes")
        mallory.say(b"", nick="empty")
        mallory.say(b"x" * 5_000_000, nick="large")
        mallory.say("end")
    await ann.hear("end")
    assert ann.phases == [Phase.ONLINE]
    assert len(ann.messages) == 7
    assert ann.messages[0].nick == "J\ufffdrg"
    assert all(message.nick.isprintable() for message in ann.messages)
    assert "\x1b" not in "".join(ann.texts)
    assert len(ann.messages[5].text) < 20_000
