"""The scrollback on the screen: its widget, and how a row is painted."""
