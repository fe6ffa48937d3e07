"""What the program takes when nothing happens."""

from collections.abc import Iterator

from tests.bench.figures import Figure, Goal
from tests.bench.setting import Setting

_seconds = 20.0
_settling_seconds = 2.0


def measure(setting: Setting) -> Iterator[Figure]:
    """Stay in a silent room, beside a bare Textual app that waits as well."""
    with setting.room() as room, setting.chat(room) as chat, setting.script("bare_app", room) as bare:
        chat.wait_for(" online")
        chat.read_for(_settling_seconds)
        bare.read_for(0.1)
        chat_before, bare_before = chat.cpu_seconds, bare.cpu_seconds
        chat.read_for(_seconds)
        ours = 100 * (chat.cpu_seconds - chat_before) / _seconds
        theirs = 100 * (bare.cpu_seconds - bare_before) / _seconds
    yield Figure(
        f"processor while idle for {_seconds:.0f} s, of a core",
        ours,
        "%",
        Goal("≤", 0.5),
        f"a bare Textual app: {theirs:.2f} %",
    )
