"""Everything that a person can do, a row each.

Parsing and completion of commands, `/help`, the palette, the hints of the bars and the tables of the README
are made from this table. Who carries an action out is found by its `id`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import NamedTuple

from amqpchat_tui.actions.levels import check_level
from amqpchat_tui.wire.control import AWAY_MAX_CHARACTERS
from amqpchat_tui.wire.lines import ACTION_PREFIX
from amqpchat_tui.wire.names import check_exchange, check_pattern, check_room
from amqpchat_tui.wire.text import WireError, check_body, check_nick, clean_line


class Scope(Enum):
    """Who has the keys."""

    ANYWHERE = "anywhere"
    """Whatever else has them: the prompt, or a bar in its place."""
    PROMPT = "prompt"
    FIND = "find"
    """The find bar, while one types what to find."""
    FOUND = "found"
    """The find bar after Enter, when letters are keys."""
    PICK = "pick"
    """The bar for a message that is picked."""
    OUTBOX = "outbox"
    """The bar for a line that its room has not heard."""
    GO = "go"
    """The bar in which one chooses where to go."""


class Action(NamedTuple):
    """Something that a person can do."""

    id: str
    help: str
    """What it does, in one sentence."""
    scopes: tuple[Scope, ...] = (Scope.ANYWHERE,)
    """Where its keys mean it."""
    keys: tuple[str, ...] = ()
    """Its keys, as Textual names them."""
    bar_keys: tuple[str, ...] = ()
    """More keys, which would be typed in the prompt, and mean this only in a bar."""
    command: str = ""
    aliases: tuple[str, ...] = ()
    argument: str = ""
    """What follows the command, as help calls it; empty when nothing may."""
    optional: bool = False
    """Whether the argument may be missing."""
    rooms: bool = False
    """Whether the argument is one of the rooms that there are."""
    check: Callable[[str], str] | None = None
    """Makes the argument fit to be used; raises `WireError` when it cannot be."""
    by_digit: bool = False
    """Whether its keys are the digits, all with one modifier; the digit that was pressed is its argument."""
    says: bool = False
    """Whether the argument is a line to say."""
    palette: str = ""
    """Its title in the command palette; empty where it is not there."""
    hint: str | None = None
    """Its word in the hint of a bar, empty where the key speaks for itself; None where it is not told."""
    brief: bool = False
    """Whether `/help` tells its keys."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its command under all its names, the first one first; empty where it has none."""
        return (self.command, *self.aliases) if self.command else ()

    @property
    def usage(self) -> str:
        """How its command is typed, as in `/nick NAME` and `/leave [ROOM]`."""
        argument = f"[{self.argument}]" if self.optional else self.argument
        return f"/{self.command} {argument}".rstrip()


def _check_action_text(text: str) -> str:
    return check_body(ACTION_PREFIX + check_body(text))


def _check_watched(text: str) -> str:
    """Return exchange and pattern with a blank between them; `#` matches every key of a topic exchange."""
    exchange, *pattern = text.split(maxsplit=1)
    return f"{check_exchange(exchange)} {check_pattern(''.join(pattern)) or '#'}"


def _check_absence(text: str) -> str:
    if len(text) > AWAY_MAX_CHARACTERS:
        raise WireError(f"what you say of being away has at most {AWAY_MAX_CHARACTERS} characters")
    return clean_line(text)


def _check_all(text: str) -> str:
    if text.casefold() != "all":
        raise WireError("say /read for this room, or /read all for all of them")
    return "all"


_PROMPT, _FIND, _FOUND = (Scope.PROMPT,), (Scope.FIND,), (Scope.FOUND,)
_PICK, _OUTBOX, _GO = (Scope.PICK,), (Scope.OUTBOX,), (Scope.GO,)
_FIND_AND_FOUND = (Scope.FIND, Scope.FOUND)
_PROMPT_AND_PICK = (Scope.PROMPT, Scope.PICK)

