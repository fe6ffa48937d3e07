"""A stable colour per nick, readable on any background."""

from __future__ import annotations

from functools import lru_cache

from amqpchat_tui.ui.contrast import Rgb, is_dark, legible_hls


def hue(nick: str) -> float:
    """The hue of a nick, in turns (0 to 1), as XEP-0392 §5.1 generates it: clients that follow it agree."""
    from hashlib import sha1  # late: the first frame shows no nick

    digest = sha1(nick.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:2], "little") / 65536


@lru_cache(maxsize=4096)
def nick_color(nick: str, background: Rgb) -> Rgb:
    """The colour of a nick: its own hue, as vivid as contrast against the background allows."""
    return legible_hls(hue(nick), 0.6 if is_dark(background) else 0.45, 0.75, background)
