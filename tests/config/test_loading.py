"""Flags, environment and file → settings, and values that are impossible."""

import os
from pathlib import Path
from typing import Any

import pytest

from amqpchat_tui.config import ConfigError, Flags, Secret, Tls, UiSettings, config_file, load, switch_broker
from amqpchat_tui.files import PEM_MAX_BYTES
from amqpchat_tui.model import ConversationId, Level
from amqpchat_tui.wire.text import WireError, check_nick

from .support import LOGIN, address, file_refusal, load_file, refusal


def test_without_any_configuration_there_are_defaults() -> None:
    settings = load(Flags(), LOGIN)
    assert settings.connection.brokers == (address("amqp://guest:guest@localhost:5672/"),)
    assert settings.connection.heartbeat == 10
    assert settings.connection.tls == Tls()
    assert settings.nick == "ann"
    assert settings.rooms == ("broadcast_chat",)
    assert settings.ui == UiSettings(
        theme="textual-dark", time_format="%H:%M", nick_width=12, notify="bell", scrollback_lines=100_000
    )


def test_brokers_are_named_with_their_virtual_host(file: Path) -> None:
    settings = load_file(file, '[connection]\nurls = ["amqp://u:p@a", "amqps://b:1234/ops"]\n')
    assert settings.connection.names == ("a:5672//", "b:1234/ops")


@pytest.mark.parametrize(
    ("flags", "environ", "host", "nick", "room"),
    [
        ({}, {}, "file", "file", "file"),
        ({}, {"URL": "", "NAME": "", "ROOM": ""}, "file", "file", "file"),
        ({}, {"URL": "amqp://env", "NAME": "env", "ROOM": "env"}, "env", "env", "env"),
        ({"name": "flag"}, {"NAME": "env", "ROOM": "env"}, "file", "flag", "env"),
        (
            {"url": Secret("amqp://flag"), "name": "flag", "rooms": ("flag",)},
            {"URL": "amqp://env", "NAME": "env", "ROOM": "env"},
            "flag",
            "flag",
            "flag",
        ),
    ],
)
def test_a_flag_wins_over_a_variable_over_the_file(
    file: Path, flags: dict[str, Any], environ: dict[str, str], host: str, nick: str, room: str
) -> None:
    toml = '[connection]\nurls = ["amqp://file"]\n[user]\nname = "file"\n[room]\nname = "file"\n'
    environ = {f"AMQPCHAT_{name}": value for name, value in environ.items()}
    settings = load_file(file, toml, environ, **flags)
    assert [broker.host for broker in settings.connection.brokers] == [host]
    assert (settings.nick, settings.rooms) == (nick, (room,))


def test_the_file_is_the_flag_s_or_the_variable_s_or_the_platform_s(tmp_path: Path) -> None:
    variable = {"AMQPCHAT_CONFIG": str(tmp_path / "variable.toml")}
    assert config_file(Flags(config="flag.toml"), variable) == Path("flag.toml")
    assert config_file(Flags(), variable) == tmp_path / "variable.toml"
    assert config_file(Flags(), {"AMQPCHAT_CONFIG": ""}) == config_file(Flags(), {})
    assert config_file(Flags(), {}).parts[-2:] == ("amqpchat", "config.toml")


def test_the_platform_s_file_is_read() -> None:
    path = config_file(Flags(), {})
    path.parent.mkdir(parents=True)
    path.write_text('[room]\nname = "lobby"\n')
    assert load(Flags(), LOGIN).rooms == ("lobby",)


def test_tilde_in_paths_is_the_home_folder(file: Path) -> None:
    assert config_file(Flags(config="~/chat.toml"), {}) == Path.home() / "chat.toml"
    (Path.home() / "ca.pem").touch()
    settings = load_file(file, '[connection.tls]\nca_file = "~/ca.pem"\n')
    assert settings.connection.tls.ca_file == Path.home() / "ca.pem"


@pytest.mark.parametrize(
    ("environ", "nick"),
    [
        ({"LOGNAME": "ann", "USER": "bob"}, "ann"),
        ({"LOGNAME": "", "USER": "bob"}, "bob"),
        ({"USERNAME": "Ann Smith"}, "Ann Smith"),
        ({"USER": "a" * 40}, "a" * 32),
        ({"USER": "é" * 40}, "é" * 32),
        ({"USER": "an\u200bn"}, "ann"),
        ({"USER": "\u200b"}, "anonymous"),
    ],
)
def test_login_name_is_the_default_name(environ: dict[str, str], nick: str) -> None:
    assert load(Flags(), environ).nick == nick


