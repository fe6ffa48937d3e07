"""What every test of the screen gets."""

import pytest


@pytest.fixture(autouse=True)
def _quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for idleness, which Textual's pilot does twice a key, every 5 ms: 20 are most of a test's time."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.005)
