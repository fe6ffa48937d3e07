"""The log as one page of HTML that needs nothing else, and does nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from html import escape

from amqpchat_tui.model import LoggedLine
from amqpchat_tui.ui.contrast import Rgb
from amqpchat_tui.ui.scrollback.links import ascii_address, find_links
from amqpchat_tui.ui.scrollback.nick_colors import nick_color

_LIGHT, _DARK = (255, 255, 255), (18, 18, 18)
_HEAD = """<!DOCTYPE html>
<html lang="und">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>amqpchat</title>
<style>
:root { color-scheme: light dark; background: light-dark(#fff, #121212); color: light-dark(#111, #e4e4e4) }
body { margin: 1rem auto; max-width: 60rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; font-weight: 600; text-align: center; opacity: .7 }
p { margin: 0; padding-left: 12rem; text-indent: -12rem; overflow-wrap: anywhere; white-space: pre-wrap }
time, i { opacity: .65; font-style: normal }
b { font-weight: 600 }
bdi { unicode-bidi: isolate }
@media (max-width: 40rem) { p { padding-left: 1rem; text-indent: -1rem } }
</style>
"""


def rows(lines: Iterable[LoggedLine], time_format: str, *, several: bool) -> Iterator[str]:
    """Make the page, a row at a time; `several`: each line says in which room it was said."""
    yield _HEAD
    day = ""
    for line in lines:
        moment = time.localtime(line.message.received_at)
        if (today := time.strftime("%A, %d %B %Y", moment)) != day:
            day = today
            yield f"<h2>{escape(day)}</h2>\n"
        yield _row(line, moment, time_format, several=several)


def _row(line: LoggedLine, moment: time.struct_time, time_format: str, *, several: bool) -> str:
    message = line.message
    when = f"<time>{escape(time.strftime(time_format, moment))}</time>"
    room = f" <i>{_isolated(line.conversation.label)}</i>" if several else ""
    light, dark = _hex(nick_color(message.nick, _LIGHT)), _hex(nick_color(message.nick, _DARK))
    nick = f'<b style="color:light-dark({light},{dark})">{_isolated(message.nick)}</b>'
    return f"<p>{when}{room} {'* ' if message.action else ''}{nick} {_text(message.text)}</p>\n"


def _text(text: str) -> str:
    """The text with its addresses as links, as they really lead somewhere."""
    parts, end = [], 0
    for link in find_links(text):
        if (address := ascii_address(link.url)) is not None:
            shown = escape(text[link.start : link.end])
            parts += [escape(text[end : link.start]), f'<a href="{escape(address)}">{shown}</a>']
            end = link.end
    return f"<bdi>{''.join(parts)}{escape(text[end:])}</bdi>"


def _isolated(name: str) -> str:
    return f"<bdi>{escape(name)}</bdi>"


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in color)