def test_without_a_login_name_one_is_anonymous(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_entry(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr("pwd.getpwuid", no_entry)
    assert load(Flags(), {}).nick == "anonymous"


TOO_WIDE = "gives times of up to 31 columns; at most 20 are allowed"
NOT_VISIBLE = "must give one line of visible characters, as %H:%M does"


@pytest.mark.parametrize(
    ("time_format", "reason"),
    [
        ("%A %d %B %H:%M:%S", TOO_WIDE),
        ("%H時" * 6, "gives times of up to 24 columns; at most 20 are allowed"),
        ("", NOT_VISIBLE),
        (" ", NOT_VISIBLE),
        ("%H%n%M", NOT_VISIBLE),
        ("%H\\u001b[31m", NOT_VISIBLE),
        ("%H\\u0000", "is not a format of strftime; %H:%M gives hours and minutes"),
    ],
)
def test_impossible_time_format(file: Path, time_format: str, reason: str) -> None:
    assert file_refusal(file, f'[ui]\ntime_format = "{time_format}"') == f"ui.time_format: {reason}"


@pytest.mark.parametrize("time_format", ["%H:%M:%S", "%a %H:%M", "%Y-%m-%d %H:%M:%S", "%H時%M分"])
def test_possible_time_format(file: Path, time_format: str) -> None:
    assert load_file(file, f'[ui]\ntime_format = "{time_format}"').ui.time_format == time_format


@pytest.mark.parametrize(
    ("room", "reason"),
    [
        ("", "a room needs a name"),
        ("é" * 128, "a room's name has at most 255 bytes; this one has 256"),
        (
            "ops.events",
            "names that end in .events are reserved for what belongs to a room; choose another one",
        ),
    ],
)
def test_impossible_room(room: str, reason: str) -> None:
    assert refusal(Flags(rooms=(room,))) == f"--room: {reason}"


@pytest.mark.parametrize("room", ["r", "r" * 255, "Raum für alle", "部屋", "amqp", "a.b:c_d-e"])
def test_possible_room(room: str) -> None:
    assert load(Flags(rooms=(room,)), LOGIN).rooms == (room,)


@pytest.mark.parametrize(
    ("section", "rooms"),
    [
        ("", ("broadcast_chat",)),
        ("names = []", ("broadcast_chat",)),
        ('name = "lobby"', ("lobby",)),
        ('names = ["ops", "lab"]', ("ops", "lab")),
        ('name = "lobby"\nnames = ["ops", "lab"]', ("lobby", "ops", "lab")),
        ('name = "lab"\nnames = ["ops", "lab", "ops"]', ("lab", "ops")),
    ],
)
def test_the_rooms_of_a_file_in_their_order(file: Path, section: str, rooms: tuple[str, ...]) -> None:
    assert load_file(file, f"[room]\n{section}").rooms == rooms


def test_the_rooms_of_flags_or_a_variable_come_instead_of_those_of_the_file(file: Path) -> None:
    toml = '[room]\nnames = ["ops", "lab"]\n'
    assert load_file(file, toml, rooms=("b", "a", "b")).rooms == ("b", "a")
    assert load_file(file, toml, {**LOGIN, "AMQPCHAT_ROOM": "a"}).rooms == ("a",)
    assert load_file(file, toml, {**LOGIN, "AMQPCHAT_ROOM": "a"}, rooms=("b",)).rooms == ("b",)


NO_ROOM = "names that begin with amq. are reserved for the broker; choose another one"


def test_the_place_of_an_impossible_room_is_named(file: Path) -> None:
    assert refusal(Flags(rooms=("ops", "amq.x", "lab"))) == f"--room (2 of 3): {NO_ROOM}"
    assert refusal(Flags(rooms=("ops", "\udcff"))) == "--room (2 of 2): is not UTF-8 text"
    assert refusal(Flags(), {"AMQPCHAT_ROOM": "amq.x"}) == f"AMQPCHAT_ROOM: {NO_ROOM}"
    assert file_refusal(file, '[room]\nname = "amq.x"') == f"room.name: {NO_ROOM}"
    assert file_refusal(file, '[room]\nnames = ["ops", "amq.x"]') == f"room.names[1]: {NO_ROOM}"
    assert file_refusal(file, '[rooms."amq.x"]') == f'rooms."amq.x": {NO_ROOM}'


def test_what_rooms_may_do_to_a_person(file: Path) -> None:
    toml = '[rooms.ops]\nnotify = "mentions"\n[rooms."the attic"]\nnotify = "none"\n'
    assert load_file(file, toml).levels == {
        ConversationId.room("ops"): Level.MENTIONS,
        ConversationId.room("the attic"): Level.NONE,
    }


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("[]", ()),
        ('""', ()),
        ('["notify-send", "a chat", ""]', ("notify-send", "a chat", "")),
        ("\"notify-send 'a chat' ~\"", ("notify-send", "a chat", "~")),
    ],
)
def test_the_program_that_calls_the_person(file: Path, command: str, argv: tuple[str, ...]) -> None:
    assert load_file(file, f"[notify]\ncommand = {command}").notify_command == argv


