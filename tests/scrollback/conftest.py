"""How many examples the property tests run, and local time for all tests of the scrollback.

Few examples by default, 2,000 with HYPOTHESIS_PROFILE=thorough.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.scrollback.support import time_zone

settings.register_profile("quick", max_examples=60, deadline=None)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True, scope="package")
def _utc() -> Iterator[None]:
    """Days begin at midnight UTC, wherever the tests run."""
    with time_zone("UTC"):
        yield
