"""What `/help` says, and how keys are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import inf

from rich.cells import cell_len

from amqpchat_tui.actions.action import Action, Scope
from amqpchat_tui.actions.keymap import all_keys
from amqpchat_tui.actions.keys import key_name
from amqpchat_tui.actions.table import ACTIONS, COMMANDS

_ARROWS = {"up": "↑", "down": "↓"}
"""How a bar, where room is short, calls them."""


def command_lines(commands: Iterable[Action] = COMMANDS) -> Sequence[str]:
    """List commands with their meaning, in two aligned columns."""
    rows = [(action.usage, action.help) for action in commands]
    return _aligned([*rows, ("//TEXT", "Say a line that begins with /.")])


def key_lines(actions: Sequence[Action]) -> Sequence[str]:
    """List the keys that one needs most with their meaning, in two aligned columns."""
    rows = [
        (key_names(action)[0], with_keys(action.help, actions))
        for action in actions
        if action.brief and action.keys
    ]
    return _aligned([*rows, ("Shift and mouse", "The terminal's own selection; or /mouse.")])


def keys_lines(actions: Sequence[Action]) -> Sequence[str]:
    """List the ids of actions with their keys, and where those are others, with the ones of the table."""
    rows = [
        (action.id, _listed(action), _listed(default))
        for action, default in zip(actions, ACTIONS, strict=True)
        if all_keys(action) or all_keys(default)
    ]
    width = max(len(name) for name, _, _ in rows)
    return [
        f"{name:<{width}}  {keys}" + ("" if keys == default else f"  (by default {default})")
        for name, keys, default in rows
    ]


def with_keys(text: str, actions: Sequence[Action]) -> str:
    """Put keys in place of the ids in a text, as in `as {choose_room}`; an action without a key is named."""
    names = {action.id: next(map(key_name, all_keys(action)), action.id) for action in actions}
    return re.sub(r"{(\w+)}", lambda found: names[found[1]], text)


def hints(
    scope: Scope, actions: Sequence[Action], cells: float = inf
) -> Sequence[Sequence[tuple[str, Action]]]:
    """Tell what the keys of a bar do, as in `c copy`; keys that speak for themselves stand together.

    Where there are not the `cells` for all, those that stay do so, and the way out, which is the last.
    """
    told = [
        action
        for action in actions
        if scope in action.scopes and action.hint is not None and all_keys(action)
    ]
    groups: list[list[tuple[str, Action]]] = []
    for action in told:
        key = all_keys(action)[0]
        label = f"{_ARROWS.get(key) or key_name(key)} {with_keys(action.hint or '', actions)}".rstrip()
        if groups and not action.hint and not groups[-1][-1][1].hint:
            groups[-1].append((label, action))
        else:
            groups.append([(label, action)])
    others = [group for group in groups[:-1] if not group[0][1].stays]
    while others and cell_len(_line(groups)) > cells:
        groups.remove(others.pop())
    return groups


def hint_line(scope: Scope, actions: Sequence[Action], cells: float = inf) -> str:
    """Tell what the keys of a bar do in one line, in so many cells."""
    return _line(hints(scope, actions, cells))


def bar_keys(scope: Scope, actions: Sequence[Action]) -> Sequence[str]:
    """Tell all keys of a bar, each with what it does."""
    return [
        f"{'/'.join(map(key_name, all_keys(action)))} {_as_part(with_keys(action.help, actions))}"
        for action in actions
        if scope in action.scopes and all_keys(action)
    ]


def _as_part(sentence: str) -> str:
    return f"{sentence[0].lower()}{sentence[1:].removesuffix('.')}"


def _line(groups: Sequence[Sequence[tuple[str, Action]]]) -> str:
    return " · ".join(" ".join(label for label, _ in group) for group in groups)


def key_names(action: Action) -> Sequence[str]:
    """The keys of an action as people call them; of ten digits, the first and the last."""
    if action.by_digit and len(action.keys) > 1:
        return [f"{key_name(action.keys[0])} … {key_name(action.keys[-1])}"]
    return [key_name(key) for key in action.keys]


def _listed(action: Action) -> str:
    names = [*map(key_name, action.bar_keys), *(key_names(action) if action.keys else ())]
    return ", ".join(names) or "no key"


def _aligned(rows: Iterable[tuple[str, str]]) -> Sequence[str]:
    rows = list(rows)
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}} — {meaning}" for name, meaning in rows]
