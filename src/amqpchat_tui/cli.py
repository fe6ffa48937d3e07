"""The command line: arguments → settings → screen; the only place where all parts meet."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from amqpchat_tui import __version__, commands, logs, stdio
from amqpchat_tui.arguments import CHECK, HOST, LISTEN, LOG, RUN, SEND, USAGE_ERROR, WHO, parse
from amqpchat_tui.config import (
    ConfigError,
    ConnectionSettings,
    Flags,
    Secret,
    Settings,
    config_file,
    load,
    nearest,
    switch_broker,
    utf8,
)
from amqpchat_tui.terminal import require_terminal
from amqpchat_tui.wire.text import clean_line

if TYPE_CHECKING:
    from amqpchat_tui.actions.keymap import Given
    from amqpchat_tui.client import AmqpClient
    from amqpchat_tui.hosting import HostingDialer, ListenAddress
    from amqpchat_tui.model import Store
    from amqpchat_tui.ui.app import ChatApp

_INTERNAL_ERROR = 1
_NOT_WRITTEN = 1
_INTERRUPTED = 130
"""128 + SIGINT, as shells count."""

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `amqpchat` with these arguments, by default the command line's, and return its exit code."""
    stdio.prepare()
    try:
        arguments = parse(argv)
        listen_address = _listen_address(arguments) if arguments.host else None
        flags = Flags(
            url=arguments.url if listen_address is None else listen_address.url,
            name=arguments.name or _own_name(arguments),
            rooms=arguments.rooms,
            config=arguments.config,
        )
        settings = load(flags, os.environ, connects=arguments.command != LOG)
        redact = logs.Redactor()
        parts: dict[str | None, Callable[[], int]] = {
            None: lambda: _chat(settings, flags, listen_address, redact),
            CHECK: lambda: commands.check_command(settings),
            LISTEN: lambda: commands.listen_command(settings, arguments),
            WHO: lambda: commands.who_command(settings, arguments),
            SEND: lambda: commands.send_command(settings, arguments),
            RUN: lambda: commands.run_command(settings, arguments),
            LOG: lambda: commands.log_command(settings, arguments),
            HOST: lambda: _host(settings, arguments),
        }
        if arguments.command is None and (arguments.plain or not require_terminal()):
            parts[None] = lambda: _chat_plainly(settings, listen_address)
        if listen_address is not None and arguments.users:
            listen_address = listen_address.for_accounts(_read_users(arguments))
            settings = replace(settings, connection=switch_broker(listen_address.url, settings.connection))
        redact.learn(_passwords(settings.connection))
        return _run(parts[arguments.command], settings, redact, record=arguments.log)
    except ConfigError as error:
        return _end(USAGE_ERROR, str(error))
    except stdio.ReaderGoneError:  # of a help that somebody has read as far as they wanted
        return 0
    except stdio.StreamError as error:
        return _end(_NOT_WRITTEN, str(error))
    except KeyboardInterrupt:
        return _INTERRUPTED


def _end(code: int, reason: str) -> int:
    stdio.say(reason)
    return code


def _passwords(connection: ConnectionSettings) -> Iterator[str]:
    return (broker.password.reveal() for broker in connection.brokers)


def _run(part: Callable[[], int], settings: Settings, redact: logs.Redactor, *, record: bool) -> int:
    """Run the chat or a command; whatever goes wrong inside goes into the log."""
    with ExitStack() as stack:
        stack.enter_context(logs.silence())
        if record:
            stack.enter_context(_recording(redact))
        brokers = ", ".join(broker.label for broker in settings.connection.brokers)
        rooms = ", ".join(settings.rooms)
        _log.info("amqpchat %s as %s, rooms: %s, brokers: %s", __version__, settings.nick, rooms, brokers)
        try:
            return part()
        except (ConfigError, stdio.StreamError):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it goes into the log
            crash = error
    return _end(_INTERNAL_ERROR, _report(crash, redact))


@contextmanager
def _recording(redact: logs.Redactor) -> Iterator[None]:
    """Keep the log; a disk that becomes full costs only that."""
    cannot = f"--log: cannot write {logs.log_file()}"
    with ExitStack() as stack:
        try:
            recorder = stack.enter_context(logs.recording(redact))
        except OSError as error:
            raise ConfigError(f"{cannot}: {error.strerror}") from None
        try:
            yield
        finally:
            if recorder.problem is not None:
                stdio.say(f"{cannot}: {recorder.problem.strerror}")


