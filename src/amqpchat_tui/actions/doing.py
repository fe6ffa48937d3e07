"""Who does what an action says: whoever has a method `do_` and its id."""

from __future__ import annotations

from collections.abc import Iterable

from amqpchat_tui.actions.action import Action


def carry_out(doers: Iterable[object], action: Action, *arguments: str) -> bool:
    """Have the first do what an action says whose it is to do, and who does not leave it undone."""
    methods = (getattr(doer, f"do_{action.id}", None) for doer in doers)
    return any(method is not None and method(*arguments) is not False for method in methods)
