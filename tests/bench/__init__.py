"""How fast the program is, against baselines that are measured in the same run: `python -m tests.bench`."""
