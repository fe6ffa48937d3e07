"""The configuration file: its schema, reading it, and what is said about a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from amqpchat_tui.config.broker_url import Secret
from amqpchat_tui.config.errors import ConfigError, nearest
from amqpchat_tui.config.settings import (
    HideSettings,
    HistorySettings,
    LogSettings,
    PresenceSettings,
    ReactionSettings,
    Tls,
    UiSettings,
)
from amqpchat_tui.files import read_whole, reason
from amqpchat_tui.model import Level

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
    """`[room]`: where one is at the start; `name` is the first, and comes before `names`."""

    name: str | None = None
    names: tuple[str, ...] = ()


class RoomOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[rooms.NAME]`: a room, joined at the start or later."""

    notify: Level = Level.ALL


class NotifySection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[notify]`."""

    command: str | list[str] = []
    reactions: bool = False


class ConfigFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    connection: ConnectionSection = ConnectionSection()
    user: UserSection = UserSection()
    room: RoomSection = RoomSection()
    rooms: dict[str, RoomOptions] = {}
    presence: PresenceSettings = PresenceSettings()
    hide: HideSettings = HideSettings()
    history: HistorySettings = HistorySettings()
    log: LogSettings = LogSettings()
    keys: Mapping[str, str | tuple[str, ...]] = {}
    """By the ids of actions, which only the screen knows."""
    reactions: ReactionSettings = ReactionSettings()
    notify: NotifySection = NotifySection()
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
        raise ConfigError(f"{path}: {_explain(str(error), document)}") from None
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
    """Return every section and key of the file, dotted, with its type; `NAME` stands for a room's name."""
    return dict(_fields_below("", ConfigFile))


def room_key(name: str) -> str:
    """Return the dotted key of a room's section, with a name that TOML takes for more than that in quotes."""
    return _dotted("rooms", name)


def _dotted(section: str, name: str) -> str:
    plain = re.fullmatch("[A-Za-z0-9_-]+", name)
    return f"{section}.{name if plain else msgspec.json.encode(name).decode()}"


def _fields_below(prefix: str, struct: type[Struct]) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(struct):
        yield from _below(prefix + field.name, field.type)


def _below(key: str, kind: Any) -> Iterator[tuple[str, Any]]:
    yield key, kind
    if get_origin(kind) is dict:
        yield from _below(f"{key}.{_ANY_NAME}", get_args(kind)[1])
    elif isinstance(kind, type) and issubclass(kind, Struct):
        yield from _fields_below(f"{key}.", kind)


_ANY_NAME = "NAME"
_SOME_NAME = "[...]"
"""What msgspec says in place of a name that the file's author has chosen, such as a room's."""

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


def _explain(message: str, document: Mapping[str, Any]) -> str:
    """Put msgspec's message into words, such as "Expected `int`, got `str` - at `$.connection.heartbeat`"."""
    message, _, key = message.partition(" - at `$.")
    key = key.rstrip("`")
    shown, known = key, key
    section, named, rest = key.partition(_SOME_NAME)
    if named:
        shown = _dotted(section, _wrong_name(section.split("."), document)) + rest
        known = f"{section}.{_ANY_NAME}{rest}"
    if unknown := re.fullmatch("Object contains unknown field `(.*)`", message, re.DOTALL):
        return _explain_unknown(shown, known, unknown[1])
    if message.startswith("Invalid enum value"):
        kind = known_keys()[known]
        return f"{shown}: expected {' or '.join(get_args(kind) or kind)}"
    return f"{shown}: {re.sub('`([^`]*)`', _in_words, message).replace('Expected', 'expected')}"


def _wrong_name(section: Sequence[str], document: Mapping[str, Any]) -> str:
    """Return the first name in a section under which something wrong stands, which msgspec does not tell."""

    def fits(name: str, value: object) -> bool:
        alone: object = {name: value}
        for key in reversed(section):
            alone = {key: alone}
        try:
            msgspec.convert(alone, ConfigFile)
        except msgspec.ValidationError:
            return False
        return True

    table = document
    for key in section:
        table = table[key]
    return next(name for name, value in table.items() if not fits(name, value))


def _in_words(types: re.Match[str]) -> str:
    return " or ".join(_WORDS.get(name, name) for name in types[1].split(" | ") if name != "null")


def _explain_unknown(shown: str, section: str, key: str) -> str:
    """Offer the same key of other sections, else a similar key of this one, else all that this one has.

    `shown` is what the section is called in the file.
    """
    here = [_last(known) for known in known_keys() if known.rpartition(".")[0] == section]
    same = [known for known in known_keys() if _last(known) == key]
    meant = (
        " or ".join(known for known in same if "." in known) or next(iter(same), None) or nearest(key, here)
    )
    hint = f"did you mean {meant}?" if meant else f"known here: {', '.join(here)}"
    return f"unknown key {shown}{'.' if shown else ''}{key}; {hint}"


def _last(key: str) -> str:
    return key.rpartition(".")[2]
