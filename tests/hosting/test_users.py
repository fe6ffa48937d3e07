"""Where the passwords of a hosted chat come from."""

from pathlib import Path

import pytest

from amqpchat_tui.config import ConfigError
from amqpchat_tui.hosting.users import read_users


def passwords(
    names: list[str], file: Path | None = None, variable: str = "", asked: str = ""
) -> dict[str, str]:
    found = read_users(names, str(file) if file else None, variable, (lambda name: asked) if asked else None)
    return {name: password.reveal() for name, password in found.items()}


def test_they_come_from_a_file_the_environment_or_the_person_in_this_order(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text("# the workshop\n\nann:from:file\n")
    variable = "ann:from environment\nbob:also"
    expected = {"ann": "from:file", "bob": "also", "carol": "typed"}
    assert passwords(["ann", "bob", "carol"], file, variable, "typed") == expected


def test_each_is_asked_for_once() -> None:
    asked: list[str] = []

    def ask(name: str) -> str:
        asked.append(name)
        return "secret"

    read_users(["ann", "bob", "ann"], None, "", ask)
    assert asked == ["ann", "bob"]


def test_without_users_there_are_no_accounts() -> None:
    assert passwords([], variable="ann:secret") == {}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "ann",
            "--user ann: there is no password for it; give it at a terminal",
        ),
        ("guest", "--user: guest is everybody"),
        ("a:b", "--user: a name has visible characters"),
        (" ", "--user: a name has visible characters"),
        ("ann\x07", "--user: a name has visible characters"),
        ("ä" * 128, "--user: a name has visible characters"),
    ],
)
def test_a_user_that_cannot_be_is_told(name: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        passwords([name])
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ann secret", "line 1 is not NAME:PASSWORD"),
        (b"ann:", "line 1 is not NAME:PASSWORD"),
        (b"ann:\xff", "this is no UTF-8"),
        (b"x" * 70_000, "it is larger than 64 KiB"),
    ],
)
def test_a_file_that_is_none_is_told_and_not_shown(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "passwords"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        passwords(["ann"], file)
    assert str(raised.value) == f"{file}: {message}"
    with pytest.raises(ConfigError, match="No such file"):
        passwords(["ann"], tmp_path / "nowhere")
