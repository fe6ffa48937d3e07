"""Code in a text: what stands between fences of three backticks, found in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

FENCE = "```"
_LANGUAGE = re.compile(r"[\w+#.-]{0,20}[ \t]*\n")


class CodeBlock(NamedTuple):
    """Where a text has code, in characters."""

    start: int
    """Where the fence before it begins."""
    code_start: int
    code_end: int
    end: int
    """Where the fence behind it ends, or the text where there is none."""
    language: str
    """As the fence names it; empty where it names none."""


def code_blocks(text: str) -> Iterator[CodeBlock]:
    """Go through the code in a text.

    A fence with nothing but the name of a language behind it in its line opens code of many lines, which ends
    with the next fence, or else with the text. Another one needs a second one behind it.
    """
    start = text.find(FENCE)
    while start >= 0:
        opened = start + len(FENCE)
        match = _LANGUAGE.match(text, opened)
        closed = text.find(FENCE, match.end() if match else opened)
        if closed < 0 and match is None:
            return
        code_end = len(text) if closed < 0 else closed
        end = code_end if closed < 0 else closed + len(FENCE)
        language = match[0].strip() if match else ""
        yield CodeBlock(start, match.end() if match else opened, code_end, end, language)
        start = text.find(FENCE, end)


def fenced(code: str, language: str) -> str:
    """Put fences around code."""
    return f"{FENCE}{language}\n{code.rstrip()}\n{FENCE}"
