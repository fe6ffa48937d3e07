"""What a typed line means, what `/help` says and what Tab offers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.actions.completion import completions
from amqpchat_tui.actions.help import command_lines, key_lines
from amqpchat_tui.actions.parse import Doubtful, Mistake, Nothing, Parsed, Run, Say, parse, says_something
from amqpchat_tui.actions.table import ACTIONS
from amqpchat_tui.ui.scrollback.columns import Columns
from amqpchat_tui.wire.text import TEXT_MAX_BYTES
from tests.support.examples import examples

NICKS = ["alice", "Albert", "bob", "Élodie", "alice2"]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("hello", Say("hello")),
        ("two\nlines", Say("two\nlines")),
        ("  indented", Say("  indented")),
        ("hello\n/quit", Say("hello\n/quit")),
        ("either/or", Say("either/or")),
        ("quit smoking", Say("quit smoking")),
        ("pasted \x1b[31m", Say("pasted ␛[31m")),
        ("//", Say("/")),
        ("//quit", Say("/quit")),
        ("//etc/hosts is a file", Say("/etc/hosts is a file")),
        ("///", Say("//")),
        ("/me waves", Say("/me waves")),
        ("/ME   waves ", Say("/me waves")),
        ("/me waves\nand smiles", Say("/me waves\nand smiles")),
        ("/quit", Run("quit")),
        ("/QUIT", Run("quit")),
        ("/quit ", Run("quit")),
        ("/exit", Run("quit")),
        ("/q", Run("quit")),
        ("/nick bob", Run("nick", "bob")),
        ("/Nick  Jane Doe ", Run("nick", "Jane Doe")),
        ("/nick Zoe\u0308", Run("nick", "Zoë")),
        ("/clear", Run("clear")),
        ("/help", Run("help")),
        ("/reconnect\n", Run("reconnect")),
        ("/join ops", Run("join", "ops")),
        ("/JOIN  Ops room ", Run("join", "Ops room")),
        ("/leave", Run("leave")),
        ("/part lab", Run("leave", "lab")),
        ("/close", Run("leave")),
        ("/go", Run("go")),
        ("/go 3", Run("go", "3")),
        ("/buffer lab", Run("go", "lab")),
        ("/rooms", Run("rooms")),
        ("/next", Run("next_news")),
        ("/notify", Run("notify")),
        ("/notify none for 30m", Run("notify", "none for 30m")),
        ("/mute", Run("mute")),
        ("/unmute", Run("unmute")),
        ("/read", Run("read")),
        ("/read ALL", Run("read", "all")),
        ("/watch amq.topic", Run("watch", "amq.topic #")),
        ("/watch  logs   *.error", Run("watch", "logs *.error")),
        ("", Nothing()),
        (" \n\t ", Nothing()),
    ],
)
def test_a_line_means(line: str, meaning: Parsed) -> None:
    assert parse(line) == meaning


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("/qiut", "There is no command /qiut. Did you mean /quit?", id="nearest command"),
        pytest.param("/Nik bob", "There is no command /Nik. Did you mean /nick?", id="nearest, any case"),
        pytest.param("/xyzzy", "There is no command /xyzzy. See /help.", id="nothing near"),
        pytest.param("/etc/hosts", "begin with two slashes: //etc/hosts", id="a path"),
        pytest.param("/etc/hosts\nis a file", "begin with two slashes: //etc/hosts", id="a path, two lines"),
        pytest.param("/", "There is no command /. See /help.", id="a slash alone"),
        pytest.param("/ quit", "There is no command /. See /help.", id="a slash apart"),
        pytest.param("/\x1b[2J\u202e", "There is no command /␛[2J. See /help.", id="control characters"),
        pytest.param("/" + "x" * 5000, "/" + "x" * 39 + "…. See /help.", id="a long word"),
        pytest.param("/quit now", "Nothing may follow /quit. To say it", id="argument too many"),
        pytest.param("/quit\nfoo", "Nothing may follow /quit. To say it", id="line too many"),
        pytest.param("/nick", "Usage: /nick NAME — ", id="no name"),
        pytest.param("/nick  \n", "Usage: /nick NAME — ", id="blank name"),
        pytest.param(
            "/nick " + "x" * 33, "This name has 33 characters; a name has at most 32.", id="long name"
        ),
        pytest.param("/nick a\nb", "A name has no control characters", id="name of two lines"),
        pytest.param("/nick a\u200bb", "A name has no invisible characters", id="name with zero-width"),
        pytest.param("/me", "Usage: /me TEXT — ", id="empty action"),
        pytest.param("/me \n ", "Usage: /me TEXT — ", id="blank action"),
        pytest.param("/me \u200b", "The text is blank.", id="invisible action"),
        pytest.param("\u200b", "The text is blank.", id="invisible text"),
        pytest.param("/join", "Usage: /join ROOM — ", id="no room"),
        pytest.param(
            "/join " + "x" * 256, "A room's name has at most 255 bytes; this one has 256.", id="long room"
        ),
        pytest.param(
            "/join a\nb", "A room's name has no control or invisible characters.", id="room of two lines"
        ),
        pytest.param(
            "/join ops.events", "Names that end in .events are reserved", id="what belongs to a room"
        ),
        pytest.param("/join amq.fanout", "Names that begin with amq. are reserved", id="the broker's own"),
        pytest.param(
            "/notify some", "Say /notify all or /notify mentions or /notify none.", id="no such level"
        ),
        pytest.param(
            "/notify none for ever", "Say for how long in minutes, hours or days", id="no such time"
        ),
        pytest.param("/mute for 2h", "Nothing may follow /mute.", id="a time for the short word"),
        pytest.param("/read none", "Say /read for this room, or /read all", id="read what"),
        pytest.param("/watch", "Usage: /watch EXCHANGE [PATTERN] — ", id="no exchange"),
        pytest.param("/watch a \x07", "A pattern has no control", id="pattern with control characters"),
        pytest.param("x" * (TEXT_MAX_BYTES + 1), "The text is 1 byte too long", id="long text"),
        pytest.param("//" + "x" * TEXT_MAX_BYTES, "The text is 1 byte too long", id="long literal text"),
        pytest.param("/me " + "x" * TEXT_MAX_BYTES, "The text is 4 bytes too long", id="long action"),
    ],
)
def test_a_mistake_is_explained_and_sent_nowhere(line: str, said: str) -> None:
    meaning = parse(line)
    assert isinstance(meaning, Mistake)
    assert said in meaning.hint


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  /quit", "type /quit without blanks before it"),
        (" /nick x", "type /nick without blanks before it"),
        ("\t/frobnicate", "type /frobnicate without blanks before it"),
        ("\n/quit\nmore", "type /quit without blanks before it"),
        ("quit", "To leave, type /quit. Enter again says “quit”."),
        ("QUIT", "To leave, type /quit. Enter again says “QUIT”."),
        (" Exit ", "To leave, type /quit. Enter again says “Exit”."),
        ("s/helo/hello/", "To correct your last line, type /correct s/helo/hello/ Enter again says this"),
        (" s/a b/ ", "type /correct s/a b/ Enter again"),
    ],
)
def test_a_doubtful_line_is_asked_about_and_kept_as_it_is(line: str, said: str) -> None:
    meaning = parse(line)
    assert isinstance(meaning, Doubtful)
    assert meaning.body == line
    assert said in meaning.hint


@pytest.mark.parametrize(
    "line", ["  /etc/hosts", " //quit", " / or", "  quit it", "s/he", "s/a/b/c", "yes/no/perhaps", "s/a/b\nc"]
)
def test_a_line_that_looks_like_no_command_is_said(line: str) -> None:
    assert parse(line) == Say(line)


@examples(8)
@given(st.one_of(st.text(), st.text("/quitme \n\t\x1b\u200b")))
def test_no_line_is_said_that_begins_with_a_single_slash(line: str) -> None:
    meaning = parse(line)
    if isinstance(meaning, Say):
        assert not line.startswith("/") or line.startswith("//") or line.casefold().startswith("/me")


@pytest.mark.parametrize(
    ("line", "is_said"),
    [
        ("hello", True),
        ("quit", True),
        ("//msg bob", True),
        ("/me waves", True),
        ("", False),
        ("  ", False),
        ("/", False),
        ("/me", False),
        ("/msg bob hello", False),
        ("/unknown words", False),
        ("x" * (TEXT_MAX_BYTES + 1), False),
    ],
)
def test_what_is_typed_says_something_or_is_a_command(line: str, is_said: bool) -> None:
    assert says_something(line) is is_said


def test_help_tells_each_command_in_two_aligned_columns() -> None:
    rows = [line.split(" — ", 1) for line in command_lines()]
    assert [usage.rstrip() for usage, _ in rows] == [
        "/quit",
        "/nick NAME",
        "/me TEXT",
        "/clear",
        "/reconnect",
        "/reload",
        "/mouse",
        "/help",
        "/keys",
        "/join ROOM",
        "/leave [ROOM]",
        "/go [NAME or N]",
        "/next",
        "/rooms",
        "/notify [LEVEL [for 2h]]",
        "/history [on 7d]",
        "/mute",
        "/unmute",
        "/read [all]",
        "/who",
        "/whois NICK",
        "/away [TEXT]",
        "/back",
        "/watch EXCHANGE [PATTERN]",
        "/msg NICK [TEXT]",
        "/ignore [NICK [for 2h]]",
        "/unignore NICK",
        "/filter [NAME PATTERN]",
        "/unfilter NAME",
        "/hidden",
        "/editor",
        "/roomlist",
        "/peoplelist",
        "/search [WORDS]",
        "/mentions",
        "/reply [TEXT]",
        "/react [NAME or EMOJI]",
        "/correct [TEXT]",
        "/thread",
        "/withdraw",
        "//TEXT",
    ]
    assert len({len(usage) for usage, _ in rows}) == 1
    assert all(meaning.endswith(".") for _, meaning in rows)


@pytest.mark.parametrize(
    ("before_cursor", "start", "candidates"),
    [
        pytest.param(
            "/",
            0,
            [
                *["/quit", "/nick ", "/me ", "/clear", "/reconnect", "/reload", "/mouse", "/help", "/keys"],
                *["/join ", "/leave ", "/go ", "/next", "/rooms", "/notify ", "/history "],
                *["/mute", "/unmute"],
                *["/read ", "/who", "/whois ", "/away ", "/back", "/watch ", "/msg "],
                *["/ignore ", "/unignore ", "/filter ", "/unfilter ", "/hidden"],
                *["/editor", "/roomlist", "/peoplelist", "/search ", "/mentions", "/reply ", "/react "],
                *["/correct ", "/thread", "/withdraw"],
            ],
            id="all commands",
        ),
        pytest.param("/NI", 0, ["/nick "], id="command with an argument, any case"),
        pytest.param("/q", 0, ["/quit", "/query "], id="an alias is not offered beside its command"),
        pytest.param("/ex", 0, ["/exit"], id="an alias that only fits"),
        pytest.param("/zz", 0, [], id="no such command"),
        pytest.param("//q", 0, [], id="literal slash"),
        pytest.param(
            "al", 0, ["alice: ", "Albert: ", "alice2: "], id="address at the start, in the given order"
        ),
        pytest.param("AL", 0, ["alice: ", "Albert: ", "alice2: "], id="any case"),
        pytest.param("éL", 0, ["Élodie: "], id="any case beyond ASCII"),
        pytest.param("ask al", 4, ["alice ", "Albert ", "alice2 "], id="nick within a line"),
        pytest.param("hello\nbo", 6, ["bob "], id="nick on a later line"),
        pytest.param("/me hugs bo", 9, ["bob "], id="nick after a command"),
        pytest.param("/nick /q", 6, [], id="no command after a command"),
        pytest.param("hello\n/q", 6, [], id="no command on a later line"),
        pytest.param("", 0, [], id="empty"),
        pytest.param("al ", 3, [], id="empty word"),
        pytest.param("zz", 0, [], id="nobody"),
    ],
)
def test_the_word_before_the_cursor_completes_to(
    before_cursor: str, start: int, candidates: list[str]
) -> None:
    assert completions(before_cursor, NICKS) == (start, candidates)


@pytest.mark.parametrize(
    ("before_cursor", "start", "candidates"),
    [
        pytest.param("/go ", 4, ["ops", "Ops room", "lab"], id="all rooms"),
        pytest.param("/go o", 4, ["ops", "Ops room"], id="in any case"),
        pytest.param("/LEAVE  ops r", 8, ["Ops room"], id="a name of two words"),
        pytest.param("/part l", 6, ["lab"], id="behind another name of the command"),
        pytest.param("/go x", 4, [], id="no such room, and no nick either"),
        pytest.param("/me o", 4, ["oscar "], id="behind what takes a text"),
        pytest.param("go o", 3, ["oscar "], id="no command"),
    ],
)
def test_rooms_are_completed_behind_what_takes_one(
    before_cursor: str, start: int, candidates: list[str]
) -> None:
    assert completions(before_cursor, ["oscar"], ["ops", "Ops room", "lab"]) == (start, candidates)


def test_the_columns_of_help_fit_in_80() -> None:
    text_cells = Columns.fit(79, time_format="%H:%M", nick=12).text
    assert [line for line in (*command_lines(), *key_lines(ACTIONS)) if len(line) > text_cells] == []


def test_every_command_that_help_tells_is_offered_and_understood() -> None:
    _, offered = completions("/", [])
    assert len(offered) == len(command_lines()) - 1
    for command in offered:
        arguments = {"/notify ": "none", "/history ": "on", "/read ": "all", "/react ": "tada"}
        arguments |= {"/filter ": "health probe * ok"}
        meaning = parse(command + arguments.get(command, "something" if command.endswith(" ") else ""))
        assert not isinstance(meaning, Mistake)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/react tada", Run("react", "🎉")),
        ("/react :Thumbs Up:", Run("react", "👍")),
        ("/react 👀", Run("react", "👀")),
        ("/react", Run("react")),
        ("/react thumb", Mistake("No emoji is called thumb; there is thumbsup.")),
        ("/react qqq", Mistake("No emoji is called qqq.")),
        (
            "/react 👀👀👀👀👀👀👀👀👀👀👀👀👀👀👀👀👀",
            Mistake("A reaction is one emoji or at most 16 characters."),
        ),
    ],
)
def test_one_reacts_with_an_emoji_or_by_its_name(line: str, meant: object) -> None:
    assert parse(line) == meant
