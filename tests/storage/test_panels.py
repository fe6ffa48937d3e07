"""What was chosen of panels outlives the program."""

from __future__ import annotations

from amqpchat_tui.model import KeptPanel

from .support import look, open_store, written


async def test_the_last_choice_of_each_is_kept() -> None:
    async with open_store() as store:
        assert await store.panels.all() == {}
        store.panels.keep("rooms", KeptPanel("always", "auto"))
        store.panels.keep("people", KeptPanel("never", "auto"))
        store.panels.keep("rooms", KeptPanel("never", "never"))
    async with open_store() as store:
        assert await store.panels.all() == {
            "rooms": KeptPanel("never", "never"),
            "people": KeptPanel("never", "auto"),
        }


async def test_what_is_no_choice_is_left_out() -> None:
    async with open_store() as store:
        store.panels.keep("rooms", KeptPanel("always", "auto"))
        await written(store)
        with look() as connection:
            connection.execute("INSERT INTO panel (name, there, configured) VALUES (x'00', 'never', 'auto')")
            connection.commit()
        assert await store.panels.all() == {"rooms": KeptPanel("always", "auto")}
