"""What has become of a configuration that was read again, in words."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.config.changes import Effect

_SAID = {
    Effect.AT_ONCE: "Changed",
    Effect.RECONNECT: "With /reconnect",
    Effect.START: "At the next start",
}


def describe_changes(changes: Sequence[tuple[str, Effect]]) -> str:
    """Tell what is configured otherwise than before, and when it takes effect."""
    if not changes:
        return "The configuration was read again: nothing has changed."
    keys = {effect: [key for key, when in changes if when is effect] for effect in Effect}
    told = [f"{_SAID[effect]}: {', '.join(keys[effect])}." for effect in Effect if keys[effect]]
    return " ".join(["The configuration was read again.", *told, "All else is unchanged."])


def describe_refusal(reason: str) -> str:
    """Tell why a configuration is not taken, and that all is as it was."""
    return f"The configuration stays as it was: {reason}"
