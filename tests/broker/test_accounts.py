"""Who may log in to the embedded broker, and how slowly wrong passwords are refused."""

from amqpchat_tui.broker.accounts import REFUSAL_SECONDS, REFUSALS_PER_SECOND, Accounts


def test_each_user_has_a_password() -> None:
    accounts = Accounts({"ann": "secret", "bob": "höher"})
    assert accounts.check("ann", "secret")
    assert accounts.check("bob", "höher")
    for user, password in (("ann", "höher"), ("ann", ""), ("carol", ""), ("", ""), ("carol", "secret")):
        assert not accounts.check(user, password)


def test_nobody_gets_in_with_the_password_of_nobody() -> None:
    assert not Accounts({}).check("ann", "the password of users whom there are not")


def test_a_refusal_takes_a_while_and_many_at_once_wait_their_turn() -> None:
    accounts = Accounts({"ann": "secret"})
    assert accounts.refuse_at(100.0) == 100.0 + REFUSAL_SECONDS
    last = [accounts.refuse_at(100.0) for _ in range(10 * REFUSALS_PER_SECOND)][-1]
    assert 109.9 < last - REFUSAL_SECONDS < 110.1, "whoever tries with many connections is not faster"
    assert accounts.refuse_at(1000.0) == 1000.0 + REFUSAL_SECONDS
