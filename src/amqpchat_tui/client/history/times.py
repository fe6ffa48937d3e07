"""When lines of a stream were said: plain ones do not say it, nor does the stream. Knows no clock."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage

ROUGH_SECONDS = 3600.0
"""How far apart two lines may have been said for those between to be roughly as old as the first."""


def with_times(lines: Sequence[ChatMessage], until: float) -> Sequence[ChatMessage]:
    """Return lines with the times at which they were said, as far as their senders' or others' tell.

    All were said before `until`. What a line has as `received_at` counts for nothing.
    """
    ends: list[float] = []
    end = until
    for line in reversed(lines):
        ends.append(end)
        if line.sent_at is not None:
            end = min(line.sent_at, until)
    timed: list[ChatMessage] = []
    begin: float | None = None
    for line, end in zip(lines, reversed(ends), strict=True):
        if line.sent_at is not None:
            begin = min(line.sent_at, until)
            timed.append(replace(line, received_at=begin, roughly=False))
        elif begin is not None and 0 <= end - begin <= ROUGH_SECONDS:
            timed.append(replace(line, received_at=begin, roughly=True))
        else:
            timed.append(replace(line, received_at=end if begin is None else begin, roughly=None))
    return timed
