"""What is reported: a figure with its goal, and the samples behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TypeVar

_Sample = TypeVar("_Sample")


@dataclass(frozen=True)
class Goal:
    """A bound; `sign` is ≤ or ≥."""

    sign: str
    limit: float

    def met(self, value: float) -> bool:
        """Whether a value keeps it."""
        return value <= self.limit if self.sign == "≤" else value >= self.limit


@dataclass(frozen=True)
class Figure:
    """A line of the table."""

    what: str
    value: float
    unit: str
    goal: Goal
    samples: str
    """What was measured, for orientation: ours first, then the baseline's."""


def interleave(runs: int, *samplers: Callable[[], _Sample]) -> list[list[_Sample]]:
    """Take `runs` samples from each in turn, so that what else the machine does meets all of them alike."""
    rounds = [[sample() for sample in samplers] for _ in range(runs)]
    return [list(samples) for samples in zip(*rounds, strict=True)]


def percentile(samples: Sequence[float], percent: int) -> float:
    """Return the value that `percent` per cent of the samples do not exceed."""
    return quantiles(samples, n=100, method="inclusive")[percent - 1]


def spread(samples: Sequence[float], unit: str) -> str:
    """Return the samples' median and range."""
    low, middle, high = map(rounded, (min(samples), median(samples), max(samples)))
    return f"{middle} {unit} ({low}–{high})"


def rounded(value: float) -> str:
    """Return a number with three digits, or with all that it has before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
