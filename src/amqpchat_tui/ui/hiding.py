"""Ignoring people and filtering lines, by command, and showing what is hidden."""

from __future__ import annotations

import time
from collections.abc import Callable

from amqpchat_tui.actions.hiding import read_filter, read_ignore
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import HidingKind, HidingRule
from amqpchat_tui.wire.text import clean_line
from amqpchat_tui.wording.hiding import (
    RuleRow,
    describe_configured,
    describe_end,
    describe_filtering,
    describe_ignoring,
    describe_revealing,
    rule_rows,
)


class HidingCommands:
    """What one can do about what is hidden, by its action."""

    def __init__(self, session: Session, *, tell: Callable[[str], None], hint: Callable[[str], None]) -> None:
        """`tell` says what was done, and `hint` what cannot be."""
        self._session = session
        self._hiding = session.hiding
        self._tell = tell
        self._hint = hint

    def do_ignore(self, whom: str = "") -> None:
        """Hide what somebody says, or tell who is ignored."""
        if not whom:
            return self._list(HidingKind.IGNORE)
        name, seconds = read_ignore(whom)
        until = None if seconds is None else time.time() + seconds
        rule = HidingRule(HidingKind.IGNORE, name, until=until)
        self._hiding.hide(rule)
        self._tell(describe_ignoring(rule, time.time()))

    def do_filter(self, what: str = "") -> None:
        """Hide lines with something in them, or tell what is hidden so."""
        if not what:
            return self._list(HidingKind.FILTER)
        rule = HidingRule(HidingKind.FILTER, *read_filter(what))
        self._hiding.hide(rule)
        self._tell(describe_filtering(rule))

    def do_unignore(self, name: str) -> bool:
        """Ignore somebody no more; False where they are not ignored."""
        return self._take_back(HidingKind.IGNORE, name, f"{clean_line(name, 40)} is not ignored.")

    def do_unfilter(self, name: str) -> bool:
        """Hide no more by a filter; False where there is none of that name."""
        return self._take_back(HidingKind.FILTER, name, f"There is no filter {clean_line(name, 40)}.")

    def do_hidden(self) -> bool:
        """Show what is hidden, in grey, or hide it again; False where nothing is."""
        lines = self._session.shown.scrollback.faded
        if not lines and not self._hiding.revealed:
            self._hint("Nothing is hidden here.")
            return False
        self._hiding.revealed = not self._hiding.revealed
        self._hint(describe_revealing(lines) if self._hiding.revealed else "")
        return True

    def _take_back(self, kind: HidingKind, name: str, otherwise: str) -> bool:
        rule = self._hiding.rule(kind, name)
        if rule is None:
            self._hint(otherwise)
            return False
        if self._hiding.is_configured(rule):
            self._hint(describe_configured(rule))
            return False
        self._hiding.take_back(rule)
        self._tell(describe_end(rule))
        return True

    def _list(self, kind: HidingKind) -> None:
        rows = [
            RuleRow(rule, self._hiding.count(rule), self._hiding.is_configured(rule))
            for rule in self._hiding.rules
            if rule.kind is kind
        ]
        self._tell("\n".join(rule_rows(kind, rows, time.time())))
