"""How many examples Hypothesis draws for a test, as a share of what the profile says."""

from hypothesis import settings


def examples(times: float) -> settings:
    """So many times what other tests draw: less where an example takes long, more where it takes no time."""
    return settings(max_examples=max(1, round(times * settings().max_examples)))
