"""What is drawn around the text of a message: a quoted row above, reactions below, a mark at the end."""

from __future__ import annotations

from typing import Any

import pytest
from textual.geometry import Region

from amqpchat_tui.scrollback import Annotation
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from tests.support.fake_client import message
from tests.ui.chat import Chat, open_chat, styles_of
from tests.ui.test_readers import select
from tests.ui.test_reading import hear_many

AROUND = Annotation(quote="bob: can somebody look at rabbit-2?", reactions="👀 2  👍 1", answers="↳ 2")


async def annotate(chat: Chat, text: str, annotation: Annotation) -> None:
    """Annotate the message that says `text`."""
    store = chat.scrollback.reader.store
    (seq,) = (
        seq for block in store.blocks for seq in range(block.first, block.end) if store.text(seq) == text
    )
    assert store.annotate(seq, annotation)
    chat.scrollback.sync()
    await chat.pilot.pause()


def around(chat: Chat, text: str) -> list[str]:
    """The row with a text, and those above and below it, from the nick on."""
    row = next(index for index, shown in enumerate(chat.rows) if text in shown)
    return [shown[6:] for shown in chat.rows[row - 1 : row + 2]]


async def test_a_quote_stands_above_with_time_and_nick_and_reactions_below() -> None:
    async with open_chat((50, 12)) as chat:
        chat.client.hear(message("carol", "on it"), message("dan", "thanks"))
        await chat.sees("thanks")
        await annotate(chat, "on it", AROUND)
        assert around(chat, "on it") == [
            "       carol │ ╭ bob: can somebody look at…",
            "             │ on it",
            "             │ 👀 2  👍 1               ↳ 2",
        ]
        assert next(row for row in chat.rows if "╭" in row).startswith("12:00")
        (quoted,), (text,) = styles_of(chat, "╭ bob"), styles_of(chat, "on it")
        assert quoted.color != text.color
        await chat.pilot.resize_terminal(70, 12)
        await chat.sees("╭ bob: can somebody look at rabbit-2?")
        await annotate(chat, "on it", Annotation())
        assert "╭" not in chat.text
        assert "↳" not in chat.text


async def test_a_mark_is_at_the_right_end_of_a_text() -> None:
    async with open_chat((50, 12)) as chat:
        chat.client.hear(message("carol", "on it"))
        await chat.sees("on it")
        await annotate(chat, "on it", Annotation(answers="↳ 2"))
        assert around(chat, "on it")[1] == "       carol │ on it                    ↳ 2"


async def test_a_hidden_message_is_not_to_be_seen_and_a_corrected_one_says_the_new_text() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "first"), message("bob", "second"), message("bob", "third"))
        await chat.sees("third")
        await annotate(chat, "second", Annotation(hidden=True))
        await annotate(chat, "third", Annotation(text="a third https://a.example"))
        assert "second" not in chat.text
        assert around(chat, "a third")[:2] == [
            "         bob │ first",
            "         bob │ a third https://a.example",
        ]
        assert {style.link for style in styles_of(chat, "https")} == {"https://a.example"}


async def test_what_is_around_a_text_is_neither_highlighted_nor_copied() -> None:
    async with open_chat((50, 12)) as chat:
        chat.client.hear(message("carol", "on it"), message("dan", "secret"), message("dan", "thanks"))
        await chat.sees("thanks")
        await annotate(chat, "on it", AROUND)
        await annotate(chat, "secret", Annotation(hidden=True))
        await chat.pilot.press("ctrl+f", *"on it")
        assert any(style.underline for style in styles_of(chat, "on it"))
        await chat.pilot.press("escape")
        top = next(index for index, shown in enumerate(chat.rows) if "╭" in shown)
        await chat.pilot.mouse_down(offset=(25, top))
        await chat.pilot.hover(offset=(24, top + 3))
        await chat.pilot.mouse_up(offset=(24, top + 3))
        assert chat.app.screen.get_selected_text() == "on it\nthan"
        await chat.pilot.press("escape")
        await select(chat, "thanks")
        assert chat.app.screen.get_selected_text() == "thanks"


