"""The screen while it is resized, scrolled, selected from, written over, and without colours."""

import base64
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pyte

from tests.client.support import PlainSpeaker
from tests.support.terminal import Key, Terminal, ctrl
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import AMQPCHAT, ONLINE, BareTerminal, Listener, conversation, enter, wait_until_gone

WHEEL_UP, WHEEL_DOWN = "\x1b[<64;10;5M", "\x1b[<65;10;5M"
PRESS, DRAG, RELEASE = "\x1b[<0;{};{}M", "\x1b[<32;{};{}M", "\x1b[<0;{};{}m"
LINES = 60
"""What is painted for each does not fit into the kernel's buffer and what Textual keeps for its writer."""
TEXT = "line {} has so many words that it is wrapped where the screen is narrow"


def test_resizing_while_messages_arrive_leaves_no_glitch(join: OpenChat, speaker: PlainSpeaker) -> None:
    ann = join()
    draft = "a draft"
    ann.write(draft)
    numbers = itertools.count(1)
    for columns, rows in (40, 10), (200, 60), (80, 24):
        talk(speaker, numbers)
        ann.resize(columns, rows)
        last = talk(speaker, numbers)
        ann.wait_for(f"nick{last % 7} │ line {last} ")
        ann.write(".")
        draft += "."
        ann.wait_for(f"❯ {draft}")
        assert len(ann.rows) == rows
        assert ann.rows[-2].startswith(f" {ONLINE}")
        assert {row.find("│") for row in ann.rows[:-2]} == {min(19, columns // 2 - 3)}, ann.text
        if columns >= 140:  # the list of people is told a little later
            ann.wait_for(re.compile(f"HEARD, PLAIN *\n.*· nick{last % 7} "))
        assert_drawn_as_if_anew(ann, columns)


def talk(speaker: PlainSpeaker, numbers: Iterator[int]) -> int:
    """Say twenty lines and return the number of the last."""
    for number in itertools.islice(numbers, 20):
        speaker.say(TEXT.format(number), f"nick{number % 7}")
    return number


def assert_drawn_as_if_anew(terminal: Terminal, columns: int) -> None:
    """Check that the screen, at rest, is what Ctrl-L paints on an empty one."""
    shown, painted = terminal.rows, len(terminal.raw)
    anew = pyte.Screen(columns, len(shown))
    terminal.write(ctrl("l"))

    def repainted() -> bool:
        anew.reset()
        pyte.ByteStream(anew).feed(terminal.raw[painted:])
        return [row.rstrip() for row in anew.display] == shown

    block_until(repainted, what=lambda: "\n".join(["this screen:", *shown, "not this one:", *anew.display]))


def test_redrawing_mends_what_others_write_on_the_screen(join: OpenChat, tmp_path: Path) -> None:
    tty = tmp_path / "tty"
    ann = join("sh", "-c", 'tty >"$0"; exec "$@"', tty, AMQPCHAT)

    def broadcast() -> bool:
        """Write on the screen, again if what the start still paints has gone over it."""
        if "Broadcast message" not in ann.text:
            Path(tty.read_text().strip()).write_text("\x1b[5;1HBroadcast message from root")
        return "Broadcast message" in ann.text

    block_until(broadcast, what="the message on the screen")
    ann.write(ctrl("l"))
    wait_until_gone(ann, "Broadcast message")


def test_a_reader_is_not_disturbed(join: OpenChat, speaker: PlainSpeaker) -> None:
    ann = join()
    for number in range(1, 61):
        speaker.say(f"old {number}")
    ann.wait_for("old 60")
    for away, back in (
        (WHEEL_UP, WHEEL_DOWN),
        (Key.PAGE_UP, Key.PAGE_DOWN),
        (WHEEL_UP, Key.ESCAPE),
        (Key.HOME, Key.END),
    ):
        ann.write(away)
        wait_until_gone(ann, "old 60")
        ann.write(back)
        ann.wait_for("old 60")

    ann.write(WHEEL_UP * 3)
    ann.wait_for(re.compile(r"old 51 *\S?\n ●"))
    read = without_scrollbar(ann)
    for number in range(1, 4):
        speaker.say(f"new {number}")
        ann.wait_for(f"↓ {number} new")
    enter(ann, "own")
    ann.wait_for("↓ 4 new")
    assert without_scrollbar(ann) == read
    ann.write(Key.ESCAPE)
    ann.wait_for("ann ┃ own")
    assert conversation(ann)[-4:] == [("bob", "new 1"), ("bob", "new 2"), ("bob", "new 3"), ("ann", "own")]
    wait_until_gone(ann, "↓")


def without_scrollbar(terminal: Terminal) -> list[str]:
    return [row[:79].rstrip() for row in terminal.rows[:-2]]


def test_a_selection_by_mouse_is_copied_as_text(join: OpenChat, speaker: PlainSpeaker) -> None:
    ann = join()
    speaker.say("first message")
    speaker.say("second one, 日本")
    ann.wait_for("second one, 日本")
    (first,) = (y for y, row in enumerate(ann.rows, 1) if "first message" in row)
    begin, end = ann.rows[first - 1].index("message") + 1, 60
    ann.write(PRESS.format(begin, first) + DRAG.format(end, first + 1) + RELEASE.format(end, first + 1))
    ann.write(ctrl("c"))
    copied = base64.b64encode("message\nsecond one, 日本".encode())
    block_until(lambda: b"\x1b]52;c;" + copied in ann.raw, what="the selected text in the clipboard")


def test_no_color_is_honoured(join: OpenChat, speaker: PlainSpeaker) -> None:
    ann = join(NO_COLOR="1")
    speaker.say("hello")
    ann.wait_for("bob │ hello")
    parameters = {int(n or 0) for sgr in re.findall(rb"\x1b\[([\d;]*)m", ann.raw) for n in sgr.split(b";")}
    colours = {*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)}
    assert not parameters & colours
    ann.write("\x1b[1;3A")  # Alt-Up
    block_until(lambda: b"\x1b[7;39;49mhello" in ann.raw, what="the picked message to stand out")


def test_a_terminal_that_stands_still_holds_nothing_up(amqp_url: str, room: str, listener: Listener) -> None:
    with BareTerminal(amqp_url, room) as ann:
        for number in range(LINES):
            ann.write(f"line {number}\r".encode())
            listener.wait_for(f"line {number}\n")
