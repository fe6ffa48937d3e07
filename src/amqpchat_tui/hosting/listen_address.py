"""Where a room is hosted: HOST:PORT, the password and the certificate for it, and how others get in."""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from amqpchat_tui.config import DEFAULT_ROOM, BrokerAddress, ConfigError, Secret
from amqpchat_tui.config.broker_url import DEFAULT_PASSWORD, DEFAULT_USER
from amqpchat_tui.files import check_pem, reason
from amqpchat_tui.passwords import PasswordHash
from amqpchat_tui.wire.text import WireError, check_nick

DEFAULT_LISTEN = "127.0.0.1:5672"

PASSWORD_BYTES = 12
"""Of randomness in a password that is made up: too many to guess, and few enough to type."""

_HOST_AND_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:/@\s]+)):([0-9]{1,5})", re.ASCII)
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""The addresses that mean all of this machine's, and what reaches them from here."""


class ListenAddress(Struct, frozen=True, kw_only=True):
    """Where to listen, and who is let in."""

    address: BrokerAddress
    """Its user and password are those to log in with."""
    password_made: bool = False
    """Whether the password was made up here, so that others have to be told."""
    password_given: bool = False
    """Whether the person chose the password, so that it is not for showing; else it is the usual one."""
    accounts: Mapping[str, PasswordHash] = {}
    """Who is let in, where people have accounts of their own; else all have that of the address."""

    def for_accounts(self, passwords: Mapping[str, Secret]) -> ListenAddress:
        """Return the same place for people with these passwords, of whom the first is who hosts it."""
        user, password = next(iter(passwords.items()))
        return replace(
            self,
            address=replace(self.address, user=user, password=password),
            password_made=False,
            password_given=False,
            accounts={name: PasswordHash.of(password.reveal()) for name, password in passwords.items()},
        )

    def users(self) -> Mapping[str, PasswordHash]:
        """Return who is let in; it may take some milliseconds."""
        return self.accounts or {self.address.user: PasswordHash.of(self.address.password.reveal())}

    @property
    def url(self) -> Secret:
        """The URL that leads there from this machine."""
        host = _EVERYWHERE.get(self.address.host, self.address.host)
        return Secret(_url(replace(self.address, host=host), self.address.password))

    def join_command(self, rooms: Sequence[str], user: str = "") -> str:
        """The command with which others join these rooms; it holds the password if that was made up.

        Who has an account does so as that `user`, under its name, with a password that only they are told.
        """
        import shlex  # late: the first frame does without

        address = replace(self.address, host=_reachable(self.address.host), user=user or self.address.user)
        url = _url(address, self.address.password if self.password_made else None)
        name = ["--name", nick] if (nick := nick_of(user)) else []
        return shlex.join(["amqpchat", "--url", url, *name, *_room_flags(rooms)])

    def standby_command(self, rooms: Sequence[str]) -> str:
        """The command with which others on this machine join these rooms, and host them when we leave."""
        import shlex  # late, as above

        listen = [] if self.address.label == DEFAULT_LISTEN else ["--listen", self.address.label]
        flags = [] if list(rooms) == [DEFAULT_ROOM] else _room_flags(rooms)
        return shlex.join(["amqpchat", "--host", *listen, *flags])

    def explain(self, error: OSError) -> str:
        """Why one cannot listen there, as a sentence without a full stop."""
        if error.errno == errno.EADDRINUSE:
            return (
                f"another program uses {self.address.label} already; "
                "choose another port with --listen HOST:PORT"
            )
        # asyncio puts the address into the system's words, but not into those about a name.
        why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        return f"cannot listen on {self.address.label}: {why}"


def parse_listen(listen: str, password: str | None, *, tls: bool = False) -> ListenAddress:
    """Understand HOST:PORT; raise `ConfigError`.

    Without a password it is the usual one for this machine itself, and a new one for others.
    """
    found = _HOST_AND_PORT.fullmatch(listen)
    if found is None or not 0 < int(found[3]) <= 65535:
        raise ConfigError("--listen: give HOST:PORT, such as 0.0.0.0:5672 for all who can reach this machine")
    host = found[1] or found[2]
    try:
        host.encode("idna")  # as asyncio will
    except UnicodeError:
        raise ConfigError(f"--listen: {host} cannot be the name of a host") from None
    address = BrokerAddress(
        tls=tls,
        host=host,
        port=int(found[3]),
        user=DEFAULT_USER,
        password=Secret(password) if password else DEFAULT_PASSWORD,
        vhost="/",
    )
    if password or address.loopback:
        return ListenAddress(address=address, password_given=bool(password))
    import secrets  # late: most rooms are for this machine itself

    return ListenAddress(
        address=replace(address, password=Secret(secrets.token_urlsafe(PASSWORD_BYTES))), password_made=True
    )


def default_listen_address(password: Secret) -> ListenAddress:
    """Return the place where a chat dials without any configuration, with the password that it has."""
    return parse_listen(DEFAULT_LISTEN, None if password == DEFAULT_PASSWORD else password.reveal())


def certificate(cert: str, key: str | None) -> ssl.SSLContext:
    """Read a certificate and its key, which may be in the same file; raise `ConfigError`."""
    for option, path in ("--cert", cert), ("--key", key or cert):
        try:
            check_pem(Path(path))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{option}: cannot read {path}: {reason(error)}") from None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # Without a password given, OpenSSL would ask for it on the terminal.
        context.load_cert_chain(cert, key, password="")
    except (ssl.SSLError, ValueError) as error:
        if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
            raise ConfigError(f"--key: {key or cert} is not the key of the certificate in {cert}") from None
        where = f"--cert, --key: {cert} and {key} are not" if key else f"--cert: {cert} does not hold"
        raise ConfigError(f"{where} a certificate and its key, unencrypted, in PEM format") from None
    return context


def _room_flags(rooms: Sequence[str]) -> list[str]:
    return [word for room in rooms for word in ("--room", room)]


def nick_of(user: str) -> str:
    """Return the nick under which an account is sure to be itself; empty where no nick can be called so."""
    try:
        return user if check_nick(user) == user else ""
    except WireError:
        return ""


def _url(address: BrokerAddress, password: Secret | None) -> str:
    user = quote(address.user, safe="")
    if password is not None:
        credentials = f"{user}:{quote(password.reveal(), safe='')}@"
    else:
        credentials = "" if address.user == DEFAULT_USER else f"{user}@"
    return f"{'amqps' if address.tls else 'amqp'}://{credentials}{address.label}"


def _reachable(host_name: str) -> str:
    """Return a name for others to dial, when a host listens on every address of this machine."""
    try:
        everywhere = ipaddress.ip_address(host_name).is_unspecified
    except ValueError:
        everywhere = False
    return socket.gethostname() if everywhere else host_name
