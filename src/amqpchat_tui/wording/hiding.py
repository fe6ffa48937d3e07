"""What is hidden, in words."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from amqpchat_tui.model import ACCOUNT_PREFIX, HidingKind, HidingRule
from amqpchat_tui.wording.times import clock_time


class RuleRow(Struct, frozen=True):
    """What is told of a rule."""

    rule: HidingRule
    lines: int
    """How many it hides."""
    configured: bool
    """Whether it stands in the configuration."""


def describe_ignoring(rule: HidingRule, now: float) -> str:
    """Tell that somebody is ignored, and what that is worth."""
    anybody = "" if rule.name.startswith(ACCOUNT_PREFIX) else " Anybody may take another name."
    return f"{rule.name} is ignored{_until(rule, now)}; /unignore {rule.name} ends that.{anybody}"


def describe_filtering(rule: HidingRule) -> str:
    """Tell what is hidden from now on."""
    return f"Lines with “{rule.pattern}” are hidden{_where(rule)}; /unfilter {rule.name} ends that."


def describe_end(rule: HidingRule) -> str:
    """Tell that something is hidden no more."""
    if rule.kind is HidingKind.IGNORE:
        return f"{rule.name} is ignored no more."
    return f"Lines with “{rule.pattern}” are hidden no more{_where(rule)}."


def describe_configured(rule: HidingRule) -> str:
    """Tell why something cannot be taken back by a command."""
    key = "hide.ignore" if rule.kind is HidingKind.IGNORE else f"hide.filters.{rule.name}"
    return f"Take {rule.name} out of {key} in the configuration file."


def describe_revealing(lines: int) -> str:
    """Tell that what is hidden is shown now."""
    return f"{lines:,} hidden {'line' if lines == 1 else 'lines'} here, shown in grey now."


def rule_rows(kind: HidingKind, rules: Sequence[RuleRow], now: float) -> Sequence[str]:
    """List the rules of a kind, each with how many lines it hides."""
    if not rules:
        if kind is HidingKind.IGNORE:
            return ["Nobody is ignored. /ignore NICK does so."]
        return ["There is no filter. /filter NAME PATTERN makes one, as in /filter health probe * ok"]
    width = max(len(row.rule.name) for row in rules)
    title = "Ignored:" if kind is HidingKind.IGNORE else "Filters:"
    return [title, *(f"  {row.rule.name:<{width}}  {_standing(row, now)}" for row in rules)]


def _standing(row: RuleRow, now: float) -> str:
    rule = row.rule
    what = f"“{rule.pattern}”{_where(rule)} · " if rule.pattern else ""
    number = f"{row.lines:,} {'line' if row.lines == 1 else 'lines'}"
    return f"{what}{number}{_until(rule, now)}{' · configured' if row.configured else ''}"


def _where(rule: HidingRule) -> str:
    return f" in {rule.room}" if rule.room else ""


def _until(rule: HidingRule, now: float) -> str:
    return "" if rule.until is None else f" until {clock_time(rule.until, now)}"
