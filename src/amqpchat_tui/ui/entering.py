"""What becomes of an entered line: a line to say, a command, or a hint about a slip of the finger."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.actions import parse
from amqpchat_tui.actions.action import Action
from amqpchat_tui.actions.table import BY_ID


class Entering:
    """Acts on lines as they are entered."""

    def __init__(
        self,
        *,
        say: Callable[[str], bool],
        run: Callable[[Action, str], bool],
        hint: Callable[[str], None],
        acted: Callable[[str], None],
    ) -> None:
        """`say` says something, `run` carries an action out; False where they did not.

        `acted` is given each line that was acted on, but the one that ended the program.
        """
        self._say = say
        self._run = run
        self._hint = hint
        self._acted = acted
        self._doubted = ""

    def submit(self, line: str) -> bool:
        """Run a command or say a line; False keeps it in the prompt, under a hint."""
        doubted, self._doubted = self._doubted, ""
        self._hint("")
        match parse.parse(line):
            case parse.Nothing():
                return False
            case parse.Mistake(hint):
                self._hint(hint)
                return False
            case parse.Doubtful(_, hint) if doubted != line:
                self._doubted = line
                self._hint(hint)
                return False
            case parse.Doubtful(body, _) | parse.Say(body):
                if not self._say(body):
                    return False
            case parse.Run(action, argument):
                if not self._run(BY_ID[action], argument):
                    return False
                if action == "quit":
                    return True
        self._acted(line)
        return True

    def forget(self) -> None:
        """Another conversation's line is being written now: what was doubted is asked about again."""
        self._doubted = ""
