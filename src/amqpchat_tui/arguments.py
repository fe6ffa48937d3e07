"""The words of the command line: flags and commands → a namespace, or one line that says what is wrong."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from amqpchat_tui import __version__, logs, stdio
from amqpchat_tui.actions.searching import read_search, read_time
from amqpchat_tui.config import Flags, Secret, config_file, nearest
from amqpchat_tui.model import LogSearch
from amqpchat_tui.wire.text import WireError
from amqpchat_tui.wording.sentences import sentence

USAGE_ERROR = 2
"""The exit code for wrong arguments and settings."""

CHECK, LISTEN, WHO, SEND, RUN, LOG, HOST = "check", "listen", "who", "send", "run", "log", "host"
_COMMAND = "COMMAND"
_ROOMS_BEHIND, _USERS_BEHIND = "rooms_behind", "users_behind"
"""Where those go that are given behind a command: argparse would put them in the place of those before it."""
_COMMANDS = (CHECK, LISTEN, WHO, SEND, RUN, LOG, HOST)
_OPTIONS = (
    *("--url", "--name", "--room", "--config", "--log", "--version", "--help"),
    *("--host", "--listen", "--user", "--passwords", "--plain"),
)
_LOG_OPTIONS = ("--since", "--until", "--from", "--search", "--text", "--html", "--forget", "--yes")
_SEND_OPTIONS = ("--me", "--code", "--level", "--wait")
_COMMAND_OPTIONS = (*_LOG_OPTIONS, *_SEND_OPTIONS, "--json", "--presence", "--cert", "--key")
_ROOM = "a room; may be given several times (variable AMQPCHAT_ROOM for one; default broadcast_chat)"
_LOGGED_ROOM = "a room, or @NICK; may be given several times (default: all)"
_EPILOG = (
    "Others on this machine can read the command line, so keep the password out of it: set the "
    "variable AMQPCHAT_PASSWORD, or connection.password_command in the configuration file."
)
_HOST_ALONE = (
    "--host opens the full-screen chat, and goes with no command; amqpchat host is without the screen"
)
_LISTEN_FOR = "--listen says where to host a room: it goes with --host, or with the command host"
_USER_FOR = (
    "--user and --passwords give accounts to a hosted room: they go with --host, or with the command host"
)
_WHOSE_PASSWORDS = "--passwords: say whose of them as --user NAME, once for each who may join"
_PLAIN_ALONE = "--plain is for the chat itself, and goes with no command"
_RUN_WHAT = "say what to run, as in amqpchat run -- make test"
_HOST_OR_URL = "hosting opens a room on this machine, and --url joins one anywhere; give one of them"
_UNEXPECTED = "unexpected argument; give the broker as --url URL, and anything else by its option"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        stdio.say(f"{message}; see {self.prog} --help")
        sys.exit(USAGE_ERROR)

    def _print_message(self, message: str, file: object = None) -> None:
        """Show a help or the version; argparse would not notice that it cannot."""
        stdio.show(message)


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments, by default the command line's; end the program if they are wrong, or ask for help.

    `command` is one of those above, or None for the full-screen chat; `rooms` and `users` are tuples.
    Raise `StreamError` if the help cannot be shown.
    """
    parser = _Parser(
        prog="amqpchat",
        description="Full-screen terminal chat on a message broker that you have, or that it hosts itself.",
        epilog=_EPILOG,
        allow_abbrev=False,
        exit_on_error=False,
    )
    _add_flags(parser, rooms="rooms")
    parser.add_argument(
        "--host",
        action="store_true",
        help="host the chat on this machine, with no broker installed; if somebody does so already, "
        "join them, and host it on when they leave",
    )
    _add_listen(parser)
    _add_users(parser, users="users")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="chat line by line, without a screen: for screen readers, serial lines and simple terminals",
    )
    parser.add_argument("--version", action="version", version=f"amqpchat {__version__}")
    _add_commands(parser)
    try:
        arguments, unknown = parser.parse_known_args(argv)
    except argparse.ArgumentError as error:
        if error.argument_name != _COMMAND:
            parser.error(str(error))
        # An argument that fits nothing may be the value of an option that does not exist: name that first.
        words = sys.argv[1:] if argv is None else argv
        option = next(filter(_is_foreign_option, words), None)
        parser.error(_explain_command(words) if option is None else _explain_unknown(option))
    arguments.rooms = (*(arguments.rooms or ()), *vars(arguments).pop(_ROOMS_BEHIND, ()))
    arguments.users = (*(arguments.users or ()), *vars(arguments).pop(_USERS_BEHIND, ()))
    if unknown:
        parser.error(_explain_unknown(unknown[0]))
    if arguments.host and arguments.command is not None:
        parser.error(_HOST_ALONE)
    if arguments.plain and arguments.command is not None:
        parser.error(_PLAIN_ALONE)
    hosts = arguments.host or arguments.command == HOST
    if hosts and arguments.url is not None:
        parser.error(_HOST_OR_URL)
    if arguments.listen is not None and not hosts:
        parser.error(_LISTEN_FOR)
    if (arguments.users or arguments.passwords is not None) and not hosts:
        parser.error(_USER_FOR)
    if arguments.command == RUN:
        arguments.argv = arguments.argv[arguments.argv[:1] == ["--"] :]
        if not arguments.argv:
            parser.error(_RUN_WHAT)
    if arguments.passwords is not None and not arguments.users:
        parser.error(_WHOSE_PASSWORDS)
    return arguments


