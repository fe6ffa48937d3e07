"""Bars that stand in for the prompt, and take its keys, while one decides about something."""
