"""What the person does not want to see outlives the program."""

from __future__ import annotations

from amqpchat_tui.model import HidingKind, HidingRule

from .support import BROKERS, look, open_store

BOB = HidingRule(HidingKind.IGNORE, "bob", until=1_800_000_000.5)
HEALTH = HidingRule(HidingKind.FILTER, "health", "probe * ok", "ops")


async def left(*brokers: str) -> list[HidingRule]:
    """What the next program finds."""
    async with open_store() as store:
        return list(await store.hiding.all(brokers or BROKERS))


async def leave(*rules: HidingRule) -> None:
    async with open_store() as store:
        for rule in rules:
            store.hiding.keep(BROKERS, rule)


async def test_rules_are_left_to_the_next_in_their_order_for_those_brokers() -> None:
    await leave(HEALTH, BOB)
    assert await left() == [HEALTH, BOB]
    assert await left("elsewhere:5672//") == []


async def test_one_of_the_same_name_takes_its_place_and_what_is_taken_back_is_gone() -> None:
    other = HidingRule(HidingKind.FILTER, "health", "beep")
    await leave(HEALTH, BOB, other)
    assert await left() == [BOB, other]
    async with open_store() as store:
        store.hiding.forget(BROKERS, other)
    assert await left() == [BOB]


async def test_what_can_be_no_rule_is_left_out() -> None:
    await leave(HEALTH)
    with look() as connection:
        values = "(id, brokers, kind, name, pattern, room) SELECT"
        for number, row in enumerate(["'x', 'a', '', ''", "kind, '', '', ''", "kind, 'b', x'00', ''"]):
            connection.execute(
                f"INSERT INTO hiding {values} {number + 9}, brokers, {row} FROM hiding LIMIT 1"
            )
        connection.execute("UPDATE hiding SET pattern = char(27) || 'probe' WHERE name = 'health'")
    assert await left() == [HidingRule(HidingKind.FILTER, "health", "␛probe", "ops")]
