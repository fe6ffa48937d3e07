"""Two rooms in a real terminal: what is new in the other is seen at any width, and a click goes there."""

import re

import pytest

from tests.client.support import PlainSpeaker
from tests.support.terminal import Terminal
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import AMQPCHAT, wait_until_gone

F2 = "\x1bOQ"
CLICK = "\x1b[<0;{0};{1}M\x1b[<0;{0};{1}m"
LIST_CELLS = {80: 0, 120: 18, 200: 22}
"""How wide the list of rooms is at some widths of the terminal."""


def say_until_seen(speaker: PlainSpeaker, ann: Terminal, seen: re.Pattern[str]) -> None:
    """Say something in a room that she may be joining still, until her screen counts it."""

    def is_seen() -> bool:
        speaker.say("news")
        return seen.search(ann.text) is not None

    block_until(is_seen, what=lambda: f"{seen.pattern} on the screen:\n{ann.text}")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 30), (200, 60)])
def test_what_is_new_in_the_other_room_is_seen_and_gone_to(
    join: OpenChat, speaker: PlainSpeaker, room: str, lobby: str, columns: int, rows: int
) -> None:
    speaker.channel.exchange_declare(room, "fanout")
    ann = join(AMQPCHAT, "--room", lobby, columns=columns, rows=rows)
    ann.wait_for(f"{lobby} ❯ Message {lobby}")
    say_until_seen(speaker, ann, re.compile(rf"│ {lobby} │ 2 {room}:\d+ │ ann"))
    if cells := LIST_CELLS[columns]:
        assert ann.rows[0][: cells + 1] == " ROOMS".ljust(cells) + "│"
        assert ann.rows[1].startswith(f"❯1 {lobby} ")
        assert re.fullmatch(rf" 2 {room[:8]}.* \d+ │", ann.rows[2][: cells + 1])
    else:
        assert "ROOMS" not in ann.text
        ann.write(F2)
        ann.wait_for(" ROOMS")
    ann.write(CLICK.format(3, 3))
    ann.wait_for(f"{room} ❯ Message {room}")
    ann.wait_for("bob │ news")
    assert ann.rows[2].startswith(f"❯2 {room}")
    ann.resize(100, 24)
    if cells:
        wait_until_gone(ann, "ROOMS")
    ann.wait_for(f"{room} ❯ Message {room}")
