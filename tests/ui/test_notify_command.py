"""The program that calls the person: what it gets, and that the chat does not wait for it or fail with it."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from amqpchat_tui.chat.calling import call_environment
from amqpchat_tui.config import Settings
from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui import notify_command
from amqpchat_tui.ui.notify_command import MAX_RUNNING, NotifyCommand
from tests.support.fake_client import ROOM, message
from tests.support.waiting import wait_until

from .chat import Chat, open_chat, settings

OPS = ConversationId.room("ops")
RING = call_environment(OPS, message("bob", "alice: look"))


class Calls:
    """Programs that are run, and what is told of them."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._commands: list[NotifyCommand] = []

    def command(self, *argv: str) -> NotifyCommand:
        """A program to call; closed when the test ends."""
        self._commands.append(NotifyCommand(argv, self.told.append))
        return self._commands[-1]

    async def close(self) -> None:
        for command in self._commands:
            await command.close()


@pytest.fixture
async def calls() -> AsyncIterator[Calls]:
    """Lets a test run programs, of which none is left behind."""
    calls = Calls()
    yield calls
    await calls.close()
    assert not zombies()


def shell(script: str) -> tuple[str, ...]:
    return "sh", "-c", script


def appears(path: Path) -> Callable[[], str]:
    """Return a condition: whether a file has a whole line, which is then its content."""

    def whole() -> str:
        text = path.read_text() if path.exists() else ""
        return text if text.endswith("\n") else ""

    return whole


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not reaped does not."""
    state, _ = state_and_parent(str(pid))
    return state not in ("", "Z")


def zombies() -> list[str]:
    """Our children that have ended and are not reaped."""
    processes = (path.name for path in Path("/proc").iterdir())
    return [pid for pid in processes if state_and_parent(pid) == ("Z", str(os.getpid()))]


def state_and_parent(pid: str) -> tuple[str, str]:
    """What Linux tells of a process; its state is empty when there is none."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return "", ""
    return state, parent


async def test_it_is_told_and_has_nothing_of_the_terminal(calls: Calls, tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import json, os, sys; "
        "streams = [os.readlink(f'/proc/self/fd/{n}') for n in range(3)]; "
        "environ = [os.environ.get(f'AMQPCHAT_{n}') for n in ('ROOM', 'NICK', 'TEXT')]; "
        "print(json.dumps([streams, environ, os.getsid(0) == os.getpid(), 'HOME' in os.environ]), "
        f"file=open({str(told)!r}, 'w'))"
    )
    calls.command(sys.executable, "-c", code).call(RING)
    streams, environ, own_session, inherits = msgspec.json.decode(await wait_until(appears(told)))
    assert streams == ["/dev/null"] * 3
    assert environ == ["ops", "bob", "alice: look"]
    assert own_session
    assert inherits
    assert calls.told == []


async def test_arguments_are_no_shell_s(calls: Calls, tmp_path: Path) -> None:
    told = tmp_path / "told"
    calls.command(*shell(f'echo "$1" > {told}'), "sh", "$HOME; exit 3").call(RING)
    assert await wait_until(appears(told)) == "$HOME; exit 3\n"


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (shell("exit 3"), "ended with exit status 3"),
        (shell("kill -TERM $$"), "was ended by signal 15"),
        (("no-such-program",), "cannot run no-such-program: No such file or directory"),
        (("/",), "cannot run /: Permission denied"),
        (("a\0b",), "cannot run a␀b: embedded null byte"),
    ],
)
async def test_a_failure_is_told_once(calls: Calls, argv: tuple[str, ...], reason: str) -> None:
    command = calls.command(*argv)
    command.call(RING)
    command.call(RING)
    await wait_until(lambda: not command.running, what="both to end")
    assert calls.told == [f"notify.command: {reason}"]


