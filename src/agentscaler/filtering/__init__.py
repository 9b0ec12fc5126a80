"""The funnel: only practice that is provably right goes on to training.

`run_funnel` takes domains with their tasks and trajectories and gives one `Verdict` a trajectory.
"""

from agentscaler.filtering.funnel import run_funnel
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.filtering.verdict import FunnelReason, FunnelStage, Verdict

__all__ = ["FunnelReason", "FunnelSettings", "FunnelStage", "Verdict", "run_funnel"]
