"""The screen: everything that knows Textual."""

import os

os.environ.setdefault("TEXTUAL_FPS", "120")
"""Textual waits up to a frame before it paints a key: with its own 60 in a second, 17 ms."""
