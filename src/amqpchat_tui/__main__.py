"""`python -m amqpchat_tui` is `amqpchat`."""

import sys

from amqpchat_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
