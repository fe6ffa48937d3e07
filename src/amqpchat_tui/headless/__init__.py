"""Without a screen: `amqpchat listen`, `send` and `who` for scripts, `amqpchat host` for a server.

`participant` takes part in rooms, `streams` reads and writes without stopping the loop, `signals` end it.
"""

from amqpchat_tui.headless.host import host
from amqpchat_tui.headless.listen import listen
from amqpchat_tui.headless.send import send
from amqpchat_tui.headless.who import who

__all__ = ["host", "listen", "send", "who"]
