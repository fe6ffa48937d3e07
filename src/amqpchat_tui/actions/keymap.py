"""Which key means what, and where: as the table has it, and as the person has bound it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from amqpchat_tui.actions.action import Action, Scope
from amqpchat_tui.actions.keys import is_for_texts, is_typed, key_name, read_key
from amqpchat_tui.actions.table import ACTIONS, BY_ID

Given = Mapping[str, str | Sequence[str]]
"""Keys by the id of their action; empty for none."""

_Meanings = Mapping[Scope, Mapping[str, Action]]


class Keymap:
    """Which key means what, and where."""

    def __init__(self, given: Given | None = None) -> None:
        """Bind keys as `bind` does, by default those of the table."""
        self.actions: Sequence[Action] = ACTIONS
        """All actions, each with the keys that it has now."""
        self._by_default = self._meanings = _meanings(ACTIONS)
        self.bind(given or {})

    def bind(self, given: Given) -> None:
        """Give these actions these keys, and all others those of the table.


        Raises:
            ValueError: when that cannot be, with the action, why and what to do; then all is as it was.
        """
        keys = {name: list(_read(name, value)) for name, value in given.items()}
        actions = [_bound(action, keys.get(action.id)) for action in ACTIONS]
        _refuse_two_on_one_key(actions, keys.keys())
        self.actions = actions
        self._meanings = _meanings(actions)

    def action(self, scope: Scope, key: str) -> Action | None:
        """What a key means to who has the keys; None where it means nothing, or is to be typed."""
        return _find(self._meanings, scope, key)

    def is_unbound(self, scope: Scope, key: str) -> bool:
        """Whether a key means something there by default, and nothing any more."""
        return self.action(scope, key) is None and _find(self._by_default, scope, key) is not None


def all_keys(action: Action) -> Sequence[str]:
    """All keys of an action, those for bars first."""
    return (*action.bar_keys, *action.keys)


def _meanings(actions: Iterable[Action]) -> _Meanings:
    meanings: dict[Scope, dict[str, Action]] = {scope: {} for scope in Scope}
    for action in actions:
        for scope in action.scopes:
            for key in _keys_in(action, scope):
                meanings[scope][key] = action
    return meanings


def _keys_in(action: Action, scope: Scope) -> Sequence[str]:
    return action.keys if scope is Scope.PROMPT else all_keys(action)


def _find(meanings: _Meanings, scope: Scope, key: str) -> Action | None:
    return next((meanings[place][key] for place in _WIDER[scope] if key in meanings[place]), None)


def _read(name: str, value: str | Sequence[str]) -> Iterator[str]:
    """Read the keys that were given to an action."""
    action = BY_ID.get(name)
    if action is None:
        near = difflib.get_close_matches(name, BY_ID, n=1)
        raise ValueError(f"{name}: there is no such action; {_meant(near)}")
    texts = [value] if isinstance(value, str) else value
    for text in filter(None, texts):
        try:
            key = read_key(text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if is_typed(key) and not (_has_bar(action) and _TYPED_IN.isdisjoint(action.scopes)):
            raise ValueError(f"{name}: {key_name(key)} is typed; hold Ctrl or Alt with it")
        if action.by_digit and not key[-1].isdecimal():
            raise ValueError(f"{name}: {key_name(key)} has no digit; each of its keys tells a number by one")
        yield key
    if action.needed and not any(texts):
        raise ValueError(f"{name}: it needs a key, as nothing else does the same")


def _meant(near: Sequence[str]) -> str:
    return f"did you mean {near[0]}?" if near else "/keys lists them"


def _has_bar(action: Action) -> bool:
    return not {Scope.PROMPT, Scope.ANYWHERE}.issuperset(action.scopes)


def _bound(action: Action, keys: Sequence[str] | None) -> Action:
    if keys is None:
        return action
    is_in_both = Scope.PROMPT in action.scopes and _has_bar(action)
    bar_keys = [key for key in keys if is_typed(key) or (is_in_both and is_for_texts(key))]
    return action._replace(keys=tuple(key for key in keys if key not in bar_keys), bar_keys=tuple(bar_keys))


def _refuse_two_on_one_key(actions: Iterable[Action], given: Iterable[str]) -> None:
    """Raise `ValueError` when a key that was given means something else in the same place already."""
    owners: dict[tuple[Scope, str], Action] = {}
    given = set(given)
    for action in sorted(actions, key=lambda action: action.id in given):
        for scope in action.scopes:
            for key in _keys_in(action, scope):
                for place in _BESIDE.get(scope, (scope,)):
                    other = owners.get((place, key))
                    if other is not None and other is not action and {action.id, other.id} & given:
                        raise ValueError(
                            f"{action.id}: {key_name(key)} is a key of {other.id} as well; "
                            f'give that another one, or none, as in {other.id} = ""'
                        )
                owners.setdefault((scope, key), action)


_WIDER = {scope: (scope, Scope.ANYWHERE) for scope in Scope} | {
    Scope.FOUND: (Scope.FOUND, Scope.FIND, Scope.ANYWHERE),
    Scope.ANYWHERE: (Scope.ANYWHERE,),
}
"""Where a key is looked up, the narrowest first."""

_TYPED_IN = {Scope.FIND, Scope.GO, Scope.REACT, Scope.RECALL, Scope.SEARCH}
"""Bars in which letters are typed."""

_BESIDE = {
    Scope.PROMPT: (Scope.PROMPT, Scope.ANYWHERE),
    Scope.ANYWHERE: (Scope.ANYWHERE, Scope.PROMPT),
}
"""Where a key is to mean nothing else; in a bar, it may mean something else than without."""
