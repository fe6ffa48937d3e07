"""What there is to tell about a line."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, Occupant
from amqpchat_tui.wording.messages import describe_message
from tests.support.fake_client import NOON, message

BOB = Occupant("bob", "b0", "ops", "mailbox")
LINE = message("bob", "hello", at=NOON, sender=BOB)
NO_ACCOUNT = "no account that was checked"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LINE, "said at 12:00:00 on 2027-01-15 · account ops, checked by the broker"),
        (
            message("bob", "hello", at=NOON),
            f"said at 12:00:00 on 2027-01-15 · {NO_ACCOUNT} · sent by a script",
        ),
        (message("bob", "hello", at=NOON, own=True), f"said at 12:00:00 on 2027-01-15 · {NO_ACCOUNT}"),
        (
            replace(LINE, sent_at=NOON - 90),
            "said at 12:00:00 on 2027-01-15 · typed at 11:58:30 on 2027-01-15 by its sender's clock · "
            "account ops, checked by the broker",
        ),
        (
            replace(LINE, sent_at=NOON - 1),
            "said at 12:00:00 on 2027-01-15 · account ops, checked by the broker",
        ),
        (
            replace(LINE, roughly=True),
            "said at about 12:00:00 on 2027-01-15 · account ops, checked by the broker",
        ),
        (replace(LINE, roughly=None), "nothing tells when it was said · account ops, checked by the broker"),
    ],
)
def test_all_about_a_line(line: ChatMessage, said: str) -> None:
    assert describe_message(line, []) == said


def test_what_it_said_before_is_told_the_latest_first() -> None:
    before = [message("bob", "helo"), message("bob", "hallo\nall")]
    assert describe_message(LINE, before).endswith(" · before: hallo all ← helo")
