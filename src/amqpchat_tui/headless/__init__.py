"""Without a screen: `amqpchat listen`, `send`, `who` and `log` for scripts, `amqpchat host` for a server.

`participant` takes part in rooms, `streams` reads and writes without stopping the loop, `signals` end it.
"""

from amqpchat_tui.headless.host import host
from amqpchat_tui.headless.listen import listen
from amqpchat_tui.headless.log import Form, forget_room, write_log
from amqpchat_tui.headless.send import send
from amqpchat_tui.headless.who import who

__all__ = ["Form", "forget_room", "host", "listen", "send", "who", "write_log"]
