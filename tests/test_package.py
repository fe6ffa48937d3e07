"""What `pip install .` brings: the wheel holds all that the program needs, and its console script runs."""

import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.support.terminal import Key, Terminal

ROOT = Path(__file__).parent.parent


def build(folder: Path) -> Path:
    """The wheel that pip builds of this tree, with what it gets for that from the package index."""
    pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def pip(python: str | Path, *arguments: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "--quiet", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _holds_packages(folder: str) -> bool:
    return Path(folder).name == "site-packages"


def test_the_wheel_holds_all_and_runs_when_it_is_installed(
    tmp_path: Path, open_terminal: Callable[..., Terminal]
) -> None:
    wheel = build(tmp_path)
    names = zipfile.ZipFile(wheel).namelist()
    assert {"amqpchat_tui/ui/chat.tcss", "amqpchat_tui/py.typed"} <= set(names)
    assert [name for name in names if name.endswith("/licenses/LICENSE")]
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"amqpchat_tui"}
    home = tmp_path / "venv"
    venv.create(home)
    (packages,) = home.glob("lib/python*/site-packages")
    pip(home / "bin" / "python", "install", "--no-deps", "--no-index", wheel)
    # Dependencies come from where the tests have theirs, behind the program itself.
    (packages / "dependencies.pth").write_text("\n".join(filter(_holds_packages, sys.path)))
    ran = subprocess.run(
        [home / "bin" / "python", "-c", "import amqpchat_tui; print(amqpchat_tui.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=home,
    )
    assert Path(ran.stdout).is_relative_to(packages)
    chat = open_terminal(home / "bin" / "amqpchat", "--url", "amqp://127.0.0.1:1/", "--name", "ann")
    chat.wait_for("nobody listens on 127.0.0.1:1", 30)
    chat.write("/quit" + Key.ENTER)
    assert chat.wait_exit() == 0
