"""Without a screen: `amqpchat listen` and `amqpchat send` for scripts, `amqpchat host` for a server.

`room` keeps a place in the room, `streams` reads and writes without stopping the loop, `signals` end it.
"""

from amqpchat_tui.headless.hosting import host
from amqpchat_tui.headless.listening import listen
from amqpchat_tui.headless.sending import send

__all__ = ["host", "listen", "send"]
