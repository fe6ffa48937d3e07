"""Keys as the person binds them: what they may be called, and what is told of a mistake."""

from __future__ import annotations

import re
from string import printable

import pytest

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.help import hint_line, key_lines, keys_lines, with_keys
from amqpchat_tui.actions.keymap import Given, Keymap, all_keys
from amqpchat_tui.actions.keys import key_name, key_of, read_key
from amqpchat_tui.actions.table import ACTIONS
from amqpchat_tui.ui import key_reports


def meaning(keymap: Keymap, scope: Scope, key: str) -> str:
    action = keymap.action(scope, key)
    return action.id if action is not None else ""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ctrl-G", "ctrl+g"),
        ("ctrl+g", "ctrl+g"),
        ("Alt-1", "alt+1"),
        ("Shift-Ctrl-PgUp", "ctrl+shift+pageup"),
        ("esc", "escape"),
        ("F12", "f12"),
        ("n", "n"),
        ("N", "N"),
        ("é", "é"),
        ("?", "question_mark"),
        ("-", "minus"),
        ("+", "plus"),
        ("Ctrl--", "ctrl+minus"),
        ("ctrl+slash", "ctrl+slash"),
        ("Space", "space"),
    ],
)
def test_a_key_is_read_as_people_call_it(text: str, key: str) -> None:
    assert read_key(text) == key


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no key ''"),
        ("f25", "there is no key 'f25'; keys are called Ctrl-G"),
        ("Strg-G", "there is no key 'strg' to hold"),
        ("f3, f4", "there is no key 'f3, f4'"),
        ("ctrl-i", "a terminal sends Tab for Ctrl-I; say Tab"),
        ("\x1b", "there is no key"),
    ],
)
def test_what_is_no_key_is_told(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="^" + says.replace("(", r"\(")):
        read_key(text)


def test_each_key_of_the_table_is_read_by_its_name() -> None:
    keys = {key for action in ACTIONS for key in all_keys(action)}
    assert {key: read_key(key_name(key)) for key in keys} == {key: key for key in keys}


def test_characters_are_called_as_terminals_keys_are() -> None:
    for character in printable[:95]:
        if character != " ":
            assert key_of(character) == key_reports.key_of(character).key


def test_a_bound_key_takes_the_place_of_the_others() -> None:
    keymap = Keymap({"next_news": "F5", "room_above": ["Ctrl-B", "Alt-Left"], "suspend": ""})
    assert meaning(keymap, Scope.PROMPT, "f5") == "next_news"
    assert meaning(keymap, Scope.PICK, "ctrl+b") == "room_above"
    assert meaning(keymap, Scope.PROMPT, "alt+left") == "room_above"
    for key in ("alt+a", "ctrl+pageup", "ctrl+z"):
        assert meaning(keymap, Scope.PROMPT, key) == ""
        assert keymap.is_unbound(Scope.PROMPT, key), "and the prompt does nothing of its own for it"
    assert not keymap.is_unbound(Scope.PROMPT, "f5")


def test_a_letter_is_a_key_in_bars_only() -> None:
    keymap = Keymap({"pick_above": ["Alt-K", "x", "Up"], "quote": "y"})
    assert meaning(keymap, Scope.PROMPT, "x") == ""
    assert meaning(keymap, Scope.PROMPT, "up") == "up"
    assert [meaning(keymap, Scope.PICK, key) for key in ("x", "up", "alt+k", "y", "greater_than_sign")] == [
        "pick_above",
        "pick_above",
        "pick_above",
        "quote",
        "",
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"next_new": "f5"}, "next_new: there is no such action; did you mean next_news?"),
        ({"xyzzy": "f5"}, "xyzzy: there is no such action; /keys lists them"),
        ({"unread": "f5", "redraw": "f5"}, "redraw: F5 is a key of unread as well; give that another one"),
        (
            {"unread": "Alt-Z"},
            "unread: Alt-Z is a key of go_back as well; give that another one, or none, as",
        ),
        ({"unread": "Ctrl-A"}, "unread: Ctrl-A is a key of row_start as well"),
        ({"copy": "u"}, "copy: u is a key of open as well"),
        ({"unread": "x"}, "unread: x is typed; hold Ctrl or Alt with it"),
        ({"up": "x"}, "up: x is typed; hold Ctrl or Alt with it"),
        ({"choose_this": "x"}, "choose_this: x is typed; hold Ctrl or Alt with it"),
        ({"find_close": "q"}, "find_close: q is typed; hold Ctrl or Alt with it"),
        ({"send": ""}, "send: it needs a key, as nothing else does the same"),
        ({"outbox_close": []}, "outbox_close: it needs a key, as nothing else does the same"),
        ({"go_by_number": ["Alt-1", "F5", "Alt-X"]}, "go_by_number: Alt-X has no digit"),
        ({"unread": ["f5", "f55"]}, "unread: there is no key 'f55'"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(given: Given, says: str) -> None:
    keymap = Keymap({"next_news": "F6"})
    with pytest.raises(ValueError, match=f"^{re.escape(says)}"):
        keymap.bind(given)
    assert meaning(keymap, Scope.PROMPT, "f6") == "next_news"


def test_two_may_change_their_keys() -> None:
    keymap = Keymap({"unread": "Alt-Z", "go_back": "Alt-U"})
    assert (meaning(keymap, Scope.PROMPT, "alt+z"), meaning(keymap, Scope.PROMPT, "alt+u")) == (
        "unread",
        "go_back",
    )


def test_help_and_bars_tell_the_keys_that_there_are() -> None:
    keymap = Keymap({"unread": "F5", "go_back": "", "copy": "y", "found_older": "j", "open": ""})
    lines = "\n".join(key_lines(keymap.actions))
    assert "F5 " in lines
    assert "Alt-Z" not in lines
    assert " · e correct · t thread · y copy · > quote · " in hint_line(Scope.PICK, keymap.actions)
    assert "then j N" in hint_line(Scope.FIND, keymap.actions)
    assert with_keys("as {unread}, not {go_back}", keymap.actions) == "as F5, not go_back"


def test_all_keys_are_listed_with_what_they_were() -> None:
    lines = {
        line.split()[0]: line.split(maxsplit=1)[1]
        for line in keys_lines(Keymap({"unread": "F5", "open": ""}).actions)
    }
    assert lines["unread"] == "F5  (by default Alt-U)"
    assert lines["open"] == "no key  (by default u)"
    assert lines["pick_above"] == "Up, k, Alt-Up"
    assert lines["go_by_number"] == "Alt-1 … Alt-0"
    assert "nick" not in lines
