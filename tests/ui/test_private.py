"""Private conversations on the screen."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, ConversationId, Correspondent, Fate, Here, Occupant
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_rooms, styles_of, type_at_once

OPS = ConversationId.room("ops")
BOB = Occupant("bob", "b1", mailbox="bobs")
OTHER_BOB = Occupant("bob", "b2", mailbox="others")
TO_BOB = ConversationId.private("bob")


def line(who: Occupant, text: str) -> ChatMessage:
    """A line of somebody of whom more is known than the nick."""
    return replace(message(who.nick, text), sender=who)


@contextlib.asynccontextmanager
async def room_with(*people: Occupant, size: tuple[int, int] = (100, 24)) -> AsyncIterator[Chat]:
    """A chat in a room in which each of some people has spoken."""
    async with open_rooms("ops", size=size) as chat:
        for number, who in enumerate(people):
            chat.client.hear(line(who, f"hello {number}"))
            await chat.sees(f"hello {number}")
        yield chat


def shown(chat: Chat) -> ConversationId:
    assert isinstance(chat.app.screen, ChatScreen)
    return chat.app.screen.session.shown.id


def said(chat: Chat) -> list[tuple[ConversationId, str]]:
    return [(one.to, one.body) for one in chat.client.lines]


async def test_msg_opens_a_conversation_with_a_number_and_a_prompt_of_its_own() -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/msg bob")
        await chat.sees("@bob ❯")
        assert chat.client.correspondents[TO_BOB] == Correspondent(BOB)
        await chat.sees("Message bob · /help")
        await chat.enter("just you")
        assert said(chat) == [(TO_BOB, "just you")]
        (mark,) = styles_of(chat, "@bob ❯")
        await chat.pilot.press("alt+1")
        await chat.sees("ops ❯")
        assert [style.color for style in styles_of(chat, "ops ❯")] != [mark.color], "in another colour"


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("/who", "Nobody can tell who reads @bob."),
        ("/history", "Only rooms have a history."),
        ("/history on", "Only rooms have a history."),
    ],
)
async def test_what_only_a_room_can_tell_is_refused_in_words(command: str, hint: str) -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/msg bob")
        await chat.sees("@bob ❯")
        await chat.enter(command)
        assert (chat.hint, chat.prompt.text) == (hint, command)


@pytest.mark.parametrize("command", ["/msg bob", "/query BOB", "/msg @bob"])
async def test_msg_with_a_text_says_it_and_stays_here(command: str) -> None:
    async with room_with(BOB) as chat:
        await chat.enter(f"{command} see you  at noon")
        assert said(chat) == [(TO_BOB, "see you  at noon")]
        assert shown(chat) == OPS
        await chat.sees("To @bob, conversation 2: see you  at noon")


async def test_a_nick_may_hold_blanks() -> None:
    big = Occupant("bob the big", "b3", mailbox="big")
    async with room_with(BOB, big) as chat:
        await chat.enter("/msg bob the big hello")
        await chat.enter("/msg bob the hello")
        assert said(chat) == [(ConversationId.private("bob the big"), "hello"), (TO_BOB, "the hello")]


@pytest.mark.parametrize(
    ("people", "command", "hint"),
    [
        ((), "/msg bob", "Nobody is known as bob: only who has spoken or is in a roster can be reached."),
        (
            (Occupant("bob", ""),),
            "/msg bob hi",
            "bob speaks through a plain script, which nothing private can reach.",
        ),
        ((), "/msg alice", "That is you."),
        ((BOB,), "/msg bob#2 hi", "Nobody is known as bob#2: "),
        (
            (BOB, OTHER_BOB, Occupant("bob", "b3", "ops", "third")),
            "/msg bob hi",
            "3 are called bob: /msg bob#1 is without account, since ",
        ),
    ],
)
async def test_who_is_not_found_is_asked_about_or_told(
    people: tuple[Occupant, ...], command: str, hint: str
) -> None:
    async with room_with(*people, size=(200, 24)) as chat:
        await chat.enter(command)
        assert chat.hint.startswith(hint)
        assert chat.prompt.text == command
        assert (said(chat), shown(chat)) == ([], OPS)


async def test_of_two_the_one_is_written_to_whose_number_is_given() -> None:
    async with room_with(BOB, OTHER_BOB) as chat:
        await chat.enter("/msg bob#2 are you the other one?")
        assert chat.client.correspondents[TO_BOB] == Correspondent(OTHER_BOB)


async def test_of_one_account_it_is_the_program_that_was_heard_last() -> None:
    first, second = Occupant("bob", "b1", "bob", "q1"), Occupant("bob", "b2", "bob", "q2")
    async with room_with(first, second) as chat:
        await chat.enter("/msg bob hi")
        assert chat.client.correspondents[ConversationId.private("bob", "bob")] == Correspondent(second)


async def test_what_comes_in_counts_and_never_moves_the_screen() -> None:
    async with open_rooms("ops", "lab", size=(120, 24)) as chat:
        await chat.pilot.press(*"half a li")
        chat.client.hear_privately(line(BOB, "psst"))
        await wait_until(lambda: "3 @bob" in chat.text, what="the conversation in the list")
        await wait_until(lambda: "1!" in chat.text, what="that there is news for the person alone")
        assert " PRIVATE" in chat.text
        assert shown(chat) == OPS
        assert chat.prompt.text == "half a li"
        assert "psst" not in chat.text
        await chat.pilot.press("alt+a")
        await chat.sees("psst")


async def test_the_author_of_a_picked_message_is_written_to() -> None:
    async with room_with(BOB) as chat:
        await chat.pilot.press("alt+up", "m")
        await wait_until(lambda: shown(chat) == TO_BOB, what="the conversation")
        assert chat.client.correspondents[TO_BOB] == Correspondent(BOB)
        await chat.enter("hello")
        assert said(chat) == [(TO_BOB, "hello")]


async def test_the_author_of_a_picked_message_may_be_a_plain_script_or_oneself() -> None:
    async with room_with(Occupant("cron", "")) as chat:
        await chat.pilot.press("alt+up", "m")
        await wait_until(lambda: chat.hint, what="a hint")
        assert chat.hint == "cron speaks through a plain script, which nothing private can reach."
        await chat.enter("mine")
        chat.client.echo()
        await wait_until(lambda: not chat.client.lines, what="the echo")
        await chat.sees("mine")
        await chat.pilot.press("alt+up", "m")
        await chat.sees("that is you")


async def test_to_who_is_gone_nothing_is_said_until_the_person_chooses_anew() -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/msg bob")
        chat.client.correspondents[TO_BOB] = Correspondent(BOB, here=False)
        await chat.enter("still there?")
        assert chat.hint == "The bob you wrote to is not here. /msg bob writes to whoever is called so now."
        assert chat.prompt.text == "still there?"
        chat.client.hear(line(OTHER_BOB, "I am bob"))
        await chat.pilot.press("enter")
        assert said(chat) == [], "anybody may take a name"
        await chat.pilot.press("ctrl+u")
        await chat.enter("/msg bob who are you?")
        assert said(chat) == [(TO_BOB, "who are you?")]
        assert chat.client.correspondents[TO_BOB] == Correspondent(OTHER_BOB)


async def test_who_is_back_by_the_same_program_is_written_to_again() -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/msg bob")
        chat.client.correspondents[TO_BOB] = Correspondent(BOB, here=False)
        again = replace(BOB, mailbox="another")
        chat.client.hear(line(again, "back"), to=OPS)
        type_at_once(chat, "+still there?", "enter")
        await chat.pilot.pause()
        assert said(chat) == [(TO_BOB, "still there?")]
        assert chat.client.correspondents[TO_BOB] == Correspondent(again)


@pytest.mark.parametrize("keys", [["+/msg carol hi", "enter"], ["+/msg carol", "enter", "+hi", "enter"]])
async def test_who_has_spoken_a_moment_ago_is_found(keys: list[str]) -> None:
    async with room_with() as chat:
        carol = Occupant("carol", "c1", mailbox="carols")
        chat.client.hear(line(carol, "hello"))
        type_at_once(chat, *keys)
        await chat.pilot.pause()
        assert said(chat) == [(ConversationId.private("carol"), "hi")]


async def test_a_conversation_of_last_time_is_with_whoever_alone_has_the_name_and_says_so() -> None:
    async with room_with(BOB) as chat:
        chat.app.screen_stack[0].query_one("#prompt")
        assert isinstance(chat.app.screen, ChatScreen)
        chat.app.screen.session.join(TO_BOB)
        chat.app.screen.show(TO_BOB)
        await chat.enter("as I said yesterday")
        assert said(chat) == [(TO_BOB, "as I said yesterday")]
        await chat.sees("Whether this is the bob of last time is not known: anybody may take a name.")


async def test_a_line_that_comes_back_waits_in_the_outbox_with_its_reason() -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/msg bob")
        await chat.enter("are you there?")
        chat.client.fail("bob is not here")
        await chat.sees("(failed: bob is not here) are you there?")
        await chat.pilot.press("alt+o", "s")
        assert [one.fate for one in chat.client.lines] == [Fate.QUEUED]


async def test_a_conversation_is_left_as_a_room_is_but_the_last_room_stays() -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/msg bob")
        await chat.enter("/leave ops")
        assert chat.hint == "This is your only room: /quit leaves amqpchat."
        await chat.pilot.press("ctrl+u")
        await chat.enter("/leave")
        await chat.sees("You have left @bob.")
        assert chat.client.conversations == (OPS,)
        chat.client.hear_privately(line(BOB, "one more thing"))
        await wait_until(lambda: len(chat.client.conversations) == 2, what="another one")


async def test_go_to_somebody_who_is_in_no_conversation_says_how_to_write_to_them() -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/go @bob")
        assert chat.hint == "/msg bob writes to bob."


async def test_who_is_in_the_roster_is_written_to_without_having_spoken() -> None:
    async with room_with() as chat:
        carol = Occupant("carol", "c1", "carol", "carols")
        assert chat.client.people is not None
        chat.client.people.bound(OPS, Occupant("alice", chat.client.session, mailbox="mine"))
        chat.client.people.heard(OPS, Here(carol))
        await chat.enter("/msg carol welcome")
        where = ConversationId.private("carol", "carol")
        assert said(chat) == [(where, "welcome")]
        assert chat.client.correspondents[where] == Correspondent(carol)


@pytest.mark.parametrize("from_one", [False, True])
async def test_what_strangers_have_begun_is_left_at_once_but_not_what_was_answered(from_one: bool) -> None:
    async with room_with(BOB) as chat:
        await chat.enter("/leave @")
        assert chat.hint == "There is no private conversation that you have not answered."
        await chat.pilot.press("ctrl+u")
        await chat.enter("/msg bob hello")
        strangers = [
            chat.client.hear_privately(line(Occupant(f"nick{n}", f"s{n}", mailbox=f"m{n}"), "buy"))
            for n in range(17)
        ]
        await chat.pilot.press("alt+3", *"answer", "alt+4")
        assert shown(chat) == strangers[1]
        if not from_one:
            await chat.pilot.press("alt+1")
        await chat.enter("/leave @")
        await chat.sees("You have left 16 private conversations that you had not answered.")
        assert isinstance(chat.app.screen, ChatScreen)
        assert list(chat.app.screen.session.conversations) == [OPS, TO_BOB, strangers[0]]
        assert chat.prompt.text == ("answer" if from_one else "")
