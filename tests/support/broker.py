"""A private RabbitMQ node, as a child process that leaves nothing behind."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import pika
import pika.exceptions

from .ports import free_port, free_ports
from .waiting import block_until

_boot_seconds = 90.0
_stop_seconds = 30.0
_ctl_seconds = 60.0

# Debian's rabbitmq-server in /usr/sbin changes user and directory; the one that it calls does not.
_search_path = os.pathsep.join(
    [
        "/usr/lib/rabbitmq/bin",
        os.environ.get("PATH", ""),
        "/usr/sbin",
        "/opt/homebrew/sbin",
        "/usr/local/sbin",
    ]
)


class RabbitMQMissingError(Exception):
    """RabbitMQ is not installed; the message says what to do."""


def find_rabbitmq() -> tuple[Path, Path]:
    """Return the folders of `rabbitmq-server` and of `epmd`, Erlang's port mapper.

    Raises:
        RabbitMQMissingError: if either is missing.
    """
    server = shutil.which("rabbitmq-server", path=_search_path)
    epmd = shutil.which("epmd", path=os.pathsep.join([_search_path, "/opt/homebrew/bin", "/usr/local/bin"]))
    if server is None or epmd is None:
        raise RabbitMQMissingError(
            "RabbitMQ is not installed here. Run `bash tests/run`, which installs it on Debian and Ubuntu "
            "and says how to get it elsewhere; or set AMQPCHAT_TEST_URL to a broker that tests may use."
        )
    return Path(server).parent, Path(epmd).parent


class Child:
    """A process group that dies when we end it, or when we die ourselves, however that happens."""

    def __init__(self, argv: Sequence[str | Path], env: Mapping[str, str], output: Path) -> None:
        with output.open("ab") as log:
            self._process = subprocess.Popen(
                argv, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        # The kernel closes our end of the leash's pipe when we are gone, and then `read` returns.
        self._leash = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; kill -9 "-$1"', "leash", str(self._process.pid)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, and only to it."""
        self._process.send_signal(number)

    def wait(self, timeout: float) -> None:
        """Wait for an orderly end, but no longer than `timeout` seconds; then kill what is left."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """Kill the whole group at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a zombie
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._leash.kill()
        self._leash.communicate()


