"""The command palette."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from textual.command import CommandPalette
from textual.worker import ResultType, Worker, WorkType


class Commands(CommandPalette):
    """Textual's palette, which may be closed while it searches: that search then fails, and nothing else."""

    def run_worker(
        self, work: WorkType[ResultType], name: str | None = "", *args: Any, **options: Any
    ) -> Worker[ResultType]:
        """Search, without ending the program when that fails."""
        return super().run_worker(work, name, *args, **{**options, "exit_on_error": False})

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a page up or down in a list that is not laid out yet
            super()._action_command_list(action)
