"""What the rules read from a tool, for those who write its texts anew."""

from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.tool_reading import ToolReading
from agentscaler.graph.operation import read_operation

__all__ = ["tool_reading"]


def tool_reading(tool: ToolSpec) -> ToolReading:
    """Everything by which the graph and the domains tell operations apart."""
    operation = read_operation(tool)
    return ToolReading(
        operation.effect,
        str(operation.kind),
        operation.resource,
        (
            operation.verb,
            operation.other,
            operation.parents,
            operation.is_list,
            operation.requires,
            operation.produces,
        ),
    )
