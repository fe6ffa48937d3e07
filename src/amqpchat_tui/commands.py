"""The commands without a screen that take part in rooms: what was typed → what `headless` does."""

from __future__ import annotations

import argparse
import sys

from msgspec.structs import replace

from amqpchat_tui import stdio
from amqpchat_tui.config import ConfigError, Settings, utf8
from amqpchat_tui.model import LogSearch

_DOES_NOT_WORK = 1


def check_command(settings: Settings) -> int:
    """Try each step to the rooms and back."""
    import asyncio  # late: a wrong setting need not wait for it

    from amqpchat_tui.headless.check import check

    problem: stdio.StreamError | None = None

    def tell(line: str) -> None:
        nonlocal problem
        try:
            stdio.show(f"{line}\n")
        except (
            stdio.StreamError
        ) as error:  # later lines are dropped, but the exit code is still worth its while
            problem = error

    works = asyncio.run(check(settings, tell))
    if problem is not None and not isinstance(problem, stdio.ReaderGoneError):
        raise problem
    return 0 if works else _DOES_NOT_WORK


def listen_command(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print what is said in rooms."""
    import asyncio  # late: a wrong setting need not wait for it

    from amqpchat_tui.headless import listen

    return asyncio.run(
        listen(
            settings,
            as_json=arguments.json,
            presence=arguments.presence,
            count=arguments.count,
            since=arguments.since,
        )
    )


def who_command(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print who is in rooms."""
    import asyncio  # late: a wrong setting need not wait for it

    from amqpchat_tui.headless import who

    return asyncio.run(who(settings, as_json=arguments.json))


def send_command(settings: Settings, arguments: argparse.Namespace) -> int:
    """Say something in rooms."""
    import asyncio  # late: a wrong setting need not wait for it

    from amqpchat_tui.headless import send

    text = utf8(" ".join(arguments.text), "TEXT") if arguments.text else None
    return asyncio.run(
        send(
            _where_to_say(settings, arguments),
            text,
            action=arguments.me,
            code=arguments.code,
            level=arguments.level,
            patience=_patience(arguments),
        )
    )


def run_command(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run a command, and say in rooms how it ended."""
    import asyncio  # late: a wrong setting need not wait for it

    from amqpchat_tui.headless.run import run

    return asyncio.run(run(_where_to_say(settings, arguments), arguments.argv, _patience(arguments)))


def _patience(arguments: argparse.Namespace) -> float:
    from amqpchat_tui.headless.send import PATIENCE_SECONDS  # late, too

    return PATIENCE_SECONDS if arguments.wait is None else float(arguments.wait)


def _where_to_say(settings: Settings, arguments: argparse.Namespace) -> Settings:
    """Keep to one room, unless several are named: who lists rooms in the file means only to be in them."""
    return settings if arguments.rooms else replace(settings, conversations=settings.conversations[:1])


def log_command(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print, or forget, what was logged."""
    from amqpchat_tui.headless import Form, forget_room, write_log  # late, too
    from amqpchat_tui.storage.log_file import DiskLogFile

    if arguments.forget is not None:
        room = utf8(arguments.forget, "--forget")
        return forget_room(DiskLogFile(), room, _confirm if not arguments.yes else lambda _: True)
    search = arguments.search or LogSearch()
    search = replace(
        search,
        labels=tuple(utf8(room, "--room") for room in arguments.rooms),
        nicks=(*search.nicks, *(utf8(nick, "--from") for nick in arguments.nicks or ())),
        since=search.since if arguments.since is None else arguments.since,
        until=search.until if arguments.until is None else arguments.until,
    )
    return write_log(DiskLogFile(), search, Form(arguments.form), settings.ui.time_format)


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        raise ConfigError("--forget asks first, and there is nobody to answer; give --yes as well")
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
