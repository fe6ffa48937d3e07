"""What the layers talk about: messages, states, lines under way, and the interfaces of client and store.

Every text in here has been cleaned by `wire.text`: it holds no control character but newline and tab.
All points in time are seconds since the epoch (`time.time()`) unless a name says otherwise.
"""

from amqpchat_tui.model.arrivals import Arrivals, HistoryLimits, Replay
from amqpchat_tui.model.client import (
    ChatClient,
    ClientListener,
    Histories,
    HistoryError,
    LineEvents,
    PresenceListener,
)
from amqpchat_tui.model.connection import ConnectionState, Phase
from amqpchat_tui.model.conversation import ConversationId, ConversationKind, Level
from amqpchat_tui.model.correspondent import Correspondent, is_same_person, is_same_program
from amqpchat_tui.model.events import LineEvent, Reaction, Withdrawal
from amqpchat_tui.model.hiding import ACCOUNT_PREFIX, HidingKind, HidingRule, HidingStore, NoHiding
from amqpchat_tui.model.log import (
    ConversationLines,
    LogComparison,
    LogError,
    LogFile,
    LoggedLine,
    LogSearch,
    LogStore,
    NoLog,
)
from amqpchat_tui.model.messages import (
    ChatMessage,
    DaySeparator,
    Entry,
    FoldedMessage,
    Gap,
    LinkedMessage,
    Notice,
    NoticeKind,
    Severity,
)
from amqpchat_tui.model.moment import Moment
from amqpchat_tui.model.outgoing import PLAIN, Bearing, Fate, OutboxLine
from amqpchat_tui.model.presence import (
    Answer,
    Ask,
    Bye,
    Hearsay,
    Here,
    MovementLines,
    Occupant,
    OccupantKey,
    Posting,
    PresenceMessage,
    Typing,
)
from amqpchat_tui.model.room_state import Membership, RoomState
from amqpchat_tui.model.store import (
    RECALL_MAX_LINES,
    ConversationStore,
    KeptConversation,
    KeptPanel,
    NoConversations,
    NoStore,
    OutboxStore,
    PanelStore,
    RecallStore,
    Store,
)

__all__ = [
    "ACCOUNT_PREFIX",
    "PLAIN",
    "RECALL_MAX_LINES",
    "Answer",
    "Arrivals",
    "Ask",
    "Bearing",
    "Bye",
    "ChatClient",
    "ChatMessage",
    "ClientListener",
    "ConnectionState",
    "ConversationId",
    "ConversationKind",
    "ConversationLines",
    "ConversationStore",
    "Correspondent",
    "DaySeparator",
    "Entry",
    "Fate",
    "FoldedMessage",
    "Gap",
    "Hearsay",
    "Here",
    "HidingKind",
    "HidingRule",
    "HidingStore",
    "Histories",
    "HistoryError",
    "HistoryLimits",
    "KeptConversation",
    "KeptPanel",
    "Level",
    "LineEvent",
    "LineEvents",
    "LinkedMessage",
    "LogComparison",
    "LogError",
    "LogFile",
    "LogSearch",
    "LogStore",
    "LoggedLine",
    "Membership",
    "Moment",
    "MovementLines",
    "NoConversations",
    "NoHiding",
    "NoLog",
    "NoStore",
    "Notice",
    "NoticeKind",
    "Occupant",
    "OccupantKey",
    "OutboxLine",
    "OutboxStore",
    "PanelStore",
    "Phase",
    "Posting",
    "PresenceListener",
    "PresenceMessage",
    "Reaction",
    "RecallStore",
    "Replay",
    "RoomState",
    "Severity",
    "Store",
    "Typing",
    "Withdrawal",
    "is_same_person",
    "is_same_program",
]
