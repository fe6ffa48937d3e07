"""What a person can do: one table of actions, and what a typed line or a key means by it."""
