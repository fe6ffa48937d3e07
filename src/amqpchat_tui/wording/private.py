"""Sentences about private lines: who gets them, and what has become of them."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.wording.lists import enumerated

NOT_KNOWN_ANY_MORE = "kept from last time, for who is gone: e edits it"


def describe_secrecy(nick: str, *, script: bool) -> str:
    """Say once, at the start of a conversation, who may read it."""
    if script:
        return f"Private, from {nick}: a plain script. Whoever runs the broker could read it."
    return f"Only {nick}'s client gets this; whoever runs the broker could read it."


def describe_absence(nick: str) -> str:
    """Say why a line has come back."""
    return f"{nick} is not here"


def describe_return(nick: str, account: str) -> str:
    """Say that who is known by their account is here again."""
    return f"{nick} was not here, and account {account} is back: s sends it"


def describe_another(nick: str) -> str:
    """Say that a line under the same nick is not from whom one writes to."""
    return f"This {nick} is not the one you write to: anybody may take a name. /msg {nick} chooses anew."


def describe_change(nick: str) -> str:
    """Say that one writes to somebody else from here on."""
    return f"From here on you write to another {nick} than before."


def describe_other_mailbox(nick: str) -> str:
    """Say that the mailbox of whom one writes to is another, and that nobody has checked whose it is."""
    return (
        f"From here on it goes to {nick} on another connection, or to somebody who pretends to be {nick}: "
        "without an account nobody can tell."
    )


def describe_renaming(former: str, nick: str) -> str:
    """Say that whom one writes to goes by another nick."""
    return f"{former} is now {nick}."


def describe_stranger(nick: str) -> str:
    """Say that it is not known whether one has written with them before."""
    return f"Whether this is the {nick} of last time is not known: anybody may take a name."


def describe_excess(nick: str) -> str:
    """Say that somebody says too much."""
    return f"{nick} says too much at once: some lines are left out here."


def describe_crowd() -> str:
    """Say that too many strangers write."""
    return "Too many strangers write to you: more are left out. /leave @ closes what you have not answered."


def describe_nobody(nick: str) -> str:
    """Say that nobody goes by a nick who can be written to."""
    return f"Nobody is known as {nick}: only who has spoken or is in a roster can be reached."


def describe_plain(nick: str) -> str:
    """Say that a plain script cannot be written to."""
    return f"{nick} speaks through a plain script, which nothing private can reach."


def describe_new(nick: str) -> str:
    """Say that whom one wrote to is gone."""
    return f"The {nick} you wrote to is not here. /msg {nick} writes to whoever is called so now."


def describe_choice(nick: str, people: Sequence[tuple[str, str]]) -> str:
    """Ask which of several people is meant, each by their account and since when they are known."""
    known = [
        f"/msg {nick}#{number} is {f'account {account}' if account else 'without account'}, since {since}"
        for number, (account, since) in enumerate(people, 1)
    ]
    return f"{len(people)} are called {nick}: {enumerated(known)}."


def describe_said(label: str, number: int, text: str) -> str:
    """Say here what was said in a private conversation."""
    return f"To {label}, conversation {number}: {text}"
