"""What the libraries raise when a channel or a connection fails, as losses and in the broker's own words."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from aiormq.abc import AbstractChannel as Channel
from aiormq.exceptions import AMQPError, ChannelClosed

from amqpchat_tui.client.errors import ChannelLost, Lost
from amqpchat_tui.client.transport.handshake import without_code

REASON_SECONDS = 1.0
"""How long the reason for a failure may follow it."""


@contextlib.contextmanager
def failures_are_losses() -> Iterator[None]:
    """Raise `Lost` for whatever aiormq raises when a channel or connection fails.

    Its reason is empty where the link itself will know it in a moment.
    """
    task = asyncio.current_task()
    try:
        yield
    except asyncio.CancelledError:
        # aiormq ends what waits for a dead connection with a cancellation that nobody asked for.
        if task is None or task.cancelling():
            raise
        raise Lost("") from None
    except ChannelClosed as error:
        raise ChannelLost(f"the broker closed our channel: {broker_text(error)}") from error
    except (AMQPError, RuntimeError, OSError) as error:  # aiormq's RuntimeError: it is closed already
        raise Lost("") from error
    except Exception as error:
        if type(error) is not Exception:  # aiormq's: what was asked for is closed at this moment
            raise
        raise Lost("") from error
    else:
        if task is not None and task.cancelling():  # some library has kept that to itself
            raise asyncio.CancelledError


def broker_text(error: AMQPError) -> str:
    """What the broker said, without the name of the code that it begins with."""
    return without_code(str(error.args[-1]) if error.args else "")


async def why_closed(channel: Channel) -> ChannelClosed | None:
    """Return what the broker said when it closed a channel; None when it did not, or said nothing."""
    closing = channel.closing
    await asyncio.wait({closing}, timeout=REASON_SECONDS)
    if not closing.done() or closing.cancelled():
        return None
    error = closing.exception()
    return error if isinstance(error, ChannelClosed) else None
