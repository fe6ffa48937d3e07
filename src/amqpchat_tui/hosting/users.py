"""The accounts of those who may join a chat that is hosted, and where their passwords come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from amqpchat_tui.config import ConfigError, Secret
from amqpchat_tui.config.broker_url import DEFAULT_USER
from amqpchat_tui.files import read_whole
from amqpchat_tui.wire.text import is_blank

VARIABLE = "AMQPCHAT_PASSWORDS"
FILE_BYTES = 64 * 1024
"""A longer file of passwords is none."""
NAME_MAX_BYTES = 255
"""AMQP 0-9-1, section 4.2.5.3: the property `user_id` is a short string."""

_HOW = f"one NAME:PASSWORD in each line, in a file (--passwords FILE) or in {VARIABLE}"


def read_users(
    names: Sequence[str], file: str | None, variable: str, ask: Callable[[str], str] | None
) -> Mapping[str, Secret]:
    """Find the password of each user: in the file, in the environment's variable, or by asking for it.

    `ask` takes a name; None where there is nobody to be asked.

    Raises:
        ConfigError: when a name cannot be one, or there is no password for it.
    """
    given = {**_parse(variable, VARIABLE), **(_parse(_read(file), file) if file is not None else {})}
    users: dict[str, Secret] = {}
    for name in dict.fromkeys(names):
        _check_name(name)
        password = given.get(name) or (ask(name) if ask is not None else "")
        if not password:
            raise ConfigError(f"--user {name}: there is no password for it; give it at a terminal, or {_HOW}")
        users[name] = Secret(password)
    return users


def _check_name(name: str) -> None:
    if is_blank(name) or not name.isprintable() or ":" in name or len(name.encode()) > NAME_MAX_BYTES:
        raise ConfigError("--user: a name has visible characters, at most 255 bytes of them, and no colon")
    if name == DEFAULT_USER:
        raise ConfigError(f"--user: {DEFAULT_USER} is everybody; give each one a name of their own")


def _read(file: str) -> str:
    try:
        return read_whole(Path(file), FILE_BYTES).decode()
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: this is no UTF-8") from None
    except ValueError:
        raise ConfigError("--passwords: this cannot be the name of a file") from None
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None


def _parse(text: str, where: str) -> Mapping[str, str]:
    """Read lines of NAME:PASSWORD; an error shows no part of them."""
    users: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, password = line.partition(":")
        if not colon or not password:
            raise ConfigError(f"{where}: line {number} is not NAME:PASSWORD")
        users[name] = password
    return users
