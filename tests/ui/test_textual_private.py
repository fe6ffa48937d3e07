"""What Textual keeps to itself is still as we use it."""

from textual.message import Message
from textual.widgets import TextArea

from amqpchat_tui.ui.textual_private import now, run_binding
from tests.ui.chat import open_chat


def test_messages_are_stamped_by_the_clock_that_we_ask() -> None:
    before = now()
    assert before <= Message().time <= now()


async def test_a_widget_s_own_bindings_can_be_run_at_once() -> None:
    async with open_chat() as chat:
        chat.prompt.insert_text("abc")
        run_binding(chat.prompt, "left")
        run_binding(chat.prompt, "backspace")
        assert chat.prompt.text == "ac"
        run_binding(chat.prompt, "f12")
        assert isinstance(chat.prompt, TextArea)
