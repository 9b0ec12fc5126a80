"""A stand-in for tau2: a shop in which a user wants a number added, and its tasks.

The entry points are those that the bridge uses.  Some tasks fail on purpose, once or always.
"""

import os
from pathlib import Path

HOME = Path(__file__).parents[2]
with (HOME / "processes.txt").open("a") as _file:
    _file.write(f"{os.getpid()}\n")

print("a package that prints to standard output")  # which is the bridge's own
