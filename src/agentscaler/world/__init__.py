"""The machine that runs tools: state is an SQLite database, tools are functions on it.

In: the bytes of a database file (`create_image`) and a `Toolbox` compiled from tool source.
Out: a running `World` that answers tool calls, forks, and says what changed.  Tools that nobody
vouches for run in a `JailedWorld`, which is used the same way.
"""

from agentscaler.world.database import create_image
from agentscaler.world.jail import JailError, JailLimits, JailReport, Layer
from agentscaler.world.jailed import JailedToolbox, JailedWorld
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.workers import Workers, probe
from agentscaler.world.world import Breach, ContractError, World

__all__ = [
    "Breach",
    "ContractError",
    "JailError",
    "JailLimits",
    "JailReport",
    "JailedToolbox",
    "JailedWorld",
    "Layer",
    "ToolDefinition",
    "Toolbox",
    "Workers",
    "World",
    "create_image",
    "probe",
]
