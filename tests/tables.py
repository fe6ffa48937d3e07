"""`python -m tests.tables` writes the README's tables anew, from the actions that there are."""

from collections.abc import Callable, Sequence
from pathlib import Path

from amqpchat_tui.actions.table import COMMANDS

README = Path(__file__).parent.parent / "README.md"


def commands() -> Sequence[str]:
    """The commands, each with all its names."""
    rows = ["| command | meaning |", "|---|---|"]
    for action in COMMANDS:
        first, *others = action.names
        usage = ", ".join([f"`{f'/{first} {action.argument}'.rstrip()}`", *(f"`/{name}`" for name in others)])
        rows.append(f"| {usage} | {action.help} |")
    return [*rows, "| `//TEXT` | Say a line that begins with a slash. |"]


TABLES: dict[str, Callable[[], Sequence[str]]] = {"commands": commands}


def with_tables(text: str) -> str:
    """Put each table between its marks."""
    for name, rows in TABLES.items():
        begin, end = f"<!-- table: {name} -->\n", "<!-- end of the table -->"
        before, _, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        assert ended, f"there is no place for the table {name}"
        text = "".join([before, begin, *(f"{row}\n" for row in rows()), end, after])
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text()))
