"""Where messages go from an exchange: its bindings, and how each kind finds those for a routing key. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

D = TypeVar("D")
"""A destination: whatever messages go to."""


class Bindings(Generic[D]):
    """The bindings of a fanout exchange, to which keys make no difference."""

    def __init__(self) -> None:
        self._keys: dict[D, set[str]] = {}

    @property
    def destinations(self) -> Collection[D]:
        """All that it is bound to."""
        return self._keys.keys()

    def keys(self, destination: D) -> Collection[str]:
        """The binding keys for a destination."""
        return self._keys.get(destination, ())

    def add(self, destination: D, key: str) -> None:
        """Bind."""
        self._keys.setdefault(destination, set()).add(key)
        self._index(destination, key)

    def remove(self, destination: D, key: str) -> None:
        """Undo a binding, which there is."""
        keys = self._keys[destination]
        keys.remove(key)
        if not keys:
            del self._keys[destination]
        self._forget(destination, key)

    def clear(self, destination: D) -> Collection[str]:
        """Undo all bindings to a destination, and return their keys."""
        keys = self._keys.pop(destination, set())
        for key in keys:
            self._forget(destination, key)
        return keys

    def matching(self, key: str) -> Collection[D]:
        """Return where a message with this routing key goes, each destination once."""
        return self._keys.keys()

    def _index(self, destination: D, key: str) -> None:
        """Take note of a new binding, to find it by its key."""

    def _forget(self, destination: D, key: str) -> None:
        """Take note that a binding is gone."""


class DirectBindings(Bindings[D]):
    """The bindings of a direct exchange: the routing key is the binding key."""

    def __init__(self) -> None:
        super().__init__()
        self._by_key: dict[str, dict[D, None]] = {}

    def matching(self, key: str) -> Collection[D]:
        """Return what is bound with this very key."""
        return self._by_key.get(key, {}).keys()

    def _index(self, destination: D, key: str) -> None:
        self._by_key.setdefault(key, {})[destination] = None

    def _forget(self, destination: D, key: str) -> None:
        destinations = self._by_key[key]
        del destinations[destination]
        if not destinations:
            del self._by_key[key]


class _Node(Generic[D]):
    """What binding keys that begin with the same words have in common."""

    __slots__ = ("after", "any_number", "ends")

    def __init__(self, *, any_number: bool = False) -> None:
        self.any_number = any_number
        """Whether the last of these words is `#`."""
        self.after: dict[str, _Node[D]] = {}
        """By the word that comes next."""
        self.ends: dict[D, None] = {}
        """Whose binding keys have no further words."""


class TopicBindings(Bindings[D]):
    """The bindings of a topic exchange, as a tree of the words of their keys.

    In a binding key `*` is one word of the routing key, `#` any number of them (section 3.1.3.3).
    """

    def __init__(self) -> None:
        super().__init__()
        self._root: _Node[D] = _Node()

    def matching(self, key: str) -> Collection[D]:
        """Return what is bound with a key that takes this one; all such keys are followed at once."""
        reached = dict.fromkeys(_without_words(self._root))
        for word in _words(key):
            following: dict[_Node[D], None] = {}
            for node in reached:
                if node.any_number:
                    following[node] = None
                for part in (word, "*"):
                    if (after := node.after.get(part)) is not None and not after.any_number:
                        following.update(dict.fromkeys(_without_words(after)))
            reached = following
        return {destination: None for node in reached for destination in node.ends}.keys()

    def _index(self, destination: D, key: str) -> None:
        node = self._root
        for word in _words(key):
            if word not in node.after:
                node.after[word] = _Node(any_number=word == "#")
            node = node.after[word]
        node.ends[destination] = None

    def _forget(self, destination: D, key: str) -> None:
        words = _words(key)
        way = [self._root]
        for word in words:
            way.append(way[-1].after[word])
        del way[-1].ends[destination]
        for word, node, parent in zip(reversed(words), reversed(way), reversed(way[:-1]), strict=False):
            if node.ends or node.after:
                return
            del parent.after[word]


def _without_words(node: _Node[D]) -> list[_Node[D]]:
    """Return a node, and those that are reached from it without another word, as `#` may be none."""
    nodes = [node]
    while (following := nodes[-1].after.get("#")) is not None:
        nodes.append(following)
    return nodes


def _words(key: str) -> list[str]:
    """Return the words of a key; an empty one has none."""
    return key.split(".") if key else []
