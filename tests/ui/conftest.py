"""What every test of the screen gets."""

from __future__ import annotations

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_parse_rules = Stylesheet._parse_rules
_rules: dict[object, list[RuleSet]] = {}


@pytest.fixture(autouse=True)
def _quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for idleness, which Textual's pilot does twice a key, every 5 ms: 20 are most of a test's time."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.005)


@pytest.fixture(autouse=True)
def _parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse each stylesheet once for all apps: it takes a third of an app's start."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)


def _parse_once(
    self: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    key = css, read_from, is_default_rules, tie_breaker, scope, tuple(self._variables.items())
    if key not in _rules:
        _rules[key] = _parse_rules(self, css, read_from, is_default_rules, tie_breaker, scope)
    return _rules[key]
