"""Writing in an editor of one's own: the text goes there and comes back unsent."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path

from amqpchat_tui.actions.parse import Run, parse
from amqpchat_tui.files import read_whole, reason
from amqpchat_tui.programs import describe_end
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.shell import Shell
from amqpchat_tui.wire.text import clean_line, clean_text

VARIABLE = "EDITOR"
TEXT_MAX_BYTES = 1024 * 1024
"""No room takes a longer line."""


class Editor:
    """What one can do in an editor, by its action."""

    def __init__(
        self,
        shell: Shell,
        prompt: Prompt,
        *,
        run: Callable[[Coroutine[None, None, None]], object],
        hint: Callable[[str], None],
    ) -> None:
        """`run` does something in the background; `hint` says why there is no text from an editor."""
        self._shell = shell
        self._prompt = prompt
        self._run = run
        self._hint = hint

    def do_editor(self) -> bool:
        """Have what is written edited, in the background; False where no editor is known."""
        try:
            argv = shlex.split(os.environ.get(VARIABLE, ""))
        except ValueError:
            self._hint(f"{VARIABLE} has a quote or a backslash that is not closed.")
            return False
        if not argv:
            self._hint(f"{VARIABLE} is not set: say which editor to use, as in export {VARIABLE}=nano.")
            return False
        is_command = parse(self._prompt.text) == Run("editor")
        text = "" if is_command else self._prompt.text
        self._run(self._edit(argv, text))
        return True

    async def _edit(self, argv: list[str], text: str) -> None:
        name = clean_line(argv[0], 40)
        try:
            path = await asyncio.to_thread(_write, text)
        except OSError as error:
            self._hint(f"There is no file to edit: {reason(error)}.")
            return
        try:
            failure = describe_end(await self._shell.lend_terminal([*argv, str(path)]))
        except OSError as error:
            failure = f"cannot be run: {reason(error)}"
        try:
            edited = await asyncio.to_thread(_read, path)
        except (OSError, UnicodeDecodeError) as error:
            self._hint(f"What {name} has left in {path} cannot be read: {_reason(error)}.")
            return
        if failure and edited != text:
            self._hint(f"{name} {failure}; what it had saved is in {path}.")
            return
        path.unlink(missing_ok=True)
        if failure:
            self._hint(f"{name} {failure}; your text is as it was.")
        else:
            self._prompt.put(edited)


def _write(text: str) -> Path:
    """Write a file that only its owner can read."""
    with tempfile.NamedTemporaryFile(prefix="amqpchat-", suffix=".txt", delete=False) as file:
        file.write(text.encode())
    return Path(file.name)


def _read(path: Path) -> str:
    return clean_text(read_whole(path, TEXT_MAX_BYTES).decode("utf-8-sig")).rstrip("\n")


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return reason(error) if isinstance(error, OSError) else "it is not UTF-8 text"
