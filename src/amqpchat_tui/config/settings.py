"""The settings as the program reads them; `Tls` and `UiSettings` are also sections of the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from amqpchat_tui.config.broker_url import BrokerAddress
from amqpchat_tui.model import ConversationId, ConversationKind, Level, MovementLines

DEFAULT_ROOM = "broadcast_chat"


class Tls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How `amqps` connections prove who is who; all files are PEM and exist."""

    ca_file: Path | None = None
    """The authorities to trust instead of the system's."""
    cert_file: Path | None = None
    """Our certificate, for brokers that ask for one."""
    key_file: Path | None = None
    """The key of `cert_file`; None when that file holds it as well."""
    insecure_skip_verify: bool = False
    """Talk to whoever answers, without knowing who it is."""


class ConnectionSettings(Struct, frozen=True, kw_only=True):
    """Which broker, and how."""

    brokers: tuple[BrokerAddress, ...]
    """At least one; tried in turn."""
    by_default: bool = False
    """Whether no broker was configured; `brokers` is then what a fresh RabbitMQ on this machine is."""
    heartbeat: int = 10
    """Seconds."""
    tls: Tls = Tls()

    @property
    def names(self) -> tuple[str, ...]:
        """What tells conversations on these brokers from others of the same name, also on disk."""
        return tuple(f"{broker.label}/{broker.vhost}" for broker in self.brokers)


class UiSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the screen looks and behaves."""

    theme: str = "textual-dark"
    """A Textual theme; only the screen knows which there are."""
    time_format: str = "%H:%M"
    """For `time.strftime`; gives visible text of at most 20 cells."""
    nick_width: Annotated[int, Meta(ge=4, le=32)] = 12
    """Terminal cells."""
    highlight: tuple[str, ...] = ()
    """Words that concern the person, besides their nick."""
    notify: Literal["bell", "osc9", "osc777", "off"] = "bell"
    """How to call a person who is looking elsewhere."""
    notify_when: Literal["unfocused", "always"] = "unfocused"
    """Whether also a person who looks at the terminal is called."""
    keep_history: bool = True
    """Whether the lines entered are there to recall after the next start."""
    scrollback_lines: Annotated[int, Meta(ge=1_000, le=1_000_000)] = 100_000
    """How many messages are kept."""
    panels: Literal["auto", "never"] = "auto"
    """Whether panels come by themselves where the terminal is wide enough."""


class PresenceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What others are told of us, and what we are told of them; also the section `[presence]`."""

    announce: bool = True
    """Whether others are told that we are in a room."""
    send_typing: bool = False
    """Whether they are told when we write."""
    show_typing: bool = True
    """Whether it is shown who writes."""
    lines: MovementLines = MovementLines.SMART
    tell_rooms: bool = False
    """Whether those in a room are told in which others we are."""


class HideSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person does not want to see, or hear of; also the section `[hide]`."""

    ignore: tuple[str, ...] = ()
    """Nicks and, behind `user:`, accounts."""
    filters: Mapping[str, str] = {}
    """By name, what lines are hidden: a pattern, and `in:ROOM` behind it where it is for one room."""
    highlight_not: tuple[str, ...] = ()
    """Patterns of lines that concern the person for no word in them."""


class ReactionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one puts below lines of others; also the section `[reactions]`."""

    quick: Annotated[tuple[str, ...], Meta(max_length=6)] = ("👍", "👀", "✅", "❌", "🎉", "❤\ufe0f")
    """What is offered first, each under its number."""


class LogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of what is said; also the section `[log]`."""

    keep: bool = True
    """Whether lines are logged."""
    days: Annotated[int, Meta(ge=1, le=36_500)] = 365
    """For how long."""
    megabytes: Annotated[int, Meta(ge=1, le=1_000_000)] = 500
    """How large the log may become before its oldest lines go."""
    private: bool = True
    """Whether private lines are logged as well."""


class HistorySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is seen of what rooms' histories have, and whether we begin one; also the section `[history]`."""

    show: Annotated[int, Meta(ge=0, le=2_000)] = 200
    """Lines that who joins is shown, and that are read at once; 0: none."""
    create: bool = False
    """Whether a room that has no history gets one."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that can be configured, checked."""

    connection: ConnectionSettings
    nick: str
    """Accepted by `wire.text.check_nick`."""
    conversations: tuple[ConversationId, ...]
    """Where one talks, at least one room; the first is on the screen at the start."""
    ui: UiSettings = UiSettings()
    presence: PresenceSettings = PresenceSettings()
    log: LogSettings = LogSettings()
    history: HistorySettings = HistorySettings()
    levels: Mapping[ConversationId, Level] = {}
    """What conversations may do to the person; those that are not in it may do all."""
    hide: HideSettings = HideSettings()
    reactions: ReactionSettings = ReactionSettings()
    keys: Mapping[str, str | tuple[str, ...]] = {}
    """Keys by the action; only the screen knows which there are."""
    notify_command: tuple[str, ...] = ()
    """A program to run whenever the person is called, with its arguments; empty: none."""
    notify_reactions: bool = False
    """Whether the person is also called when somebody reacts to a line of theirs."""

    @property
    def rooms(self) -> tuple[str, ...]:
        """The names of all rooms, in their order."""
        return tuple(where.name for where in self.conversations if where.kind is ConversationKind.ROOM)
