"""`python -m tests.soak` prints what became of each line.

Its exit code is 1 when one was lost, shown twice, or missed by somebody who was told of no gap, and when
somebody's roster of a room has not become right in the end.
"""

import argparse
import asyncio
import logging
import os
import sys
import tempfile

from tests.soak.soak import soak
from tests.support.broker import Broker
from tests.support.embedded import EmbeddedBroker


def main() -> int:
    """Soak for as long as the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description="Break things under three amqpchats, and count their lines."
    )
    parser.add_argument("--minutes", metavar="N", type=float, default=10.0)
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="which faults come, and when")
    parser.add_argument("--broker", choices=("rabbitmq", "embedded"), default="rabbitmq")
    arguments = parser.parse_args()
    logging.disable()
    kind = Broker if arguments.broker == "rabbitmq" else EmbeddedBroker
    with tempfile.TemporaryDirectory(prefix="amqpchat-soak-") as state, kind() as broker:
        os.environ["XDG_STATE_HOME"] = state
        figures = asyncio.run(soak(broker, arguments.minutes * 60, arguments.seed))
    print(figures)
    return 0 if figures.honest else 1


if __name__ == "__main__":
    sys.exit(main())
