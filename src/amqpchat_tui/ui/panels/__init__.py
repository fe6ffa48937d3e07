"""What stands around scrollback and prompt: the status line, the outbox and the list of rooms."""
