"""Bindings by themselves: what they find is what the specification says, whatever was bound and undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.broker.bindings import Bindings, DirectBindings, TopicBindings

KINDS = {"fanout": Bindings, "direct": DirectBindings, "topic": TopicBindings}
PATTERNS = st.lists(st.sampled_from(["a", "b", "", "*", "#"]), max_size=5).map(".".join)
KEYS = st.lists(st.sampled_from(["a", "b", "", "*", "#"]), max_size=5).map(".".join)


def fits(kind: str, pattern: str, key: str) -> bool:
    """Whether a binding key takes a routing key, as one would write it down."""
    if kind != "topic":
        return kind == "fanout" or pattern == key
    return _fits(_words(pattern), _words(key))


def _fits(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return _fits(pattern[1:], words) or (bool(words) and _fits(pattern, words[1:]))
    return bool(words) and pattern[0] in ("*", words[0]) and _fits(pattern[1:], words[1:])


def _words(key: str) -> list[str]:
    return key.split(".") if key else []


@pytest.mark.parametrize("kind", KINDS)
@given(bound=st.lists(st.tuples(st.integers(0, 3), PATTERNS)), key=KEYS, data=st.data())
def test_a_message_goes_to_all_that_are_bound_with_a_key_that_fits(
    kind: str, bound: list[tuple[int, str]], key: str, data: st.DataObject
) -> None:
    bindings: Bindings[int] = KINDS[kind]()
    model = set(bound)
    for binding in model:
        bindings.add(*binding)
    undone = data.draw(st.sets(st.sampled_from(sorted(model)) if model else st.nothing()))
    for binding in sorted(undone):
        bindings.remove(*binding)
    model -= undone
    left = data.draw(st.integers(0, 3))
    assert set(bindings.clear(left)) == {pattern for where, pattern in model if where == left}
    model = {(where, pattern) for where, pattern in model if where != left}
    found = list(bindings.matching(key))
    assert sorted(found) == sorted({where for where, pattern in model if fits(kind, pattern, key)})
    assert set(bindings.destinations) == {where for where, _ in model}


@given(bound=st.sets(st.tuples(st.integers(0, 3), PATTERNS)))
def test_nothing_is_kept_of_what_is_undone(bound: set[tuple[int, str]]) -> None:
    direct, topic = DirectBindings[int](), TopicBindings[int]()
    for bindings in direct, topic:
        for binding in bound:
            bindings.add(*binding)
        for destination in range(4):
            bindings.clear(destination)
    assert not direct._by_key
    assert not topic._root.after
    assert not topic._root.ends


def test_a_hostile_topic_costs_little() -> None:
    topic = TopicBindings[int]()
    topic.add(0, ".".join(["#", "a"] * 60))
    assert not topic.matching(".".join(["a"] * 120 + ["b"]))
    assert list(topic.matching(".".join(["b", "a"] * 60))) == [0]
