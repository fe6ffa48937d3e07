"""What the screen does about the people in rooms."""

from msgspec.structs import replace

from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import Bye, ConversationId, Occupant, Posting, Typing
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.support.fake_client import ROOM, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, settings

OPS = ConversationId.room("ops")
TYPING = replace(settings(), presence=PresenceSettings(send_typing=True))


def told_typing(chat: Chat) -> list[ConversationId]:
    return [where for where, posting in chat.client.posted if isinstance(posting.message, Typing)]


async def test_typing_is_told_where_it_is_typed_and_neither_of_commands_nor_of_going_elsewhere() -> None:
    async with open_chat(with_settings=TYPING, rooms=(ROOM, OPS)) as chat:
        chat.client.gather()
        chat.client.gather(to=OPS)
        await chat.pilot.press(*"/who")
        assert told_typing(chat) == []
        await chat.pilot.press("ctrl+u", *"hel")
        assert told_typing(chat) == [ROOM]
        screen = chat.app.screen
        assert isinstance(screen, ChatScreen)
        screen.session.conversations[OPS].draft = "begun"
        await chat.pilot.press("alt+2")
        await wait_until(lambda: chat.prompt.text == "begun", 10, "the other draft")
        await chat.pilot.pause()
        assert told_typing(chat) == [ROOM]


async def test_nobody_is_told_by_default() -> None:
    async with open_chat() as chat:
        chat.client.gather()
        await chat.pilot.press(*"hello")
        assert told_typing(chat) == []


async def test_who_leaves_the_chat_says_goodbye() -> None:
    async with open_chat() as chat:
        chat.client.gather()
        await wait_until(lambda: chat.client.posted, 10, "the first word")
        await chat.enter("/nick ann")
        await chat.enter("/quit")
        await wait_until(lambda: chat.client.closed, 10, "the end")
        me = Occupant("ann", chat.client.session, mailbox="mine")
        assert chat.client.posted[-1] == (ROOM, Posting(Bye(me)))


async def test_a_nick_that_two_use_is_warned_of() -> None:
    async with open_chat() as chat:
        bob = Occupant("bob", "b0b", "bob")
        chat.client.hear(message("bob", "it is me", sender=bob), message("bob", "no, me"))
        await chat.sees("bob was known as account bob")
