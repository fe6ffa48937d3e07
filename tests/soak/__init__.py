"""Hours of bad luck in minutes: `python -m tests.soak --minutes 10 --seed 1`."""
