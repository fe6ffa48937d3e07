"""Reading: finding, picking, mentions, and where reading stopped."""

from __future__ import annotations

import subprocess
from unittest.mock import patch

from textual import events

from amqpchat_tui.chat.attention import Attention, notification
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, is_readable, open_chat, styles_of


async def hear_many(chat: Chat, count: int = 100) -> None:
    chat.client.hear(*(message("bob", f"line {n}") for n in range(count)))
    await chat.sees(f"line {count - 1}")


# Finding


async def test_finding_goes_from_new_to_old_and_back_to_where_one_was() -> None:
    async with open_chat() as chat:
        await hear_many(chat)
        chat.prompt.insert_text("draft")
        await chat.pilot.press("ctrl+f", *"line", "space", "1")
        await wait_until(lambda: "1 of 11" in chat.text, what="eleven messages found")
        await chat.sees("line 19")
        await chat.pilot.press("up", "up")
        await wait_until(lambda: "3 of 11" in chat.text, what="the third")
        await chat.pilot.press("down")
        await wait_until(lambda: "2 of 11" in chat.text, what="the second")
        await chat.pilot.press("escape")
        await chat.sees("line 99")
        assert chat.prompt.has_focus
        assert chat.prompt.text == "draft"
        assert chat.scrollback.reader.new_below == 0


async def test_what_is_found_is_highlighted_while_one_searches() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "needle"), message("bob", "haystack"))
        await chat.sees("haystack")
        (before,) = styles_of(chat, "needle")
        await chat.pilot.press("ctrl+f", *"eed")
        await wait_until(lambda: any(style.underline for style in styles_of(chat, "eed")), what="the hit")
        await chat.pilot.press("escape")
        await wait_until(lambda: [*styles_of(chat, "needle")] == [before], what="no hit any more")


async def test_a_hit_in_other_letters_is_highlighted_where_it_is() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "zur alten Straße hin"))
        await chat.sees("Straße")
        await chat.pilot.press("ctrl+f", *"strasse")
        await wait_until(lambda: any(style.underline for style in styles_of(chat, "Straße")), what="the hit")
        assert not any(style.underline for text in ("alten", "hin") for style in styles_of(chat, text))


async def test_enter_stays_at_what_was_found() -> None:
    async with open_chat() as chat:
        await hear_many(chat)
        await chat.pilot.press("ctrl+f", *"line", "space", "5", "enter", "enter")
        await wait_until(lambda: chat.prompt.has_focus, what="the prompt")
        await chat.sees("line 59")
        assert "line 99" not in chat.text


async def test_nothing_found_is_said() -> None:
    async with open_chat() as chat:
        await hear_many(chat, 5)
        await chat.pilot.press("ctrl+f", "x")
        await chat.sees("nothing found")


# Picking


async def test_a_picked_message_is_copied_and_quoted() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "first\nsecond row"), message("carol", "last"))
        await chat.sees("last")
        await chat.pilot.press("alt+up", "alt+up", "c")
        await chat.sees("copied")
        assert chat.app.clipboard == "first\nsecond row"
        await chat.pilot.press(">")
        await wait_until(lambda: chat.prompt.has_focus, what="the prompt")
        assert chat.prompt.text == "> bob:\n> first\n> second row\n"


async def test_picking_ends_at_the_oldest_message() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "only"))
        await chat.sees("only")
        await chat.pilot.press("alt+up", "alt+up")
        await chat.sees("no further message")
        await chat.pilot.press("escape", "x")
        await wait_until(lambda: chat.prompt.text == "x", what="the prompt to take keys")


async def test_the_first_address_of_a_picked_message_is_opened() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "see https://bücher.example/a?b=1, and more"))
        await chat.sees("and more")
        with patch.object(subprocess, "Popen") as popen:
            await chat.pilot.press("alt+up", "u")
            await chat.sees("opening https://xn--bcher-kva.example/a?b=1")
        (command,), options = popen.call_args
        assert command[1] == "https://xn--bcher-kva.example/a?b=1"
        assert not options.get("shell")


# Mentions


async def test_mentions_are_highlighted_and_found() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "alice: the first"))
        await hear_many(chat)
        chat.client.hear(message("bob", "hi Alice"), message("bob", "malice"))
        await chat.sees("malice")
        (mention,) = styles_of(chat, "hi Alice")
        (other,) = styles_of(chat, "malice")
        assert mention.bgcolor != other.bgcolor
        assert is_readable(mention)
        await chat.pilot.press("alt+p")
        await chat.sees("Message:")
        assert all(map(is_readable, styles_of(chat, "hi Alice")))
        await chat.pilot.press("alt+p")
        await chat.sees("alice: the first")
        await chat.pilot.press("alt+n")
        await chat.sees("hi Alice")


async def test_the_way_out_of_a_message_stays_where_something_is_said_about_it() -> None:
    async with open_chat((80, 24)) as chat:
        await hear_many(chat, 1)
        await chat.pilot.press("alt+up", "u")
        await chat.sees("no address in it")
        assert chat.rows[-1].rstrip().endswith("· Esc back")


async def test_that_there_is_no_mention_is_said() -> None:
    async with open_chat() as chat:
        await hear_many(chat, 5)
        await chat.pilot.press("alt+p", "x")
        await wait_until(lambda: chat.prompt.text == "x", what="the prompt to have the keys")
        await chat.pilot.press("alt+n")
        assert "names you" in chat.hint


