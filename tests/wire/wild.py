"""What strangers may send, and what is safe to show."""

import unicodedata
from itertools import groupby

from hypothesis import strategies as st

from tests.support.examples import examples

LRE, RLE, LRO, RLO, PDF = "\u202a", "\u202b", "\u202d", "\u202e", "\u202c"
LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
EMBEDDINGS, ISOLATES = {LRE, RLE, LRO, RLO}, {LRI, RLI, FSI}
ZERO_WIDTH = [
    "\u00ad",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u200f",
    "\u2060",
    "\ufe0f",
    "\ufeff",
    "\U000e0041",
]
ACUTE = "\u0301"
JAMO_VOWEL = "\u1161"
MARKS_MAX = 16

wild_characters = st.one_of(
    st.characters(),
    st.sampled_from([*EMBEDDINGS, *ISOLATES, PDF, PDI, *ZERO_WIDTH, ACUTE, JAMO_VOWEL]),
    st.sampled_from("\x00\x07\x1b\x7f\x85\x9b\r\n\t\u2028\u2029 a/"),
)
wild_texts = st.one_of(
    st.text(wild_characters),
    st.lists(st.tuples(wild_characters, st.integers(1, 40))).map(
        lambda runs: "".join(character * count for character, count in runs)
    ),
)
wild_bytes = st.one_of(st.binary(), wild_texts.map(lambda text: text.encode(errors="surrogatepass")))
wild_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.binary(),
        st.datetimes(),
        st.decimals(),
    ),
    lambda values: st.one_of(st.lists(values), st.dictionaries(st.text(), values)),
    max_leaves=5,
)
many = examples(2.5)
few = examples(0.75)


def is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"} or character == JAMO_VOWEL


def longest_run_of_marks(text: str) -> int:
    return max((len(list(run)) for mark, run in groupby(text, is_mark) if mark), default=0)


def assert_directions_are_balanced(line: str) -> None:
    due: list[str] = []
    for character in line:
        if character in EMBEDDINGS | ISOLATES:
            due.append(PDF if character in EMBEDDINGS else PDI)
        elif character == PDF:
            assert due.pop() == PDF
        elif character == PDI:
            assert PDI in due
            while due.pop() != PDI:
                pass
    assert not due


def assert_shows_safely(text: str) -> None:
    assert not [character for character in text if is_control(character) and character not in "\n\t"]
    for line in text.split("\n"):
        assert_directions_are_balanced(line)
        # the closers at its end come on top
        assert longest_run_of_marks(line) <= 2 * MARKS_MAX
