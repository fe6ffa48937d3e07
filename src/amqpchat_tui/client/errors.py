"""What can go wrong with a connection, in words for a person."""

from __future__ import annotations


class ConnectionProblem(Exception):  # noqa: N818 - none of these is an error of the program
    """Why there is no connection; `reason` is a sentence without a full stop, fit for the screen."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(ConnectionProblem):
    """The broker said no, or our own settings do not do: trying again without a change is in vain."""


class RoomRefused(Refused):
    """As `Refused`, about one room: others on the same connection may work."""


class NotTrusted(Refused):
    """One of us does not trust the other's certificate, or misses one (TLS)."""


class Unreachable(ConnectionProblem):
    """There is no broker to talk to at this address; that may be better in a moment."""


class NobodyListens(Unreachable):
    """The machine is there, and no program listens on that port."""


class Lost(ConnectionProblem):
    """A connection that worked is gone."""

    def __init__(self, reason: str, silence: float = 0.0) -> None:
        """`silence` is for how many seconds nothing had been heard when that was noticed."""
        super().__init__(reason)
        self.silence = silence


class ChannelLost(Lost):
    """A channel that worked is gone, or our queue, for a reason that says nothing about the connection."""


def first_problem(problems: BaseExceptionGroup[BaseException]) -> BaseException:
    """Pick the problem to tell of, if the group holds nothing worse than connection problems."""
    known, worse = problems.split(ConnectionProblem)
    if worse is not None or known is None:
        return problems
    first = known.exceptions[0]
    return first_problem(first) if isinstance(first, BaseExceptionGroup) else first
