"""Loading settings in a test, from whatever it is about."""

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from amqpchat_tui.config import BrokerAddress, ConfigError, Flags, Secret, Settings, load
from amqpchat_tui.config.broker_url import parse_broker_url

PASSWORD = "hunter2"
LOGIN = {"LOGNAME": "ann"}


def load_file(path: Path, toml: str, environ: Mapping[str, str] = LOGIN, **flags: Any) -> Settings:
    """Load a file with this content, under flags and environment."""
    path.write_text(toml)
    return load(Flags(config=str(path), **flags), environ)


def refusal(flags: Flags, environ: Mapping[str, str] = LOGIN) -> str:
    """What is said instead of loading; the password is not in it."""
    with pytest.raises(ConfigError) as caught:
        load(flags, environ)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


def file_refusal(path: Path, toml: str) -> str:
    """What is said about a file with this content, without the file's name, which comes first."""
    path.write_text(toml)
    where, _, reason = refusal(Flags(config=str(path))).partition(": ")
    assert where == str(path)
    return reason


def address(url: str) -> BrokerAddress:
    """A broker's address."""
    return parse_broker_url(Secret(url))
