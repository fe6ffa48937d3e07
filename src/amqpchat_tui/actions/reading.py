"""What keys do to what one reads: the scrollback, what is found there, and a message that is picked."""

from __future__ import annotations

from amqpchat_tui.actions.action import Action, Scope
from amqpchat_tui.actions.searching import check_search
from amqpchat_tui.wire.text import check_body

_FIND, _FOUND, _PICK = (Scope.FIND,), (Scope.FOUND,), (Scope.PICK,)
_SEARCH, _SEARCHED = (Scope.SEARCH,), (Scope.SEARCHED,)
_FIND_AND_FOUND = (Scope.FIND, Scope.FOUND)
_PROMPT_AND_PICK = (Scope.PROMPT, Scope.PICK)

ROWS = (
    # The scrollback
    Action("page_up", "Scroll a page up.", keys=("pageup",)),
    Action("page_down", "Scroll a page down.", keys=("pagedown",)),
    Action("oldest", "Go to the oldest line.", keys=("ctrl+home", "alt+home")),
    Action("newest", "Go to the newest line.", keys=("ctrl+end", "alt+end")),
    Action(
        "unread",
        "Go to where reading stopped.",
        keys=("alt+u",),
        palette="Go to where reading stopped",
        brief=True,
    ),
    Action(
        "room_list",
        "Rooms at the left, or not.",
        keys=("f2",),
        command="roomlist",
        palette="Rooms at the left",
    ),
    Action(
        "people_list",
        "People at the right, or not.",
        keys=("f3",),
        command="peoplelist",
        palette="People at the right",
    ),
    Action("redraw", "Draw the screen again.", keys=("ctrl+l",)),
    Action("suspend", "Suspend; the shell's fg goes on.", keys=("ctrl+z",)),
    Action("palette", "Themes and more.", keys=("ctrl+p",), brief=True),
    # Finding
    Action("find", "Find as you type.", (*_PROMPT_AND_PICK, Scope.FIND), ("ctrl+f",), brief=True),
    Action("find_older", "Go to the older one that was found.", _FIND, ("up",), hint=""),
    Action("find_newer", "Go to the newer one that was found.", _FIND, ("down",), hint=""),
    Action(
        "find_done",
        "Have letters step through what was found.",
        _FIND,
        ("enter",),
        hint="then {found_older} {found_newer}",
    ),
    Action("found_older", "Go to the older one that was found.", _FOUND, bar_keys=("n",), hint=""),
    Action("found_newer", "Go to the newer one that was found.", _FOUND, bar_keys=("N",), hint=""),
    Action("found_stay", "Stay at what was found.", _FOUND, ("enter",), hint="stay"),
    Action("find_pick", "Pick the message that was found.", _FIND, ("alt+up", "alt+down")),
    Action(
        "find_close",
        "Go back to where one was.",
        _FIND_AND_FOUND,
        ("escape", "ctrl+c"),
        needed=True,
        hint="back",
    ),
    # Searching the log
    Action(
        "search",
        "Search all that was said.",
        keys=("alt+s",),
        command="search",
        argument="WORDS",
        optional=True,
        check=check_search,
        palette="Search all that was said",
        brief=True,
    ),
    Action(
        "mentions",
        "List all lines that name you.",
        keys=("alt+m",),
        command="mentions",
        palette="List all lines that name you",
        brief=True,
    ),
    Action("result_above", "The newer line above.", _SEARCH, ("up",), hint=""),
    Action("result_below", "The older line below.", _SEARCH, ("down",), hint=""),
    Action("result_show", "Go to the line.", _SEARCH, ("enter",), hint="go"),
    Action("result_older", "Go to the next older line.", _SEARCHED, bar_keys=("n",), hint=""),
    Action("result_newer", "Go to the next newer line.", _SEARCHED, bar_keys=("N",), hint=""),
    Action("result_stay", "Stay at the line.", _SEARCHED, ("enter",), hint="stay"),
    Action(
        "search_close",
        "Go back to where one was.",
        (Scope.SEARCH, Scope.SEARCHED),
        ("escape", "ctrl+c"),
        needed=True,
        hint="back",
    ),
    # A message that is picked
    Action(
        "reply",
        "Answer a line.",
        _PROMPT_AND_PICK,
        ("alt+r",),
        ("r",),
        command="reply",
        argument="TEXT",
        optional=True,
        check=check_body,
        hint="reply",
        brief=True,
    ),
    Action(
        "correct",
        "Correct a line; s/old/new/.",
        _PICK,
        bar_keys=("e",),
        command="correct",
        argument="TEXT",
        optional=True,
        check=check_body,
        hint="correct",
    ),
    Action("versions", "Tell all about a message.", _PICK, bar_keys=("i",)),
    Action("copy", "Copy the message's text.", _PICK, bar_keys=("c",), hint="copy"),
    Action("unfold", "Show all of a message, or a line of it.", _PICK, bar_keys=("enter",)),
    Action("open", "Open the message's first address.", _PICK, bar_keys=("u",), hint="open"),
    Action("answered", "Go to what the message answers.", _PICK, bar_keys=("g",)),
    Action("quote", "Quote the message in the prompt.", _PICK, bar_keys=("greater_than_sign",), hint="quote"),
    Action("write", "Write to its author privately.", _PICK, bar_keys=("m",), hint="write"),
    Action(
        "pick_above",
        "Pick a message: copy, open, quote.",
        _PROMPT_AND_PICK,
        ("alt+up",),
        ("up", "k"),
        brief=True,
        hint="",
    ),
    Action("pick_below", "Pick the message below.", _PROMPT_AND_PICK, ("alt+down",), ("down", "j"), hint=""),
    Action(
        "mention_above",
        "Pick the last line that names you.",
        _PROMPT_AND_PICK,
        ("alt+p",),
        ("p",),
        brief=True,
    ),
    Action("mention_below", "Pick the next line that names you.", _PROMPT_AND_PICK, ("alt+n",), ("n",)),
    Action(
        "pick_keys",
        "Tell all keys for a message.",
        _PICK,
        bar_keys=("question_mark",),
        hint="all",
        stays=True,
    ),
    Action("pick_close", "Pick nothing.", _PICK, bar_keys=("escape", "ctrl+c", "q"), hint="back"),
)
