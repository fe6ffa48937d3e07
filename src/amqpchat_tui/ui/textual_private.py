"""What we use of Textual that it keeps to itself, each with a test that tells when it has changed."""

from __future__ import annotations

from textual import actions
from textual._time import get_time
from textual.widget import Widget

now = get_time
"""The clock that stamps messages, in seconds."""


def run_binding(widget: Widget, key: str) -> None:
    """Do what a widget's own bindings say for a key, at once; nothing where they say nothing.

    Textual runs bindings when the key has come out of the widget's queue and bubbled up to the app.
    """
    if bindings := widget._bindings.key_to_bindings.get(key):
        _, name, arguments = actions.parse(bindings[-1].action)
        try:
            getattr(widget, f"action_{name}")(*arguments)
        except actions.SkipAction:  # there is nothing to copy, or nowhere to scroll to
            return
