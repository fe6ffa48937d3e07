"""`python -m tests.map` writes the map in `docs/architecture.md` anew, from the first lines of the source."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "architecture.md"
SOURCE = ROOT / "src" / "amqpchat_tui"
BEGIN, END = "<!-- map -->\n", "<!-- end of the map -->"


def first_line(file: Path) -> str:
    """What a module says that it is for."""
    docstring = ast.get_docstring(ast.parse(file.read_text())) or ""
    line = docstring.partition("\n")[0]
    assert line.endswith("."), f"{file}: its docstring has to begin with a line that ends a sentence"
    return line


def rows(folder: Path = SOURCE) -> Iterator[str]:
    """A row for each file: a folder's own files, then its folders, each under what it is for."""
    name = folder.relative_to(SOURCE.parent).as_posix().removeprefix(f"{SOURCE.name}/")
    yield f"| **{name}/** | **{first_line(folder / '__init__.py')}** |"
    for file in sorted(folder.glob("*.py")):
        if file.name != "__init__.py":
            yield f"| {file.name} | {first_line(file)} |"
    for package in sorted(folder.glob("*/__init__.py")):
        yield from rows(package.parent)


def table() -> Sequence[str]:
    """The map."""
    return ["| file | what it is for |", "|---|---|", *rows()]


def with_map(text: str) -> str:
    """Put the map between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    assert ended, "there is no place for the map"
    return "".join([before, BEGIN, *(f"{row}\n" for row in table()), END, after])


if __name__ == "__main__":
    DOCUMENT.write_text(with_map(DOCUMENT.read_text()))
