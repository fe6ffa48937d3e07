"""Who may log in to the embedded broker, and what it keeps of passwords."""

from amqpchat_tui.broker.accounts import Accounts
from amqpchat_tui.passwords import PasswordHash


def test_each_user_has_a_password() -> None:
    accounts = Accounts({"ann": PasswordHash.of("secret"), "bob": PasswordHash.of("höher")})
    assert accounts.check("ann", "secret")
    assert accounts.check("bob", "höher")
    for user, password in (("ann", "höher"), ("ann", ""), ("carol", ""), ("", ""), ("carol", "secret")):
        assert not accounts.check(user, password)


def test_nothing_that_is_kept_shows_a_password_or_that_two_are_the_same() -> None:
    first, second = PasswordHash.of("secret"), PasswordHash.of("secret")
    assert first != second
    assert b"secret" not in first.salt + first.digest
    assert "secret" not in repr(first)
