"""Local time for all tests of the scrollback."""

from collections.abc import Iterator

import pytest

from tests.scrollback.support import time_zone


@pytest.fixture(autouse=True, scope="package")
def _utc() -> Iterator[None]:
    """Days begin at midnight UTC, wherever the tests run."""
    with time_zone("UTC"):
        yield
