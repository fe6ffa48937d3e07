"""What the README shows is what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from amqpchat_tui.arguments import parse
from amqpchat_tui.config import Flags, config_file
from amqpchat_tui.model import Phase
from tests.tables import with_tables

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", ["send", "listen"])
def test_the_plain_scripts_are_those_that_the_tests_run(name: str) -> None:
    assert f"```python\n{(ROOT / 'tests' / 'plain' / f'{name}.py').read_text()}```" in README


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md", "docs/wire.md"])
def test_links_and_pictures_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text()
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    missing = [target for target in targets if not (ROOT / document).parent.joinpath(target).exists()]
    assert not missing


def test_its_tables_are_made_from_what_there_is() -> None:
    assert with_tables(README) == README, "run `python -m tests.tables`"
    assert "| `/nick NAME` | Send later lines as NAME. |" in README


def test_every_state_is_documented() -> None:
    for phase in Phase:
        assert re.search(rf"`. {phase.value}", README)


def test_every_variable_is_documented() -> None:
    for name in ("URL", "PASSWORD", "NAME", "ROOM", "CONFIG"):
        assert f"`AMQPCHAT_{name}`" in README
    assert config_file(Flags(), {}).name == "config.toml"


def test_every_command_line_is_understood() -> None:
    examples = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
    shown = re.findall(r"(?<![\w/.-])(?:\.chat/bin/)?amqpchat( [^\n]*)$", examples, re.MULTILINE)
    shown += re.findall(r"`amqpchat( [^`]*)`", README)
    assert shlex.split(shown[0]) == ["--host"], "the first command needs nothing installed"
    for arguments in shown:
        argv = shlex.split(arguments, comments=True)
        if "--help" not in argv:
            parse(argv)
