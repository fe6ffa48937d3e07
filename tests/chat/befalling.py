"""What becomes of lines, for tests: events, who does it, and how it is seen."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.model import ChatMessage, LineEvent, Occupant, Reaction, Withdrawal

from .support import ALICE

ANN = Occupant("ann", "a0")
BOB, CAROL = Occupant("bob", "b0"), Occupant("carol", "c0")
SAID = ChatMessage("ann", "freed 4 MB", 1.0, sent_at=1.0, message_id="said", sender=ANN)


def reaction(
    emoji: str = "👍",
    who: Occupant = BOB,
    at: float = 5.0,
    *,
    about: str = "said",
    remove: bool = False,
    own: bool = False,
) -> Reaction:
    event_id = f"{who.session} {emoji} {at} {remove}"
    return Reaction(about, who, at, event_id, own, emoji=emoji, remove=remove)


def withdrawal(who: Occupant = ANN, about: str = "said", at: float = 9.0) -> Withdrawal:
    return Withdrawal(about, who, at, f"{who.session} {at}")


def befall(room: Conversation, *events: LineEvent) -> None:
    """Let events of a batch come in."""
    room.take((), ALICE, events=events, seen=True)


def shown(room: Conversation) -> Sequence[int]:
    start = room.scrollback.first_shown
    return () if start is None else [*room.scrollback.shown(start, 1)]


def view(room: Conversation) -> Sequence[tuple[str, str, str]]:
    """What is shown, from the top: each text with the row below and what stands at its end."""
    store = room.scrollback
    return [
        (store.text(seq), note.reactions if not (note := store.annotation(seq)).withdrawn else "", note.mark)
        for seq in shown(room)
        if isinstance(store[seq], ChatMessage)
    ]


def below(room: Conversation) -> Sequence[str]:
    return [reactions for _, reactions, _ in view(room)]
