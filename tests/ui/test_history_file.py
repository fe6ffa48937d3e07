"""Input history that outlives the program."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.storage.files import state_file
from amqpchat_tui.ui.history_file import HistoryFile
from amqpchat_tui.ui.prompt.recall import MAX_LINES
from tests.ui.chat import open_chat, settings


@pytest.fixture
def history() -> HistoryFile:
    return HistoryFile(pytest.fail)


@pytest.fixture
def no_folder() -> None:
    """Where the state folder belongs stands a file."""
    state_file("").parent.mkdir(parents=True)
    state_file("").write_text("no folder")


def read() -> list[str]:
    """What the next start finds."""
    return list(HistoryFile(pytest.fail).load())


def test_there_is_none_before_the_first_line(history: HistoryFile) -> None:
    assert history.load() == []


def test_lines_are_kept_in_order_and_repetitions_once(history: HistoryFile) -> None:
    for line in "one", "two\nrows", "two\nrows", "grüß dich", "one":
        history.add(line)
    assert read() == ["one", "two\nrows", "grüß dich", "one"]


def test_two_programs_add_to_the_same_file(history: HistoryFile) -> None:
    other = HistoryFile(pytest.fail)
    history.add("one")
    other.add("two")
    history.add("three")
    assert read() == ["one", "two", "three"]


def test_only_the_owner_may_read_it(history: HistoryFile) -> None:
    history.add("one")
    assert state_file("").stat().st_mode & 0o777 == 0o700
    assert state_file("history.jsonl").stat().st_mode & 0o777 == 0o600


def test_it_is_bounded(history: HistoryFile) -> None:
    lines = [f"line {number}" for number in range(2 * MAX_LINES + 1)]
    for line in lines:
        history.add(line)
    size = state_file("history.jsonl").stat().st_size
    assert read() == lines[-MAX_LINES:]
    assert state_file("history.jsonl").stat().st_size < 0.6 * size
    assert state_file("history.jsonl").stat().st_mode & 0o777 == 0o600
    assert read() == lines[-MAX_LINES:]


@given(st.binary())
def test_garbage_is_skipped(garbage: bytes) -> None:
    HistoryFile(pytest.fail).add("one")
    path = state_file("history.jsonl")
    path.write_bytes(garbage + b'\n"before"\n"to' + garbage + b'\n"a\\u001b[31m"\n[' + garbage)
    lines = read()
    assert "before" in lines
    assert not any("\x1b" in line for line in lines)


@pytest.mark.usefixtures("no_folder")
def test_a_disk_that_fails_is_told_once() -> None:
    complaints: list[str] = []
    history = HistoryFile(complaints.append)
    assert history.load() == []
    history.add("one")
    history.add("two")
    assert len(complaints) == 1
    assert "cannot be kept" in complaints[0]


def test_a_pipe_in_its_place_is_told_and_not_waited_for() -> None:
    state_file("").mkdir(parents=True)
    os.mkfifo(state_file("history.jsonl"))
    complaints: list[str] = []
    assert HistoryFile(complaints.append).load() == []
    assert complaints == [
        f"Input history cannot be kept: {state_file('history.jsonl')}: it is not a regular file"
    ]


# On the screen


async def test_up_recalls_what_was_entered_before_the_start() -> None:
    async with open_chat() as chat:
        await chat.enter("said")
        await chat.enter("/qiut")
        await chat.pilot.press("ctrl+u")
        chat.prompt.insert_text("a draft")
    async with open_chat() as chat:
        await chat.enter("new")
        shown = []
        for _ in range(3):
            await chat.pilot.press("up")
            shown.append(chat.prompt.text)
        assert shown == ["new", "said", "said"]


async def test_the_configuration_may_forbid_it() -> None:
    before = settings()
    forgetful = replace(before, ui=replace(before.ui, keep_history=False))
    async with open_chat(with_settings=forgetful) as chat:
        await chat.enter("said")
        assert chat.client.said == ["said"]
    assert read() == []


@pytest.mark.usefixtures("no_folder")
async def test_the_chat_goes_on_without_a_disk() -> None:
    async with open_chat() as chat:
        await chat.sees("Input history cannot be kept")
        await chat.enter("said")
        assert chat.client.said == ["said"]
