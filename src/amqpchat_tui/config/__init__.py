"""Configuration: TOML file, environment and flags → one frozen, typed `Settings`.

A flag wins over the environment, the environment over the file, the file over the default.
`config.example.toml` documents every key.
"""

from amqpchat_tui.config.broker_url import BrokerAddress, Secret
from amqpchat_tui.config.errors import ConfigError, nearest
from amqpchat_tui.config.loading import Flags, config_file, load, switch_broker, utf8
from amqpchat_tui.config.settings import (
    DEFAULT_ROOM,
    ConnectionSettings,
    HideSettings,
    HistorySettings,
    LogSettings,
    PresenceSettings,
    ReactionSettings,
    Settings,
    Tls,
    UiSettings,
)

__all__ = [
    "DEFAULT_ROOM",
    "BrokerAddress",
    "ConfigError",
    "ConnectionSettings",
    "Flags",
    "HideSettings",
    "HistorySettings",
    "LogSettings",
    "PresenceSettings",
    "ReactionSettings",
    "Secret",
    "Settings",
    "Tls",
    "UiSettings",
    "config_file",
    "load",
    "nearest",
    "switch_broker",
    "utf8",
]
