"""What keys do to what one writes: in the prompt, and to lines that no room has heard."""

from __future__ import annotations

from amqpchat_tui.actions.action import Action, Scope

_PROMPT, _OUTBOX, _RECALL = (Scope.PROMPT,), (Scope.OUTBOX,), (Scope.RECALL,)

ROWS = (
    # The prompt
    Action("send", "Send.", _PROMPT, ("enter",), needed=True),
    Action(
        "new_row",
        "Begin a new row.",
        _PROMPT,
        ("alt+enter", "ctrl+j", "shift+enter"),
        brief=True,
    ),
    Action("up", "A row up; at the top, earlier lines.", _PROMPT, ("up",), brief=True),
    Action("down", "A row down; at the bottom, later lines.", _PROMPT, ("down",)),
    Action("complete", "Complete a nick or a command.", _PROMPT, ("tab",), brief=True),
    Action("complete_back", "The completion before.", _PROMPT, ("shift+tab",)),
    Action("row_start", "Go to the start of the row.", _PROMPT, ("ctrl+a",)),
    Action("row_end", "Go to the end of the row.", _PROMPT, ("ctrl+e",)),
    Action("home", "The start of the row; in an empty prompt, the oldest line.", _PROMPT, ("home",)),
    Action("end", "The end of the row; in an empty prompt, the newest line.", _PROMPT, ("end",)),
    Action("word_left", "Go a word back.", _PROMPT, ("alt+b",)),
    Action("word_right", "Go a word on.", _PROMPT, ("alt+f",)),
    Action("cut_to_blank", "Cut back to the blank before.", _PROMPT, ("ctrl+w",)),
    Action("cut_word", "Cut the word before.", _PROMPT, ("alt+backspace", "ctrl+backspace")),
    Action("cut_next_word", "Cut the word after.", _PROMPT, ("alt+d", "alt+delete", "ctrl+delete")),
    Action("cut_to_start", "Cut to the start of the row.", _PROMPT, ("ctrl+u",)),
    Action(
        "cut_to_end", "Cut to the end of the row; in an empty prompt, as {choose_room}.", _PROMPT, ("ctrl+k",)
    ),
    Action("put_back", "Put back what was cut.", _PROMPT, ("ctrl+y",)),
    Action(
        "interrupt",
        "Copy, else clear, else offer /quit.",
        _PROMPT,
        ("ctrl+c",),
        brief=True,
    ),
    Action("back", "Leave a thread, or go to the newest.", _PROMPT, ("escape",), brief=True),
    Action(
        "editor",
        "Write in your $EDITOR.",
        _PROMPT,
        ("alt+e",),
        command="editor",
        palette="Write in your $EDITOR",
        brief=True,
    ),
    Action("recall", "Find a line that you entered.", _PROMPT, ("ctrl+r",), brief=True),
    # Finding a line that was entered
    Action("recall_older", "The one before with that in it.", _RECALL, ("up", "ctrl+r"), hint=""),
    Action("recall_newer", "The one after.", _RECALL, ("down",), hint=""),
    Action("recall_take", "Take it into the prompt.", _RECALL, ("enter", "tab"), hint="take", needed=True),
    Action(
        "recall_close",
        "Leave what is written as it is.",
        _RECALL,
        ("escape", "ctrl+c", "ctrl+g"),
        hint="back",
        needed=True,
    ),
    # A line that the room has not heard
    Action("outbox", "Decide about lines nobody has heard.", _PROMPT, ("alt+o",), brief=True),
    Action("resend", "Send a line that failed again.", _OUTBOX, bar_keys=("s", "enter"), hint="send again"),
    Action("edit", "Take the line back into the prompt.", _OUTBOX, bar_keys=("e",), hint="edit"),
    Action("drop", "Forget the line.", _OUTBOX, bar_keys=("d", "delete"), hint="drop"),
    Action("outbox_above", "The line above.", _OUTBOX, bar_keys=("up", "k"), hint=""),
    Action("outbox_below", "The line below.", _OUTBOX, bar_keys=("down", "j"), hint=""),
    Action(
        "outbox_close",
        "Leave the outbox as it is.",
        _OUTBOX,
        bar_keys=("escape", "ctrl+c", "alt+o", "q"),
        hint="back",
        needed=True,
    ),
)
