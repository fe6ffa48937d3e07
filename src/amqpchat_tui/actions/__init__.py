"""What a person can do, and what a typed line means by it."""