@pytest.mark.parametrize("width", [20, 34])
async def test_a_narrow_screen_cuts_what_is_around_a_text(width: int) -> None:
    async with open_chat((width, 12)) as chat:
        chat.client.hear(message("carol", "on it"))
        await chat.sees("on it")
        await annotate(chat, "on it", AROUND)
        assert "╭" in chat.text
        assert all(strip.cell_length == width for strip in chat.app.screen._compositor.render_strips())


async def test_a_direction_that_a_quote_opens_ends_with_its_row() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("carol", "on it"))
        await chat.sees("on it")
        await annotate(chat, "on it", Annotation(quote="\u2067bob"))
        row = next(row for row in chat.rows if "╭" in row)
        assert row.rstrip().endswith("bob\u2069")


async def test_the_line_of_what_was_read_is_below_the_reactions() -> None:
    async with open_chat((50, 12)) as chat:
        await hear_many(chat, 3)
        await annotate(chat, "line 2", AROUND)
        chat.scrollback.reader.look_away()
        chat.client.hear(message("bob", "new"))
        await chat.sees("new")
        assert any(style.underline for style in styles_of(chat, "👀"))
        assert not any(style.underline for style in styles_of(chat, "line 2"))


async def test_what_has_changed_since_it_was_shown_is_no_fault() -> None:
    async with open_chat((50, 12)) as chat:
        chat.client.hear(message("carol", "on it"), message("dan", "thanks"))
        await chat.sees("thanks")
        await annotate(chat, "on it", AROUND)
        bottom = next(index for index, shown in enumerate(chat.rows) if "👀" in shown)
        store = chat.scrollback.reader.store
        (seq,) = (seq for seq in range(store.blocks[0].end) if store.text(seq) == "on it")
        store.annotate(seq, Annotation())
        chat.scrollback.refresh()
        await chat.pilot.pause()
        assert "👀" not in chat.text
        store.annotate(seq, Annotation(hidden=True))
        await chat.pilot.hover(offset=(25, bottom))
        await chat.pilot.pause()
        assert "on it" not in chat.text


async def test_a_part_that_is_painted_before_the_rest_leaves_nothing_old_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_chat((50, 12)) as chat:
        await hear_many(chat)
        refreshed: list[tuple[Region, ...]] = []
        whole = ScrollbackView.refresh

        def refresh(view: ScrollbackView, *regions: Region, **options: Any) -> ScrollbackView:
            refreshed.append(regions)
            return whole(view, *regions, **options)

        monkeypatch.setattr(ScrollbackView, "refresh", refresh)
        store = chat.scrollback.reader.store
        store.append(message("carol", "on it"))
        assert store.last is not None
        store.annotate(store.last, AROUND)
        chat.scrollback.render_lines(Region(0, 0, *chat.scrollback.size))  # because of another widget, say
        assert () in refreshed, "all of it is to be painted, as show_news will find nothing new"
        refreshed.clear()
        store.annotate(store.last, Annotation())
        chat.scrollback.show_news()
        chat.scrollback.render_lines(Region(0, 0, *chat.scrollback.size))
        assert () not in refreshed, "and once is enough"


async def test_ones_own_reactions_are_underlined() -> None:
    async with open_chat((50, 12)) as chat:
        chat.client.hear(message("carol", "on it"))
        await chat.sees("on it")
        await annotate(chat, "on it", Annotation(reactions="👀 2  👍 1", underlined=((5, 8),)))
        assert [style.underline for style in styles_of(chat, "👍 1")] == [True]
        assert not any(style.underline for style in styles_of(chat, "👀 2"))


async def test_a_withdrawn_message_says_only_that_and_fades() -> None:
    async with open_chat((50, 12)) as chat:
        chat.client.hear(message("dan", "thanks"), message("carol", "on it"))
        await chat.sees("on it")
        await annotate(
            chat,
            "on it",
            Annotation(withdrawn=True, quote="dan: thanks", reactions="👍 1", version="(corrected)"),
        )
        assert around(chat, "withdrew")[:2] == [
            "         dan │ thanks",
            "           * │ carol withdrew this line",
        ]
        assert "👍" not in chat.text
        assert "(corrected)" not in chat.text
        (withdrawn,), (text,) = styles_of(chat, "withdrew"), styles_of(chat, "thanks")
        assert withdrawn.color != text.color