def test_a_program_that_cannot_be_taken_apart(file: Path) -> None:
    reason = "notify.command: has a quote or a backslash that is not closed"
    assert file_refusal(file, '[notify]\ncommand = "a \'b"') == reason


def test_impossible_name_of_each_source_is_named(file: Path) -> None:
    long = "a" * 33
    with pytest.raises(WireError) as caught:
        check_nick(long)
    reason = caught.value
    assert refusal(Flags(name=long)) == f"--name: {reason}"
    assert refusal(Flags(), {"AMQPCHAT_NAME": long}) == f"AMQPCHAT_NAME: {reason}"
    assert file_refusal(file, f'[user]\nname = "{long}"') == f"user.name: {reason}"


@pytest.mark.parametrize("key", ["ca_file", "cert_file", "key_file"])
def test_certificate_that_cannot_be_read(file: Path, key: str) -> None:
    missing = file.parent / "tls/missing.pem"
    expected = f"connection.tls.{key}: cannot read {missing}: No such file or directory"
    assert file_refusal(file, f'[connection.tls]\n{key} = "tls/missing.pem"') == expected
    expected = f"connection.tls.{key}: cannot read {file.parent}/␀: embedded null byte"
    assert file_refusal(file, f'[connection.tls]\n{key} = "\\u0000"') == expected


@pytest.mark.parametrize("key", ["ca_file", "cert_file", "key_file"])
def test_certificate_that_openssl_would_read_for_ever(file: Path, tmp_path: Path, key: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large.pem").open("wb") as large:
        large.truncate(PEM_MAX_BYTES + 1)
    for path, reason in (
        ("/dev/zero", "it is not a regular file"),
        (f"{tmp_path}/pipe", "it is not a regular file"),
        (f"{tmp_path}/large.pem", "it is larger than 16384 KiB"),
        (str(tmp_path), "Is a directory"),
    ):
        expected = f"connection.tls.{key}: cannot read {path}: {reason}"
        assert file_refusal(file, f'[connection.tls]\n{key} = "{path}"') == expected


def test_certificate_may_hold_its_key_but_a_key_needs_its_certificate(file: Path, tmp_path: Path) -> None:
    (tmp_path / "ann.pem").touch()
    assert load_file(file, '[connection.tls]\ncert_file = "ann.pem"').connection.tls.key_file is None
    expected = "connection.tls.key_file: give its certificate as well, as cert_file"
    assert file_refusal(file, '[connection.tls]\nkey_file = "ann.pem"') == expected


# The environment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "variable", "value"),
    [
        ("url", "AMQPCHAT_URL", "amqp://\udcff@host"),
        ("name", "AMQPCHAT_NAME", "\udcff"),
        ("rooms", "AMQPCHAT_ROOM", "room\udcff"),
        (None, "AMQPCHAT_PASSWORD", "\udcff"),
    ],
)
def test_bytes_that_are_no_text_are_named(flag: str | None, variable: str, value: str) -> None:
    assert refusal(Flags(), {variable: value}) == f"{variable}: is not UTF-8 text"
    if flag is not None:
        given: Any = {"url": Secret(value), "rooms": (value,)}.get(flag, value)
        assert refusal(Flags(**{flag: given})) == f"--{flag.removesuffix('s')}: is not UTF-8 text"