class Broker:
    """A RabbitMQ node on 127.0.0.1 with a data directory, ports and an `epmd` that nobody else uses.

    Every method blocks, most of them for seconds: in a coroutine, `await asyncio.to_thread(broker.kill)`.
    """

    def __init__(self) -> None:
        """Prepare a node; `start` boots it.

        Raises:
            RabbitMQMissingError: if RabbitMQ is not installed.
        """
        sbin, bin_ = find_rabbitmq()
        self.port = free_port()
        self._home = Path(tempfile.mkdtemp(prefix="amqpchat-rabbitmq-"))
        self._server, self._ctl, self._epmd = sbin / "rabbitmq-server", sbin / "rabbitmqctl", bin_ / "epmd"
        self._epmd_port = free_port()
        self._console = self._home / "console.log"
        self._log = self._home / "log"
        self._env = {
            "PATH": os.pathsep.join([str(bin_), "/usr/sbin", "/usr/bin", "/sbin", "/bin"]),
            "LANG": "C.UTF-8",
            "HOME": str(self._home),
            "RABBITMQ_NODENAME": f"t{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self._home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._log),
            "RABBITMQ_CONFIG_FILE": str(self._home / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self._home / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._home / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
        }
        (self._home / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\nlog.console = false\n", encoding="utf-8"
        )
        (self._home / "enabled_plugins").write_text("[].\n", encoding="utf-8")
        self._mapper: Child | None = None
        self._node: Child | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def url(self, user: str = "guest", password: str = "guest", vhost: str = "/") -> str:
        """The URL at which this node is reached."""
        path = "" if vhost == "/" else quote(vhost, safe="")
        return f"amqp://{quote(user, safe='')}:{quote(password, safe='')}@127.0.0.1:{self.port}/{path}"

    @property
    def running(self) -> bool:
        """Whether the node's process is there."""
        return self._node is not None and self._node.running

    def start(self) -> None:
        """Boot the node, with the data that it had, and return when it declares queues; 4 to 8 seconds.

        Raises:
            AssertionError: if it does not come up; the message has the end of its log.
        """
        if self.running:
            return
        if self._mapper is None:
            # Erlang would start a mapper by itself, as a daemon that escapes from us.
            self._mapper = Child(
                [self._epmd, "-port", str(self._epmd_port), "-address", "127.0.0.1"], self._env, self._console
            )
        self._node = Child([self._server], self._env, self._console)
        block_until(
            self._declares, _boot_seconds, lambda: f"RabbitMQ to boot; its log ends with:\n{self._log_tail()}"
        )

    def stop(self) -> None:
        """Shut the node down in order, as `systemctl stop` does; it tells its clients. About a second."""
        if self._node is not None:
            self._node.signal(signal.SIGTERM)
            self._node.wait(_stop_seconds)
            self._node = None

    def kill(self) -> None:
        """Kill the node with SIGKILL, as a power cut does."""
        if self._node is not None:
            self._node.kill()
            self._node = None

    def close(self) -> None:
        """End everything and remove the data."""
        self.kill()
        if self._mapper is not None:
            self._mapper.kill()
            self._mapper = None
        shutil.rmtree(self._home, ignore_errors=True)

    def ctl(self, *arguments: str) -> str:
        """Run `rabbitmqctl -s` on this node and return what it prints; a second or two.

        Raises:
            AssertionError: if it fails; the message has what it said.
        """
        done = subprocess.run(
            [self._ctl, "-s", *arguments],
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ctl_seconds,
            check=False,
        )
        assert done.returncode == 0, f"rabbitmqctl {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def close_channels(self, user: str, *, consumers: int, confirms: bool) -> None:
        """Make the broker close those channels of a user, as if they acknowledged what they never got."""
        wanted = (
            f'{{user, <<"{user}">>}}, {{consumer_count, {consumers}}}, {{confirm, {str(confirms).lower()}}}'
        )
        self.ctl(
            "eval",
            "[rabbit_channel:do(Channel, {'basic.ack', 4711, false})"
            f" || Channel <- rabbit_channel:list_local(), [{wanted}] =="
            " rabbit_channel:info(Channel, [user, consumer_count, confirm])].",
        )

    def bindings(self) -> list[tuple[str, str]]:
        """Return source and destination of all."""
        rows = self.ctl("list_bindings", "source_name", "destination_name").splitlines()
        return [(source, destination) for source, destination in (row.split("\t") for row in rows)]

    def add_vhost(self, vhost: str) -> None:
        """Make a virtual host in which guest may do everything."""
        self.ctl("add_vhost", vhost)
        self.set_permissions("guest", vhost)

    def add_user(self, user: str, password: str) -> None:
        """Make a user, who may do nothing yet."""
        self.ctl("add_user", user, password)

    def set_permissions(
        self, user: str, vhost: str = "/", configure: str = ".*", write: str = ".*", read: str = ".*"
    ) -> None:
        """Allow a user what these regular expressions on exchange and queue names say."""
        self.ctl("set_permissions", "-p", vhost, user, configure, write, read)

    def take_vhost_down(self, vhost: str) -> None:
        """End a virtual host's process, as a crash of its message store does; `restart_vhost` mends it."""
        self.ctl(
            "eval",
            f'{{ok, Host}} = rabbit_vhost_sup_sup:get_vhost_sup(<<"{vhost}">>), '
            "[Wrapper] = [Pid || {_, Pid, _, _} <- supervisor:which_children(rabbit_vhost_sup_sup), "
            "lists:keymember(Host, 2, supervisor:which_children(Pid))], "
            "ok = supervisor:terminate_child(rabbit_vhost_sup_sup, Wrapper).",
        )

    def listen_with_tls(self, *options: str) -> Sequence[int]:
        """Open a TLS listener for each of these (Erlang, `ssl:tls_server_option()`) until the node stops.

        It is what `listeners.ssl` in the configuration opens, but each can have a certificate of its own.
        Returns their ports.
        """
        ports = free_ports(len(options))
        self.ctl(
            "eval",
            ", ".join(
                f'ok = rabbit_networking:start_ssl_listener({{"127.0.0.1", {port}}}, [{option}], 1)'
                for port, option in zip(ports, options, strict=True)
            )
            + ".",
        )
        return ports

    @contextlib.contextmanager
    def memory_alarm(self) -> Iterator[None]:
        """Have the node block all publishers, as it does when it is low on memory."""
        self.ctl("set_vm_memory_high_watermark", "absolute", "1")
        try:
            yield
        finally:
            self.ctl("set_vm_memory_high_watermark", "0.4")

    def _declares(self) -> bool:
        # RabbitMQ opens its port about half a second before it can declare anything.
        assert self.running, f"RabbitMQ ended while it booted; its log ends with:\n{self._log_tail()}"
        try:
            with pika.BlockingConnection(pika.URLParameters(self.url())) as connection:
                connection.channel().queue_declare("", exclusive=True)
        except (pika.exceptions.AMQPError, OSError):
            return False
        return True

    def _log_tail(self) -> str:
        logs = [self._console, *self._log.glob("*.log")]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
        return "\n".join(lines[-40:])
