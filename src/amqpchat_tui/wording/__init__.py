"""Sentences for people: how the connection stands, and where lines may be missing."""
