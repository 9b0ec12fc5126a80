"""Known faults planted in sound trajectories, and other right ways of playing them.

`plant` grades the funnel: each trajectory that it gives carries the verdict which it must get.
"""

from agentscaler.filtering.faults.plant import KINDS, Kind, Planted, plant

__all__ = ["KINDS", "Kind", "Planted", "plant"]
