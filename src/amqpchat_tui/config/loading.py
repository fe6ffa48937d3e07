"""From flags, environment and file to `Settings`: who overrules whom, and whether the values are possible."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from amqpchat_tui.config.broker_url import (
    DEFAULT_PASSWORD,
    DEFAULT_URL,
    BrokerAddress,
    Secret,
    parse_broker_url,
)
from amqpchat_tui.config.errors import ConfigError
from amqpchat_tui.config.file import ConnectionSection, RoomOptions, RoomSection, expand, read_file, room_key
from amqpchat_tui.config.settings import (
    DEFAULT_ROOM,
    ConnectionSettings,
    HideSettings,
    ReactionSettings,
    Settings,
    Tls,
)
from amqpchat_tui.files import TooLargeError, check_pem, read_descriptor, reason
from amqpchat_tui.folders import config_folder
from amqpchat_tui.model import ACCOUNT_PREFIX, ConversationId, Level
from amqpchat_tui.programs import describe_end
from amqpchat_tui.wire.events import check_emoji
from amqpchat_tui.wire.lines import ANONYMOUS
from amqpchat_tui.wire.names import check_room
from amqpchat_tui.wire.text import NICK_MAX_CHARACTERS, WireError, check_nick, clean_line

PASSWORD_COMMAND_SECONDS = 30.0
"""Seconds."""
PASSWORD_OUTPUT_MAX_BYTES = 64 * 1024
"""Only the first line counts, but the rest is read, so that the command does not fail for it."""
TIME_MAX_WIDTH = 20
"""Terminal cells."""

_VARIABLES = "AMQPCHAT_URL", "AMQPCHAT_PASSWORD", "AMQPCHAT_NAME", "AMQPCHAT_ROOM"

_Value = TypeVar("_Value")
_Checked = TypeVar("_Checked")


class Flags(Struct, frozen=True, kw_only=True):
    """The settings that the command line gives; None where it does not."""

    url: Secret | None = None
    name: str | None = None
    rooms: tuple[str, ...] = ()
    """In their order; empty where the command line gives none."""
    config: str | None = None


def load(
    flags: Flags, environ: Mapping[str, str], *, may_ask: bool = True, connects: bool = True
) -> Settings:
    """Read the file, let environment and flags overrule it, and check the result; raise `ConfigError`.

    An empty variable counts as unset. A configured password command is run, unless something overrules it;
    unless it `may_ask`, the terminal is not its own. It is not for who never `connects`.
    """
    path = config_file(flags, environ)
    flags = msgspec.structs.replace(
        flags,
        url=None if flags.url is None else Secret(utf8(flags.url.reveal(), "--url")),
        name=None if flags.name is None else utf8(flags.name, "--name"),
    )
    environ = {**environ, **{name: utf8(environ.get(name, ""), name) for name in _VARIABLES}}
    file = read_file(path, required=flags.config is not None or bool(environ.get("AMQPCHAT_CONFIG")))
    nick = _checked(
        check_nick,
        ("--name", flags.name),
        ("AMQPCHAT_NAME", environ.get("AMQPCHAT_NAME") or None),
        (f"{path}: user.name", _login_nick(environ) if file.user.name is None else file.user.name),
    )
    _checked(_check_time_format, (f"{path}: ui.time_format", file.ui.time_format))
    _check_tls(file.connection.tls, path)
    section = file.connection
    if not connects:
        section = msgspec.structs.replace(section, password_command=None)
    connection = ConnectionSettings(
        brokers=_brokers(flags, environ, section, path, may_ask=may_ask),
        by_default=_says_no_url(flags, environ, file.connection),
        heartbeat=file.connection.heartbeat,
        tls=file.connection.tls,
    )
    return Settings(
        connection=connection,
        nick=nick,
        conversations=_rooms(flags, environ, file.room, path),
        ui=file.ui,
        presence=file.presence,
        history=file.history,
        log=file.log,
        levels=_levels(file.rooms, path),
        keys=file.keys,
        hide=_hide(file.hide, path),
        reactions=_reactions(file.reactions, path),
        notify_reactions=file.notify.reactions,
        notify_command=_checked(_argv, (f"{path}: notify.command", file.notify.command)),
    )


def switch_broker(url: Secret, connection: ConnectionSettings) -> ConnectionSettings:
    """Put another broker in the place of those configured; raise `ConfigError`.

    Without a password in the URL, it is the one that was configured.
    """
    broker = parse_broker_url(url)
    if broker.password is DEFAULT_PASSWORD:
        broker = msgspec.structs.replace(broker, password=connection.brokers[0].password)
    return msgspec.structs.replace(connection, brokers=(broker,), by_default=False)


def utf8(given: str, where: str) -> str:
    """Read an argument or a variable as UTF-8 where the locale could not read it; raise `ConfigError`."""
    try:
        given.encode()
    except UnicodeEncodeError:  # PEP 383: what could not be read is in it as lone surrogates
        try:
            return os.fsencode(given).decode()
        except UnicodeError:
            raise ConfigError(f"{where}: is not UTF-8 text") from None
    return given


def config_file(flags: Flags, environ: Mapping[str, str]) -> Path:
    """Return the file that the settings are read from; it need not exist."""
    named = environ.get("AMQPCHAT_CONFIG") or None if flags.config is None else flags.config
    return config_folder() / "config.toml" if named is None else expand(named)


def _checked(check: Callable[[_Value], _Checked], *given: tuple[str, _Value | None]) -> _Checked:
    """Check the first value that is not None (the last never is); an error names where it came from."""
    where, value = next((where, value) for where, value in given if value is not None)
    try:
        return check(value)
    except (ConfigError, WireError) as error:
        raise ConfigError(f"{where}: {error}") from None


def _rooms(
    flags: Flags, environ: Mapping[str, str], section: RoomSection, path: Path
) -> tuple[ConversationId, ...]:
    """Return the rooms of the start, each once; the first place that names any names all."""
    if len(flags.rooms) == 1:
        given = [("--room", flags.rooms[0])]
    elif flags.rooms:
        given = [(f"--room ({n} of {len(flags.rooms)})", room) for n, room in enumerate(flags.rooms, 1)]
    elif room := environ.get("AMQPCHAT_ROOM"):
        given = [("AMQPCHAT_ROOM", room)]
    else:
        given = [(f"{path}: room.names[{index}]", room) for index, room in enumerate(section.names)]
        if section.name is not None or not given:
            given.insert(0, (f"{path}: room.name", DEFAULT_ROOM if section.name is None else section.name))
    return tuple(dict.fromkeys(_checked_room(where, utf8(room, where)) for where, room in given))


def _levels(rooms: Mapping[str, RoomOptions], path: Path) -> Mapping[ConversationId, Level]:
    return {
        _checked_room(f"{path}: {room_key(name)}", name): options.notify for name, options in rooms.items()
    }


def _checked_room(where: str, name: str) -> ConversationId:
    return ConversationId.room(_checked(check_room, (where, name)))


def _login_nick(environ: Mapping[str, str]) -> str:
    """Make a nick of the login name, found as `getpass.getuser` does; a container may have none."""
    login = next(filter(None, map(environ.get, ("LOGNAME", "USER", "LNAME", "USERNAME"))), None)
    if login is None:
        try:
            import pwd  # not on every platform

            login = pwd.getpwuid(os.getuid()).pw_name
        except (ImportError, KeyError):
            return ANONYMOUS
    try:
        return check_nick(clean_line(login)[:NICK_MAX_CHARACTERS])
    except WireError:
        return ANONYMOUS


def _hide(hide: HideSettings, path: Path) -> HideSettings:
    from amqpchat_tui.patterns import Pattern, split_room  # only needed where something is configured

    for index, name in enumerate(hide.ignore):
        _checked(check_nick, (f"{path}: hide.ignore[{index}]", name.removeprefix(ACCOUNT_PREFIX)))

    def check(where: str, pattern: str) -> None:
        try:
            Pattern(pattern)
        except ValueError as error:
            raise ConfigError(f"{path}: hide.{where}: {error}") from None

    for name, text in hide.filters.items():
        check(f"filters.{name}", split_room(text)[0])
    for index, pattern in enumerate(hide.highlight_not):
        check(f"highlight_not[{index}]", pattern)
    return hide


def _reactions(reactions: ReactionSettings, path: Path) -> ReactionSettings:
    quick = [
        _checked(check_emoji, (f"{path}: reactions.quick[{index}]", emoji))
        for index, emoji in enumerate(reactions.quick)
    ]
    return ReactionSettings(quick=tuple(quick))


def _check_time_format(time_format: str) -> str:
    widest = time.struct_time((2026, 9, 30, 22, 58, 58, 2, 273, 0))  # a Wednesday in September
    try:
        shown = time.strftime(time_format, widest)
    except ValueError:
        raise ConfigError("is not a format of strftime; %H:%M gives hours and minutes") from None
    if not shown.strip() or not shown.isprintable():
        raise ConfigError("must give one line of visible characters, as %H:%M does")
    width = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in shown)
    if width > TIME_MAX_WIDTH:
        raise ConfigError(f"gives times of up to {width} columns; at most {TIME_MAX_WIDTH} are allowed")
    return time_format


def _check_tls(tls: Tls, path: Path) -> None:
    for key in "ca_file", "cert_file", "key_file":
        file: Path | None = getattr(tls, key)
        if file is not None:
            try:
                check_pem(file)
            except (OSError, ValueError) as error:
                raise ConfigError(
                    f"{path}: connection.tls.{key}: cannot read {file}: {reason(error)}"
                ) from None
    if tls.key_file is not None and tls.cert_file is None:
        raise ConfigError(f"{path}: connection.tls.key_file: give its certificate as well, as cert_file")


def _brokers(
    flags: Flags, environ: Mapping[str, str], section: ConnectionSection, path: Path, *, may_ask: bool
) -> tuple[BrokerAddress, ...]:
    overruling = (("--url", flags.url), ("AMQPCHAT_URL", Secret(environ.get("AMQPCHAT_URL", "")) or None))
    from_file = all(url is None for _, url in overruling)
    if from_file and section.urls is not None:
        brokers = [
            _checked(parse_broker_url, (f"{path}: connection.urls[{index}]", url))
            for index, url in enumerate(section.urls)
        ]
    else:
        url = Secret(DEFAULT_URL) if section.url is None else section.url
        brokers = [_checked(parse_broker_url, *overruling, (f"{path}: connection.url", url))]

    password: Secret | None = None
    if given := environ.get("AMQPCHAT_PASSWORD"):
        password = Secret(given)
    # A password in a flag's or variable's URL stands: the file's command may be for another broker.
    command_rules = from_file or brokers[0].password is DEFAULT_PASSWORD
    if password is None and section.password_command is not None and command_rules:
        where = f"{path}: connection.password_command"
        password = _checked(
            partial(_run_password_command, may_ask=may_ask), (where, section.password_command)
        )
    if password is not None:
        brokers = [msgspec.structs.replace(broker, password=password) for broker in brokers]
    return tuple(brokers)


def _says_no_url(flags: Flags, environ: Mapping[str, str], section: ConnectionSection) -> bool:
    given = flags.url, environ.get("AMQPCHAT_URL") or None, section.url, section.urls
    return all(url is None for url in given)


def _argv(command: str | Sequence[str]) -> tuple[str, ...]:
    """Return a program and its arguments; a string is taken apart as a shell does, and may hold none."""
    if isinstance(command, str):
        import shlex  # only needed where a command is configured

        try:
            command = shlex.split(command)
        except ValueError:
            raise ConfigError("has a quote or a backslash that is not closed") from None
    return tuple(command)


def _run_password_command(command: str | Sequence[str], *, may_ask: bool) -> Secret:
    """Return the first line that a command prints; nothing that it prints gets into an error.

    Its standard input and error stay the terminal if it `may_ask` for a passphrase, and say why it fails.
    """
    import subprocess  # only needed where a command is configured

    if not (argv := _argv(command)):
        raise ConfigError("names no command")
    terminal = None if may_ask else subprocess.DEVNULL
    deadline = time.monotonic() + PASSWORD_COMMAND_SECONDS
    try:
        with subprocess.Popen(argv, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal) as process:
            assert process.stdout is not None
            try:
                printed = read_descriptor(process.stdout.fileno(), PASSWORD_OUTPUT_MAX_BYTES, deadline)
                process.wait(max(0.0, deadline - time.monotonic()))
            finally:
                process.kill()  # one that has ended is not there any more to be killed
    except (TimeoutError, subprocess.TimeoutExpired):
        raise ConfigError(f"gave no password within {PASSWORD_COMMAND_SECONDS:g} s") from None
    except TooLargeError:
        raise ConfigError(f"printed more than {PASSWORD_OUTPUT_MAX_BYTES >> 10} KiB") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot be run: {reason(error)}") from None
    if failure := describe_end(process.returncode):
        raise ConfigError(failure)
    try:
        password = printed.partition(b"\n")[0].removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise ConfigError("printed a password that is not UTF-8") from None
    if not password:
        raise ConfigError("printed no password: its first line is empty")
    return Secret(password)
