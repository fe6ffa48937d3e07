"""What the screen asks of the program around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from amqpchat_tui.chat.listener import Ring
from amqpchat_tui.config import Settings
from amqpchat_tui.model import ConnectionState


class Shell(Protocol):
    """The program around the chat's screen."""

    def painted(self) -> None:
        """The first frame is on the screen."""

    def asks_where(self, state: ConnectionState) -> bool:
        """Let the person choose where to chat when nobody listens at the start; True while they choose."""

    def notify_person(self, ring: Ring) -> None:
        """Call the person."""

    def configure(self, settings: Settings) -> None:
        """Go by other settings."""

    async def lend_terminal(self, argv: Sequence[str]) -> int:
        """Let a program have the terminal until it ends; return its exit status as `subprocess` tells it.

        Raises:
            OSError: when it cannot be run.
        """

    def toggle_mouse(self) -> bool:
        """Take the mouse, or let the terminal have it for its own selection; True when it is ours now."""

    def suspend_process(self) -> None:
        """Let the shell have the terminal, until its `fg`."""

    def open_palette(self) -> None:
        """Open the command palette."""

    def leave(self) -> None:
        """Close the connection, then the screen."""
