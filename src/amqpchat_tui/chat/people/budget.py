"""How often the people of a room may say that they are there: a budget for the room, not for each.

RTP's way (RFC 3550, section 6.2): the more there are, the less often each says so. In a large room only a
sample does, by which the others are counted (RFC 2762).
"""

from __future__ import annotations

from zlib import crc32

DELIVERIES_PER_SECOND = 10_000
"""What presence may have the broker bring to all people of a room together: a tenth of what it can."""
MESSAGES_PER_SECOND = 5.0
"""What presence may bring to each of them."""
MIN_INTERVAL_SECONDS = 15.0
"""How often one says so in a small room, on average."""
INTERVALS_UNTIL_GONE = 3
"""After so many without a sign of somebody they count as gone."""

LARGE_SIZE, NOT_LARGE_SIZE = 1_000, 800
"""With more people a room is large, and it is so until there are less than the second number."""
CENSUS_SHARE = 8
"""One of so many is in the census, and says in a large room as well that they are there."""
MIN_CENSUS = 25
"""A census of fewer says nothing about the others."""
CENSUS_INTERVAL_SECONDS = 600.0


def rate(size: int) -> float:
    """How many messages a second a room of so many people may have."""
    return min(MESSAGES_PER_SECOND, DELIVERIES_PER_SECOND / max(1, size))


def interval(size: int) -> float:
    """How often each says so where everybody does, on average: in seconds."""
    return max(MIN_INTERVAL_SECONDS, size / rate(size))


def census_interval(size: int, census: int) -> float:
    """How often each of the census says so in a large room, on average: in seconds."""
    return max(CENSUS_INTERVAL_SECONDS, census / rate(size))


def in_census(session: str) -> bool:
    """Whether somebody is in the census; everybody comes to the same result."""
    return crc32(session.encode()) % CENSUS_SHARE == 0
