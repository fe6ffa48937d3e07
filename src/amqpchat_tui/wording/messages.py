"""What there is to tell about a line that was said."""

from __future__ import annotations

import time
from collections.abc import Sequence

from amqpchat_tui.model import ChatMessage

DELAY_SECONDS = 2.0
"""A line that took longer to come, as clocks have it, tells when it was typed as well."""


def describe_message(line: ChatMessage, before: Sequence[ChatMessage]) -> str:
    """Tell when a line was said and by whom, and what it said `before` it was corrected, oldest first."""
    facts = [_when(line)]
    if line.sent_at is not None and abs(line.received_at - line.sent_at) > DELAY_SECONDS:
        facts.append(f"typed at {_clock(line.sent_at)} by its sender's clock")
    account = line.who.account
    facts.append(f"account {account}, checked by the broker" if account else "no account that was checked")
    if not line.who.session and not line.own:
        facts.append("sent by a script")
    if before:
        texts = " ← ".join(version.text.replace("\n", " ") for version in reversed(before))
        facts.append(f"before: {texts}")
    return " · ".join(facts)


def _when(line: ChatMessage) -> str:
    if line.roughly is None:
        return "nothing tells when it was said"
    return f"said {'at about' if line.roughly else 'at'} {_clock(line.received_at)}"


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S on %Y-%m-%d", time.localtime(at))
