from enum import Enum
from typing import Any


class ToolType(str, Enum):  # noqa: UP042
    READ = "read"
    WRITE = "write"


def get_tool_types(kit: Any) -> dict[str, ToolType]:
    return dict(kit)
