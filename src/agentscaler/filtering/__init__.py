"""The funnel: only practice that is provably right goes on to training.

`run_funnel` takes domains with their tasks and trajectories and gives one `Verdict` a trajectory;
`count_verdicts` counts them by stage, reason, domain and length, `measure_difficulty` says by them
how hard tasks are.
"""

from agentscaler.filtering.difficulty import Difficulty, DifficultySettings, measure_difficulty
from agentscaler.filtering.funnel import run_funnel
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.filtering.tally import FunnelTally, count_verdicts
from agentscaler.filtering.verdict import FunnelReason, FunnelStage, Verdict

__all__ = [
    "Difficulty",
    "DifficultySettings",
    "FunnelReason",
    "FunnelSettings",
    "FunnelStage",
    "FunnelTally",
    "Verdict",
    "count_verdicts",
    "measure_difficulty",
    "run_funnel",
]
