"""Without a broker, and with one that says no, the program stays usable and says how things stand."""

from tests.support.broker import Broker
from tests.support.proxy import Proxy
from tests.support.terminal import Key

from .conftest import OpenChat
from .people import ONLINE, START_SECONDS, Listener, Network, enter


def test_what_is_typed_before_the_broker_comes_is_sent_when_it_does(
    open_chat: OpenChat, network: Network, listener: Listener
) -> None:
    network.do(Proxy.refuse)
    ann = open_chat(url=network.url)
    ann.wait_for("◌ reconnecting", START_SECONDS)
    ann.wait_for("nobody listens on 127.0.0.1")
    enter(ann, "is anybody there?")
    ann.wait_for("ann ┃ (waiting) is anybody there?")
    enter(ann, "/quit")
    ann.wait_for("1 line has not been heard in ")
    network.accept()
    ann.wait_for("ann ┃ is anybody there?", START_SECONDS)
    ann.wait_for(ONLINE)
    listener.wait_for("[ann] is anybody there?\n")
    assert "(waiting)" not in ann.text


def test_quit_with_a_line_unsent_asks_once_more(open_chat: OpenChat, network: Network) -> None:
    network.do(Proxy.refuse)
    ann = open_chat(url=network.url)
    ann.wait_for("◌ reconnecting", START_SECONDS)
    enter(ann, "unheard")
    ann.wait_for("(waiting) unheard")
    enter(ann, "/quit")
    ann.wait_for("1 line has not been heard")
    ann.wait_for("❯ /quit")
    ann.write(Key.ENTER)
    assert ann.wait_exit() == 0
    ann.assert_restored()


def test_a_wrong_password_is_refused_until_it_is_right(open_chat: OpenChat, node: Broker, room: str) -> None:
    node.add_user(room, "another")
    node.set_permissions(room)
    ann = open_chat(url=node.url(room, "s3cret"), columns=120)
    ann.wait_for("✕ refused: wrong user name or password", START_SECONDS)
    node.ctl("change_password", room, "s3cret")
    enter(ann, "/reconnect")
    ann.wait_for(ONLINE)
    enter(ann, "let in")
    ann.wait_for("ann ┃ let in")
    assert b"s3cret" not in ann.raw
