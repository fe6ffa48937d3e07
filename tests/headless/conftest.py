"""Commands without a screen, in the test's room."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.headless.support import Program


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Program]]:
    """A function that starts a command, which is killed when the test ends."""
    with contextlib.ExitStack() as programs:

        def start_one(*argv: str) -> Program:
            folder: Path = tmp_path_factory.mktemp("program")
            return programs.enter_context(Program(folder, *argv))

        yield start_one


@pytest.fixture
def place(amqp_url: str, room: str) -> tuple[str, ...]:
    """The flags for the test's room."""
    return ("--url", amqp_url, "--room", room)
