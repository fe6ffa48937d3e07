"""An embedded AMQP 0-9-1 broker for when none is at hand: in memory, in this process, real on the wire.

`server` listens, a `session` speaks the protocol of one connection and its `channel`s, `routing` and `queues`
know where messages go.
"""

from amqpchat_tui.broker.hosted_rooms import HostedRooms
from amqpchat_tui.broker.server import Host, HostEvent, Joined, Left

__all__ = ["Host", "HostEvent", "HostedRooms", "Joined", "Left"]
