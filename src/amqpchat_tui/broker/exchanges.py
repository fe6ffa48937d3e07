"""Exchanges: their kinds, and which queues a message reaches from one. Pure, as `routing`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from amqpchat_tui.broker.bindings import Bindings, DirectBindings, TopicBindings
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.queues import Queue

KINDS: dict[str, type[Bindings[Queue | Exchange]]] = {
    "direct": DirectBindings,
    "fanout": Bindings,
    "topic": TopicBindings,
}


@dataclass(slots=True, eq=False)
class Exchange:
    """Where messages are published.

    Raises:
        AmqpError: when one is made of a kind that there is not.
    """

    name: str
    kind: str
    durable: bool = False
    auto_delete: bool = False
    internal: bool = False
    """Whether clients may not publish to it: it takes only what another exchange hands on."""
    bindings: Bindings[Queue | Exchange] = field(init=False)

    def __post_init__(self) -> None:
        if self.kind == "headers":
            raise AmqpError(540, "this broker has no headers exchanges")
        if self.kind not in KINDS:
            raise AmqpError(503, f"unknown exchange type '{self.kind}'")
        self.bindings = KINDS[self.kind]()

    def queues(self, key: str) -> Collection[Queue]:
        """Return where a message with this routing key goes; to each queue once, whatever loops there are."""
        reached = {self}
        ahead = [self]
        queues: dict[Queue, None] = {}
        for exchange in ahead:
            for destination in exchange.bindings.matching(key):
                if not isinstance(destination, Exchange):
                    queues[destination] = None
                elif destination not in reached:
                    reached.add(destination)
                    ahead.append(destination)
        return queues.keys()
