"""Who is in a room, in words."""

from amqpchat_tui.wording.people import COMPANY_NAMED_AT_MOST, describe_company


def test_of_very_many_the_first_are_named_and_the_others_counted() -> None:
    here = [(f"n{number}", 1, None, False) for number in range(COMPANY_NAMED_AT_MOST + 1_200)]
    heard = [(f"s{number}", "12:00") for number in range(COMPANY_NAMED_AT_MOST)]
    first, second = describe_company("ops", "1,300", here, heard).split("\n")
    assert first.startswith("ops, 1,300 here: n0, n1, ")
    assert first.endswith(f" n{COMPANY_NAMED_AT_MOST - 1} and 1,200 more")
    assert second.endswith(f", s{COMPANY_NAMED_AT_MOST - 1} 12:00")
