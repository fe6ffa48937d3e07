"""The configuration file: its schema, reading it, and what is said about a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta, Struct

from amqpchat_tui.config.broker_url import Secret
from amqpchat_tui.config.errors import ConfigError, nearest
from amqpchat_tui.config.settings import DEFAULT_ROOM, Tls, UiSettings
from amqpchat_tui.files import read_whole, reason

FILE_MAX_BYTES = 1024 * 1024
"""Nobody writes a longer one."""


class ConnectionSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connection]`; at most one of `url` and `urls` is given."""

    url: Secret | None = None
    urls: Annotated[list[Secret], Meta(min_length=1)] | None = None
    heartbeat: Annotated[int, Meta(ge=1, le=65535)] = 10
    """Seconds; connection.tune of AMQP 0-9-1 carries it in two octets, and 0 would turn it off."""
    password_command: str | list[str] | None = None
    tls: Tls = Tls()


class UserSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[user]`."""

    name: str | None = None


class RoomSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[room]`."""

    name: str = DEFAULT_ROOM


class ConfigFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    connection: ConnectionSection = ConnectionSection()
    user: UserSection = UserSection()
    room: RoomSection = RoomSection()
    ui: UiSettings = UiSettings()


def read_file(path: Path, *, required: bool) -> ConfigFile:
    """Read and decode a file; a missing one counts as empty unless it is required. Raise `ConfigError`.

    Without a home folder, the one that nobody named is missing, whatever the working folder holds.
    Paths in it may begin with `~`, and are relative to the folder of the file.
    """
    if not required and not path.is_absolute():
        return ConfigFile()
    try:
        text = read_whole(path, FILE_MAX_BYTES).decode("utf-8-sig")  # Windows' editors begin with U+FEFF
    except (FileNotFoundError, NotADirectoryError) as error:  # the latter with HOME=/dev/null
        if not required:
            return ConfigFile()
        raise ConfigError(f"{path}: cannot be read: {reason(error)}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {reason(error)}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    import tomllib  # late: who has no file need not wait for it

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None

    def decode(wanted: type, value: object) -> Path | Secret:
        if not isinstance(value, str):
            raise TypeError("Expected `str`")
        return Secret(value) if wanted is Secret else path.parent / expand(value)

    try:
        file = msgspec.convert(document, ConfigFile, dec_hook=decode)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_explain(str(error))}") from None
    if file.connection.url is not None and file.connection.urls is not None:
        raise ConfigError(f"{path}: connection.url and connection.urls are both given; keep one of them")
    return file


def expand(path: str) -> Path:
    """Put the home folder for a leading `~`; an unknown user's stays as it is, to be named as missing."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def known_keys() -> dict[str, Any]:
    """Return every section and key of the file, dotted, with its type."""
    return dict(_fields_below("", ConfigFile))


def _fields_below(prefix: str, struct: type[Struct]) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(struct):
        yield prefix + field.name, field.type
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            yield from _fields_below(f"{prefix}{field.name}.", field.type)


_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a string",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "datetime": "a date",
    "date": "a date",
    "time": "a time",
}
"""TOML's types for people, by msgspec's names for them."""


def _explain(message: str) -> str:
    """Put msgspec's message into words, such as "Expected `int`, got `str` - at `$.connection.heartbeat`"."""
    message, _, key = message.partition(" - at `$.")
    key = key.rstrip("`")
    if unknown := re.fullmatch("Object contains unknown field `(.*)`", message, re.DOTALL):
        return _explain_unknown(key, unknown[1])
    if message.startswith("Invalid enum value"):
        return f"{key}: expected {' or '.join(get_args(known_keys()[key]))}"
    return f"{key}: {re.sub('`([^`]*)`', _in_words, message).replace('Expected', 'expected')}"


def _in_words(types: re.Match[str]) -> str:
    return " or ".join(_WORDS.get(name, name) for name in types[1].split(" | ") if name != "null")


def _explain_unknown(section: str, key: str) -> str:
    """Offer the same key of another section, else a similar key of this one, else all that this one has."""
    prefix = f"{section}." if section else ""
    here = [known.removeprefix(prefix) for known in known_keys() if known.rpartition(".")[0] == section]
    elsewhere = {known.rpartition(".")[2]: known for known in known_keys()}
    meant = elsewhere.get(key) or nearest(key, here)
    hint = f"did you mean {meant}?" if meant else f"known here: {', '.join(here)}"
    return f"unknown key {prefix}{key}; {hint}"
