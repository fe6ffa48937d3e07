"""Whatever is published into the room, the terminal gets text."""

import re

from tests.client.support import PlainSpeaker

from .conftest import OpenChat
from .people import conversation, enter

HOSTILE = {
    b"\x1b]52;c;ZXZpbA==\x07clipboard": "␛]52;c;ZXZpbA==␇clipboard",
    b"\x1b]0;owned\x1b\\title": "␛]0;owned␛\\title",
    b"\x1b[2J\x1b[31mred\x1b[6n": "␛[2J␛[31mred␛[6n",
    b"\x1bPq#0\x1b\\\x1bcDCS, RIS": "␛Pq#0␛\\␛cDCS, RIS",
    "\x9b31mC1\x9d0;x\x9c\x85".encode(): "�31mC1�0;x��",
    b"bell\x07, NUL\x00, BS\x08, DEL\x7f, SO\x0e": "bell␇, NUL␀, BS␈, DEL␡, SO␎",
    b"invalid \xff\xfe\x9b1m \xf0\x9f": "invalid ���1m �",
    b"[red]markup[/] [/ [@click=app.quit]x[/] [": "[red]markup[/] [/ [@click=app.quit]x[/] [",
    b"erased\rover\r\nnext": "erased",
    b"faked\n00:00          ann \xe2\x94\x82 I quit": "faked",
    "\u202eoverride".encode(): "\u202eoverride\u202c",
    ("marks " + "\u0489" * 10_000).encode(): "marks " + "\u0489" * 16 + " … (3.5 kB more)",
    b"": "",
}
"""Bodies, and the first row of what is shown of each."""

NICKS = {
    "": "anonymous",
    "[/red]": "[/red]",
    "\x1b]0;owned\x07": "␛]0;owned␇",
    "eve\n00:00 ann │ hi": "eve␊00:00 a…",
    "e\u200bv\u202ee": "eve",
    "é" * 127 + "x": "ééééééééééé…",
}
"""Nicks, and what is shown of each."""


def test_hostile_messages_are_shown_as_text(join: OpenChat, speaker: PlainSpeaker) -> None:
    ann = join(columns=120, rows=60)
    speaker.say(b"x" * 5_000_000)
    ann.wait_for("x … (4.8 MB more)")
    speaker.say("\n".join(f"row {number}" for number in range(1, 1001)))
    ann.wait_for("… (800 more lines)")

    for body in HOSTILE:
        speaker.say(body)
    for nick in NICKS:
        speaker.say("who am I?", nick)
    speaker.say("the end")
    ann.wait_for("bob │ the end")
    shown = conversation(ann)[-len(HOSTILE) - len(NICKS) - 1 : -1]
    expected = [("bob", text) for text in HOSTILE.values()] + [(nick, "who am I?") for nick in NICKS.values()]
    assert shown == expected
    assert not [row for row in ann.rows if row.startswith("00:00          ann")]

    enter(ann, "still here")
    ann.wait_for("ann ┃ still here")
    enter(ann, "/quit")
    assert ann.wait_exit() == 0
    ann.assert_restored()
    assert not unknown_controls(ann.raw)


_own_sequences = re.compile(
    r"\x1b\[(?:[\d;]*[Hm]|\?[\d;]+[hl]|[<>=][\d;]*u|\?[\d;]+\$p)|\x1b\]22;\w+\x07|\r\n|\n"
)
"""What the program itself says to a terminal: cursor, style, modes, keyboard, questions, pointer's shape."""


def unknown_controls(output: bytes) -> set[str]:
    """Find control characters that are no part of the program's own sequences; fail where UTF-8 is broken."""
    rest = _own_sequences.sub("", output.decode())
    return {rest[max(0, m.start() - 5) : m.end() + 15] for m in re.finditer(r"[\x00-\x1f\x7f-\x9f]", rest)}
