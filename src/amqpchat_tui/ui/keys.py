"""What /help says about keys."""

from __future__ import annotations

KEYS = """\
Enter            — Send; Alt-Enter or Ctrl-J: a new row.
Up, Down         — Earlier lines.
Tab              — Complete a nick or a command.
Ctrl-F           — Find; Up, Down, or Enter, then n and N.
Alt-Up, Alt-Down — Pick a message: copy, open, quote.
Alt-P, N, U      — Mentions; where reading stopped.
Alt-O            — Outbox: send again, edit, drop.
PgUp, PgDn       — Scroll; Ctrl-Home: the oldest line.
Esc, Ctrl-End    — Back to the newest line.
Ctrl-C           — Copy, else clear, else offer /quit.
Ctrl-W U K Y     — Cut word, to start, to end; put back.
Ctrl-P, Ctrl-Z   — Themes and more; suspend.
Shift and mouse  — The terminal's own selection; or /mouse."""
