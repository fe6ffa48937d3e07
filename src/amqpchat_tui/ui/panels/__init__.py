"""What stands around scrollback and prompt: the status line and the outbox."""
