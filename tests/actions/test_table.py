"""One table of actions: each has one key of its own in each place, and somebody who carries it out."""

from itertools import chain
from string import ascii_letters

import pytest
from rich.cells import cell_len

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.help import hint_line, key_names
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.actions.keys import key_name
from amqpchat_tui.actions.table import ACTIONS, BY_ID, COMMANDS
from amqpchat_tui.ui.bars.bars import Bars
from amqpchat_tui.ui.bars.find_bar import FindBar
from amqpchat_tui.ui.bars.go_bar import GoBar
from amqpchat_tui.ui.bars.outbox_bar import OutboxBar
from amqpchat_tui.ui.bars.pick_bar import PickBar
from amqpchat_tui.ui.bars.react_bar import ReactBar
from amqpchat_tui.ui.bars.recall_bar import RecallBar
from amqpchat_tui.ui.chat_screen import ChatScreen
from amqpchat_tui.ui.editor import Editor
from amqpchat_tui.ui.hiding import HidingCommands
from amqpchat_tui.ui.linking import Linking
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.people import Crowd
from amqpchat_tui.ui.private import PrivateTalks
from amqpchat_tui.ui.program import Program
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.reloading import Reloading
from amqpchat_tui.ui.rooms import Rooms
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.ui.search.search_bar import SearchBar

TAKERS: dict[Scope, type] = {
    Scope.PROMPT: Prompt,
    Scope.FIND: FindBar,
    Scope.FOUND: FindBar,
    Scope.PICK: PickBar,
    Scope.REACT: ReactBar,
    Scope.OUTBOX: OutboxBar,
    Scope.GO: GoBar,
    Scope.RECALL: RecallBar,
    Scope.SEARCH: SearchBar,
    Scope.SEARCHED: SearchBar,
}
DOERS = (
    Linking,
    Reacting,
    ChatScreen,
    ScrollbackView,
    Rooms,
    Crowd,
    PrivateTalks,
    HidingCommands,
    Reloading,
    Program,
    Editor,
    Bars,
    RoomList,
)


def test_an_id_and_a_command_name_one_action() -> None:
    assert len(BY_ID) == len(ACTIONS)
    names = list(chain.from_iterable(action.names for action in COMMANDS))
    assert len(names) == len(set(names))


@pytest.mark.parametrize("scope", Scope)
def test_a_key_means_one_thing_in_a_place(scope: Scope) -> None:
    keys = [
        key
        for action in ACTIONS
        if scope in action.scopes
        for key in (action.keys if scope is Scope.PROMPT else (*action.keys, *action.bar_keys))
    ]
    assert len(keys) == len(set(keys))
    assert all(Keymap().action(scope, key) is not None for key in keys)


def test_what_is_typed_in_the_prompt_is_no_key() -> None:
    keymap = Keymap()
    assert not [letter for letter in ascii_letters if keymap.action(Scope.PROMPT, letter)]


def test_the_narrower_place_goes_first() -> None:
    keymap = Keymap()
    meanings = {scope: keymap.action(scope, "enter") for scope in TAKERS}
    assert {scope: action.id if action else None for scope, action in meanings.items()} == {
        Scope.PROMPT: "send",
        Scope.FIND: "find_done",
        Scope.FOUND: "found_stay",
        Scope.PICK: "unfold",
        Scope.REACT: "react_first",
        Scope.OUTBOX: "resend",
        Scope.GO: "choose_this",
        Scope.RECALL: "recall_take",
        Scope.SEARCH: "result_show",
        Scope.SEARCHED: "result_stay",
    }
    assert keymap.action(Scope.FOUND, "up") is BY_ID["find_older"]
    assert all(keymap.action(scope, "pageup") is BY_ID["page_up"] for scope in Scope)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_somebody_carries_it_out(action: object) -> None:
    assert isinstance(action, type(ACTIONS[0]))
    name = f"do_{action.id}"
    for scope in action.scopes:
        assert action.says or any(hasattr(doer, name) for doer in (TAKERS.get(scope), *DOERS))


def test_nothing_is_carried_out_that_is_not_in_the_table() -> None:
    methods = {name for who in (*DOERS, *TAKERS.values()) for name in dir(who) if name.startswith("do_")}
    assert methods <= {f"do_{action.id}" for action in ACTIONS}


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        (Scope.FIND, "↑ ↓ · Enter then n N · Esc back"),
        (Scope.FOUND, "n N · Enter stay · Esc back"),
        (
            Scope.PICK,
            "r reply · + 👍 · : react · e correct · t thread · c copy · u open · > quote · d withdraw · "
            "m write · ↑ ↓ · ? all · Esc back",
        ),
        (Scope.REACT, "Enter the first · Esc back"),
        (Scope.OUTBOX, "s send again · e edit · d drop · ↑ ↓ · Esc back"),
        (Scope.RECALL, "↑ ↓ · Enter take · Esc back"),
        (Scope.GO, "↑ ↓ · Enter go · Esc back"),
        (Scope.SEARCH, "↑ ↓ · Enter go · Esc back"),
        (Scope.SEARCHED, "n N · Enter stay · Esc back"),
    ],
)
def test_bars_tell_their_keys(scope: Scope, line: str) -> None:
    assert hint_line(scope, ACTIONS) == line
    assert hint_line(scope, ACTIONS, cell_len(line)) == line


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (41, "s send again · e edit · d drop · Esc back"),
        (30, "s send again · Esc back"),
        (0, "Esc back"),
    ],
)
def test_where_a_bar_is_narrow_the_way_out_is_told_longest(cells: int, line: str) -> None:
    assert hint_line(Scope.OUTBOX, ACTIONS, cells) == line


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("ctrl+home", "Ctrl-Home"),
        ("alt+u", "Alt-U"),
        ("pageup", "PgUp"),
        ("n", "n"),
        ("N", "N"),
        ("escape", "Esc"),
    ],
)
def test_keys_are_called_as_people_call_them(key: str, name: str) -> None:
    assert key_name(key) == name


def test_ten_keys_are_told_by_the_first_and_the_last() -> None:
    assert key_names(BY_ID["go_by_number"]) == ["Alt-1 … Alt-0"]
    assert key_names(BY_ID["room_above"]) == ["Alt-Left", "Ctrl-PgUp"]


def test_every_key_of_rooms_can_be_done_without_alt() -> None:
    for action in ACTIONS:
        if any(key.startswith("alt+") for key in action.keys) and hasattr(Rooms, f"do_{action.id}"):
            assert action.palette or action.by_digit


@pytest.mark.parametrize(
    ("action", "usage"),
    [
        ("nick", "/nick NAME"),
        ("leave", "/leave [ROOM]"),
        ("notify", "/notify [LEVEL [for 2h]]"),
        ("quit", "/quit"),
    ],
)
def test_what_may_be_missing_stands_in_brackets(action: str, usage: str) -> None:
    assert BY_ID[action].usage == usage
