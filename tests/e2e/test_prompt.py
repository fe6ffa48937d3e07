"""Keys and pastes as terminals send them."""

from tests.support.terminal import Key, Terminal, ctrl
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import START_SECONDS, BareTerminal, Listener, wait_until_gone

HOMES, ENDS = ["\x1b[H", "\x1bOH", "\x1b[1~"], ["\x1b[F", "\x1bOF", "\x1b[4~"]
"""As xterm sends them, in its application mode, and as tmux and the Linux console do."""
NEW_LINES = ["\n", "\x1b[13;2u", "\x1b[106;5u", "\x1b[13;3u", Key.ALT_ENTER]
"""Ctrl-J; Shift-Enter, Ctrl-J and Alt-Enter in kitty's protocol; Alt-Enter elsewhere."""


def test_home_end_and_new_line(join: OpenChat, listener: Listener) -> None:
    ann = join()
    for word, home, end in zip(("first", "second", "third"), HOMES, ENDS, strict=True):
        middle, most = word[1:-1], word[:-1]
        press(ann, middle, middle, len(middle))
        press(ann, home, middle, 0)
        press(ann, word[0], most, 1)
        press(ann, end, most, len(most))
        press(ann, word[-1], word, len(word))
        ann.write(Key.ENTER)
    listener.wait_for("[ann] first\n[ann] second\n[ann] third\n")

    text = "a message"
    press(ann, text, text, len(text))
    for key in NEW_LINES:
        text += "\n"
        press(ann, key, text, 0)
        text += "goes on"
        press(ann, "goes on", text, len("goes on"))
    ann.write(Key.ENTER)
    listener.wait_for(f"[ann] {text}\n")


def press(terminal: Terminal, keys: str, text: str, column: int) -> None:
    """Type something and wait, as people do, until the prompt has this text, and the cursor that column."""
    expected = [f"{'  ' if row else '❯ '}{line}".rstrip() for row, line in enumerate(text.split("\n"))]
    terminal.write(keys)
    block_until(
        lambda: terminal.rows[-len(expected) :] == expected and terminal.cursor[0] == 2 + column,
        what=lambda: f"{text!r} after {keys!r}; cursor {terminal.cursor}:\n{terminal.text}",
    )


def test_keys_typed_ahead_take_effect_in_their_order(join: OpenChat, listener: Listener) -> None:
    """A slow line or a busy machine delivers many keys at once."""
    ann = join()
    typed = {
        f"teh{Key.BACKSPACE}{Key.BACKSPACE}he": "the",
        f"ello{Key.HOME}h{Key.END}!": "hello!",
        "one\ntwo": "one\ntwo",
        f"three{Key.ALT_ENTER}four": "three\nfour",
        f"two words{ctrl('w')}sentences": "two sentences",
        f"some more words{ctrl('a')}\x1bd\x1bd{ctrl('e')}!": " words!",
        f"never{ctrl('c')}mind": "mind",
        "the end": "the end",
    }
    ann.write("".join(keys + Key.ENTER for keys in typed))
    listener.wait_for("[ann] the end\n")
    assert listener.finish() == "".join(f"[ann] {text}\n" for text in typed.values())


def test_a_hint_stays_when_line_and_enter_come_at_once(join: OpenChat) -> None:
    ann = join()
    ann.write("/qiut" + Key.ENTER)
    ann.wait_for("Did you mean /quit?")


def test_a_paste_is_one_message_and_a_long_one_is_asked_about(join: OpenChat, listener: Listener) -> None:
    ann = join()
    five, thirty = ("\n".join(f"row {row} of {rows}" for row in range(1, rows + 1)) for rows in (5, 30))
    ann.paste(five)
    ann.wait_for("row 5 of 5")
    ann.write(Key.ENTER)
    listener.wait_for(f"[ann] {five}\n")

    question = "Paste 30 lines as one message?"
    for answer in Key.ESCAPE, Key.ENTER:
        wait_until_gone(ann, "of 30")
        ann.paste(thirty)
        ann.wait_for(question)
        ann.write(answer)
        wait_until_gone(ann, question)
    ann.wait_for("row 30 of 30")
    ann.write(Key.ENTER)
    listener.wait_for(f"[ann] {thirty}\n")
    assert listener.finish() == f"[ann] {five}\n[ann] {thirty}\n"


def test_what_comes_at_once_keeps_its_order(join: OpenChat, listener: Listener) -> None:
    """Rows without the marks of a paste; and keys in the same read behind a paste that is asked about."""
    ann = join()
    few, many = ("\n".join(f"row {row} of {rows}" for row in range(1, rows + 1)) for rows in (5, 25))
    ann.write(few.replace("\n", "\r"))
    ann.wait_for("row 5 of 5")
    ann.write(Key.ENTER)
    listener.wait_for(f"[ann] {few}\n")

    ann.write(f"first \x1b[200~{many}\x1b[201~, last{Key.ENTER}")
    ann.wait_for("Paste 25 lines as one message?")
    ann.write(Key.ENTER)
    listener.wait_for(", last\n")
    ann.write(f"caf\u00e9\u00a0: \u0645\u06cc\u200c\u062e\u3000{Key.ENTER}")
    listener.wait_for(":")
    assert listener.finish() == (
        f"[ann] {few}\n[ann] first {many}, last\n[ann] caf\u00e9\u00a0: \u0645\u06cc\u200c\u062e\u3000\n"
    )


def test_a_hostile_paste_is_one_text_that_does_nothing(join: OpenChat, listener: Listener) -> None:
    ann = join()
    ann.paste("begin\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x1b\\\x1b[5n\x9b6n[red]x[/]\x00\n\x1b[31m\n/quit\nend")
    ann.wait_for("  end")
    ann.write(Key.ENTER)
    listener.wait_for("end\n")
    heard = listener.finish()
    assert heard.startswith("[ann] begin")
    assert heard.count("[ann]") == 1
    assert heard.replace("\n", "").isprintable()
    for sequence in b"\x1b]52", b"\x1b]0;", b"\x1b[5n", b"\xc2\x9b":
        assert sequence not in ann.raw


def test_bytes_that_are_no_text_do_no_harm(amqp_url: str, room: str) -> None:
    with BareTerminal(amqp_url, room) as ann:
        ann.write("café".encode("latin-1"))
        ann.write(b"!")
        ann.read_until("!")
        ann.program.terminate()
        assert ann.program.wait(START_SECONDS) == 0


def test_what_is_typed_before_there_is_a_prompt_is_said(open_chat: OpenChat, listener: Listener) -> None:
    ann = open_chat()
    ann.write("early")
    block_until(lambda: "alternate screen" in ann.modes, what="the screen to be taken")
    ann.write(f" bird{Key.ENTER}and more")
    listener.wait_for("[ann] early bird\n")
    ann.wait_for("❯ and more")