def _add_flags(parser: argparse.ArgumentParser, *, rooms: str, room: str = _ROOM) -> None:
    """Add those of the chat; `rooms` is where the list of rooms goes, or none, and `room` tells of one."""
    default_file, log_file = (
        str(path).replace("%", "%%") for path in (config_file(Flags(), {}), logs.log_file())
    )
    parser.add_argument(
        "--url",
        type=Secret,
        help="the broker, as amqp://USER@HOST:PORT/VHOST, or amqps:// for TLS "
        "(variable AMQPCHAT_URL; default amqp://localhost)",
    )
    parser.add_argument(
        "--name", help="your name in the room (variable AMQPCHAT_NAME; default: your login name)"
    )
    parser.add_argument(
        "--room",
        dest=rooms,
        metavar="ROOM",
        action="append",
        help=room,
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help=f"the configuration file (variable AMQPCHAT_CONFIG; default {default_file})",
    )
    parser.add_argument(
        "--log",
        action="store_true",
        help=f"write what happens, without passwords, to {log_file}",
    )


def _add_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(
        dest="command", metavar=_COMMAND, title="commands, instead of the full-screen chat"
    )

    def add(name: str, summary: str, room: str = _ROOM) -> argparse.ArgumentParser:
        """Add a command that takes the flags of the chat, before its name or after it."""
        command = commands.add_parser(
            name,
            help=summary,
            description=sentence(summary),
            epilog=_EPILOG,
            allow_abbrev=False,
            argument_default=argparse.SUPPRESS,
        )
        _add_flags(command, rooms=_ROOMS_BEHIND, room=room)
        return command

    add(CHECK, "try each step from here to the rooms and back, and say which one fails")
    listen = add(LISTEN, "print what is said in the rooms, one message a line")
    listen.add_argument("--json", action="store_true", default=False, help="print JSON objects")
    listen.add_argument(
        "--presence", action="store_true", default=False, help="print who comes and goes as well"
    )
    listen.add_argument(
        "-n", dest="count", metavar="COUNT", type=_count, default=None, help="end after so many messages"
    )
    listen.add_argument(
        "--since",
        metavar="TIME",
        type=_time,
        default=None,
        help="begin with what the rooms' histories have since then: as 2d, 3h, 30m, 2026-09-30 or 10:00",
    )
    who = add(WHO, "print who is in the rooms, one person a line")
    who.add_argument("--json", action="store_true", default=False, help="print JSON objects")
    send = add(SEND, "say something in the rooms, and wait until it has been heard there")
    send.add_argument("--me", action="store_true", default=False, help="say what you do, as /me does")
    send.add_argument(
        "--code", metavar="LANG", type=_language, default=None, help="it is code, as in python; all at once"
    )
    send.add_argument("--level", choices=("info", "warn", "fail"), default=None, help="how bad the news is")
    _add_wait(send)
    send.add_argument(
        "text",
        nargs="*",
        default=[],
        metavar="TEXT",
        help="what to say; without it, each line of standard input",
    )

    run = add(RUN, "run a command, and say in the rooms how it has ended")
    _add_wait(run)
    run.add_argument(
        "argv", nargs=argparse.REMAINDER, metavar="-- CMD", help="the command, and its arguments"
    )

    summary = "print what was said in rooms and private conversations, as your log has it"
    _add_log(add(LOG, summary, _LOGGED_ROOM))

    host = add(HOST, "keep a small broker for a room, in memory, and print who comes and goes")
    _add_listen(host)
    _add_users(host, users=_USERS_BEHIND)
    host.add_argument(
        "--cert",
        metavar="FILE",
        default=None,
        help="a certificate in PEM format, to encrypt all that is said (amqps)",
    )
    host.add_argument(
        "--key",
        metavar="FILE",
        default=None,
        help="its key, unless the certificate's file holds that as well",
    )


