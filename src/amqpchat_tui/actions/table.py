"""Everything that a person can do, a row each.

Parsing and completion of commands, `/help`, the palette, the hints of the bars and the tables of the README
are made from this table. Who carries an action out is found by its `id`.
"""

from __future__ import annotations

from amqpchat_tui.actions import conversing, reading, writing

ACTIONS = (*conversing.ROWS, *writing.ROWS, *reading.ROWS)
"""Everything that a person can do."""

COMMANDS = tuple(action for action in ACTIONS if action.command)
"""The actions that have a command."""

BY_ID = {action.id: action for action in ACTIONS}
"""Each action under its id."""

BY_COMMAND = {name: action for action in COMMANDS for name in action.names}
"""Each command, and each of its aliases, with its action."""
