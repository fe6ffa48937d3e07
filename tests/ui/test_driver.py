"""The stream to the terminal, of which is known how much it has taken."""

from __future__ import annotations

import io
import threading
from typing import IO, cast

from textual.drivers._writer_thread import WriterThread

from amqpchat_tui.ui.driver import Output
from tests.support.waiting import block_until


class SlowTerminal(io.StringIO):
    """Takes what is written to it when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.takes = threading.Event()

    def flush(self) -> None:
        self.takes.wait()


def test_output_is_taken_when_the_terminal_has_it_all() -> None:
    terminal = SlowTerminal()
    output = Output(terminal)
    writer = WriterThread(cast("IO[str]", output))
    writer.start()
    for text in "abc":
        writer.write(text)
    block_until(lambda: terminal.getvalue() == "abc", what="the writes")
    assert output.taken == 0
    terminal.takes.set()
    block_until(lambda: output.taken == len("abc"), what="all to be taken")
    writer.stop()
