"""The line that a draft is about: it is to answer that, or to take its place."""

from __future__ import annotations

from msgspec import Struct

from amqpchat_tui.model import Bearing, ChatMessage
from amqpchat_tui.wire.lines import line_name


class Subject(Struct, frozen=True):
    """A line, and what is written about it."""

    line: ChatMessage
    corrects: bool = False
    """Whether it takes the line's place; else it answers it."""

    @property
    def bearing(self) -> Bearing:
        """What is sent with what is written."""
        name = line_name(self.line)
        return Bearing(replaces=name) if self.corrects else Bearing(answers=name)
