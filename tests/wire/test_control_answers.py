"""Answers of those who were asked who is in a room: a stranger may write anything into them."""

import json

import pytest

from amqpchat_tui.model import Answer, Hearsay, Occupant
from amqpchat_tui.wire.control import ANSWER_MAX_BYTES, ANSWER_MAX_OCCUPANTS

from .test_control import direct


def answered(body: bytes) -> Answer | None:
    incoming = direct("answer", body=body)
    if incoming is None:
        return None
    assert isinstance(incoming.message, Answer)
    return incoming.message


def told(
    nick: object = "ann", account: object = "", session: object = "5e56", **more: object
) -> list[object]:
    values = {"mailbox": "m", "away": None, "age": 3, "since": 60} | more
    return [nick, account, session, *values.values()]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b"[",
        b"[1]",
        b"[[]]",
        b'["bob"]',
        b"\xff\xfe",
        b"[" * 100_000,
        b'[["a","","s","m",null,' + b"9" * 10_000 + b",0]]",
        json.dumps([told(nick=7)]).encode(),
        json.dumps([told(age=1.5)]).encode(),
        b"[" + b" " * ANSWER_MAX_BYTES + b"]",
    ],
)
def test_one_that_makes_no_sense_is_ignored(body: bytes) -> None:
    assert answered(body) is None


def test_who_makes_no_sense_in_it_is_left_out() -> None:
    answer = answered(json.dumps([told(session=""), told(session="a\x00"), told(nick="carol")]).encode())
    assert answer is not None
    assert [one.who.nick for one in answer.occupants] == ["carol"]


def test_what_a_later_version_adds_is_left_out() -> None:
    answer = answered(json.dumps([[*told(), {"more": [1]}]]).encode())
    assert answer is not None
    assert answer.occupants == (Hearsay(Occupant("ann", "5e56", "", "m"), 3, None, 60),)


def test_no_more_are_read_than_are_sent() -> None:
    answer = answered(json.dumps([["a", "", str(n), "", None, 0, 0] for n in range(5_000)]).encode())
    assert answer is not None
    assert len(answer.occupants) == ANSWER_MAX_OCCUPANTS