def _chat(
    settings: Settings, flags: Flags, listen_address: ListenAddress | None, redact: logs.Redactor
) -> int:
    gc.disable()  # Textual builds much and drops little until the first frame
    try:
        from amqpchat_tui.client import AmqpClient  # late: a wrong setting need not wait for Textual
        from amqpchat_tui.ui.app import ChatApp, theme_names

        def check(settings: Settings) -> None:
            _require_theme(settings.ui.theme, theme_names(), flags)
            _require_keys(settings.keys, flags)

        def read() -> Settings:
            again = load(flags, os.environ, may_ask=False)
            redact.learn(_passwords(again.connection))
            check(again)
            is_hosted = listen_address is not None  # then no file says where
            return replace(again, connection=settings.connection) if is_hosted else again

        check(settings)
        with _store(settings) as store:
            if listen_address is None and not settings.connection.by_default:
                client = AmqpClient(settings, store)
                app = ChatApp(
                    settings,
                    client,
                    painted=collect_seldom,
                    store=store,
                    configuration=_Configuration(read, client),
                )
            else:
                app = _chat_here(settings, listen_address, store, read, redact)
            app.run()
    finally:
        gc.enable()
    if app.crash is not None:
        raise app.crash
    return app.return_code or 0


def _chat_plainly(settings: Settings, listen_address: ListenAddress | None) -> int:
    import asyncio  # late, as above

    from amqpchat_tui.client import AmqpClient
    from amqpchat_tui.headless.plain import plain

    with _store(settings) as store:
        if listen_address is None:
            return asyncio.run(plain(settings, AmqpClient(settings, store), store))
        client, _ = _hosting_client(settings, listen_address, store, wanted=True)
        return asyncio.run(plain(settings, client, store))


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """Keep things for the next start; a disk that takes none costs only that."""
    from amqpchat_tui.storage.store import DiskStore  # late, as above

    store = DiskStore(settings.log)
    try:
        yield store
    finally:
        if problem := store.close():
            stdio.say(problem)


def _chat_here(
    settings: Settings,
    listen_address: ListenAddress | None,
    store: Store,
    read: Callable[[], Settings],
    redact: logs.Redactor,
) -> ChatApp:
    """Host the room on this machine: at once if there is a place for it, else if the person says so."""
    from amqpchat_tui.hosting import all_heard, default_listen_address  # late: a chat elsewhere does without
    from amqpchat_tui.ui.app import ChatApp

    here = listen_address or default_listen_address(settings.connection.brokers[0].password)
    client, dialer = _hosting_client(settings, here, store, wanted=listen_address is not None)
    choices = _StartChoices(settings, client, dialer, redact) if listen_address is None else None
    app = ChatApp(
        settings,
        client,
        painted=collect_seldom,
        choices=choices,
        store=store,
        configuration=_Configuration(read, client),
    )
    dialer.heard = lambda: all_heard(app.session, client.nick)
    return app


def _hosting_client(
    settings: Settings, here: ListenAddress, store: Store, *, wanted: bool
) -> tuple[AmqpClient, HostingDialer]:
    """Make a client that may host the room on this machine, and does so if that is `wanted`."""
    from amqpchat_tui.client import AmqpClient  # late, as above
    from amqpchat_tui.client.dialer import PlainDialer
    from amqpchat_tui.hosting import HostingDialer

    dialer = HostingDialer(PlainDialer(), here, settings.rooms, wanted=wanted)
    return AmqpClient(settings, store, dialer=dialer), dialer


class _Configuration:
    """The settings, and the client that goes by them; implements `ui.reloading.Configuration`."""

    def __init__(self, read: Callable[[], Settings], client: AmqpClient) -> None:
        self.read = read
        self._client = client

    def connect(self, connection: ConnectionSettings) -> None:
        self._client.switch_broker(connection)


