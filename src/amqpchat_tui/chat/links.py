"""Lines about others: an answer has above it what it answers, a correction takes a line's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from amqpchat_tui.chat.correcting import Versions, may_replace
from amqpchat_tui.chat.line_names import LineNames
from amqpchat_tui.chat.threads import Threads
from amqpchat_tui.model import ChatMessage, Entry, LinkedMessage
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.wire.lines import line_name

WAITING_KEPT = 1_000
"""How many lines wait for the line that they are about."""
SOUGHT_BLOCKS = 100
"""How many blocks are gone through in a batch for those that stand further up: some milliseconds."""
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
        self.threads = Threads(scrollback)
        """Which lines answer which."""
        self._insertions = 0
        """How often lines had come in above others when the last ones were taken in."""
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
        self._link(self._doubted(lines) | linked)
        wanted = {name for line in self._waiting.values() for name in (line.answers, line.replaces) if name}
        if wanted and self._names.seek(wanted, SOUGHT_BLOCKS):
            waiting, self._waiting = self._waiting, {}
            self._link(waiting)
        self._hopes = BATCHES_BEHIND if len(linked) > waited else self._hopes - 1
        while len(self._waiting) > WAITING_KEPT:
            del self._waiting[next(iter(self._waiting))]

    def _link(self, linked: Mapping[int, LinkedMessage]) -> None:
        """Find what lines are about; those for which that is not here wait."""
        held = {seq: message for seq, message in linked.items() if seq in self._store}
        for seq, message in held.items():
            if message.replaces:
                self._correct(seq, message)
        self._answer({seq: line for seq, line in held.items() if line.answers})

    # -- answers ------------------------------------------------------------------------------------

    def answered(self, seq: int) -> int | None:
        """Return the `seq` of what an entry answers, if that is here, however far up."""
        answer = self._store.original(seq) if seq in self._store else None
        if not isinstance(answer, LinkedMessage):
            return None
        if (found := self._names.find(answer.answers, above=seq)) is None:
            self._names.seek({answer.answers}, len(self._store.blocks))
            found = self._names.find(answer.answers, above=seq)
        return found

    def seq_of(self, line: ChatMessage) -> int | None:
        """Return where a line stands that was looked at; of equal ones the latest."""
        return self._names.find(line_name(line))

    def named(self, name: str) -> ChatMessage | None:
        """Return the latest line of a name, if it is here and was looked at."""
        found = self._names.find(name)
        line = None if found is None else self._store[found]
        return line if isinstance(line, ChatMessage) else None

    def is_to_own(self, answer: LinkedMessage) -> bool:
        """Whether a line answers one that was typed here."""
        answered = self.named(answer.answers)
        return answered is not None and answered.own and not answer.own

    def note_change(self, seq: int) -> None:
        """An entry is hidden or shown, or says something else: what is told of it elsewhere follows."""
        self.threads.note_change(seq)
        for answer in self.threads.below(seq):
            self._show_quote(answer)
        if seq in self._store and (next_one := self._store.next(seq)) is not None:
            self._show_quote(next_one)  # there may be nothing between it and what it answers now

    def _answer(self, answers: Mapping[int, LinkedMessage]) -> None:
        """Find what lines answer."""
        found: dict[int, int] = {}
        for seq, answer in answers.items():
            if (line := self._names.find(answer.answers, above=seq)) is not None:
                found[seq] = line
            else:
                self._waiting[seq] = answer  # what it answers may come from the history
        self.threads.add(found)
        for seq, line in found.items():
            self._show_quote(seq)
            if is_own(self._store.original(line)) and not answers[seq].own:
                self._store.annotate(seq, replace(self._store.annotation(seq), concerns=True))

    def _doubted(self, lines: Mapping[int, ChatMessage]) -> dict[int, LinkedMessage]:
        """Return the answers that may be to some lines, which came in above others, and not as was thought.

        Lines of plain scripts may be equal, and the history's stand in for those of the log.
        """
        if self._insertions == self._store.insertions:
            return {}
        self._insertions = self._store.insertions
        names = {line_name(line) for line in lines.values()}
        held = {seq: self._store.original(seq) for seq in self.threads.answers if seq in self._store}
        return {
            seq: line
            for seq, line in held.items()
            if isinstance(line, LinkedMessage) and line.answers in names
        }

    def _show_quote(self, seq: int) -> None:
        """Have an answer tell again what it answers, unless that is right above."""
        store, found = self._store, self.threads.above(seq)
        if found is None or found not in store or seq not in store:
            return
        answered = store[found]
        if found == store.next(seq, -1) or not isinstance(answered, ChatMessage):
            quote = ""
        else:
            quote = HIDDEN if store.annotation(found).faded else quoted(answered)
        if (before := store.annotation(seq)).quote != quote:
            store.annotate(seq, replace(before, quote=quote))

    # -- corrections --------------------------------------------------------------------------------

    def is_correction(self, message: ChatMessage) -> bool:
        """Whether a line stands in the place of another, and is no line of its own."""
        return isinstance(message, LinkedMessage) and self._versions.has(message)

    def versions(self, seq: int) -> Sequence[ChatMessage]:
        """Return what an entry has said from the start and then, oldest first, if it was corrected."""
        found = self._versions.of(seq)
        original = self._store.original(seq) if found else None
        return [original, *found] if isinstance(original, ChatMessage) else ()

    def corrections_of(self, name: str) -> Sequence[int]:
        """Return the corrections of a line that is not here: each is a line as any other meanwhile."""
        return [seq for seq, line in self._waiting.items() if line.replaces == name and seq in self._store]

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
        self.note_change(seq)
        text = self._versions.of(found)[-1].text
        store.annotate(found, replace(store.annotation(found), text=text, version=CORRECTED))
        self.note_change(found)


def is_own(entry: Entry) -> bool:
    """Whether an entry is a line that was typed here."""
    return isinstance(entry, ChatMessage) and entry.own


def is_correcting(message: ChatMessage) -> bool:
    """Whether a line says that it corrects another."""
    return isinstance(message, LinkedMessage) and bool(message.replaces)


def quoted(message: ChatMessage) -> str:
    """Return a line that tells a message again: whose it is, and how it begins."""
    begin = message.text.replace("\t", " ").split("\n", 1)[0]
    return f"{message.nick} {begin}" if message.action else f"{message.nick}: {begin}"
