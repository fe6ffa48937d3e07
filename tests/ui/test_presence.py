"""When somebody is called, and where reading stopped: by the focus of the terminal, else by the keys."""

from collections.abc import Callable

import msgspec
import pytest
from textual import events

from amqpchat_tui.chat import presence
from amqpchat_tui.chat.presence import AWAY_AFTER_SECONDS, Presence
from amqpchat_tui.model import Level
from tests.support.fake_client import ROOM, message
from tests.support.waiting import wait_until

from .chat import Chat, open_chat, settings, styles_of

STARTED = 1000.0


def test_without_reports_who_presses_no_key_is_away_after_a_while() -> None:
    person = Presence(STARTED)
    assert person.away_since(STARTED + AWAY_AFTER_SECONDS - 0.1) is None
    assert person.away_since(STARTED + AWAY_AFTER_SECONDS) == STARTED
    assert person.away_since(STARTED + AWAY_AFTER_SECONDS + 5) == STARTED
    person.act(STARTED + 100)
    assert person.away_since(STARTED + 119) is None
    assert person.away_since(STARTED + 120) == STARTED + 100


def test_a_terminal_that_reports_only_that_it_has_the_focus_is_not_believed() -> None:
    """As tmux without `focus-events` does when it is attached."""
    person = Presence(STARTED)
    person.report_focus(True, STARTED + 1)
    assert person.away_since(STARTED + 20) is None
    assert person.away_since(STARTED + 21) == STARTED + 1


def test_a_terminal_that_reports_its_focus_is_believed() -> None:
    person = Presence(STARTED)
    person.report_focus(False, STARTED + 1)
    assert person.away_since(STARTED + 1) == STARTED + 1
    person.report_focus(True, STARTED + 2)
    assert person.away_since(STARTED + 1_000_000) is None


def test_a_key_needs_the_focus_whatever_was_reported() -> None:
    person = Presence(STARTED)
    person.report_focus(False, STARTED + 1)
    person.act(STARTED + 2)
    assert person.away_since(STARTED + 1_000_000) is None


@pytest.fixture
def wait_for_no_key(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """A function that lets so much time pass without a key that somebody is away, or none."""

    def pass_time(away: bool) -> None:
        monkeypatch.setattr(presence, "AWAY_AFTER_SECONDS", 0.0 if away else float("inf"))

    pass_time(False)
    return pass_time


Pass = Callable[[bool], None]


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has rung; the pause between two is over at once."""
    rung: list[str] = []
    monkeypatch.setattr("amqpchat_tui.ui.app.ChatApp.bell", lambda _: rung.append("bell"))
    monkeypatch.setattr("amqpchat_tui.chat.attention.RING_PAUSE_SECONDS", 0.0)
    return rung


async def hear(chat: Chat, text: str) -> None:
    chat.client.hear(message("bob", text))
    await chat.sees(text)


async def look_away_and_back(chat: Chat) -> None:
    chat.app.post_message(events.AppBlur())
    chat.app.post_message(events.AppFocus())
    await chat.pilot.pause()


async def test_a_mention_rings_when_no_key_was_pressed_for_a_while(
    wait_for_no_key: Pass, rings: list[str]
) -> None:
    async with open_chat() as chat:
        await hear(chat, "alice: one")
        assert rings == []
        wait_for_no_key(True)
        await hear(chat, "alice: two")
        assert rings == ["bell"]


async def test_a_terminal_that_has_reported_its_focus_needs_no_keys(
    wait_for_no_key: Pass, rings: list[str]
) -> None:
    async with open_chat() as chat:
        await look_away_and_back(chat)
        wait_for_no_key(True)
        await hear(chat, "alice: one")
        assert rings == []


@pytest.mark.parametrize("reports", [False, True])
async def test_who_always_wants_to_be_called_is_called(
    wait_for_no_key: Pass, rings: list[str], reports: bool
) -> None:
    given = settings()
    always = msgspec.structs.replace(given, ui=msgspec.structs.replace(given.ui, notify_when="always"))
    async with open_chat(with_settings=always) as chat:
        if reports:
            await look_away_and_back(chat)
        await hear(chat, "nobody: zero")
        assert rings == []
        await hear(chat, "alice: one")
        assert rings == ["bell"]


@pytest.mark.parametrize(("level", "rung"), [(Level.MENTIONS, ["bell"]), (Level.NONE, [])])
async def test_a_room_calls_as_it_is_configured(
    wait_for_no_key: Pass, rings: list[str], level: Level, rung: list[str]
) -> None:
    configured = msgspec.structs.replace(settings(), levels={ROOM: level})
    async with open_chat(with_settings=configured) as chat:
        wait_for_no_key(True)
        await hear(chat, "alice: one")
        assert rings == rung


async def test_without_reports_reading_stops_when_keys_stop(wait_for_no_key: Pass) -> None:
    """The line is drawn below what was there when the first message of the absence came, and stays there."""

    def underlined(text: str) -> bool:
        return any(style.underline for style in styles_of(chat, text))

    async with open_chat() as chat:
        await hear(chat, "read 1")
        await hear(chat, "read 2")
        assert not underlined("read")
        wait_for_no_key(True)
        await hear(chat, "unread 1")
        await hear(chat, "unread 2")
        await wait_until(lambda: underlined("read 2"), what="the line below what was read")
        assert not underlined("read 1")
        wait_for_no_key(False)
        await chat.pilot.press("x")
        await hear(chat, "seen")
        assert underlined("read 2")
        wait_for_no_key(True)
        await hear(chat, "unread again")
        await wait_until(lambda: underlined("seen"), what="the line below what was read since")
        assert not underlined("read 2")
