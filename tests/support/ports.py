"""Free TCP ports on the loopback interface."""

import itertools
import os
import random
import socket
from collections.abc import Iterator

_lowest, _beyond = 20_000, 32_768
_shares = 8
"""How many processes of a test run have ports of their own: one may need a port without a listener."""


def _own_ports() -> Iterator[int]:
    """All ports of this process, again and again: each is used anew as late as can be."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    size = (_beyond - _lowest) // _shares
    first = _lowest + int(worker) % _shares * size
    begin = random.randrange(size)
    return itertools.cycle([first + (begin + number) % size for number in range(size)])


_candidates = _own_ports()


def free_ports(count: int) -> list[int]:
    """Find as many ports as by `free_port`, each another one."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


def free_port() -> int:
    """Find a port that nobody listens on.

    It lies below the ports that systems give to outgoing connections (from 32768 on Linux, 49152 on macOS).
    So nobody else is given it while a test's broker is down, and a client that dials it never meets itself.
    """
    for port in itertools.islice(_candidates, _beyond - _lowest):
        with socket.socket() as probe:
            # Ports of connections that have just ended are free to listen on, as they are for a server.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port on 127.0.0.1 between {_lowest} and {_beyond}")
