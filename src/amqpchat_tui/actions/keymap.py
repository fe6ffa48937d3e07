"""Which key means what, and where."""

from __future__ import annotations

from collections.abc import Iterable

from amqpchat_tui.actions.action import Action, Scope
from amqpchat_tui.actions.table import ACTIONS


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
