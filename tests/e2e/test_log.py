"""What was said is there after the program is gone, however it ended, once for all programs of a person."""

import json
import os
import signal
import subprocess
from pathlib import Path

from tests.client.history.support import begin_history
from tests.client.support import PlainSpeaker
from tests.support.terminal import Key, Terminal
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import AMQPCHAT, ONLINE, START_SECONDS, conversation, enter, send

ALT_S = "\x1bs"
LOG_ROW = "─ from your log ─"


def logged(home: Path) -> list[str]:
    """The texts in the log, oldest first."""
    env = {**os.environ, "XDG_STATE_HOME": str(home / "state")}
    done = subprocess.run([AMQPCHAT, "log", "--json"], env=env, capture_output=True, text=True, check=False)
    return [json.loads(line)["text"] for line in done.stdout.splitlines()]


def wait_until_logged(home: Path, *texts: str) -> None:
    block_until(lambda: logged(home)[-len(texts) :] == list(texts), START_SECONDS, lambda: f"{logged(home)}")


def end(terminal: Terminal, number: signal.Signals) -> None:
    terminal.signal(number)
    terminal.wait_exit()


def test_the_next_start_shows_how_the_last_time_ended_and_the_log_is_searched(
    join: OpenChat, amqp_url: str, room: str, tmp_path: Path
) -> None:
    ann = join()
    ann.wait_for("is logged in")
    send(amqp_url, room, "bob", *(f"line {number}" for number in range(60)), "die Straße ist lang")
    ann.wait_for("die Straße")
    enter(ann, "that is all")
    wait_until_logged(tmp_path, "die Straße ist lang", "that is all")
    end(ann, signal.SIGKILL)
    assert (tmp_path / "state" / "amqpchat" / "log.db").stat().st_mode & 0o777 == 0o600

    ann = join()
    ann.wait_for("that is all")
    assert conversation(ann)[-2:] == [("bob", "die Straße ist lang"), ("ann", "that is all")]
    ann.write(Key.PAGE_UP)
    ann.wait_for("line 37")
    ann.write(Key.PAGE_UP)
    ann.wait_for("line 20")
    for _ in range(3):
        ann.write(Key.PAGE_UP)
    ann.wait_for(LOG_ROW)
    ann.write(f"{ALT_S}strasse")
    ann.wait_for("1 of 1")
    ann.wait_for("bob die Straße ist lang")
    ann.write(Key.ENTER)
    ann.wait_for("n N")
    ann.write(Key.ESCAPE)
    ann.wait_for(LOG_ROW)
    ann.write(f'{ALT_S}"line 7"')
    ann.wait_for("1 of 1")
    ann.write(Key.ENTER)
    ann.wait_for("line 12")


def test_of_two_programs_in_a_room_one_logs_each_line(
    join: OpenChat, open_chat: OpenChat, speaker: PlainSpeaker, tmp_path: Path
) -> None:
    ann = join()
    other = open_chat()
    other.wait_for(ONLINE, START_SECONDS)
    said = [f"{'ok' if number % 3 else 'yes'}" for number in range(200)]
    for text in (*said, "the end"):
        speaker.say(text)
    for terminal in (ann, other):
        terminal.wait_for("the end")
    end(ann, signal.SIGKILL)
    for text in ("ok", "after it"):
        speaker.say(text)
    other.wait_for("after it")
    wait_until_logged(tmp_path, "ok", "after it")
    end(other, signal.SIGTERM)
    assert logged(tmp_path) == [*said, "the end", "ok", "after it"]


def test_what_comes_from_a_history_is_logged_once_however_often_it_is_read(
    open_chat: OpenChat, speaker: PlainSpeaker, amqp_url: str, room: str, tmp_path: Path
) -> None:
    begin_history(amqp_url, room)
    said: list[str] = []
    for start in range(3):
        for text in "ok", "ok", f"away {start}":
            speaker.say(text)
            said.append(text)
        ann = open_chat()
        ann.wait_for(f"away {start}", START_SECONDS)
        ann.wait_for("of history")
        for text in "ok", f"here {start}":
            speaker.say(text)
            said.append(text)
        ann.wait_for(f"here {start}")
        wait_until_logged(tmp_path, "ok", f"here {start}")
        end(ann, signal.SIGTERM)
    assert [text for text in logged(tmp_path) if text != "ok"] == [text for text in said if text != "ok"]
    assert logged(tmp_path).count("ok") <= said.count("ok")


def test_what_is_not_to_be_kept_is_not(join: OpenChat, amqp_url: str, room: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[log]\nkeep = false\n")
    ann = join(AMQPCHAT, "--config", config)
    send(amqp_url, room, "bob", "hello")
    ann.wait_for("hello")
    ann.write(ALT_S)
    ann.wait_for("Nothing is logged")
    end(ann, signal.SIGTERM)
    assert not (tmp_path / "state" / "amqpchat" / "log.db").exists()
