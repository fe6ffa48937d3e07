"""How code in a text is drawn: by Rich's Syntax, in colours that stand out, and not much of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rich.color import Color
from rich.style import Style

from amqpchat_tui.scrollback.code import CodeBlock, code_blocks
from amqpchat_tui.ui.contrast import Rgb, is_dark, legible
from amqpchat_tui.ui.scrollback.palette import Palette
from amqpchat_tui.ui.scrollback.row_painter import Mark

COLOURED_MAX_CHARACTERS = 1_000
"""How much of a text is coloured: of whatever somebody may write, that takes some 30 ms at most."""
LANGUAGES = frozenset(
    [
        *("bash", "c", "console", "cpp", "css", "diff", "docker", "elixir", "erlang", "go", "haskell"),
        *("html", "http", "ini", "java", "javascript", "json", "kotlin", "lua", "make", "php", "python"),
        *("ruby", "rust", "sql", "swift", "toml", "typescript", "xml", "yaml"),
    ]
)
"""Those whose patterns were tried on what is slow for patterns; code in others is not coloured."""
_ALIASES = {
    **{"sh": "bash", "shell": "bash", "c++": "cpp", "dockerfile": "docker", "js": "javascript"},
    **{"makefile": "make", "py": "python", "rb": "ruby", "rs": "rust", "ts": "typescript", "yml": "yaml"},
}


@lru_cache(maxsize=64)
def code_marks(text: str, palette: Palette) -> Sequence[Mark]:
    """Return the styles of the code in a text, and of the fences around it."""
    return list(_marks(text, palette))


def _marks(text: str, palette: Palette) -> Iterator[Mark]:
    left = COLOURED_MAX_CHARACTERS
    for block in code_blocks(text):
        yield Mark(block.start, block.code_start, palette.quote)
        yield Mark(block.code_end, block.end, palette.quote)
        code = text[block.code_start : min(block.code_end, block.code_start + left)]
        left -= len(code)
        yield from _coloured(block, code, palette)


def _coloured(block: CodeBlock, code: str, palette: Palette) -> Iterator[Mark]:
    language = _ALIASES.get(block.language.lower(), block.language.lower())
    if not code or language not in LANGUAGES:
        return
    from rich.syntax import Syntax  # late: it brings pygments, which most lines do without

    theme = "ansi_dark" if palette.ansi else "monokai" if is_dark(palette.background) else "default"
    for start, end, style in Syntax(code, language, theme=theme).highlight(code).spans:
        if isinstance(style, Style):
            shown = _shown(style, palette)
            yield Mark(block.code_start + start, block.code_start + min(end, len(code)), shown)


def _shown(style: Style, palette: Palette) -> Style:
    """A style of the theme without its background, and legible on ours."""
    color = style.color
    if color is not None and not palette.ansi:
        triplet: Rgb = color.get_truecolor()
        color = Color.from_rgb(*legible(triplet, palette.background))
    return Style(color=color, bold=style.bold, italic=style.italic)
