"""What `/help` says, and how keys are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amqpchat_tui.actions.action import Action, Scope
from amqpchat_tui.actions.table import ACTIONS, COMMANDS

_KEY_NAMES = {"pageup": "PgUp", "pagedown": "PgDn", "escape": "Esc"}
_ARROWS = {"up": "↑", "down": "↓"}
"""How a bar, where room is short, calls them."""


def command_lines() -> Sequence[str]:
    """List the commands with their meaning, in two aligned columns."""
    rows = [(action.usage, action.help) for action in COMMANDS]
    return _aligned([*rows, ("//TEXT", "Say a line that begins with /.")])


def key_lines() -> Sequence[str]:
    """List the keys that one needs most with their meaning, in two aligned columns."""
    rows = [(key_names(action)[0], action.help) for action in ACTIONS if action.brief]
    return _aligned([*rows, ("Shift and mouse", "The terminal's own selection; or /mouse.")])


def hints(scope: Scope) -> Sequence[Sequence[tuple[str, Action]]]:
    """Tell what the keys of a bar do, as in `c copy`; keys that speak for themselves stand together."""
    told = [action for action in ACTIONS if scope in action.scopes and action.hint is not None]
    groups: list[list[tuple[str, Action]]] = []
    for action in told:
        key = (*action.bar_keys, *action.keys)[0]
        label = f"{_ARROWS.get(key) or key_name(key)} {action.hint}".rstrip()
        if groups and not action.hint and not groups[-1][-1][1].hint:
            groups[-1].append((label, action))
        else:
            groups.append([(label, action)])
    return groups


def hint_line(scope: Scope) -> str:
    """Tell what the keys of a bar do in one line."""
    return " · ".join(" ".join(label for label, _ in group) for group in hints(scope))


def key_name(key: str) -> str:
    """A key as people call it: `ctrl+home` is Ctrl-Home, and a letter alone stays as it is."""
    *modifiers, last = key.split("+")
    name = _KEY_NAMES.get(last) or (last.title() if len(last) > 1 or modifiers else last)
    return "-".join([*(modifier.title() for modifier in modifiers), name])


def key_names(action: Action) -> Sequence[str]:
    """The keys of an action as people call them; of ten digits, the first and the last."""
    if action.by_digit:
        return [f"{key_name(action.keys[0])} … {key_name(action.keys[-1])}"]
    return [key_name(key) for key in action.keys]


def _aligned(rows: Iterable[tuple[str, str]]) -> Sequence[str]:
    rows = list(rows)
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}} — {meaning}" for name, meaning in rows]
