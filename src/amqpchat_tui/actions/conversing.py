"""What one does about the program, rooms and people, mostly by a command."""

from __future__ import annotations

from amqpchat_tui.actions.action import Action, Scope
from amqpchat_tui.actions.checks import check_absence, check_action_text, check_all, check_watched
from amqpchat_tui.actions.hiding import check_filter, check_ignore, check_ignored
from amqpchat_tui.actions.histories import check_history
from amqpchat_tui.actions.levels import check_level
from amqpchat_tui.wire.names import check_room
from amqpchat_tui.wire.text import check_nick

_GO = (Scope.GO,)

ROWS = (
    # Commands
    Action(
        "quit", "Leave amqpchat.", keys=("ctrl+q",), command="quit", aliases=("exit", "q"), palette="Quit"
    ),
    Action("nick", "Send later lines as NAME.", command="nick", argument="NAME", check=check_nick),
    Action(
        "me",
        "Say what you do: “/me waves”.",
        command="me",
        argument="TEXT",
        check=check_action_text,
        says=True,
    ),
    Action("clear", "Empty the scrollback.", command="clear"),
    Action("reconnect", "Connect anew, at once.", command="reconnect"),
    Action("reload", "Read the configuration again.", command="reload", palette="Read the configuration"),
    Action("mouse", "Let the terminal select.", command="mouse"),
    Action("help", "Show this help.", command="help"),
    Action("keys", "List all keys.", command="keys", palette="Keys"),
    # Rooms
    Action(
        "join",
        "Go to a room, from now on.",
        command="join",
        argument="ROOM",
        check=check_room,
        palette="Join a room…",
    ),
    Action(
        "leave",
        "Leave this room, or another.",
        command="leave",
        aliases=("part", "close"),
        argument="ROOM",
        optional=True,
        rooms=True,
        palette="Leave this room",
    ),
    Action(
        "go",
        "Go to a room; alone, go back.",
        command="go",
        aliases=("buffer",),
        argument="NAME or N",
        optional=True,
        rooms=True,
    ),
    Action(
        "go_back",
        "Go to the room before.",
        keys=("alt+z",),
        palette="Go back to the room before",
        brief=True,
    ),
    Action(
        "go_by_number",
        "Go to room 1 … 10.",
        keys=tuple(f"alt+{digit}" for digit in "1234567890"),
        by_digit=True,
        brief=True,
    ),
    Action(
        "next_news",
        "Go to what is new; then back.",
        keys=("alt+a",),
        command="next",
        palette="Go to what is new",
        brief=True,
    ),
    Action(
        "choose_room",
        "Choose a room by a name; @ a person.",
        keys=("ctrl+g",),
        palette="Choose a room…",
        brief=True,
    ),
    Action(
        "room_above",
        "Go to the room above.",
        keys=("alt+left", "ctrl+pageup"),
        palette="Go to the room above",
        brief=True,
    ),
    Action(
        "room_below",
        "Go to the room below.",
        keys=("alt+right", "ctrl+pagedown"),
        palette="Go to the room below",
    ),
    Action("rooms", "List the rooms.", command="rooms", palette="List the rooms"),
    Action(
        "notify",
        "Set or tell what may ring.",
        command="notify",
        argument="LEVEL [for 2h]",
        optional=True,
        check=check_level,
        palette="Tell what may ring here",
    ),
    Action(
        "history",
        "Tell of a history; begin one.",
        command="history",
        argument="on 7d",
        optional=True,
        check=check_history,
        palette="Tell of the room's history",
    ),
    Action("mute", "Have only mentions count.", command="mute", palette="Mute this room"),
    Action("unmute", "Have every line count.", command="unmute", palette="Unmute this room"),
    Action(
        "read",
        "Have read this room, or all.",
        command="read",
        argument="all",
        optional=True,
        check=check_all,
        palette="Have read this room",
    ),
    Action("who", "Tell who is here.", command="who", palette="Tell who is here"),
    Action(
        "whois",
        "Tell about somebody.",
        command="whois",
        argument="NICK",
        check=check_nick,
        palette="Tell what is known of…",
    ),
    Action(
        "away",
        "Say that you are away.",
        command="away",
        argument="TEXT",
        optional=True,
        check=check_absence,
        palette="Be away",
    ),
    Action("return", "Be away no more.", command="back", palette="Be back"),
    Action(
        "watch",
        "Read an exchange of others.",
        command="watch",
        argument="EXCHANGE [PATTERN]",
        check=check_watched,
        palette="Watch an exchange…",
    ),
    # People
    Action(
        "msg",
        "Write to somebody privately.",
        command="msg",
        aliases=("query",),
        argument="NICK [TEXT]",
        palette="Write to somebody privately…",
    ),
    # What is hidden
    Action(
        "ignore",
        "Hide somebody; alone, list.",
        command="ignore",
        argument="NICK [for 2h]",
        optional=True,
        check=check_ignore,
        palette="Tell who is ignored",
    ),
    Action(
        "unignore",
        "Ignore somebody no more.",
        command="unignore",
        argument="NICK",
        check=check_ignored,
    ),
    Action(
        "filter",
        "Hide lines; alone, list.",
        command="filter",
        argument="NAME PATTERN",
        optional=True,
        check=check_filter,
        palette="Tell what is filtered",
    ),
    Action("unfilter", "Hide no more by a filter.", command="unfilter", argument="NAME"),
    Action(
        "hidden",
        "Show what is hidden, or not.",
        keys=("alt+h",),
        command="hidden",
        palette="Show what is hidden, or not",
        brief=True,
    ),
    # Where to go
    Action("choose_above", "The one above.", _GO, ("up",), hint=""),
    Action("choose_below", "The one below.", _GO, ("down",), hint=""),
    Action("choose_this", "Go there.", _GO, ("enter",), hint="go"),
    Action("choose_close", "Stay.", _GO, ("escape", "ctrl+c", "ctrl+g"), hint="back", needed=True),
)