async def test_a_text_that_no_program_can_be_given_is_told_of(calls: Calls) -> None:
    """As with a huge environment: Linux takes 128 KiB in a variable."""
    command = calls.command("true")
    command.call({b"AMQPCHAT_TEXT": b"x" * 200 * 1024})
    await wait_until(lambda: calls.told)
    assert calls.told == ["notify.command: cannot run true: Argument list too long"]


async def test_the_longest_text_that_can_be_said_is_handed_over(calls: Calls, tmp_path: Path) -> None:
    told = tmp_path / "told"
    text = "é" * 8 * 1024
    calls.command(*shell(f'printf "%s\\n" "$AMQPCHAT_TEXT" > {told}')).call(
        call_environment(OPS, message("bob", text))
    )
    assert await wait_until(appears(told)) == f"{text}\n"


async def test_no_process_is_left_to_start(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the system has no more of them: it is told of, and nothing is raised."""

    async def none(*argv: str, **options: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", none)
    calls.command("true").call(RING)
    await wait_until(lambda: calls.told)
    assert calls.told == ["notify.command: cannot run true: Resource temporarily unavailable"]


async def test_a_program_that_hangs_is_killed_with_what_it_has_started(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify_command, "RUN_SECONDS", 0.3)
    pids = tmp_path / "pids"
    calls.command(*shell(f"trap '' TERM; sleep 1000 & echo $$ $! > {pids}; wait")).call(RING)
    both = [int(pid) for pid in (await wait_until(appears(pids))).split()]
    await wait_until(lambda: not any(map(is_alive, both)), what="both to be killed")
    await wait_until(lambda: calls.told)
    assert calls.told == ["notify.command: did not end within 0.3 s, and was killed"]


async def test_no_more_than_a_few_run_at_once(calls: Calls, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = calls.command(*shell(f"echo $$ >> {pids}; exec sleep 1000"))
    for _ in range(MAX_RUNNING + 2):
        command.call(RING)
    await wait_until(lambda: appears(pids)().count("\n") == MAX_RUNNING, what="all to run")
    assert command.running == MAX_RUNNING
    assert calls.told == ["notify.command: is not run again while 4 of it still run"]


async def test_the_end_does_not_wait_for_it(calls: Calls, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = calls.command(*shell(f"trap '' TERM INT HUP; echo $$ > {pids}; while :; do sleep 1; done"))
    command.call(RING)
    pid = int(await wait_until(appears(pids)))
    began = time.monotonic()
    await command.close()
    assert time.monotonic() - began < 1
    assert not is_alive(pid)
    assert calls.told == []


# In the chat -----------------------------------------------------------------------------------------------


def called_by(*argv: str) -> Settings:
    """Settings of somebody who is always called, by a program alone."""
    given = settings()
    ui = msgspec.structs.replace(given.ui, notify="off", notify_when="always")
    return msgspec.structs.replace(given, ui=ui, notify_command=argv)


async def hear(chat: Chat, text: str) -> None:
    chat.client.hear(message("bob", text))
    await chat.sees(text)


async def test_keys_work_while_it_runs_and_it_is_gone_when_one_leaves(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = f'echo $$ "$AMQPCHAT_ROOM" "$AMQPCHAT_NICK" "$AMQPCHAT_TEXT" > {told}; exec sleep 1000'
    async with open_chat(with_settings=called_by(*shell(script))) as chat:
        await hear(chat, "nobody: look")
        await hear(chat, "alice: look")
        pid, rest = (await wait_until(appears(told))).split(" ", 1)
        assert rest == f"{ROOM.name} bob alice: look\n"
        await chat.enter("still here")
        assert chat.client.said == ["still here"]
        assert is_alive(int(pid))
        chat.app.leave()
        await wait_until(lambda: not is_alive(int(pid)), what="the program to be killed")
        await wait_until(lambda: chat.app.return_code == 0, what="the end")


async def test_what_it_fails_with_stands_in_the_scrollback() -> None:
    async with open_chat(with_settings=called_by(*shell("exit 3"))) as chat:
        await hear(chat, "alice: look")
        await chat.sees("notify.command: ended with exit status 3")
