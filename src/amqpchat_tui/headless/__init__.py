"""Without a screen: `amqpchat listen` and `amqpchat send` for scripts, `amqpchat host` for a server.

`participant` takes part in rooms, `streams` reads and writes without stopping the loop, `signals` end it.
"""

from amqpchat_tui.headless.host import host
from amqpchat_tui.headless.listen import listen
from amqpchat_tui.headless.send import send

__all__ = ["host", "listen", "send"]