ACTIONS = (
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
        check=_check_action_text,
        says=True,
    ),
    Action("clear", "Empty the scrollback.", command="clear"),
    Action("reconnect", "Connect anew, at once.", command="reconnect"),
    Action("mouse", "Let the terminal select.", command="mouse"),
    Action("help", "Show this help.", command="help"),
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
        "Choose a room by a part of its name.",
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
    Action("mute", "Have only mentions count.", command="mute", palette="Mute this room"),
    Action("unmute", "Have every line count.", command="unmute", palette="Unmute this room"),
    Action(
        "read",
        "Have read this room, or all.",
        command="read",
        argument="all",
        optional=True,
        check=_check_all,
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
        check=_check_absence,
        palette="Be away",
    ),
    Action("return", "Be away no more.", command="back", palette="Be back"),
    Action(
        "watch",
        "Read an exchange of others.",
        command="watch",
        argument="EXCHANGE [PATTERN]",
        check=_check_watched,
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
    # The prompt
    Action("send", "Send.", _PROMPT, ("enter",)),
    Action(
        "new_row",
        "Begin a new row.",
        _PROMPT,
        ("alt+enter", "ctrl+j", "shift+enter"),
        brief=True,
    ),
    Action("up", "A row up; at the top, earlier lines.", _PROMPT, ("up",), brief=True),
    Action("down", "A row down; at the bottom, later lines.", _PROMPT, ("down",)),
    Action("complete", "Complete a nick or a command.", _PROMPT, ("tab",), brief=True),
    Action("complete_back", "The completion before.", _PROMPT, ("shift+tab",)),
    Action("row_start", "Go to the start of the row.", _PROMPT, ("ctrl+a",)),
    Action("row_end", "Go to the end of the row.", _PROMPT, ("ctrl+e",)),
    Action("home", "The start of the row; in an empty prompt, the oldest line.", _PROMPT, ("home",)),
    Action("end", "The end of the row; in an empty prompt, the newest line.", _PROMPT, ("end",)),
    Action("word_left", "Go a word back.", _PROMPT, ("alt+b",)),
    Action("word_right", "Go a word on.", _PROMPT, ("alt+f",)),
    Action("cut_to_blank", "Cut back to the blank before.", _PROMPT, ("ctrl+w",)),
    Action("cut_word", "Cut the word before.", _PROMPT, ("alt+backspace", "ctrl+backspace")),
    Action("cut_next_word", "Cut the word after.", _PROMPT, ("alt+d", "alt+delete", "ctrl+delete")),
    Action("cut_to_start", "Cut to the start of the row.", _PROMPT, ("ctrl+u",)),
    Action("cut_to_end", "Cut to the end of the row; in an empty prompt, as Ctrl-G.", _PROMPT, ("ctrl+k",)),
    Action("put_back", "Put back what was cut.", _PROMPT, ("ctrl+y",)),
    Action(
        "interrupt",
        "Copy, else clear, else offer /quit.",
        _PROMPT,
        ("ctrl+c",),
        brief=True,
    ),
    Action("back", "Drop the selection, or go to the newest.", _PROMPT, ("escape",), brief=True),
    # The scrollback
    Action("page_up", "Scroll a page up.", keys=("pageup",)),
    Action("page_down", "Scroll a page down.", keys=("pagedown",)),
    Action("oldest", "Go to the oldest line.", keys=("ctrl+home", "alt+home")),
    Action("newest", "Go to the newest line.", keys=("ctrl+end", "alt+end")),
    Action("unread", "Go to where reading stopped.", keys=("alt+u",), brief=True),
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
    Action("find_done", "Have letters step through what was found.", _FIND, ("enter",), hint="then n N"),
    Action("found_older", "Go to the older one that was found.", _FOUND, bar_keys=("n",), hint=""),
    Action("found_newer", "Go to the newer one that was found.", _FOUND, bar_keys=("N",), hint=""),
    Action("found_stay", "Stay at what was found.", _FOUND, ("enter",), hint="stay"),
    Action("find_pick", "Pick the message that was found.", _FIND, ("alt+up", "alt+down")),
    Action("find_close", "Go back to where one was.", _FIND_AND_FOUND, ("escape", "ctrl+c"), hint="back"),
    # A message that is picked
    Action("copy", "Copy the message's text.", _PICK, bar_keys=("c",), hint="copy"),
    Action("unfold", "Show all of a message, or a line of it.", _PICK, bar_keys=("enter",)),
    Action("open", "Open the message's first address.", _PICK, bar_keys=("u",), hint="open"),
    Action("quote", "Quote the message in the prompt.", _PICK, bar_keys=("r",), hint="quote"),
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
    Action("pick_close", "Pick nothing.", _PICK, bar_keys=("escape", "ctrl+c", "q"), hint="back"),
    # A line that the room has not heard
    Action("outbox", "Decide about lines nobody has heard.", _PROMPT, ("alt+o",), brief=True),
    Action("resend", "Send a line that failed again.", _OUTBOX, bar_keys=("s", "enter"), hint="send again"),
    Action("edit", "Take the line back into the prompt.", _OUTBOX, bar_keys=("e",), hint="edit"),
    Action("drop", "Forget the line.", _OUTBOX, bar_keys=("d", "delete"), hint="drop"),
    Action("outbox_above", "The line above.", _OUTBOX, bar_keys=("up", "k"), hint=""),
    Action("outbox_below", "The line below.", _OUTBOX, bar_keys=("down", "j"), hint=""),
    Action(
        "outbox_close",
        "Leave the outbox as it is.",
        _OUTBOX,
        bar_keys=("escape", "ctrl+c", "alt+o", "q"),
        hint="back",
    ),
    # Where to go
    Action("choose_above", "The one above.", _GO, ("up",), hint=""),
    Action("choose_below", "The one below.", _GO, ("down",), hint=""),
    Action("choose_this", "Go there.", _GO, ("enter",), hint="go"),
    Action("choose_close", "Stay.", _GO, ("escape", "ctrl+c", "ctrl+g"), hint="back"),
)

COMMANDS = tuple(action for action in ACTIONS if action.command)
"""The actions that have a command."""

BY_ID = {action.id: action for action in ACTIONS}
"""Each action under its id."""

BY_COMMAND = {name: action for action in COMMANDS for name in action.names}
"""Each command, and each of its aliases, with its action."""


class Keymap:
    """Which key means what, and where."""

    def __init__(self, actions: Iterable[Action] = ACTIONS) -> None:
        self._actions: dict[Scope, dict[str, Action]] = {scope: {} for scope in Scope}
        for action in actions:
            for scope in action.scopes:
                for key in action.keys if scope is Scope.PROMPT else (*action.keys, *action.bar_keys):
                    self._actions[scope][key] = action

    def action(self, scope: Scope, key: str) -> Action | None:
        """What a key means to who has the keys; None where it means nothing, or is to be typed."""
        for place in _WIDER[scope]:
            if (action := self._actions[place].get(key)) is not None:
                return action
        return None


_WIDER = {scope: (scope, Scope.ANYWHERE) for scope in Scope} | {
    Scope.FOUND: (Scope.FOUND, Scope.FIND, Scope.ANYWHERE),
    Scope.ANYWHERE: (Scope.ANYWHERE,),
}
"""Where a key is looked up, the narrowest first."""
