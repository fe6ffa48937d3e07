"""What queues are declared with: the arguments that each kind has, and what they mean. Pure, as `routing`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.queues import label
from amqpchat_tui.broker.stream import SEGMENT_BYTES, Limits

Arguments = Mapping[str, object]

CLASSIC, STREAM = "classic", "stream"
_COMPARED = {
    CLASSIC: ("x-max-length", "x-overflow", "x-max-length-bytes", "x-message-ttl"),
    STREAM: (
        "x-max-length-bytes",
        "x-max-age",
        "x-stream-max-segment-size-bytes",
        "x-initial-cluster-size",
        "x-queue-leader-locator",
    ),
}
"""What must be the same when a queue is declared again, by its kind."""
_ONLY_STREAMS = {
    "x-max-age",
    "x-stream-max-segment-size-bytes",
    "x-initial-cluster-size",
    "x-queue-leader-locator",
}
_ABSENT = {
    "x-message-ttl",
    "x-expires",
    "x-dead-letter-exchange",
    "x-max-length-bytes",
    "x-max-priority",
    "x-single-active-consumer",
}
"""What classic queues have, but not those of this broker."""
_NO_STREAMS = {
    *_ABSENT - {"x-max-length-bytes"},
    "x-max-length",
    "x-overflow",
    "x-dead-letter-routing-key",
    "x-queue-mode",
    "x-queue-master-locator",
}
_DAY = 24 * 60 * 60
_UNITS = {"s": 1, "m": 60, "h": 60 * 60, "D": _DAY, "M": 30 * _DAY, "Y": 365 * _DAY}
_interval = re.compile(r"([0-9]{1,15})([YMDhms])")


def kind_of(name: str, arguments: Arguments) -> str:
    """Return which kind of queue is asked for.

    Raises:
        AmqpError: if there is none such.
    """
    kind = arguments.get("x-queue-type", CLASSIC)
    if kind in (CLASSIC, STREAM):
        return str(kind)
    if kind == "quorum":
        raise AmqpError(540, "this broker has classic queues and streams only, no quorum queues")
    raise _invalid(name, "x-queue-type", f"unsupported queue type '{kind}'")


def check_classic(name: str, arguments: Arguments) -> None:
    """Refuse what no classic queue here has.

    Raises:
        AmqpError: with the reason.
    """
    _refuse(name, _ONLY_STREAMS & arguments.keys(), CLASSIC)
    _natural(name, arguments, "x-max-length")
    if (overflow := arguments.get("x-overflow", "drop-head")) != "drop-head":
        if overflow in ("reject-publish", "reject-publish-dlx"):
            raise AmqpError(540, "this broker's full queues only drop their oldest (x-overflow=drop-head)")
        raise _invalid(name, "x-overflow", repr(overflow))
    if absent := sorted(_ABSENT & arguments.keys()):
        raise AmqpError(540, f"this broker has no {', '.join(absent)}")


def limits_of(name: str, arguments: Arguments) -> Limits:
    """Return when a stream of this name is to drop its oldest.

    Raises:
        AmqpError: if no stream has such arguments.
    """
    _refuse(name, _NO_STREAMS & arguments.keys(), STREAM)
    max_bytes = _natural(name, arguments, "x-max-length-bytes")
    segment_bytes = _natural(name, arguments, "x-stream-max-segment-size-bytes")
    max_age = None
    if (age := arguments.get("x-max-age")) is not None and (max_age := seconds(age)) is None:
        raise _invalid(name, "x-max-age", "invalid_max_age")
    return Limits(max_bytes, max_age, SEGMENT_BYTES if segment_bytes is None else segment_bytes)


def seconds(interval: object) -> float | None:
    """Return how long an interval such as "30D" or "1h" is; None if it is none."""
    match = _interval.fullmatch(interval) if isinstance(interval, str) else None
    return int(match[1]) * _UNITS[match[2]] or None if match else None


def check_equivalent(name: str, wanted: Arguments, current: Arguments) -> None:
    """See that a queue is declared as the one there was.

    Raises:
        AmqpError: if it is not.
    """
    there = current.get("x-queue-type", CLASSIC)
    for argument in _COMPARED[str(there)]:
        check_same(label(name), argument, wanted.get(argument), current.get(argument))
    check_same(label(name), "x-queue-type", wanted.get("x-queue-type", CLASSIC), there)


def check_same(where: str, what: str, wanted: object, current: object) -> None:
    """See that something is declared as it is there.

    Raises:
        AmqpError: if it is not.
    """
    if wanted != current:
        received, there = (_shown(value) for value in (wanted, current))
        raise AmqpError(
            406, f"inequivalent arg '{what}' for {where}: received {received} but current is {there}"
        )


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"'{str(value).lower() if isinstance(value, bool) else value}'"


def _natural(name: str, arguments: Arguments, argument: str) -> int | None:
    value = arguments.get(argument)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise _invalid(name, argument, repr(value))
    return value


def _refuse(name: str, arguments: set[str], kind: str) -> None:
    for argument in sorted(arguments):
        raise AmqpError(406, f"invalid arg '{argument}' for {label(name)} of queue type rabbit_{kind}_queue")


def _invalid(name: str, argument: str, why: str) -> AmqpError:
    return AmqpError(406, f"invalid arg '{argument}' for {label(name)}: {why}")
