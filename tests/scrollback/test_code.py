"""Code in a text is found between fences, in one pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.scrollback.code import code_blocks, fenced


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no code", []),
        ("```python\nprint()\n```", [("python", "print()\n")]),
        ("look:\n```\na\nb\n``` and ```c```", [("", "a\nb\n"), ("", "c")]),
        ("```c++ \nint x;", [("c++", "int x;")]),
        ("one ``` alone", []),
        ("```not a language\n```", [("", "not a language\n")]),
        ("``````", [("", "")]),
    ],
)
def test_code_stands_between_fences(text: str, found: list[tuple[str, str]]) -> None:
    blocks = list(code_blocks(text))
    assert [(block.language, text[block.code_start : block.code_end]) for block in blocks] == found


@given(st.text("`a\n ", max_size=60))
def test_blocks_follow_one_another(text: str) -> None:
    place = 0
    for block in code_blocks(text):
        assert place <= block.start < block.code_start <= block.code_end <= block.end <= len(text)
        assert text[block.start : block.start + 3] == "```"
        place = block.end


def test_what_is_fenced_is_found_again() -> None:
    text = fenced("print()\n", "python")
    assert text == "```python\nprint()\n```"
    (block,) = code_blocks(text)
    assert (block.language, text[block.code_start : block.code_end], block.end) == (
        "python",
        "print()\n",
        len(text),
    )
