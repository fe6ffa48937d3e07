"""How we stand with the broker, in words: for the status line, and for the scrollback when it changes."""

from __future__ import annotations

from amqpchat_tui.config import ConnectionSettings
from amqpchat_tui.model import ConnectionState, NoticeKind, Phase
from amqpchat_tui.wire.text import clean_line


def describe(state: ConnectionState, lag: float | None, now: float) -> str:
    """The connection in words; `now` is `time.monotonic()`."""
    words = state.phase.value
    if state.phase is Phase.ONLINE and lag is not None:
        words += f" {lag * 1000:.0f} ms"
    if state.phase is Phase.RECONNECTING and state.retry_at:
        words += f" in {max(0, round(state.retry_at - now))} s"
    if state.attempt > 1:
        words += f" (attempt {state.attempt})"
    return f"{words}: {state.reason}" if state.reason else words


def warning(connection: ConnectionSettings) -> str:
    """What somebody on the way to a broker could do, in words for the status line; else nothing."""
    dangers = {
        "certificate not verified": connection.tls.insecure_skip_verify,
        "not encrypted": any(broker.exposed for broker in connection.brokers),
    }
    return ", ".join(danger for danger, applies in dangers.items() if applies)


def news(before: ConnectionState, after: ConnectionState) -> tuple[str, NoticeKind] | None:
    """What the scrollback says of a change, where a status line that is cut might not; None for nothing."""
    reason = after.reason[:1].upper() + after.reason[1:]
    if before.phase is after.phase:
        return None
    if after.phase is Phase.REFUSED:
        return f"Refused: {after.reason}. /reconnect tries again.", NoticeKind.ERROR
    if after.phase is Phase.RECONNECTING:
        kept = "What you type is kept and sent when the connection is back."
        return f"Not connected: {after.reason}. {kept}", NoticeKind.ERROR
    if after.phase is Phase.BLOCKED:
        return f"{reason}.", NoticeKind.ERROR
    if after.phase is Phase.ONLINE and before.phase is Phase.BLOCKED:
        return "The broker accepts messages again.", NoticeKind.INFO
    if after.phase is Phase.ONLINE and before.phase is not Phase.CONNECTING:
        return f"Connected to {after.broker}.", NoticeKind.INFO
    return None


def describe_disowned(user: str) -> str:
    """Say that the broker knows us under another name than that under which we have logged in."""
    return f"The broker does not take our account {clean_line(user)}: all that we send goes without it."
