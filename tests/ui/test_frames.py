"""How often the screen is painted, in a fresh interpreter: Textual decides when it is imported."""

import os
import subprocess
import sys

import pytest

PROGRAM = "import amqpchat_tui.ui.app, textual.constants; print(textual.constants.MAX_FPS)"


@pytest.mark.parametrize(("wanted", "used"), [(None, "1000"), ("30", "30")])
def test_a_key_is_painted_within_a_frame_that_the_person_may_choose(wanted: str | None, used: str) -> None:
    env = {name: value for name, value in os.environ.items() if name != "TEXTUAL_FPS"}
    if wanted is not None:
        env["TEXTUAL_FPS"] = wanted
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == used
