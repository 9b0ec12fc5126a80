"""BFCL, the Berkeley Function Calling Leaderboard, generated and scored by its own package.

The package `bfcl-eval` runs in an interpreter that the user names.  It asks the model's endpoint by
itself, and keeps what it got as files of results, from which it scores at any time; `results` makes
trials of its files.
"""

from agentscaler.evaluation.bfcl.package import BfclPackage, Endpoint
from agentscaler.evaluation.bfcl.results import read_trials, set_failures_aside
from agentscaler.evaluation.bfcl.settings import BfclEvaluation, BfclSettings

__all__ = [
    "BfclEvaluation",
    "BfclPackage",
    "BfclSettings",
    "Endpoint",
    "read_trials",
    "set_failures_aside",
]
