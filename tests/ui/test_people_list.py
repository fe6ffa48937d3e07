"""Who is in the room: the list at the right, the number, comings and goings, being away, typing."""

from __future__ import annotations

import pytest

from amqpchat_tui.model import Bye, ConversationId, Here, Occupant, Typing
from amqpchat_tui.ui.panels.people_list import PeopleList
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_rooms
from tests.ui.panels import counted

WIDE = (200, 60)
BOB, CAROL, OTHER_BOB = Occupant("bob", "1"), Occupant("carol", "2"), Occupant("bob", "3")


def right(chat: Chat) -> list[str]:
    """What the list of people shows, row by row; nothing where it is not there."""
    panel = chat.app.screen_stack[0].query_one(PeopleList)
    if not panel.display:
        return []
    rows = [row[panel.content_region.x :].rstrip() for row in chat.rows]
    return [row for row in rows if row]


async def sees_right(chat: Chat, *rows: str) -> None:
    await wait_until(lambda: right(chat) == list(rows), what=lambda: f"{rows}, not {right(chat)}")


async def test_a_wide_terminal_lists_who_is_here_and_which_scripts_were_heard() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather(Here(BOB), Here(OTHER_BOB), Here(CAROL, away="lunch"), Typing(BOB))
        await sees_right(chat, " HERE 4 · ops", " ● alice", " ● bob ×2         ✎", " ◐ carol  lunch")
        chat.client.hear(message("dmitri", "hello"))
        await chat.sees(" HEARD, PLAIN")
        assert right(chat)[-1].startswith(" · dmitri")
        assert "here" not in chat.status, "the list tells it"
        chat.client.gather(Bye(CAROL))
        await chat.sees(" HERE 3 · ops")


async def test_who_is_alone_sees_no_list() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather()
        await chat.pilot.pause()
        assert right(chat) == []
        assert "here" not in chat.status


@pytest.mark.parametrize("size", [(80, 24), (120, 30)])
async def test_a_narrow_terminal_tells_a_number(size: tuple[int, int]) -> None:
    async with open_rooms("ops", size=size) as chat:
        chat.client.gather(Here(BOB), Here(CAROL))
        await chat.sees("ops · 3 here")
        assert right(chat) == []
        chat.client.gather(Bye(BOB), Bye(CAROL))
        await chat.sees("│ ops │")


async def test_f3_shows_and_hides_the_list() -> None:
    async with open_rooms("ops") as chat:
        chat.client.gather(Here(BOB))
        await chat.sees("2 here")
        await chat.pilot.press("f3")
        await sees_right(chat, " HERE 2 · ops", " ● alice", " ● bob")
        assert chat.hint == "People at the right: always."
        assert "here" not in chat.status
        await chat.pilot.press("f3")
        await chat.sees("2 here")
        assert (chat.hint, right(chat)) == ("People at the right: never.", [])
        await chat.pilot.press("f3")
        assert chat.hint == "People at the right: where the terminal has 140 columns and there are others."


async def test_another_room_has_other_people() -> None:
    async with open_rooms("ops", "lab", size=WIDE) as chat:
        chat.client.gather(Here(BOB))
        chat.client.gather(Here(CAROL), to=ConversationId.room("lab"))
        await sees_right(chat, " HERE 2 · ops", " ● alice", " ● bob")
        await chat.pilot.press("alt+2")
        await sees_right(chat, " HERE 2 · lab", " ● alice", " ● carol")
        await chat.enter("/watch builds")
        assert right(chat) == [], "nobody can tell who reads that"


async def test_who_is_lost_stays_in_grey_until_we_are_back() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather(Here(BOB))
        await chat.sees(" ● bob")
        chat.client.scatter()
        await sees_right(chat, " LAST SEEN · ops", " ● alice", " ● bob")
        await chat.enter("/who")
        await chat.sees("Nobody can tell who is in ops now. Last seen: alice (you), bob")


async def test_a_click_begins_a_line_to_somebody() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather(Here(BOB))
        await chat.sees(" ● bob")
        await chat.pilot.click(PeopleList, offset=(5, 2))
        assert chat.prompt.text == "bob: "
        await chat.pilot.click(PeopleList, offset=(5, 0))
        assert chat.prompt.text == "bob: ", "a heading is nobody"


async def test_a_million_names_are_one_list_that_scrolls() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather(*(Here(Occupant(f"nick {number}", f"{number}")) for number in range(300)))
        await chat.sees(" HERE 301 · ops")
        panel = chat.app.screen_stack[0].query_one(PeopleList)
        panel.scroll_end(animate=False)
        await chat.sees(" ● nick 99")
        row = next(y for y, text in enumerate(chat.rows) if " ● nick 98" in text)
        await chat.pilot.click(offset=(panel.content_region.x + 5, row))
        assert chat.prompt.text == "nick 98: "


async def test_it_is_never_part_of_a_selection() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather(Here(BOB))
        chat.client.hear(*(message("bob", f"line {number}") for number in range(60)))
        await chat.sees("line 59")
        await chat.sees(" HERE")
        y = next(y for y, row in enumerate(chat.rows) if "line 50" in row)
        x = chat.rows[y].index("line 50")
        panel_x = chat.app.screen_stack[0].query_one(PeopleList).content_region.x + 5
        await chat.drag((x + 4, y), (panel_x, y + 1))
        assert chat.app.screen.get_selected_text() == " 50\nline 51"
        await chat.pilot.click(PeopleList, (3, 20))
        await chat.drag((panel_x, 1), (x + 4, y))
        assert not chat.app.screen.get_selected_text()


