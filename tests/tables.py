"""`python -m tests.tables` writes the README's tables anew, from the actions that there are."""

from collections.abc import Callable, Sequence
from pathlib import Path

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.help import key_names, with_keys
from amqpchat_tui.actions.keys import key_name
from amqpchat_tui.actions.table import ACTIONS, COMMANDS

BARS = {
    Scope.FIND: "finding",
    Scope.FOUND: "finding, after Enter",
    Scope.PICK: "a message",
    Scope.REACT: "reactions",
    Scope.RECALL: "earlier lines",
    Scope.OUTBOX: "the outbox",
    Scope.GO: "where to go",
    Scope.SEARCH: "searching",
    Scope.SEARCHED: "searching, at a line",
}
README = Path(__file__).parent.parent / "README.md"


def commands() -> Sequence[str]:
    """The commands, each with all its names."""
    rows = ["| command | meaning |", "|---|---|"]
    for action in COMMANDS:
        usage = ", ".join([f"`{action.usage}`", *(f"`/{name}`" for name in action.aliases)])
        rows.append(f"| {usage} | {action.help} |")
    return [*rows, "| `//TEXT` | Say a line that begins with `/`. |"]


def keys() -> Sequence[str]:
    """What keys mean while the prompt has them."""
    rows = ["| key | meaning |", "|---|---|"]
    for action in ACTIONS:
        if action.keys and set(action.scopes) & {Scope.PROMPT, Scope.ANYWHERE}:
            rows.append(f"| {', '.join(key_names(action))} | {with_keys(action.help, ACTIONS)} |")
    return rows


def bars() -> Sequence[str]:
    """What keys mean while a bar has them."""
    rows = ["| in the bar for | key | meaning |", "|---|---|---|"]
    for scope, what in BARS.items():
        for action in ACTIONS:
            if scope in action.scopes:
                names = ", ".join(map(key_name, (*action.bar_keys, *action.keys)))
                rows.append(f"| {what} | {names} | {action.help} |")
    return rows


TABLES: dict[str, Callable[[], Sequence[str]]] = {"commands": commands, "keys": keys, "bars": bars}


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
