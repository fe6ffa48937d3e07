"""Reactions and withdrawals on the screen: what stands below and in the place of lines, and what keys do."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from msgspec.structs import replace

from amqpchat_tui.config import ReactionSettings
from amqpchat_tui.model import ChatMessage, ConversationId, LinkedMessage, Occupant, Reaction, Withdrawal
from amqpchat_tui.ui.bars.pick_bar import THUMB
from amqpchat_tui.wire.lines import line_name
from tests.support.fake_client import NOON, ROOM, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, open_rooms, settings, styles_of, type_at_once

BOB, CAROL = Occupant("bob", "b0"), Occupant("carol", "c0")
ASKED = message("bob", "who looks?", message_id="asked", sender=BOB)
CLOSE = "Plain scripts, and whoever has seen it, keep it."


def reaction(
    emoji: str, who: Occupant = BOB, *, about: str = "asked", own: bool = False, remove: bool = False
) -> Reaction:
    at = time.time()
    who = Occupant("alice", "5e55") if own else who
    return Reaction(about, who, at, f"{who.session} {emoji} {at}", own, emoji=emoji, remove=remove)


def own(chat: Chat, text: str = "oops", message_id: str = "mine") -> ChatMessage:
    """Say something, and hear it."""
    line = ChatMessage(
        chat.client.nick,
        text,
        NOON,
        own=True,
        sent_at=time.time(),
        message_id=message_id,
        sender=Occupant(chat.client.nick, chat.client.session),
    )
    chat.client.hear(line)
    return line


def done(chat: Chat) -> list[tuple[str, str, str]]:
    """What was done about lines, and with what."""
    return [(what, about, emoji) for what, _, about, emoji in chat.client.events.done]


async def below(chat: Chat, text: str, row: str) -> None:
    """Wait for a row below the one with a text."""

    def is_there() -> bool:
        rows = chat.rows
        return any(text in above and f" {row}  " in f"{under}  " for above, under in pairwise(rows))

    await wait_until(is_there, what=f"{row!r} below {text!r}")


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_reactions_stand_below_their_line_and_ones_own_are_underlined(size: tuple[int, int]) -> None:
    async with open_chat(size) as chat:
        chat.client.hear(ASKED, message("carol", "not me"))
        await chat.sees("not me")
        chat.client.befall(reaction("👀"), reaction("👀", CAROL), reaction("👍", own=True))
        await below(chat, "who looks?", "👀 2  👍 1")
        assert any(style.underline for style in styles_of(chat, "👍 1"))


async def test_plus_puts_a_thumb_there_and_takes_it_back() -> None:
    async with open_chat() as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        await chat.pilot.press("alt+up", "plus")
        assert done(chat) == [("react", "asked", THUMB)]
        chat.client.befall(reaction(THUMB, own=True))
        await below(chat, "who looks?", "👍 1")
        await chat.pilot.press("plus")
        assert done(chat)[-1] == ("unreact", "asked", THUMB)
        assert "👍 taken back" in chat.text


async def test_equals_joins_the_first_reaction_and_leaves_it() -> None:
    async with open_chat() as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        await chat.pilot.press("alt+up", "equals_sign")
        await chat.sees("Nobody has reacted to it.")
        chat.client.befall(reaction("🎉"), reaction("👀", CAROL))
        await below(chat, "who looks?", "🎉 1  👀 1")
        await chat.pilot.press("equals_sign")
        chat.client.befall(reaction("🎉", own=True))
        await below(chat, "who looks?", "🎉 2  👀 1")
        await chat.pilot.press("equals_sign")
        assert done(chat) == [("react", "asked", "🎉"), ("unreact", "asked", "🎉")]


async def test_a_colon_offers_some_by_number_and_all_by_name() -> None:
    quick = replace(settings(), reactions=ReactionSettings(quick=("👍", "🎉")))
    async with open_chat(with_settings=quick) as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        chat.client.befall(reaction("👍", own=True))
        await below(chat, "who looks?", "👍 1")
        await chat.pilot.press("alt+up", "colon")
        await chat.sees("1 👍  2 🎉")
        assert any(style.underline for style in styles_of(chat, "👍") if style.bold is None)
        await chat.pilot.press("2")
        await chat.pilot.press("colon", *"rock", "enter")
        await chat.pilot.press("colon", *"nothing", "enter", "escape")
        assert done(chat) == [("react", "asked", "🎉"), ("react", "asked", "🚀")]
        await chat.pilot.press("colon")
        await chat.pilot.press("1", "escape", "x")
        assert done(chat)[-1] == ("unreact", "asked", "👍")
        assert chat.prompt.text == "x"


async def test_keys_of_the_bar_are_taken_however_quickly_they_come() -> None:
    async with open_chat() as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        type_at_once(chat, "alt+up", "colon", "+tada", "enter", "plus", "escape", "+hi")
        await wait_until(lambda: chat.prompt.text == "hi", what="the prompt to have the keys")
        assert done(chat) == [("react", "asked", "🎉"), ("react", "asked", THUMB)]


async def test_going_elsewhere_closes_the_bar() -> None:
    async with open_rooms("ops", "lab") as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        await chat.pilot.press("alt+up", "colon", "alt+2", "x")
        assert chat.prompt.text == "x"
        await chat.pilot.press("alt+1")
        assert chat.scrollback.reader.picked is None


async def test_a_command_reacts_to_the_last_line_of_somebody_else() -> None:
    async with open_chat() as chat:
        await chat.enter("/react tada")
        assert chat.hint == "There is no line of anybody else to react to."
        await chat.pilot.press("ctrl+u")
        chat.client.hear(ASKED)
        own(chat)
        await chat.sees("oops")
        await chat.enter("/react tada")
        assert chat.hint == "🎉 to “bob: who looks?”."
        assert chat.prompt.text == ""
        await chat.enter("/react ❤️")
        assert done(chat) == [("react", "asked", "🎉"), ("react", "asked", "❤️")]
        await chat.enter("/react thumbs upp")
        assert chat.hint == "No emoji is called thumbs upp."
        await chat.pilot.press("ctrl+u")
        await chat.enter("/react")
        await chat.sees("1 👍")
        await chat.pilot.press("1")
        assert done(chat)[-1] == ("react", "asked", THUMB)


async def test_a_click_on_a_reaction_joins_it() -> None:
    async with open_chat() as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        chat.client.befall(reaction("👀"), reaction("🎉", CAROL))
        await below(chat, "who looks?", "👀 1  🎉 1")
        y = next(index for index, row in enumerate(chat.rows) if "👀" in row)
        x = chat.rows[y].index("│") + 2
        await chat.pilot.click(offset=(x, y))
        await chat.pilot.click(offset=(x + 6, y))
        await chat.pilot.click(offset=(x + 30, y))
        await chat.pilot.click(offset=(x, y - 1))
        await chat.pilot.pause()
        assert done(chat) == [("react", "asked", "👀"), ("react", "asked", "🎉")]


async def test_i_tells_who_has_reacted() -> None:
    async with open_chat() as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        chat.client.befall(reaction("👀"), reaction("👀", CAROL), reaction("🎉", CAROL))
        await below(chat, "who looks?", "👀 2  🎉 1")
        await chat.pilot.press("alt+up", "i")
        told = "👀 bob, carol · 🎉 carol"
        await wait_until(lambda: told in " ".join(chat.text.split()), what="who it was")


async def test_d_twice_withdraws_ones_own_line() -> None:
    async with open_chat() as chat:
        own(chat)
        chat.client.hear(LinkedMessage("bob", "what?", NOON, message_id="re", answers="mine"), ASKED)
        await chat.sees("who looks?")
        await chat.pilot.press("alt+up", "d")
        await chat.sees("It is not your line.")
        await chat.pilot.press("up", "up", "d")
        await chat.sees(f"{CLOSE} d again withdraws.")
        await chat.pilot.press("down", "up", "d")
        assert not done(chat), "something else was done meanwhile"
        await chat.pilot.press("d")
        assert done(chat) == [("withdraw", "mine", "")]
        chat.client.befall(Withdrawal("mine", Occupant("alice", chat.client.session), NOON, "w"))
        await chat.sees("alice withdrew this line")
        assert "oops" not in chat.text
        await chat.pilot.press("i")
        await chat.sees("withdrawn: oops")
        await chat.pilot.press("plus")
        await chat.sees("It was withdrawn.")
        await chat.pilot.press("e")
        assert chat.prompt.text == ""
        assert len(done(chat)) == 1


async def test_a_command_withdraws_ones_last_line_when_it_is_said_again() -> None:
    async with open_chat() as chat:
        await chat.enter("/withdraw")
        assert chat.hint == "You have no line here that could be withdrawn."
        await chat.pilot.press("ctrl+u")
        own(chat)
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        await chat.enter("/withdraw")
        assert CLOSE in chat.hint
        await chat.pilot.press("ctrl+u")
        await chat.enter("/nick alice")
        await chat.enter("/withdraw")
        assert not done(chat), "something else was entered meanwhile"
        await chat.pilot.press("enter")
        assert done(chat) == [("withdraw", "mine", "")]
        assert chat.prompt.text == ""


@pytest.mark.parametrize("keys", [("plus",), ("equals_sign",), ("colon", "1"), ("d",)])
async def test_where_nothing_can_be_done_about_lines_it_is_said_why(keys: tuple[str, ...]) -> None:
    async with open_chat() as chat:
        line = own(chat)
        await chat.sees("oops")
        chat.client.befall(reaction("👀", about=line_name(line)))
        await below(chat, "oops", "👀 1")
        chat.client.events.trouble[ROOM] = "Only in rooms."
        await chat.pilot.press("alt+up", *keys)
        await chat.sees("Only in rooms.")
        await chat.pilot.press("escape")
        for command in "/react tada", "/withdraw":
            await chat.enter(command)
            assert chat.hint == "Only in rooms." or command == "/react tada"
            assert chat.prompt.text == command, "nothing is lost"
            await chat.pilot.press("ctrl+u")
        assert not done(chat)


async def test_reactions_make_nothing_unread_and_move_nothing_elsewhere() -> None:
    async with open_rooms("ops", "lab") as chat:
        lab = ConversationId.room("lab")
        chat.client.befall(reaction("👀"), Withdrawal("x", BOB, NOON, "w"), to=lab)
        await wait_until(lambda: chat.app.session.idle, what="all to be taken")
        assert [one.unread for one in chat.app.session.listing()] == [0, 0]


async def test_who_is_ignored_is_not_counted_until_they_are_not_any_more() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("dan", "hello", message_id="asked"))
        await chat.sees("hello")
        chat.client.befall(reaction("👀"), reaction("👀", CAROL))
        await below(chat, "hello", "👀 2")
        await chat.enter("/ignore bob")
        await below(chat, "hello", "👀 1")
        await chat.enter("/unignore bob")
        await below(chat, "hello", "👀 2")


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_reaction_calls_the_author_if_they_want_that(
    wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings: list[str] = []
    async with open_chat(with_settings=replace(settings(), notify_reactions=wanted)) as chat:
        chat.app.session.rings_always = True
        monkeypatch.setattr(chat.app, "notify_person", lambda ring: rings.append(ring.message.text))
        own(chat)
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        chat.client.befall(reaction("👀"), reaction("👀", about="mine"))
        await below(chat, "oops", "👀 1")
        assert rings == (["👀 to “alice: oops”"] if wanted else [])


async def test_a_thousand_reactions_at_once_are_painted_once() -> None:
    async with open_chat() as chat:
        chat.client.hear(ASKED)
        await chat.sees("who looks?")
        before = chat.app.session.shown.scrollback.changes.count
        chat.client.befall(*(reaction("👍", Occupant(f"n{n}", f"s{n}")) for n in range(1_000)))
        await below(chat, "who looks?", "👍 1000")
        assert chat.app.session.shown.scrollback.changes.count == before + 1


async def test_tab_writes_an_emoji_by_its_name_and_nothing_else_does() -> None:
    async with open_chat() as chat:
        await chat.pilot.press(*"well done :thu", "tab")
        assert chat.prompt.text == "well done 👍"
        await chat.pilot.press("tab")
        assert chat.prompt.text == "well done 👎"
        await chat.pilot.press("shift+tab", *" at 10:30:15 :tada:", "enter")
        assert chat.client.said == ["well done 👍 at 10:30:15 :tada:"]


async def test_in_a_thread_alone_it_is_the_line_itself_that_one_reacts_to() -> None:
    async with open_chat() as chat:
        answer = LinkedMessage("carol", "on it", NOON, message_id="re", answers="asked", sender=CAROL)
        chat.client.hear(ASKED, *(message("dan", f"line {n}", message_id=f"n{n}") for n in range(5)), answer)
        await chat.sees("on it")
        chat.client.befall(reaction("👀", about="re"))
        await below(chat, "on it", "👀 1")
        await chat.pilot.press("alt+up", "t")
        await wait_until(lambda: "line 4" not in chat.text, what="the thread alone")
        await below(chat, "on it", "👀 1")
        await chat.pilot.press("alt+up", "equals_sign", "up", "plus", "colon", *"tada", "enter", "i")
        assert done(chat) == [("react", "re", "👀"), ("react", "asked", THUMB), ("react", "asked", "🎉")]
        chat.client.befall(reaction("🎉", about="asked"))
        await below(chat, "who looks?", "🎉 1")
        y = next(index for index, row in enumerate(chat.rows) if "🎉 1" in row)
        await chat.pilot.click(offset=(chat.rows[y].index("│") + 2, y))
        assert done(chat)[-1] == ("react", "asked", "🎉")
        await chat.pilot.press("escape", "escape")
        await chat.enter("/react eyes")
        assert done(chat)[-1] == ("react", "re", "👀")


async def test_what_is_too_much_for_a_batch_is_shown_with_those_that_follow() -> None:
    async with open_chat() as chat:
        chat.client.hear(*(message("bob", f"line {n}", message_id=f"n{n}") for n in range(8)))
        await chat.sees("line 7")
        people = [Occupant(f"n{n}", f"s{n}") for n in range(600)]
        chat.client.befall(*(reaction("👍", who, about=f"n{n}") for n in range(8) for who in people))
        for n in range(8):
            await below(chat, f"line {n}", "👍 600")
        assert chat.app.session.idle
