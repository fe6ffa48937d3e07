"""`python -m tests.bench` prints a table of figures, in 15 minutes; its exit code is 0 whatever they are."""

import argparse
import os
from collections.abc import Callable, Iterator

from tests.bench import (
    crowded,
    cuts,
    flood,
    hostile,
    hosting,
    idle,
    keys,
    log,
    many_queues,
    million,
    past,
    plain_flood,
    rooms,
    startup,
)
from tests.bench.figures import Figure, rounded
from tests.bench.setting import Setting
from tests.support.broker import RabbitMQMissingError

_measurements: dict[str, Callable[[Setting], Iterator[Figure]]] = {
    "startup": startup.measure,
    "flood": flood.against_bare,
    "naive": flood.against_naive,
    "drain": flood.drain,
    "keys": keys.measure,
    "plain": plain_flood.measure,
    "hostile": hostile.measure,
    "idle": idle.measure,
    "million": million.measure,
    "append": million.append,
    "hosting": hosting.rates,
    "joins": hosting.joins,
    "queues": many_queues.measure,
    "cuts": cuts.measure,
    "people": crowded.measure,
    "past": past.measure,
    "switch": rooms.switch,
    "hidden": rooms.hidden_flood,
    "backlog": rooms.backlog,
    "rooms-memory": rooms.memory,
    "rooms-startup": rooms.startup,
    "log": log.measure,
    "log-flood": log.flood,
}
_row = "{:<72} {:>9} {:>7}  {:<6}  {}"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure how fast amqpchat is."
    )
    parser.add_argument("--only", metavar="NAME", choices=_measurements, help="one of %(choices)s")
    parser.add_argument(
        "--runs", metavar="N", type=int, help="how often to run each program (default: 3, for start-up 15)"
    )
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} processors; load before the start {os.getloadavg()[0]:.2f}")
    print(_row.format("what", "figure", "goal", "", "median (range): ours, then the baseline's"), flush=True)
    with Setting(arguments.runs) as setting:
        for name, measure in _measurements.items():
            if arguments.only in (None, name):
                _report(name, measure, setting)


def _report(name: str, measure: Callable[[Setting], Iterator[Figure]], setting: Setting) -> None:
    try:
        for figure in measure(setting):
            print(_format(figure), flush=True)
    except (AssertionError, OSError, RabbitMQMissingError) as error:
        print(f"{name}: not measured: {error}", flush=True)


def _format(figure: Figure) -> str:
    value, goal = f"{rounded(figure.value)} {figure.unit}", f"{figure.goal.sign} {figure.goal.limit:g}"
    verdict = "" if figure.goal.met(figure.value) else "missed"
    return _row.format(figure.what, value, goal, verdict, figure.samples).rstrip()


if __name__ == "__main__":
    main()