def _add_wait(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=_seconds,
        default=None,
        help="how long nothing may be heard there before it gives up; 0: one try (default 30)",
    )


def _add_log(log: argparse.ArgumentParser) -> None:
    """Add those of `amqpchat log`; which rooms it is about, `--room` says."""
    log.add_argument(
        "--since", metavar="TIME", type=_time, default=None, help="as 2d, 3h, 30m, 2026-09-30 or 10:00"
    )
    log.add_argument("--until", metavar="TIME", type=_end, default=None, help="the same; a day is included")
    log.add_argument(
        "--from",
        metavar="NICK",
        dest="nicks",
        action="append",
        default=None,
        help="who said it, or a part of it",
    )
    log.add_argument(
        "--search", metavar="WORDS", type=_search, default=None, help="what is in it, as for /search"
    )
    forms = log.add_mutually_exclusive_group()
    for form, what in (
        ("text", "rows of text (default)"),
        ("json", "JSON objects"),
        ("html", "a page to read"),
    ):
        forms.add_argument(
            f"--{form}", dest="form", action="store_const", const=form, default="text", help=f"print {what}"
        )
    log.add_argument(
        "--forget", metavar="ROOM", default=None, help="delete all that is logged of a room, or of @NICK"
    )
    log.add_argument("--yes", action="store_true", default=False, help="delete it without asking")


def _add_listen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        help="where to host; for other machines to join, a password is made, unless the variable "
        "AMQPCHAT_PASSWORD gives one (default 127.0.0.1:5672)",
    )


def _add_users(parser: argparse.ArgumentParser, *, users: str) -> None:
    """Add those about accounts; `users` is where the list of names goes."""
    parser.add_argument(
        "--user",
        dest=users,
        metavar="NAME",
        action="append",
        help="hosting, an account for somebody who may join; may be given several times, and with --host the "
        "first is you; the password is asked for, unless AMQPCHAT_PASSWORDS or --passwords has it; "
        "without any, all are guest",
    )
    parser.add_argument(
        "--passwords", metavar="FILE", help="a file with one NAME:PASSWORD in each line, for those accounts"
    )


def _language(text: str) -> str:
    if not re.fullmatch(r"[\w+#.-]{1,20}", text):
        raise argparse.ArgumentTypeError("give the name of a language, as in python")
    return text


def _count(text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,8}", text, re.ASCII):
        raise argparse.ArgumentTypeError("give a number from 1 on")
    return int(text)


def _time(text: str, *, end: bool = False) -> float:
    try:
        return read_time(text, end=end)
    except WireError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _end(text: str) -> float:
    return _time(text, end=True)


def _search(text: str) -> LogSearch:
    try:
        search = read_search(text)
    except WireError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if search.to_me:
        raise argparse.ArgumentTypeError("to:me is for /search, which knows by which names you went")
    return search


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII):
        raise argparse.ArgumentTypeError("give a number of seconds from 0 on")
    return float(text)


def _is_foreign_option(word: str) -> bool:
    return word.startswith("--") and word.partition("=")[0] not in _OPTIONS


def _explain_unknown(argument: str) -> str:
    """Name an unknown option; any other argument may be a URL with a password in it, and is not shown."""
    option = argument.partition("=")[0]
    if not re.fullmatch("--[a-z-]+", option):
        return _UNEXPECTED
    if option == "--host":
        return _HOST_ALONE
    if option in _OPTIONS + _COMMAND_OPTIONS:
        return f"{option} goes after the command that it belongs to, and with no other"
    meant = nearest(option[2:], [known[2:] for known in _OPTIONS + _COMMAND_OPTIONS])
    return f"unknown option {option}" + (f", did you mean --{meant}?" if meant else "")


def _explain_command(words: Sequence[str]) -> str:
    """Name the command that was probably meant; what was typed may be a URL, and is not shown."""
    meant = next(filter(None, (nearest(word, _COMMANDS) for word in words)), None)
    return f"unknown command, did you mean amqpchat {meant}?" if meant else _UNEXPECTED
