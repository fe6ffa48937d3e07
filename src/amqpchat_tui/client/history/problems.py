"""What can go wrong with a history, in words for a person."""

from __future__ import annotations

from amqpchat_tui.client.errors import ConnectionProblem


class HistoryProblem(ConnectionProblem):
    """Why there is no history, or it cannot be read; it costs nothing else."""


class NoHistory(HistoryProblem):
    """Nobody has begun one."""

    def __init__(self) -> None:
        super().__init__("nobody has begun one")


class OtherQueue(HistoryProblem):
    """What has the name of the stream is none."""

    def __init__(self, words: str = "") -> None:
        super().__init__(f"it is a queue of another kind{words and f': {words}'}")


class Unreachable(HistoryProblem):
    """There is no connection to read it over, or it was lost; the rooms' may be about to be, too."""


class Silent(HistoryProblem):
    """The stream is there, and brings nothing."""

    def __init__(self) -> None:
        super().__init__("it does not answer")
