"""How a newcomer gets the roster: they ask one person, not the room.

First they listen for a moment. Whoever is heard and has been there for longer is asked; who does not answer,
or has no mailbox any more, is followed by the next one. Only who hears nobody asks everybody (`hello`), and
then a few answer; when none of those does, as all have just gone without a word, the next ones are asked.
"""

from __future__ import annotations

from random import Random

from amqpchat_tui.chat.people.answering import ANSWERERS
from amqpchat_tui.model import Answer, Ask, Occupant, Posting

LISTEN_SECONDS = 0.2, 0.8
"""How long a newcomer listens before they ask, at random between these."""
ANSWER_SECONDS = 1.0
"""How long to wait for one person's answer."""
HELLO_SECONDS = 10.0
"""How long answers to a question to everybody are taken."""
REPETITIONS = len(ANSWERERS) - 1
"""How often everybody is asked again when nobody has answered."""
FIRST_ASKS, MAX_ASKS = 3, 6
"""How many are asked before everybody is, and how many altogether."""
_AS_NEW_SECONDS = 5.0
"""Who has been there only so much longer than a newcomer is one too, and knows no more."""
_MAX_CANDIDATES = 16


class Query:
    """One newcomer's search for the roster of a room."""

    def __init__(self, joined_at: float, random: Random, *, announces: bool) -> None:
        """`joined_at` is when the newcomer has come into the room; who `announces` that asks all with it."""
        self._announces = announces
        self._joined_at = joined_at
        self._random = random
        self._ask_at = joined_at + random.uniform(*LISTEN_SECONDS)
        self._residents: dict[str, None] = {}
        """Mailboxes of those who can be asked, whoever was heard last at the end."""
        self._asked: tuple[str, str] | None = None
        """The mailbox and the id of the question that is to be answered until `_ask_at`."""
        self._asks_left = MAX_ASKS
        self._hello = ""
        self._hello_until = 0.0
        self._again = 0
        """How often everybody was asked again."""
        self._is_crowded = False
        self._is_done = False

    @property
    def due(self) -> float:
        """When to `poll` next."""
        asks = self._asked is not None or (self._residents and self._asks_left)
        asks_all = (self.wants_hello and not self._announces) or self._wants_again
        return self._ask_at if not self._is_done and (asks or asks_all) else float("inf")

    def is_settled(self, now: float) -> bool:
        """Whether asking has brought what it can."""
        return self._is_done or (bool(self._hello) and now >= self._ask_at and self.due == float("inf"))

    def crowd(self) -> None:
        """Many come when we do: leave it to them to be heard, and ask all no more than once."""
        self._is_crowded = True

    def heard(self, who: Occupant, joined_at: float) -> None:
        """There is a sign of somebody who has come at some time, `-inf` for long ago."""
        is_resident = joined_at < self._joined_at - _AS_NEW_SECONDS
        if self._is_done or not who.mailbox or not is_resident:
            return
        self._residents.pop(who.mailbox, None)
        self._residents[who.mailbox] = None
        if len(self._residents) > _MAX_CANDIDATES:
            del self._residents[next(iter(self._residents))]

    def poll(self, me: Occupant, now: float) -> Posting | None:
        """Return the question that is due, if one is."""
        if self.due > now:
            return None
        self._asked = None
        if self.wants_hello and not self._announces:
            return Posting(Ask(me, self.hello(now), everybody=True))
        if not (self._residents and self._asks_left):
            return self._ask_again(me, now) if self._wants_again else None
        mailbox = self._random.choice(list(self._residents))
        del self._residents[mailbox]
        self._asks_left -= 1
        self._ask_at = now + ANSWER_SECONDS
        self._asked = mailbox, self._new_id()
        return Posting(Ask(me, self._asked[1]), mailbox)

    def returned(self, mailbox: str, now: float) -> None:
        """The broker has returned what was sent to a mailbox."""
        self._residents.pop(mailbox, None)
        if self._asked is not None and self._asked[0] == mailbox:
            self._asked = None
            self._ask_at = now

    @property
    def wants_hello(self) -> bool:
        """Whether everybody is to be asked: nobody was heard, or of those who were, none has answered."""
        if self._is_done or self._hello or self._asked is not None:
            return False
        return not self._residents or self._asks_left <= MAX_ASKS - FIRST_ASKS

    @property
    def _wants_again(self) -> bool:
        """Whether everybody is to be asked once more, as none of those who were to answer has."""
        return bool(self._hello) and self._again < REPETITIONS and not self._is_crowded and not self._is_done

    def _ask_again(self, me: Occupant, now: float) -> Posting:
        self._again += 1
        self._hello_until = now + HELLO_SECONDS
        self._ask_at = now + ANSWER_SECONDS
        return Posting(Ask(me, self._hello, everybody=True, again=self._again))

    def hello(self, now: float) -> str:
        """Return the id under which everybody is asked now."""
        self._hello = self._new_id()
        self._hello_until = now + HELLO_SECONDS
        self._ask_at = now + ANSWER_SECONDS
        return self._hello

    def accepts(self, answer: Answer, now: float) -> bool:
        """Whether this answers a question of ours; a resident's ends the search."""
        asked = self._asked is not None and answer.asked == self._asked[1]
        if not asked and not (self._hello and answer.asked == self._hello and now < self._hello_until):
            return False
        if asked:
            self._asked = None
        if now - answer.since < self._joined_at - _AS_NEW_SECONDS:
            self._is_done = True
        return True

    def _new_id(self) -> str:
        return f"{self._random.getrandbits(64):016x}"
