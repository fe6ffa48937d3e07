"""The command palette."""

from __future__ import annotations

from typing import Any

from textual.worker import ResultType, Worker, WorkType

from amqpchat_tui.ui.textual_private import CalmPalette


class Commands(CalmPalette):
    """Textual's palette, which may be closed while it searches: that search then fails, and nothing else."""

    def run_worker(
        self, work: WorkType[ResultType], name: str | None = "", *args: Any, **options: Any
    ) -> Worker[ResultType]:
        """Search, without ending the program when that fails."""
        return super().run_worker(work, name, *args, **{**options, "exit_on_error": False})
