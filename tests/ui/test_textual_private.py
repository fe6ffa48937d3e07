"""What Textual keeps to itself is still as we use it, and used in as few files as can be."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from unittest.mock import Mock, patch

import pytest
from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.command import CommandList
from textual.css.stylesheet import Stylesheet
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import Monochrome, NoColor
from textual.geometry import Size
from textual.keys import Keys
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widgets import Static, TextArea

from amqpchat_tui import ui
from amqpchat_tui.ui import textual_private as private
from amqpchat_tui.ui.driver import ChatDriver
from tests.support.waiting import wait_until
from tests.ui.chat import open_chat


def test_messages_are_stamped_by_the_clock_that_we_ask() -> None:
    before = private.now()
    assert before <= Message().time <= private.now()


async def test_a_widget_s_own_bindings_can_be_run_at_once() -> None:
    async with open_chat() as chat:
        chat.prompt.insert_text("abc")
        private.run_binding(chat.prompt, "left")
        private.run_binding(chat.prompt, "backspace")
        assert chat.prompt.text == "ac"
        private.run_binding(chat.prompt, "f12")
        assert isinstance(chat.prompt, TextArea)


async def test_the_first_screen_comes_up_with_the_styles_that_all_has_been_given() -> None:
    with patch.object(Stylesheet, "apply", autospec=True, side_effect=Stylesheet.apply) as apply:
        async with open_chat() as chat:
            assert [call.args[1] for call in apply.call_args_list].count(chat.scrollback) == 1


async def test_text_takes_the_place_of_the_selection_unless_the_widget_is_read_only() -> None:
    async with open_chat() as chat:
        chat.prompt.insert_text("abc")
        chat.prompt.select_all()
        result = private.replace_text(chat.prompt, "de")
        assert result is not None
        assert (chat.prompt.text, result.end_location) == ("de", (0, 2))
        chat.prompt.read_only = True
        assert private.replace_text(chat.prompt, "f") is None


def test_keys_have_their_names() -> None:
    assert private.KEYS_BY_SEQUENCE["\x1b[A"] == (Keys.Up,)
    assert private.FUNCTIONAL_KEYS["1A"] == "up"
    assert "left_alt" in private.MODIFIER_FUNCTIONAL_KEYS
    assert private.CHARACTERS_BY_KEY["enter"] == "\r"
    assert private.character_to_key("!") == "exclamation_mark"


def test_reports_of_the_mouse_are_parsed() -> None:
    clicked = private.XTermParser().parse_mouse_code("\x1b[<0;3;4M")
    assert isinstance(clicked, events.MouseDown)
    assert (clicked.x, clicked.y) == (2, 3)


class Failing(private.QuietApp):
    def on_mount(self) -> None:
        raise ZeroDivisionError


async def test_an_error_in_a_handler_ends_the_app_quietly() -> None:
    app = Failing()
    with pytest.raises(ZeroDivisionError):
        async with app.run_test():
            pass
    assert isinstance(app.crash, ZeroDivisionError)
    assert app.return_code == 1
    assert not app._exit_renderables


async def test_an_error_beside_the_handlers_ends_the_app_quietly() -> None:
    app = private.QuietApp()
    async with app.run_test():
        app.panic("what Textual would print")
    assert str(app.crash) == "the terminal failed"
    assert app.return_code == 1
    assert not app._exit_renderables


async def test_an_app_has_its_driver_while_it_runs() -> None:
    app = private.QuietApp()
    assert app.driver is None
    async with app.run_test():
        assert app.driver is not None


def test_without_colours_there_are_not_even_greys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    app = private.QuietApp()
    assert any(isinstance(kept, Monochrome) for kept in app._filters), "Textual keeps colours off by itself"
    app.keep_colors_off()
    assert [type(kept) for kept in app._filters if isinstance(kept, (Monochrome, NoColor))] == [NoColor]


class Gate(private.GatedScreen):
    def __init__(self) -> None:
        super().__init__()
        self.open = True
        self.asked = 0

    def compose(self) -> ComposeResult:
        yield Static("as it was", id="text")

    def paint(self) -> None:
        self.asked += 1
        if self.open:
            super().paint()
        else:
            self.leave_unpainted()


async def test_a_screen_knows_when_text_is_selected() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        gate = Gate()
        await app.push_screen(gate)
        assert not gate.selects
        await pilot.mouse_down("#text", offset=(1, 0))
        assert gate.selects
        await pilot.mouse_up("#text", offset=(3, 0))
        assert not gate.selects


async def test_a_screen_paints_when_it_wants_to() -> None:
    app = App[None]()
    async with app.run_test():
        gate = Gate()
        await app.push_screen(gate)
        await wait_until(lambda: gate.asked > 0, what="the screen to be asked for its first frame")
        gate.open = False
        before = gate.asked
        gate.query_one("#text", Static).update("as it is")
        await wait_until(lambda: gate.asked > before, what="the screen to be asked")
        assert not gate._update_timer._active.is_set(), "who does not want to paint is asked again and again"
        refused, gate.open = gate.asked, True
        gate.check_idle()
        await wait_until(lambda: gate.asked > refused, what="the screen to be asked again")


class Question(private.SeenModal):
    def __init__(self) -> None:
        super().__init__()
        self.laid_out: list[bool] = []

    def compose(self) -> ComposeResult:
        yield Static("May I?")

    def painting(self) -> None:
        self.laid_out.append(bool(self.query_one(Static).region))


async def test_a_question_knows_when_it_is_painted() -> None:
    app = App[None]()
    async with app.run_test():
        question = Question()
        await app.push_screen(question)
        await wait_until(lambda: any(question.laid_out), what="the question to be painted")


async def test_a_page_down_in_a_palette_s_list_that_is_not_laid_out_yet_does_nothing() -> None:
    app = App[None]()
    async with app.run_test():
        palette = private.CalmPalette()
        await app.push_screen(palette)
        with patch.object(CommandList, "action_page_down", side_effect=KeyError) as page_down:
            palette._action_command_list("page_down")
        page_down.assert_called_once_with()


class Shouting(private.CellInput):
    def drawn(self) -> Text:
        return Text(super().drawn().plain.upper())

    def index_at(self, cell: int) -> int:
        return super().index_at(cell) // 2 * 2


async def test_an_input_is_drawn_and_clicked_as_it_says() -> None:
    class OneInput(App[None]):
        def compose(self) -> ComposeResult:
            yield Shouting("abcdef", compact=True)

    async with OneInput().run_test() as pilot:
        field = pilot.app.query_one(Shouting)
        assert "ABCDEF" in field.render_line(0).text
        await pilot.click(Shouting, offset=(3, 0))
        assert field.cursor_position == 2


def test_the_driver_has_what_ours_uses_and_replaces() -> None:
    shared = own_names(ChatDriver) & private_names(LinuxDriver)
    assert shared == {
        "_app",
        "_file",
        "_get_terminal_size",
        "_loop",
        "_must_signal_resume",
        "_query_in_band_window_resize",
        "_sigcont_application",
        "_size",
        "_writer_thread",
    }
    assert inspect.iscoroutinefunction(MessagePump._post_message)


PUBLIC = {"_exit", "_replace"}
"""What anybody may use of `os` and of named tuples, in spite of its name."""


def private_names(cls: type) -> frozenset[str]:
    """The private names that a class and its bases define, or use of themselves."""
    return frozenset().union(
        *(own_names(base) for base in cls.__mro__ if base.__module__.startswith("textual."))
    )


@cache
def own_names(cls: type) -> frozenset[str]:
    body = list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(cls)))))
    used = {node.attr for node in body if isinstance(node, ast.Attribute) and of_itself(node)}
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(name for name in used | defined if is_private(name))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def of_itself(node: ast.Attribute) -> bool:
    return ast.unparse(node.value) in ("self", "cls", "super()")


def trespasses(file: Path, module: ModuleType) -> Iterator[str]:
    """Where a file of ours uses what Textual keeps to itself."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual"):
            imported = ".".join([str(node.module), *(alias.name for alias in node.names)])
            if any(map(is_private, imported.split("."))):
                yield f"{file.name}:{node.lineno} imports {imported}"
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and not of_itself(node):
            yield f"{file.name}:{node.lineno} uses {ast.unparse(node)}"
    classes: list[type] = [member for member in vars(module).values() if inspect.isclass(member)]
    for cls in classes:
        if cls.__module__ == module.__name__:
            for name in sorted(own_names(cls) & private_names(cls)):
                yield f"{file.name}: {cls.__name__}.{name} is Textual's"


def test_no_other_file_uses_a_private_name_of_textual() -> None:
    folder = Path(inspect.getfile(ui)).parent
    found: dict[str, list[str]] = {}
    for file in folder.rglob("*.py"):
        if file.name != "__init__.py":
            parts = file.relative_to(folder).with_suffix("").parts
            module = importlib.import_module(".".join([ui.__name__, *parts]))
            if trespassed := list(trespasses(file, module)):
                found[file.name] = trespassed
    assert set(found) == {"textual_private.py", "driver.py"}, found


async def test_a_resize_is_followed_though_textual_s_timer_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_chat() as chat:
        monkeypatch.setattr(chat.app, "set_timer", lambda *_: Mock())
        sizes = Size(60, 20), Size(70, 22)
        for size in sizes:
            chat.app.post_message(events.Resize(size, size))
        await wait_until(lambda: chat.scrollback.size.width == sizes[-1].width, what="the latest size")
