"""The screen: everything that knows Textual."""

import os

os.environ.setdefault("TEXTUAL_FPS", "1000")
"""A key behind a repaint waits one or two of Textual's frames for its own: with 60 a second, 17 to 33 ms.

The screen has its own pace for news, and paints no more than the terminal takes.
"""
