"""A configuration file to fill."""

from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a configuration file may be written; the folder is there, the file is not."""
    return tmp_path / "config.toml"
