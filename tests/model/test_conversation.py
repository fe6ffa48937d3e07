"""How a conversation is called."""

import pytest

from amqpchat_tui.model import ConversationId, ConversationKind


@pytest.mark.parametrize(
    ("identity", "label"),
    [
        (ConversationId.room("ops"), "ops"),
        (ConversationId(ConversationKind.PRIVATE, "bob"), "@bob"),
        (ConversationId(ConversationKind.WATCHED, "amq.topic"), "=amq.topic"),
        (ConversationId(ConversationKind.WATCHED, "amq.topic", "alarm.#"), "=amq.topic alarm.#"),
    ],
)
def test_the_label_tells_the_kind(identity: ConversationId, label: str) -> None:
    assert identity.label == label
