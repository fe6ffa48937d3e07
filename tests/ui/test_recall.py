"""Input history that outlives the program, on the screen."""

from msgspec.structs import replace

from amqpchat_tui.model import NoStore, RecallStore, Store
from tests.storage.support import open_store
from tests.ui.chat import open_chat, settings


class OnlyRecall(NoStore):
    """What was entered is kept, and no draft."""

    def __init__(self, store: Store) -> None:
        self._recall = store.recall

    @property
    def recall(self) -> RecallStore:
        return self._recall


async def test_up_recalls_what_was_entered_before_the_start() -> None:
    async with open_store() as store, open_chat(store=OnlyRecall(store)) as chat:
        await chat.enter("said")
        await chat.enter("/qiut")
        await chat.pilot.press("ctrl+u")
        chat.prompt.insert_text("a draft")
    async with open_store() as store, open_chat(store=OnlyRecall(store)) as chat:
        await chat.enter("new")
        await store.recall.latest()
        shown = []
        for _ in range(3):
            await chat.pilot.press("up")
            shown.append(chat.prompt.text)
        assert shown == ["new", "said", "said"]


async def test_the_configuration_may_forbid_it_and_what_was_kept_is_removed() -> None:
    async with open_store() as store:
        store.recall.add("from before")
    before = settings()
    forgetful = replace(before, ui=replace(before.ui, keep_history=False))
    async with open_store() as store:
        async with open_chat(with_settings=forgetful, store=OnlyRecall(store)) as chat:
            await chat.enter("said")
            assert chat.client.said == ["said"]
            await chat.pilot.press("up")
            assert chat.prompt.text == "said"
        assert await store.recall.latest() == []
