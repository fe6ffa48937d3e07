"""Free TCP ports on the loopback interface."""

import random
import socket

_attempts = 1000


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
    for _ in range(_attempts):
        port = random.randrange(20000, 32768)
        with socket.socket() as probe:
            # Ports of connections that have just ended are free to listen on, as they are for a server.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port on 127.0.0.1 between 20000 and 32768")
