"""A program that calls the person, beside a real terminal: it writes where it can, and holds nothing up."""

import os
from pathlib import Path

from tests.client.support import plain_speaker
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import AMQPCHAT, Listener, enter

CONFIG = """
[ui]
notify = "off"
notify_when = "always"
[notify]
command = ["sh", "-c", '''{script}''']
"""
SCRIPT = """
echo NOISE; echo NOISE >&2; echo NOISE >/dev/tty
echo "$$ $AMQPCHAT_ROOM: $AMQPCHAT_NICK: $AMQPCHAT_TEXT" > "$HOME/told.new"; mv "$HOME/told.new" "$HOME/told"
trap "" TERM HUP; exec sleep 1000
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_is_told_of_a_line_in_another_room_and_holds_nothing_up(
    join: OpenChat, listener: Listener, amqp_url: str, room: str, tmp_path: Path
) -> None:
    (tmp_path / "lab").mkdir()
    config, told, lab = tmp_path / "config.toml", tmp_path / "told", f"{room}-lab"
    config.write_text(CONFIG.format(script=SCRIPT))
    with Listener(amqp_url, lab, tmp_path / "lab"), plain_speaker(amqp_url, lab) as speaker:

        def calls() -> bool:
            speaker.say("ann: look $(here)")  # again and again: she may be joining still
            return told.exists()

        ann = join(AMQPCHAT, "--config", config, "--room", room, "--room", lab)
        block_until(calls, what="the program to be run")
        pid, words = told.read_text().split(" ", 1)
        assert words == f"{lab}: bob: ann: look $(here)\n"
        enter(ann, "still here")
        listener.wait_for("[ann] still here\n")
        assert is_alive(int(pid))
        assert "NOISE" not in ann.text
        enter(ann, "/quit")
        assert ann.wait_exit() == 0
        ann.assert_restored()
        assert b"NOISE" not in ann.raw
        assert not is_alive(int(pid))
