"""What goes from client to client alone: our mailbox, and the way to those of others."""
