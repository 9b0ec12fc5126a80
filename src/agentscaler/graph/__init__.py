"""A pool of tools in, a graph of its tools with communities out."""

from agentscaler.graph.build import build_graph
from agentscaler.graph.settings import BlockWeights, GraphRecipe, GraphSettings
from agentscaler.graph.tool_readings import tool_reading
from agentscaler.graph.toolgraph import ToolGraph

__all__ = [
    "BlockWeights",
    "GraphRecipe",
    "GraphSettings",
    "ToolGraph",
    "build_graph",
    "tool_reading",
]
