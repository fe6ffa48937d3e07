"""Which lines the person does not want to see: who is ignored, and what filters look for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from amqpchat_tui.chat.pace import Later
from amqpchat_tui.config import HideSettings
from amqpchat_tui.matching import folded
from amqpchat_tui.model import (
    ACCOUNT_PREFIX,
    ChatMessage,
    ConversationId,
    ConversationKind,
    Entry,
    HidingKind,
    HidingRule,
    HidingStore,
    NoHiding,
)
from amqpchat_tui.patterns import Pattern, split_room
from amqpchat_tui.scrollback import Scrollback

Key = tuple[HidingKind, str]
"""What tells rules apart."""


class Hiding:
    """The rules by which lines are hidden, those of the configuration first. Own lines never are."""

    def __init__(
        self,
        store: HidingStore | None = None,
        *,
        later: Later = lambda _, __: None,
        changed: Callable[[], None] = lambda: None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`store` keeps what is given by a command, as soon as `load` is called.

        `changed` is told when other lines are to be hidden than before; `later` has a rule end in time.
        """
        self._store = store or NoHiding()
        self._later = later
        self._changed = changed
        self._wall_clock = wall_clock
        self._brokers: Sequence[str] | None = None
        self._revealed = False
        self._given: dict[Key, HidingRule] = {}
        self._counts: Counter[Key] = Counter()
        self._configured: Mapping[Key, HidingRule] = {}
        self._compile()

    # -- which rules there are ----------------------------------------------------------------------

    @property
    def rules(self) -> Sequence[HidingRule]:
        """All of them, each name of a kind once."""
        given = (rule for key, rule in self._given.items() if key not in self._configured)
        return [*self._configured.values(), *given]

    def rule(self, kind: HidingKind, name: str) -> HidingRule | None:
        """Return the rule of a name, if there is one."""
        return self._configured.get((kind, folded(name))) or self._given.get((kind, folded(name)))

    def is_configured(self, rule: HidingRule) -> bool:
        """Whether a rule stands in the configuration, where alone it can be taken back."""
        return _key(rule) in self._configured

    def count(self, rule: HidingRule) -> int:
        """How many lines are hidden by a rule, of several the first, of those that were looked at so far."""
        return self._counts[_key(rule)]

    @property
    def revealed(self) -> bool:
        """Whether what is hidden is shown for now."""
        return self._revealed

    @revealed.setter
    def revealed(self, revealed: bool) -> None:
        self._revealed = revealed
        self._changed()

    def configure(self, settings: HideSettings) -> None:
        """Have the rules of a configuration in place of those of the one before."""
        ignored = (HidingRule(HidingKind.IGNORE, name) for name in settings.ignore)
        filters = (
            HidingRule(HidingKind.FILTER, name, *split_room(text)) for name, text in settings.filters.items()
        )
        self._configured = {_key(rule): rule for rule in (*ignored, *filters)}
        self._apply()

    async def load(self, brokers: Sequence[str]) -> None:
        """Take over the rules that were kept for these brokers, and keep all that are given from now on.

        Those that were given before it was known what was kept are kept with them; those for other brokers
        stay there.
        """
        kept = await self._store.all(brokers)
        given = {} if self._brokers is not None else self._given
        self._brokers = brokers
        self._given = {_key(rule): rule for rule in kept} | given
        for rule in given.values():
            self._store.keep(brokers, rule)
        self._end_some()
        self._apply()
        for rule in self._given.values():
            self._end_in_time(rule)

    def hide(self, rule: HidingRule) -> None:
        """Hide lines by a rule, in the place of one of its kind and name."""
        self._given.pop(_key(rule), None)
        self._given[_key(rule)] = rule
        if self._brokers is not None:
            self._store.keep(self._brokers, rule)
        self._end_in_time(rule)
        self._apply()

    def take_back(self, rule: HidingRule) -> None:
        """Hide no more by a rule that was given by a command."""
        self._forget(rule)
        self._apply()

    # -- what they hide -----------------------------------------------------------------------------

    def hidden(self, conversation: ConversationId, entries: Sequence[Entry]) -> Sequence[int]:
        """Return which of some entries of a conversation are to be hidden, by index, and count them."""
        if not self._nicks and not self._accounts and not self._filters:
            return ()
        filters = self._filters_for(conversation, entries)
        found: list[int] = []
        for index, entry in enumerate(entries):
            if isinstance(entry, ChatMessage) and not entry.own:
                key = self._key_for(entry, filters)
                if key is not None:
                    self._counts[key] += 1
                    found.append(index)
        return found

    def hides(self, conversation: ConversationId, message: ChatMessage) -> bool:
        """Whether a line of a conversation is to be hidden; it is not counted."""
        filters = self._filters_for(conversation, [message])
        return not message.own and self._key_for(message, filters) is not None

    def mark(self, store: Scrollback, seq: int, *, hidden: bool = True) -> bool:
        """Have an entry hidden, or faded while what is hidden is shown; or shown again as it was.

        Return whether it was otherwise before.
        """
        before = store.annotation(seq)
        if before.hidden and not before.faded:
            return False  # it is hidden for another reason
        now = replace(before, hidden=hidden and not self._revealed, faded=hidden)
        return now != before and store.annotate(seq, now)

    def ignores(self, nick: str, account: str = "") -> bool:
        """Whether somebody is ignored."""
        return self._ignoring(nick, account) is not None

    def hides_conversation(self, identity: ConversationId) -> bool:
        """Whether a conversation is to be hidden that somebody has begun, as they are ignored."""
        is_private = identity.kind is ConversationKind.PRIVATE
        return is_private and not self._revealed and self.ignores(identity.name, identity.pattern)

    def count_anew(self) -> None:
        """All lines are looked at again."""
        self._counts.clear()

    def _key_for(self, message: ChatMessage, filters: Sequence[tuple[Key, Pattern]]) -> Key | None:
        key = self._ignoring(message.nick, message.sender.account if message.sender else "")
        if key is not None or not filters:
            return key
        text = _looked_at(message)
        return next((key for key, pattern in filters if pattern.matches(text)), None)

    def _ignoring(self, nick: str, account: str) -> Key | None:
        key = self._nicks.get(folded(nick)) if self._nicks else None
        return key or (self._accounts.get(account) if account else None)

    def _filters_for(
        self, conversation: ConversationId, entries: Sequence[Entry]
    ) -> Sequence[tuple[Key, Pattern]]:
        """Return the filters that may hide some of these."""
        names = "", folded(conversation.label), folded(conversation.name)
        here = [(key, pattern) for key, room, pattern in self._filters if room in names]
        if not here:
            return ()
        texts = folded("\n".join([_looked_at(entry) for entry in entries if isinstance(entry, ChatMessage)]))
        return [(key, pattern) for key, pattern in here if pattern.may_match(texts)]

    # -- how they change ----------------------------------------------------------------------------

    def _apply(self) -> None:
        """Have all lines looked at again, if there are other rules now."""
        if self.rules != self._applied:
            self._compile()
            self._changed()

    def _compile(self) -> None:
        """Prepare for looking at lines."""
        self._applied = self.rules
        self._nicks: dict[str, Key] = {}
        self._accounts: dict[str, Key] = {}
        self._filters: list[tuple[Key, str, Pattern]] = []
        for rule in self.rules:
            key = _key(rule)
            if rule.kind is HidingKind.FILTER:
                self._filters.append((key, folded(rule.room), Pattern(rule.pattern)))
            elif rule.name.startswith(ACCOUNT_PREFIX):
                self._accounts[rule.name.removeprefix(ACCOUNT_PREFIX)] = key
            else:
                self._nicks[folded(rule.name)] = key

    def _forget(self, rule: HidingRule) -> None:
        del self._given[_key(rule)]
        if self._brokers is not None:
            self._store.forget(self._brokers, rule)

    def _end_in_time(self, rule: HidingRule) -> None:
        if rule.until is not None:
            self._later(max(0.0, rule.until - self._wall_clock()), self._end_due)

    def _end_due(self) -> None:
        if self._end_some():
            self._apply()

    def _end_some(self) -> bool:
        """Forget the rules whose time is over; tell whether there were any."""
        now = self._wall_clock()
        over = [rule for rule in self._given.values() if rule.until is not None and rule.until <= now]
        for rule in over:
            self._forget(rule)
        return bool(over)


NOTHING_HIDDEN = Hiding()
"""For who has no rules."""


def _key(rule: HidingRule) -> Key:
    return rule.kind, folded(rule.name)


def _looked_at(message: ChatMessage) -> str:
    return f"{message.nick} {message.text}"
