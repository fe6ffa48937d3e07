"""Addresses in messages: where they end, where they really lead, and what is opened."""

from __future__ import annotations

import subprocess
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.ui.scrollback.links import ascii_address, find_links, open_link
from tests.support.fake_client import message
from tests.ui.chat import open_chat, styles_of


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("no link", []),
        ("http://a.b and HTTPS://c.d/e", ["http://a.b", "HTTPS://c.d/e"]),
        ("(see https://a.b/c_(d)).", ["https://a.b/c_(d)"]),
        ("https://a.b/?q=x&y=[1]!", ["https://a.b/?q=x&y=[1]"]),
        ("<https://a.b/>, “https://c.d”", ["https://a.b/", "https://c.d"]),
        ("ftp://a.b javascript://x https://… https://** http:// HTTPS://)", []),
        ("https://example.test、それから", ["https://example.test"]),
        ("見て：https://a.b/c。次はhttps://d.e！", ["https://a.b/c", "https://d.e"]),
        (
            "（https://a.b/c）「https://a.b/d」【https://a.b/e】",
            ["https://a.b/c", "https://a.b/d", "https://a.b/e"],
        ),
        (
            "https://a.b/c？x https://a.b/d；x https://a.b/e　x",
            ["https://a.b/c", "https://a.b/d", "https://a.b/e"],
        ),
        ("https://a.b، ثم https://a.b/क। https://a.b/ց։", ["https://a.b", "https://a.b/क", "https://a.b/ց"]),
        ("`https://a.b/c` ``https://a.b/d``、", ["https://a.b/c", "https://a.b/d"]),
        (
            "‘https://a.b/c’ »https://a.b/d« ‹https://a.b/e›",
            ["https://a.b/c", "https://a.b/d", "https://a.b/e"],
        ),
        (
            "**https://a.b/c** _https://a.b/d_ ~~https://a.b/e~~",
            ["https://a.b/c", "https://a.b/d", "https://a.b/e"],
        ),
        ("&quot;https://a.b/c&quot; &lt;https://a.b/d&gt;,", ["https://a.b/c", "https://a.b/d"]),
        ("https://a.b/?x=1&copy=2; https://a.b/c…", ["https://a.b/?x=1&copy=2", "https://a.b/c"]),
        ("[x](https://a.b/c)[y](https://a.b/d)and", ["https://a.b/c", "https://a.b/d"]),
        ("https://a.b/c\u200bx https://a.b/d\u202ex", ["https://a.b/c", "https://a.b/d"]),
        (
            "https://a.b/L’Oréal–1939 https://ja.test/ジョン・レノン",
            ["https://a.b/L’Oréal–1939", "https://ja.test/ジョン・レノン"],
        ),
        ("https://例え.テスト/パス http://[::1]:80/", ["https://例え.テスト/パス", "http://[::1]:80/"]),
    ],
)
def test_links_end_where_the_sentence_goes_on(text: str, urls: list[str]) -> None:
    links = find_links(text)
    assert [link.url for link in links] == urls
    assert [text[link.start : link.end] for link in links] == urls


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.b/%zz?q=a%20b+c&d=~#e", "https://a.b/%zz?q=a%20b+c&d=~#e"),
        ("https://faß.de/x", "https://xn--fa-hia.de/x"),
        ("https://FAẞ.de/x", "https://xn--fa-hia.de/x"),
        ("http://βόλος.com", "http://xn--nxasmm1c.com"),
        ("https://аpple.com/x", "https://xn--pple-43d.com/x"),
        ("https://user@пример.рф:8080/", "https://user@xn--e1afmkfd.xn--p1ai:8080/"),
        ("https://ß@bücher.example/", "https://%C3%9F@xn--bcher-kva.example/"),
        ("http://☃.net/", "http://xn--n3h.net/"),
        ("http://a。b/", "http://a.b/"),
        ("http://ａ.b/", "http://a.b/"),
        ("http://[2001:DB8::1]:80/é?é#é", "http://[2001:db8::1]:80/%C3%A9?%C3%A9#%C3%A9"),
    ],
)
def test_an_address_is_shown_with_the_host_to_which_browsers_go(url: str, address: str) -> None:
    assert ascii_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://[IP-address]/status",
        "http://[::1%zz]:x@/",
        "http://a.b:99999/",
        "http://a.b:x/",
        "http://a\u2100b/",
        "http://ü" + "x" * 300 + ".de/",
        "https://good.example\\@evil.example/",
        "http://%65vil.example/",
        "https://faß☃.de/",
        "http:///x",
    ],
)
def test_where_nobody_can_tell_the_host_there_is_no_address(url: str) -> None:
    assert ascii_address(url) is None


async def test_what_has_no_address_is_neither_linked_nor_opened() -> None:
    url = "http://[IP-address]/status"
    async with open_chat((400, 24)) as chat:
        chat.client.hear(message("bob", f"see {url}"))
        await chat.sees("see")
        assert all(style.link is None for style in styles_of(chat, url[:7]))
        with patch.object(subprocess, "Popen") as popen:
            await chat.pilot.press("alt+up", "u")
            await chat.sees("not an address that can be opened")
        popen.assert_not_called()


@given(st.text(), st.text("[]@:/?#%\\.。aß☃ü0\u200d\u0660", max_size=12))
def test_any_text_has_an_address_in_ascii_or_none(some: str, more: str) -> None:
    for text in (some, more, f"http://{some}", f"http://{more}", f"http://{some}@{more}:1/{some}"):
        address = ascii_address(text)
        assert address is None or (address.isascii() and ascii_address(address) == address)


@pytest.mark.parametrize("url", ["http://A.´", "http://a´b.test/", "http://¨.test"])
def test_a_host_with_a_blank_in_it_is_none(url: str) -> None:
    assert ascii_address(url) is None


def test_a_host_is_told_in_one_case() -> None:
    assert ascii_address("http://Ann@A.☃/B") == "http://Ann@a.xn--n3h/B"


async def test_a_wrapped_link_is_one_link() -> None:
    async with open_chat((40, 10)) as chat:
        url = "https://example.org/a/very/long/path/that/wraps"
        chat.client.hear(message("bob", url))
        await chat.sees("wraps")
        styles = [style for part in ("https", "wraps") for style in styles_of(chat, part)]
        assert {style.link for style in styles} == {url}
        assert len({style.link_id for style in styles}) == 1


async def test_the_terminal_is_told_the_address_that_is_opened() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "https://faß.de/ü"))
        await chat.sees("faß")
        assert [style.link for style in styles_of(chat, "faß")] == ["https://xn--fa-hia.de/%C3%BC"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "--help"])
def test_only_web_addresses_are_opened(url: str) -> None:
    with patch.object(subprocess, "Popen") as popen:
        assert not open_link(url)
    popen.assert_not_called()
