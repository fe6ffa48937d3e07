"""The embedded broker in a process of its own, to be stopped, killed and started like a RabbitMQ node."""

import contextlib
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import quote

from .broker import Child
from .ports import free_port
from .waiting import block_until

_wrong = re.compile(r"\S+ \S+ (ERROR|CRITICAL) |Traceback")
_start_seconds = 30.0
_stop_seconds = 10.0


class AnyBroker(Protocol):
    """What `Broker`, a RabbitMQ node, and `EmbeddedBroker` have in common; every method blocks."""

    port: int

    def url(self, user: str = "guest", password: str = "guest", vhost: str = "/") -> str:
        """The URL at which it is reached."""

    def start(self) -> None:
        """Run, if it does not, and return when it serves clients."""

    def stop(self) -> None:
        """Shut down in order; clients are told."""

    def kill(self) -> None:
        """End with SIGKILL."""


class EmbeddedBroker:
    """`amqpchat host` on a free port of 127.0.0.1. It knows guest and the vhost `/`, and keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self._home = Path(tempfile.mkdtemp(prefix="amqpchat-host-"))
        self._console = self._home / "console.log"
        self._process: Child | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        errors = self.errors
        shutil.rmtree(self._home)
        assert not errors

    def url(self, user: str = "guest", password: str = "guest", vhost: str = "/") -> str:
        """The URL at which it is reached."""
        path = "" if vhost == "/" else quote(vhost, safe="")
        return f"amqp://{quote(user, safe='')}:{quote(password, safe='')}@127.0.0.1:{self.port}/{path}"

    @property
    def errors(self) -> list[str]:
        """What has gone wrong inside it, as its log tells."""
        logs = [self._console, *self._home.rglob("amqpchat.log")]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
        return [line for line in lines if _wrong.match(line)]

    @property
    def resident_bytes(self) -> int:
        """Memory that it takes, while it runs; Linux only (`man 5 proc`)."""
        assert self._process is not None
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def start(self) -> None:
        """Run, if it does not, and return when it serves clients; less than a second."""
        if self._process is not None and self._process.running:
            return
        command = (
            sys.executable,
            "-m",
            "amqpchat_tui",
            "--log",
            "host",
            "--listen",
            f"127.0.0.1:{self.port}",
        )
        env = {"HOME": str(self._home), "PATH": os.defpath, "LANG": "C.UTF-8"}
        self._process = Child(command, env, self._console)
        block_until(
            self._listens, _start_seconds, lambda: f"the broker to listen: {self._console.read_text()}"
        )

    def stop(self) -> None:
        """Shut down in order; clients are told."""
        if self._process is not None:
            self._process.signal(signal.SIGTERM)
            self._process.wait(_stop_seconds)
            self._process = None

    def kill(self) -> None:
        """End with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False
