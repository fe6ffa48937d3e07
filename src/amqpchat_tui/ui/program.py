"""What one can do about the program as a whole: leave it, get help, connect anew, and the like."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.actions.help import command_lines, key_lines, keys_lines
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.model import ChatClient
from amqpchat_tui.ui.shell import Shell
from amqpchat_tui.ui.unheard import Unheard


class Program:
    """What one can do about the program, by its action."""

    def __init__(
        self,
        shell: Shell,
        client: ChatClient,
        unheard: Unheard,
        *,
        tell: Callable[[str], None],
        go_to_end: Callable[[], None],
        keymap: Keymap,
    ) -> None:
        """`tell` says something below what has arrived; `go_to_end` has it seen."""
        self._shell = shell
        self._client = client
        self._unheard = unheard
        self._tell = tell
        self._go_to_end = go_to_end
        self._keymap = keymap

    def do_quit(self) -> bool:
        """Leave; False where that takes a moment or has to be said again."""
        return self._unheard.leave(None, "/quit", self._shell.leave)

    def do_help(self) -> None:
        """List commands and keys."""
        keys = key_lines(self._keymap.actions)
        self._tell("\n".join(["Commands and keys:", *command_lines(), *keys]))
        self._go_to_end()

    def do_keys(self) -> None:
        """List all actions with their keys."""
        self._tell("\n".join(["Actions and their keys:", *keys_lines(self._keymap.actions)]))
        self._go_to_end()

    def do_reconnect(self) -> None:
        """Dial anew."""
        self._client.reconnect()

    def do_mouse(self) -> None:
        """Take the mouse, or let the terminal have it."""
        self._tell(
            "The mouse is the chat's again."
            if self._shell.toggle_mouse()
            else "The mouse is the terminal's: select and paste as usual. /mouse takes it back."
        )

    def do_suspend(self) -> None:
        """Let the shell have the terminal."""
        self._shell.suspend_process()

    def do_palette(self) -> None:
        """Open the command palette."""
        self._shell.open_palette()
