"""Lines about others: an answer has above it what it answers, a correction takes a line's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from amqpchat_tui.chat.correcting import Versions, may_replace
from amqpchat_tui.chat.line_names import NAMES_KEPT, LineNames
from amqpchat_tui.model import ChatMessage, LinkedMessage
from amqpchat_tui.scrollback import Scrollback

WAITING_KEPT = 1_000
"""How many lines wait for the line that they are about."""
BATCHES_BEHIND = 50
"""In so many batches it may still come live, as lines of several people have no common order."""

HIDDEN = "a hidden line"
"""Stands for what the person does not want to see."""
CORRECTED = "(corrected)"
"""Stands at the end of a line that has another text than when it was said."""


class Links:
    """Which lines of a scrollback are about which. Nothing is done about lines as long as none is."""

    def __init__(self, scrollback: Scrollback, names: LineNames) -> None:
        self._store = scrollback
        self._names = names
        self._waiting: dict[int, LinkedMessage] = {}
        """For which nothing was found, by `seq`."""
        self._hopes = 0
        """In how many more batches what they are about may come."""
        self._answers: dict[int, list[int]] = {}
        """The answers to a line that are to tell it again when it is corrected."""
        self._versions = Versions()

    @property
    def waits(self) -> bool:
        """Whether a line has come lately that is about one which has not."""
        return bool(self._waiting) and self._hopes > 0

    def add(self, lines: Mapping[int, ChatMessage]) -> None:
        """Take in lines, by `seq`, that have come since the last time."""
        linked, self._waiting = self._waiting, {}
        waited = len(linked)
        linked |= {seq: line for seq, line in lines.items() if isinstance(line, LinkedMessage)}
        held = {seq: message for seq, message in linked.items() if seq in self._store}
        for seq, message in held.items():
            if message.replaces:
                self._correct(seq, message)
        for seq, message in held.items():
            if message.answers:
                self._quote(seq, message)
        self._hopes = BATCHES_BEHIND if len(linked) > waited else self._hopes - 1
        while len(self._waiting) > WAITING_KEPT:
            del self._waiting[next(iter(self._waiting))]

    # -- answers ------------------------------------------------------------------------------------

    def answered(self, seq: int) -> int | None:
        """Return the `seq` of what an entry answers, if that is here."""
        if seq not in self._store:
            return None
        answer = self._store[seq]
        return self._names.find(answer.answers, above=seq) if isinstance(answer, LinkedMessage) else None

    def named(self, name: str) -> ChatMessage | None:
        """Return the latest line of a name, if it is here and was looked at."""
        found = self._names.find(name)
        line = None if found is None else self._store[found]
        return line if isinstance(line, ChatMessage) else None

    def is_to_own(self, answer: LinkedMessage) -> bool:
        """Whether a line answers one that was typed here."""
        answered = self.named(answer.answers)
        return answered is not None and answered.own

    def _quote(self, seq: int, answer: LinkedMessage) -> None:
        found = self._names.find(answer.answers, above=seq)
        if found is None:
            self._waiting[seq] = answer  # what it answers may come from the history
            return
        self._answers.setdefault(found, []).append(seq)
        while len(self._answers) > NAMES_KEPT:
            del self._answers[next(iter(self._answers))]
        self._show_quote(seq, found)

    def note_change(self, seq: int) -> None:
        """Have the answers to a line, which has changed, show above them what it says now."""
        for answer in self._answers.get(seq, ()):
            if answer in self._store:
                self._show_quote(answer, seq)

    def _show_quote(self, seq: int, found: int) -> None:
        answered = self._store[found]
        if found == self._store.next(seq, -1) or not isinstance(answered, ChatMessage):
            quote = ""
        elif self._store.annotation(found).faded:
            quote = HIDDEN
        else:
            quote = quoted(answered)
        self._store.annotate(seq, replace(self._store.annotation(seq), quote=quote))

    # -- corrections --------------------------------------------------------------------------------

    def is_correction(self, message: ChatMessage) -> bool:
        """Whether a line stands in the place of another, and is no line of its own."""
        return isinstance(message, LinkedMessage) and self._versions.has(message)

    def versions(self, seq: int) -> Sequence[ChatMessage]:
        """Return what an entry has said from the start and then, oldest first, if it was corrected."""
        found = self._versions.of(seq)
        original = self._store.original(seq) if found else None
        return [original, *found] if isinstance(original, ChatMessage) else ()

    def _correct(self, seq: int, correction: LinkedMessage) -> None:
        found = self._names.find(correction.replaces, above=seq)
        if found is None:
            self._waiting[seq] = correction  # meanwhile it is a line as any other
            return
        store = self._store
        if not may_replace(store.original(found), correction):
            return
        self._versions.add(found, correction)
        store.annotate(seq, replace(store.annotation(seq), hidden=True))
        text = self._versions.of(found)[-1].text
        store.annotate(found, replace(store.annotation(found), text=text, version=CORRECTED))
        self.note_change(found)


def is_correcting(message: ChatMessage) -> bool:
    """Whether a line says that it corrects another."""
    return isinstance(message, LinkedMessage) and bool(message.replaces)


def quoted(message: ChatMessage) -> str:
    """Return a line that tells a message again: whose it is, and how it begins."""
    begin = message.text.replace("\t", " ").split("\n", 1)[0]
    return f"{message.nick} {begin}" if message.action else f"{message.nick}: {begin}"