def test_text_that_an_ascii_locale_could_not_read() -> None:
    """Its bytes come as surrogate escapes (PEP 383)."""
    text = "grüß"
    escaped = text.encode().decode("ascii", "surrogateescape")
    settings = load(Flags(name=escaped), {"AMQPCHAT_ROOM": escaped, "AMQPCHAT_PASSWORD": escaped})
    assert (settings.nick, settings.rooms) == (text, (text,))
    assert settings.connection.brokers[0].password.reveal() == text


# Where nobody said which broker -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "flags", "environ", "by_default"),
    [
        ("", {}, {}, True),
        ('[room]\nname = "ops"\n[connection]\nheartbeat = 5\n', {}, {"AMQPCHAT_URL": ""}, True),
        ("", {}, {"AMQPCHAT_PASSWORD": "p"}, True),
        ('[connection]\nurl = "amqp://guest:guest@localhost:5672/"\n', {}, {}, False),
        ('[connection]\nurls = ["amqp://localhost"]\n', {}, {}, False),
        ("", {}, {"AMQPCHAT_URL": "amqp://localhost"}, False),
        ("", {"url": Secret("amqp://localhost")}, {}, False),
    ],
)
def test_whether_anybody_said_which_broker(
    file: Path, toml: str, flags: dict[str, Any], environ: dict[str, str], by_default: bool
) -> None:
    assert load_file(file, toml, {**LOGIN, **environ}, **flags).connection.by_default == by_default


def test_turning_to_another_broker_keeps_all_else(file: Path) -> None:
    before = load_file(file, "[connection]\nheartbeat = 5\n").connection
    after = switch_broker(Secret("amqps://alice:p@host"), before)
    assert after.brokers == (address("amqps://alice:p@host"),)
    assert (after.heartbeat, after.tls, after.by_default) == (5, before.tls, False)


def test_turning_to_another_broker_without_a_password_keeps_the_one_that_was_given() -> None:
    before = load(Flags(), {**LOGIN, "AMQPCHAT_PASSWORD": "p"}).connection
    assert switch_broker(Secret("amqp://alice@host"), before).brokers == (address("amqp://alice:p@host"),)


def test_turning_to_an_address_that_is_none() -> None:
    with pytest.raises(ConfigError, match="must begin with amqp://"):
        switch_broker(Secret("host"), load(Flags(), LOGIN).connection)


def test_what_is_hidden_is_configured_by_people_and_patterns(file: Path) -> None:
    toml = """
        [hide]
        ignore = ["bob", "user:ci"]
        filters = { health = "probe * ok", noise = "beep in:ops" }
        highlight_not = ["backup *"]
    """
    hide = load_file(file, toml).hide
    assert hide.ignore == ("bob", "user:ci")
    assert hide.filters == {"health": "probe * ok", "noise": "beep in:ops"}
    assert hide.highlight_not == ("backup *",)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('ignore = ["bob", ""]', "hide.ignore[1]: "),
        (
            'filters = { noise = "*" }',
            "hide.filters.noise: a pattern has at least one word, as in probe * ok",
        ),
        ('filters = { noise = "* in:ops" }', "hide.filters.noise: a pattern has at least one word"),
        ('highlight_not = ["* *"]', "hide.highlight_not[0]: a pattern has at least one word"),
        ("filters = { noise = 1 }", "hide.filters"),
    ],
)
def test_what_could_hide_nothing_is_refused(file: Path, toml: str, says: str) -> None:
    assert file_refusal(file, f"[hide]\n{toml}\n").startswith(says)


def test_what_is_offered_as_a_reaction_is_read(file: Path) -> None:
    assert load_file(file, "").reactions.quick[0] == "👍"
    settings = load_file(file, '[reactions]\nquick = ["🎉", " +1 "]\n[notify]\nreactions = true')
    assert settings.reactions.quick == ("🎉", "+1")
    assert settings.notify_reactions


@pytest.mark.parametrize(
    ("quick", "says"),
    [
        ('["👍", " "]', "reactions.quick[1]: a reaction needs at least one visible character"),
        ('["seventeen letters"]', "reactions.quick[0]: a reaction is one emoji or at most 16 characters"),
        ('["a", "b", "c", "d", "e", "f", "g"]', "reactions.quick: expected a list of length <= 6"),
        ("[1]", "reactions.quick[0]: expected a string, got a whole number"),
    ],
)
def test_what_cannot_be_a_reaction_is_refused(file: Path, quick: str, says: str) -> None:
    assert file_refusal(file, f"[reactions]\nquick = {quick}\n") == says
