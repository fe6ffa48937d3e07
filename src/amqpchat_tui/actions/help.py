"""What `/help` says, and how keys are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amqpchat_tui.actions.table import ACTIONS, COMMANDS

_KEY_NAMES = {"pageup": "PgUp", "pagedown": "PgDn", "escape": "Esc"}


def command_lines() -> Sequence[str]:
    """List the commands with their meaning, in two aligned columns."""
    rows = [(action.usage, action.help) for action in COMMANDS]
    return _aligned([*rows, ("//TEXT", "Say a line that begins with a slash.")])


def key_lines() -> Sequence[str]:
    """List the keys that one needs most with their meaning, in two aligned columns."""
    rows = [(key_name(action.keys[0]), action.help) for action in ACTIONS if action.brief]
    return _aligned([*rows, ("Shift and mouse", "The terminal's own selection; or /mouse.")])


def key_name(key: str) -> str:
    """A key as people call it: `ctrl+home` is Ctrl-Home, and a letter alone stays as it is."""
    *modifiers, last = key.split("+")
    name = _KEY_NAMES.get(last) or (last.title() if len(last) > 1 or modifiers else last)
    return "-".join([*(modifier.title() for modifier in modifiers), name])


def _aligned(rows: Iterable[tuple[str, str]]) -> Sequence[str]:
    rows = list(rows)
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}} — {meaning}" for name, meaning in rows]
