"""Searching the log: a list of what was found in the scrollback's place, and the way to a line and back."""