async def test_who_comes_below_what_is_in_view_has_the_heading_painted_alone() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather(*(Here(Occupant(f"nick {number}", f"{number}")) for number in range(300)))
        await chat.sees(" HERE 301 · ops")
        with counted(PeopleList, "render_line") as drawn:
            chat.client.gather(Here(Occupant("zoe", "z")))
            await chat.sees(" HERE 302 · ops")
            assert {call.args[1] for call in drawn.call_args_list} == {0}
            chat.client.gather(Bye(Occupant("nick 1", "1")))
            await chat.sees(" HERE 301 · ops")
            assert 1 not in {call.args[1] for call in drawn.call_args_list}, "we are above who has gone"
        panel = chat.app.screen_stack[0].query_one(PeopleList)
        panel.scroll_end(animate=False)
        await chat.sees(" ● zoe")


async def test_the_style_of_a_row_is_looked_up_once_for_each_look() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.gather(*(Here(Occupant(f"nick {number}", f"{number}")) for number in range(40)))
        await chat.sees(" HERE 41 · ops")
        with counted(PeopleList, "get_component_rich_style") as looked_up:
            chat.client.gather(Here(Occupant("aaron", "a")))
            await chat.sees(" ● aaron")
            assert not looked_up.called
            chat.app.theme = "textual-light"
            await wait_until(lambda: looked_up.called, what="the other theme")


async def test_who_and_whois() -> None:
    async with open_rooms("ops") as chat:
        chat.client.gather(Here(Occupant("bob", "1", account="bobby")), Here(CAROL, away="lunch"))
        chat.client.hear(message("dmitri", "hello"))
        await chat.sees("3 here")
        await chat.enter("/who")
        await chat.sees("ops, 3 here: alice (you), bob, carol (away: lunch)")
        await chat.sees("Heard, plain: dmitri ")
        await chat.enter("/whois bob")
        await chat.sees("account bobby,")
        await chat.enter("/whois CAROL")
        await chat.sees("away: lunch.")
        await chat.enter("/whois dmitri")
        await chat.sees("dmitri speaks through a plain script, last at ")
        await chat.enter("/whois eve")
        assert chat.hint == "Nothing is known of eve here."


async def test_where_presence_is_not_heard_nobody_claims_to_know() -> None:
    async with open_rooms("ops", size=WIDE) as chat:
        chat.client.hear(message("bob", "hello"), message("carol", "hello"))
        await chat.sees(" HEARD")
        assert "HERE" not in chat.text
        await chat.enter("/who")
        await chat.sees("Nobody can tell who is in ops now.")


async def test_away_until_one_is_back() -> None:
    async with open_rooms("ops") as chat:
        chat.client.gather()
        await chat.enter("/back")
        assert chat.hint == "You are not away."
        chat.prompt.put("")
        await chat.enter("/away lunch")
        await chat.sees("You are away: lunch. /back ends that.")
        assert "alice (away)" in chat.status
        await chat.enter("/back")
        await chat.sees("You are back.")
        assert "away" not in chat.status


async def test_comings_and_goings_are_one_row_until_a_line_comes() -> None:
    async with open_rooms("ops") as chat:
        erin, frank = Occupant("erin", "7"), Occupant("frank", "8")
        chat.client.gather(Here(BOB), Here(CAROL), Here(erin), Here(frank))
        chat.client.hear(*(message(who.nick, "hello", sender=who) for who in (BOB, CAROL, erin, frank)))
        await chat.sees("5 here")
        await chat.pilot.pause()
        chat.client.gather(Bye(BOB))
        await chat.sees("– │ ← bob")
        chat.client.gather(Bye(CAROL))
        await chat.sees("– │ ← bob, carol")
        assert chat.text.count("←") == 1
        chat.client.hear(message("dmitri", "where are they?"))
        await chat.sees("where are they?")
        chat.client.gather(Bye(erin))
        await chat.sees("– │ ← erin")
        await chat.enter("/who")
        chat.client.gather(Bye(frank))
        await chat.sees("– │ ← frank")
        assert "– │ ← bob, carol" in chat.text
        assert "new" not in chat.status


async def test_who_types_is_told_at_the_right_end() -> None:
    async with open_rooms("ops") as chat:
        chat.client.gather(Here(BOB), Here(CAROL), Typing(BOB), Typing(CAROL))
        await chat.sees("✎ bob, carol")
        assert chat.status.rstrip().endswith("✎ bob, carol")
        chat.client.hear(message("bob", "there", sender=BOB))
        await chat.sees("✎ carol")
        assert "bob," not in chat.status


async def test_tab_knows_who_is_here() -> None:
    async with open_rooms("ops") as chat:
        chat.client.gather(Here(Occupant("Zoë", "9")))
        await chat.sees("2 here")
        await chat.pilot.press("z", "tab")
        assert chat.prompt.text == "Zoë: "


async def test_a_line_is_marked_where_the_broker_has_checked_its_account() -> None:
    async with open_rooms("ops") as chat:
        known = Occupant("bob", "1", account="bob")
        chat.client.hear(message("bob", "really me", sender=known), message("eve", "hello"))
        await chat.sees("bob ✓ │ really me")
        chat.client.hear(message("bob", "me too", sender=Occupant("bob", "2", account="eve")))
        await chat.sees("bob (eve) ? │ me too")
        await chat.sees("bob was known as account bob, and now")


async def test_earlier_lines_are_marked_once_a_second_account_is_in_use() -> None:
    async with open_rooms("ops") as chat:
        known = Occupant("bob", "1", account="bob")
        chat.client.hear(message("bob", "first", sender=known))
        chat.client.hear(message("bob", "waves", sender=known, action=True))
        await chat.sees(" bob │ first")
        await chat.sees("* │ bob waves")
        chat.client.hear(message("eve", "hello"))
        await chat.sees("bob ✓ │ first")
        await chat.sees("* ✓ │ bob waves")