class _StartChoices:
    """What to do when nobody listens where nobody said to dial; implements `ui.no_broker.StartChoices`."""

    def __init__(
        self, settings: Settings, client: AmqpClient, dialer: HostingDialer, redact: logs.Redactor
    ) -> None:
        self._settings = settings
        self._client = client
        self._dialer = dialer
        self._redact = redact
        self.retry = client.reconnect

    def host(self) -> None:
        self._dialer.host()
        self._client.reconnect()

    def switch_broker(self, url: Secret) -> ConnectionSettings:
        connection = switch_broker(url, self._settings.connection)
        self._redact.learn(_passwords(connection))
        self._client.switch_broker(connection)
        return connection


def collect_seldom() -> None:
    """Collect garbage again, but not what the start has built, and the old seldom: a flood leaves no cycles.

    The young are few at a time, as keys wait while they are looked through: 50,000 took up to 40 ms.
    """
    gc.freeze()
    gc.set_threshold(5_000, 10, 1_000)
    gc.enable()


def _host(settings: Settings, arguments: argparse.Namespace) -> int:
    import asyncio  # late, as above

    from amqpchat_tui.headless import host
    from amqpchat_tui.hosting import certificate

    if arguments.key is not None and arguments.cert is None:
        raise ConfigError("--key: give its certificate as well, as --cert FILE")
    tls = certificate(arguments.cert, arguments.key) if arguments.cert is not None else None
    address = _listen_address(arguments, tls=tls is not None)
    if arguments.users:
        address = address.for_accounts(_read_users(arguments))
    return asyncio.run(host(address, tls, rooms=settings.rooms))


def _own_name(arguments: argparse.Namespace) -> str | None:
    """Return the name of whoever hosts a chat with accounts: the first is theirs, and shows that it is."""
    if not arguments.host or not arguments.users:
        return None
    from amqpchat_tui.hosting import nick_of  # late: a chat elsewhere does without

    return nick_of(utf8(arguments.users[0], "--user")) or None


def _read_users(arguments: argparse.Namespace) -> Mapping[str, Secret]:
    from amqpchat_tui.hosting.users import VARIABLE, read_users  # late, as above

    return read_users(
        [utf8(user, "--user") for user in arguments.users],
        arguments.passwords,
        utf8(os.environ.get(VARIABLE, ""), VARIABLE),
        _ask_password if sys.stdin.isatty() else None,
    )


def _ask_password(user: str) -> str:
    import getpass  # late: nobody else is asked

    try:
        password = getpass.getpass(f"Password for {user}: ")
        again = getpass.getpass("The same again: ")
    except EOFError:
        return ""
    if password != again:
        raise ConfigError(f"--user {user}: these two passwords are not the same")
    return password


def _listen_address(arguments: argparse.Namespace, *, tls: bool = False) -> ListenAddress:
    from amqpchat_tui.hosting import DEFAULT_LISTEN, parse_listen  # late: a chat elsewhere does without

    listen = DEFAULT_LISTEN if arguments.listen is None else arguments.listen
    password = utf8(os.environ.get("AMQPCHAT_PASSWORD", ""), "AMQPCHAT_PASSWORD")
    return parse_listen(listen, password or None, tls=tls)


def _require_theme(theme: str, known: Sequence[str], flags: Flags) -> None:
    if theme not in known:
        meant = nearest(theme, known)
        hint = f"did you mean {meant}?" if meant else f"there are {', '.join(known)}"
        raise ConfigError(f"{config_file(flags, os.environ)}: ui.theme: unknown theme {theme}; {hint}")


def _require_keys(keys: Given, flags: Flags) -> None:
    from amqpchat_tui.actions.keymap import Keymap  # late, as above

    try:
        Keymap(keys)
    except ValueError as error:
        raise ConfigError(f"{config_file(flags, os.environ)}: keys.{error}") from None


def _report(crash: BaseException, redact: logs.Redactor) -> str:
    """Write the traceback of an internal error to the log, and say so in one line."""
    summary = clean_line(redact(": ".join(filter(None, (type(crash).__name__, str(crash))))))
    path = logs.log_file()
    try:
        with logs.recording(redact) as recorder:
            _log.critical("internal error", exc_info=crash)
        problem = recorder.problem
    except OSError as error:
        problem = error
    if problem is not None:
        return f"internal error ({summary}); details cannot be written to {path}: {problem.strerror}"
    return f"internal error ({summary}); details are in {path}"
