"""The machine that runs tools: state is an SQLite database, tools are functions on it.

In: the bytes of a database file (`create_image`) and a `Toolbox` compiled from tool source.
Out: a running `World` that answers tool calls, forks, and says what changed.
"""

from agentscaler.world.database import create_image
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.world import Breach, ContractError, World

__all__ = ["Breach", "ContractError", "ToolDefinition", "Toolbox", "World", "create_image"]
