"""ACEBench: its data, its scorer (as it is, and without its defects), and playing its items."""
