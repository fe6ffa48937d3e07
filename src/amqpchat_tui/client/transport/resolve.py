"""Host names → socket addresses, without keeping the program from ending."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Sequence

from aiohappyeyeballs import AddrInfoType


async def resolve(host: str, port: int) -> Sequence[AddrInfoType]:
    """Look a host's addresses up, in the order in which they should be tried.

    A name server that does not answer keeps `getaddrinfo` for half a minute; on the loop's own executor it
    would keep the whole program from ending as long. So each look-up has a daemon thread.

    Raises:
        OSError: if there are none; `socket.gaierror` as a rule.
        UnicodeError: if the name can be none.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Sequence[AddrInfoType]] = loop.create_future()

    def settle(addresses: Sequence[AddrInfoType], error: Exception | None) -> None:
        if found.done():
            return
        if error is None:
            found.set_result(addresses)
        else:
            found.set_exception(error)

    def look_up() -> None:
        addresses: Sequence[AddrInfoType] = ()
        problem: Exception | None = None
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, addresses, problem)

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await found
