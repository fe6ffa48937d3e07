"""A broker's URL → `BrokerAddress`, after RabbitMQ's URI specification (https://www.rabbitmq.com/docs/uri-spec).

A URL may hold a password, and a mistyped one may hold it anywhere: no error shows any part of the URL.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote

from msgspec import Struct

from amqpchat_tui.config.errors import ConfigError


class Secret:
    """A text that is not for showing: a password, or a URL that may hold one."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


class BrokerAddress(Struct, frozen=True, kw_only=True):
    """Where a broker listens, and who we are to it."""

    tls: bool
    host: str
    """A name or an address; IPv6 without brackets."""
    port: int
    user: str
    password: Secret
    vhost: str

    @property
    def label(self) -> str:
        """`host:port`, for showing."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether this machine itself is meant (RFC 6761, section 6.3, for the names)."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            name = self.host.rstrip(".").lower()
            return name == "localhost" or name.endswith(".localhost")

    @property
    def exposed(self) -> bool:
        """Whether the password, and all that is said, crosses a network in the clear."""
        return not self.tls and not self.loopback and bool(self.password)


DEFAULT_URL = "amqp://guest:guest@localhost:5672/"
DEFAULT_USER = "guest"
DEFAULT_PASSWORD = Secret("guest")
"""This very object is the password of an address whose URL gives none."""

VHOST_MAX_BYTES = 255
"""AMQP 0-9-1, section 4.2.5.3: a short string has an octet for its length."""

_DEFAULT_PORTS = {"amqp": 5672, "amqps": 5671}
_KEYS_BY_PARAMETER = {
    "heartbeat": "connection.heartbeat",
    "cafile": "connection.tls.ca_file",
    "cacertfile": "connection.tls.ca_file",
    "ca_certs": "connection.tls.ca_file",
    "certfile": "connection.tls.cert_file",
    "keyfile": "connection.tls.key_file",
    "no_verify_ssl": "connection.tls.insecure_skip_verify",
    "verify": "connection.tls.insecure_skip_verify",
}
"""What URLs for RabbitMQ's and aio-pika's clients carry in their query, and the key that does it here."""


def parse_broker_url(url: Secret) -> BrokerAddress:
    """Take an `amqp` or `amqps` URL apart; raise `ConfigError`.

    The host is required. The port defaults to 5672 or 5671, user and password to guest, the virtual host
    to `/`.
    """
    text = url.reveal()
    if " " in text or not text.isprintable():
        raise ConfigError("has blanks or control characters in it; percent-encode them")
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() not in _DEFAULT_PORTS:
        raise ConfigError("must begin with amqp:// or, for TLS, amqps:// as in amqp://localhost")
    scheme = scheme.lower()
    authority, _, path = _without_query(rest).partition("/")
    if "@" in path:
        raise _raw("/ or @", "%2F or %40")
    credentials, at, host_and_port = authority.rpartition("@")
    if "@" in credentials:
        raise _raw("@", "%40")
    user, colon, password = credentials.partition(":")
    host, port = _split_host(host_and_port)
    vhost = _decode(path) or "/"
    if len(vhost.encode()) > VHOST_MAX_BYTES:
        raise ConfigError(f"names a virtual host of more than {VHOST_MAX_BYTES} bytes; AMQP carries no more")
    return BrokerAddress(
        tls=scheme == "amqps",
        host=host,
        port=port or _DEFAULT_PORTS[scheme],
        user=_decode(user) if at else DEFAULT_USER,
        password=Secret(_decode(password)) if colon else DEFAULT_PASSWORD,
        vhost=vhost,
    )


def _without_query(rest: str) -> str:
    if "#" in rest:
        raise _raw("#", "%23")
    rest, _, query = rest.partition("?")
    if "@" in query:
        raise _raw("?", "%3F")
    for parameter in query.lower().split("&"):
        name = parameter.partition("=")[0]
        if key := _KEYS_BY_PARAMETER.get(name):
            raise ConfigError(f"{name} cannot be set in the URL; set {key} in the configuration file")
    if query:
        raise ConfigError("has a parameter that is not known here; drop the ? and what follows")
    return rest


def _split_host(host_and_port: str) -> tuple[str, int | None]:
    if host_and_port.startswith("["):
        host, bracket, port = host_and_port[1:].partition("]")
        host = _decode(host)
        if not bracket or (port and port[0] != ":") or not _is_ipv6(host):
            raise ConfigError("needs an IPv6 address between its brackets, as in amqp://[::1]:5672")
        port = port[1:]
    else:
        host, _, port = host_and_port.partition(":")
        host = _decode(host)
        if ":" in port:
            raise ConfigError("needs its IPv6 address in brackets, as in amqp://[::1]:5672")
    if not host:
        raise ConfigError("names no host; for a broker on this machine write amqp://localhost")
    if port and not (re.fullmatch("[0-9]{1,5}", port) and 1 <= int(port) <= 65535):
        raise ConfigError("needs a number from 1 to 65535 as its port")
    return host, int(port) if port else None


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def _decode(part: str) -> str:
    if re.search("%(?![0-9A-Fa-f]{2})", part):
        raise ConfigError("has a % that is not followed by two hex digits; write a % itself as %25")
    try:
        text = unquote(part, errors="strict")
    except UnicodeDecodeError:
        raise ConfigError("has percent-encoded bytes that are not UTF-8") from None
    if re.search("[\x00-\x1f\x7f-\x9f]", text):
        raise ConfigError("has percent-encoded control characters; none are allowed")
    return text


def _raw(characters: str, encoded: str) -> ConfigError:
    return ConfigError(
        f"has a raw {characters} in it; percent-encode it as {encoded}, or give the password by "
        "AMQPCHAT_PASSWORD or connection.password_command"
    )
