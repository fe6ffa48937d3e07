"""Lines of the log that concern the person, found by the index of words."""

from __future__ import annotations

import time

import pytest

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.hiding import NOTHING_HIDDEN
from amqpchat_tui.chat.logbook import Logbook
from amqpchat_tui.chat.mentions import CANDIDATES, Finder
from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ChatMessage, ConversationId, LogSearch
from tests.storage.support import open_store
from tests.support.fake_client import message


def said(text: str, *, nick: str = "bob") -> ChatMessage:
    return message(nick, text, at=time.time())


OPS, BROKERS = ConversationId.room("ops"), ("here:5672//",)


@pytest.mark.parametrize("most", [1, 7, 1000])
async def test_of_words_within_others_and_of_several_none_is_missed_or_found_twice(most: int) -> None:
    texts = [
        ("al: look", "also", "the dump of al", "nothing", "dump")[number % 5]
        for number in range(3 * CANDIDATES)
    ]
    async with open_store(log=LogSettings()) as store:
        store.log.add(BROKERS, [(OPS, [said(f"{text} {n}") for n, text in enumerate(texts)])])
        logbook = Logbook(store.log, BROKERS, private=True, later=lambda _, __: None)
        finder = Finder(logbook, Attention("al", ["dump"]), NOTHING_HIDDEN)
        found: list[str] = []
        below = None
        while lines := await finder.find(LogSearch(to_me=True), most, below):
            found += [line.message.text for line in lines]
            below = lines[-1].number
            if most < len(texts) and len(found) > 60:
                break
    wanted = [f"{text} {n}" for n, text in enumerate(texts) if text not in ("also", "nothing")][::-1]
    assert found == wanted[: len(found)]
    assert len(found) == len(wanted) or len(found) > 60


async def test_what_else_is_looked_for_applies_as_well() -> None:
    async with open_store(log=LogSettings()) as store:
        lines = [said("al, the dump"), said("al, the disk"), said("al: dump", nick="eve")]
        store.log.add(BROKERS, [(OPS, lines)])
        finder = Finder(
            Logbook(store.log, BROKERS, private=True, later=lambda _, __: None),
            Attention("al"),
            NOTHING_HIDDEN,
        )
        found = await finder.find(LogSearch(words=("dump",), nicks=("bob",), to_me=True), 10)
        assert [line.message.text for line in found] == ["al, the dump"]
