"""Who is who: a claim only where the broker has checked it, a warning once where a nick changes hands."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.chat.people.accounts import MAX_REMEMBERED, Accounts, Mark
from tests.wire.wild import few


class Book:
    """Accounts, and what was warned of."""

    def __init__(self, *heard: tuple[str, str]) -> None:
        self.warnings: list[str] = []
        self.accounts = Accounts(self.warnings.append)
        for nick, account in heard:
            self.accounts.hear(nick, account)

    def called(self, nick: str, account: str = "") -> str:
        return str(self.accounts.called(nick, account))


def test_with_one_account_for_all_there_is_no_mark() -> None:
    assert Book(("bob", ""), ("ann", "")).called("bob") == "bob"
    assert Book(("ops", "ops"), ("ann", "ops")).called("ops", "ops") == "ops"


def test_a_nick_that_is_its_accounts_name_is_verified() -> None:
    book = Book(("bob", "bob"), ("ann", "ann"))
    assert book.called("bob", "bob") == "bob ✓"
    assert book.called("bob") == "bob ?"
    assert book.called("carol") == "carol"


def test_an_earlier_line_is_judged_by_what_is_known_now() -> None:
    book = Book(("bob", "bob"))
    assert book.called("bob", "bob") == "bob"
    book.accounts.hear("ann", "ann")
    assert book.called("bob", "bob") == "bob ✓"


def test_our_own_account_is_in_use_too_as_long_as_it_is_ours() -> None:
    book = Book(("bob", "bob"))
    book.accounts.log_in("ann")
    assert book.called("bob", "bob") == "bob ✓"
    assert book.called("ann", "ann") == "ann ✓"
    book.accounts.log_in("bob")
    assert book.called("bob", "bob") == "bob"


def test_it_tells_when_a_mark_may_have_changed() -> None:
    accounts = Book(("bob", "")).accounts
    changes = [accounts.changes]
    for nick, account in [("bob", ""), ("bob", "ops"), ("bob", "ops"), ("bob", "bob"), ("bob", "bob")]:
        accounts.hear(nick, account)
        changes.append(accounts.changes)
    news = [after > before for before, after in pairwise(changes)]
    assert news == [False, True, False, True, False]


@pytest.mark.parametrize(("own", "changes"), [("", 0), ("alice", 1)])
def test_who_is_heard_first_may_change_our_own_mark_alone(own: str, changes: int) -> None:
    accounts = Book().accounts
    accounts.log_in(own)
    before = accounts.changes
    accounts.hear("bob", "")
    assert accounts.changes - before == changes


@pytest.mark.parametrize("nick", ["carol", "Bob", "bob ", "bоb"])
def test_another_nick_is_not_verified_by_a_checked_account(nick: str) -> None:
    assert Book((nick, "bob"), ("ann", "ann")).called(nick, "bob") == nick


@pytest.mark.parametrize(
    ("account", "name", "warning"),
    [
        (
            "",
            "bob ?",
            "bob was known as account ops, and now comes without an account: anybody may take a name",
        ),
        (
            "guest",
            "bob (guest) ?",
            "bob was known as account ops, and now comes from account guest: who is it?",
        ),
    ],
)
def test_a_nick_that_changes_hands_is_told_with_both_accounts_and_warned_of_once(
    account: str, name: str, warning: str
) -> None:
    book = Book(("bob", "ops"))
    assert book.called("bob", "ops") == "bob"
    for account_of_line in account, "ops", account:
        book.accounts.hear("bob", account_of_line)
    assert book.warnings == [warning]
    assert book.called("bob", account) == name
    assert book.called("bob", "ops") == "bob (ops)"


def test_each_line_is_judged_by_its_own_account() -> None:
    book = Book(("bob", "bob"), ("bob", ""))
    assert book.called("bob", "bob") == "bob ✓"
    assert book.called("bob") == "bob ?"


def test_who_looks_alike_is_doubtful() -> None:
    book = Book(("bob", "bob"), ("BOB", ""))
    assert len(book.warnings) == 1
    assert book.called("BOB") == "BOB ?"


def test_a_nick_that_reads_like_somebody_with_an_account_is_that_accounts() -> None:
    book = Book(("bob", "ops"), ("bob (ops)", "eve"))
    assert len(book.warnings) == 1
    assert book.called("bob (ops)", "eve") == "bob (ops) (eve) ?"
    assert book.called("bob (ops)") == "bob (ops) ?"
    assert book.called("bob (home)", "eve") == "bob (home)"


def test_a_nick_goes_to_the_account_of_its_name_whoever_had_it_first() -> None:
    book = Book(("carol", "mallory"), ("carol", "carol"))
    assert book.warnings == []
    book.accounts.hear("carol", "mallory")
    assert book.warnings == [
        "carol was known as account carol, and now comes from account mallory: who is it?"
    ]
    assert book.called("carol", "carol") == "carol ✓"
    assert book.called("carol", "mallory") == "carol (mallory) ?"


def test_nicks_without_an_account_belong_to_nobody() -> None:
    book = Book(*((f"nick{n}", "") for n in range(3 * MAX_REMEMBERED)), ("bob", "ops"), ("bob", ""))
    assert len(book.warnings) == 1


def test_no_flood_makes_us_forget_whose_a_nick_is() -> None:
    flood = [(f"nick{n}", "mallory") for n in range(3 * MAX_REMEMBERED)]
    book = Book(("bob", "ops"), ("ann", "ann"), *flood, ("bob", ""), ("ann", "mallory"))
    assert len(book.warnings) == 2


names = st.sampled_from(["bob", "Bob", "ann", "ops", ""])


@few
@given(st.lists(st.tuples(names.filter(bool), names)))
def test_only_the_owner_of_a_name_is_ever_verified(heard: list[tuple[str, str]]) -> None:
    book = Book(*heard)
    for nick in "bob", "Bob", "ann":
        for account in "", "bob", "ann", "ops":
            if book.accounts.called(nick, account).mark is Mark.VERIFIED:
                assert nick == account
                assert book.called(nick, account) == f"{nick} ✓"
    assert len(book.warnings) == len(set(book.warnings))