async def test_a_line_to_the_nick_one_had_still_concerns_one() -> None:
    attention = Attention("alice", ["deploy"])
    attention.add_nick("al")
    texts = ["alice?", "al!", "Deploy failed", "also"]
    assert [attention.concerns(message("bob", text)) for text in texts] == [True, True, True, False]
    assert not attention.concerns(message("alice", "alice", own=True))
    assert [attention.may_concern("\n".join(some)) for some in (texts, ["x", "ALSO"], ["x", "y"])] == [
        True,
        True,
        False,
    ]


def test_a_nick_concerns_one_in_any_case_of_any_alphabet() -> None:
    for nick, text in [
        ("ismail", "İSMAİL, merhaba"),
        ("νίκος", "ΝΊΚΟΣ!"),
        ("Ünal", "ünal?"),
        ("太郎", "太郎さん、こんにちは"),
        ("café", "cafe\u0301: hi"),
    ]:
        assert Attention(nick).concerns(message("bob", text))
        assert Attention("alice", [nick]).concerns(message("bob", text))


def test_a_word_that_nobody_sees_concerns_nobody() -> None:
    assert not Attention("alice", ["", "\u200b"]).concerns(message("bob", "hi"))


def test_rings_are_at_least_three_seconds_apart() -> None:
    attention = Attention("alice")
    assert [attention.ring(now) for now in (0.0, 1.0, 2.9, 3.0, 5.9)] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_notifications_hold_no_sequence_of_others() -> None:
    assert notification("osc9", "bob", "a\x1b]0;x\x07") == "\x1b]9;bob: a␛]0,x␇\x1b\\"
    assert notification("osc777", "b;b", "c;d") == "\x1b]777;notify;b,b;c,d\x1b\\"


# The mouse


async def test_the_mouse_can_be_left_to_the_terminal() -> None:
    async with open_chat() as chat:
        assert chat.app._driver is not None
        with patch.object(chat.app._driver, "write") as write:
            await chat.enter("/mouse")
            assert "\x1b[?1003l" in write.call_args_list[0].args[0]
            await chat.enter("/mouse")
            assert "\x1b[?1003h" in write.call_args_list[1].args[0]


# Where reading stopped


async def test_the_unread_line_stays_where_reading_stopped() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "read"))
        await chat.sees("read")
        chat.app.post_message(events.AppBlur())
        await wait_until(lambda: not chat.app.app_focus, what="the terminal to lose the focus")
        chat.client.hear(*(message("bob", f"unread {n}") for n in range(50)))
        await chat.sees("unread 49")
        chat.app.post_message(events.AppFocus())
        await wait_until(lambda: chat.app.app_focus, what="the terminal to get the focus")
        await chat.pilot.press("alt+u")
        await chat.sees("unread 0")
        underlined = [style.underline for style in styles_of(chat, "read") if style.underline]
        assert len(underlined) == 1
        chat.client.hear(message("bob", "later"))
        await chat.pilot.pause()
        assert [style.underline for style in styles_of(chat, "read") if style.underline] == underlined


async def test_scrolling_away_marks_where_reading_stopped_too() -> None:
    async with open_chat() as chat:
        await hear_many(chat)
        await chat.pilot.press("pageup")
        chat.client.hear(*(message("bob", f"new {n}") for n in range(50)))
        await wait_until(lambda: "↓ 50 new" in chat.status, what="what is new to be counted")
        await chat.pilot.press("alt+u")
        await chat.sees("new 0")
        assert any(style.underline for style in styles_of(chat, "line 99"))
        await chat.pilot.press("pagedown", "alt+u")
        assert any(style.underline for style in styles_of(chat, "line 99"))


async def test_where_nothing_else_is_unread_it_says_so() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "read"))
        await chat.sees("read")
        await chat.pilot.press("alt+u")
        assert chat.hint == "Nothing is unread here but what you see."
        await chat.enter("/join lab")
        await chat.pilot.press("alt+z", "alt+u")
        assert chat.hint == "Nothing is unread here but what you see."


# The mouse, in message coordinates


async def test_the_scrollbar_is_dragged() -> None:
    async with open_chat() as chat:
        await hear_many(chat, 1000)
        column, bottom = chat.app.size.width - 1, chat.scrollback.size.height - 1
        await chat.pilot.mouse_down(offset=(column, bottom))
        await chat.pilot.hover(offset=(column, bottom // 2))
        await wait_until(
            lambda: 300 < chat.scrollback.reader.place.seq < 700 if chat.scrollback.reader.place else False
        )
        await chat.pilot.hover(offset=(column, 0))
        await chat.pilot.mouse_up(offset=(column, 0))
        await chat.sees("line 0")
        chat.client.hear(message("bob", "later"))
        await wait_until(lambda: "↓ 1 new" in chat.status, what="what is new to be counted")
        await chat.sees("line 0")


async def test_a_selection_survives_new_lines_and_a_resize() -> None:
    async with open_chat() as chat:
        long = "one two three four five six seven eight nine ten eleven twelve"
        chat.client.hear(message("bob", long), message("carol", "second"))
        await chat.sees("second")
        row = next(index for index, text in enumerate(chat.rows) if "one two" in text)
        await chat.pilot.mouse_down(offset=(25, row))
        await chat.pilot.hover(offset=(24, row + 2))
        await chat.pilot.mouse_up(offset=(24, row + 2))
        chat.client.hear(*(message("dan", f"more {n}") for n in range(5)))
        await chat.sees("more 4")
        await chat.pilot.resize_terminal(50, 20)
        await wait_until(lambda: "one two three four five six seven" not in chat.text, what="a narrower wrap")
        (first,), (other,) = styles_of(chat, "three"), styles_of(chat, "more 4")
        assert first.bgcolor != other.bgcolor
        await chat.pilot.press("ctrl+c")
        assert chat.app.clipboard == f"{long[4:]}\nseco"
