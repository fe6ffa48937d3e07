"""What gets into the log file, and what does not."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amqpchat_tui.logs import Redactor, log_file, recording


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example("pass/word@é%41")
@example("100%")
@example("back\\")
@example('it\'s "quoted" \\ and\nbroken')
def test_password_is_blotted_out_however_it_is_written(password: str) -> None:
    redact = Redactor([password])
    for written in (
        password,
        repr(password)[1:-1],
        repr(password.encode())[2:-1],
        quote(password, safe=""),
        quote(password, safe="!$&'()*+,;=:"),  # what RFC 3986 lets stand in a URL's user and password
    ):
        assert set(redact(written)) == {"*"}


@pytest.mark.parametrize(
    ("passwords", "text", "expected"),
    [
        (["é/a"], "%c3%a9%2fa %C3%A9%2Fa É/A", "*** *** É/A"),
        (["guest", "guest-of-honour"], "guest guest-of-honour", "*** ***"),
        ([""], "amqp://ann:@host", "amqp://ann:@host"),
        ([], "amqp://ann@host", "amqp://ann@host"),
    ],
)
def test_redacted_text(passwords: list[str], text: str, expected: str) -> None:
    assert Redactor(passwords)(text) == expected


def fail_because_of(password: str) -> None:
    try:
        raise KeyError(password)
    except KeyError as error:
        raise ValueError(f"wrong: {password!r}") from error


def test_passwords_in_chained_tracebacks_are_blotted_out() -> None:
    password = "it's\nhunter2"
    with recording(Redactor([password])):
        try:
            fail_because_of(password)
        except ValueError:
            logging.getLogger("amqpchat_tui").exception("with %r", password)
    log = log_file().read_text()
    assert 'KeyError: "***"' in log
    assert 'ValueError: wrong: "***"' in log
    assert "hunter2" not in log


def test_older_records_are_kept_and_levels_are_put_back() -> None:
    library = logging.getLogger("aio_pika")
    before = library.level
    for word in "one", "two":
        with recording(Redactor([])):
            library.debug("too much")
            library.info(word)
    library.critical("not recorded")
    assert library.level == before
    assert [line.rpartition(" ")[2] for line in log_file().read_text().splitlines()] == ["one", "two"]


def test_a_log_that_others_could_read_is_closed_to_them() -> None:
    log_file().parent.mkdir(parents=True)
    log_file().touch(mode=0o644)
    with recording(Redactor([])):
        assert log_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("make", "reason"), [(Path.mkdir, "Is a directory"), (os.mkfifo, "No such device or address")]
)
def test_a_log_that_is_no_regular_file_is_left_alone(make: Callable[[Path], None], reason: str) -> None:
    """Without somebody who reads it, a pipe would have the program wait for ever."""
    log_file().parent.mkdir(parents=True)
    make(log_file())
    with pytest.raises(OSError, match=reason), recording(Redactor([])):
        pass


@pytest.mark.parametrize(("guard", "reaches_terminal"), [("silence()", False), ("nullcontext()", True)])
def test_warnings_do_not_reach_the_terminal(guard: str, reaches_terminal: bool) -> None:
    code = (
        "import logging, warnings\n"
        "from contextlib import nullcontext\n"
        "from amqpchat_tui.logs import silence\n"
        f"with {guard}:\n"
        "    logging.getLogger('aiormq').warning('by logging')\n"
        "    warnings.warn('by warnings')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for warning in "by logging", "by warnings":
        assert (warning in ended.stderr) == reaches_terminal
