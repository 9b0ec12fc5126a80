from collections.abc import Callable
from enum import Enum
from typing import Any

from tau2.environment.db import DB, _count, get_dict_hash


class ToolType(str, Enum):  # noqa: UP042
    READ = "read"
    WRITE = "write"


def is_tool(kind: ToolType) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        function.kind = kind
        return function

    return mark


class ToolKitBase:
    def __init__(self, db: DB) -> None:
        self.db = db

    @property
    def tools(self) -> dict[str, Any]:
        names = [name for name in dir(type(self)) if hasattr(getattr(type(self), name), "kind")]
        return {name: getattr(self, name) for name in names}

    def use_tool(self, tool_name: str, **given: Any) -> Any:
        if tool_name not in self.tools:
            raise ValueError(f"Tool '{tool_name}' not found.")
        return self.tools[tool_name](**given)

    def get_tools(self) -> dict[str, Any]:
        return self.tools

    def tool_type(self, tool_name: str) -> ToolType:
        return self.tools[tool_name].kind

    def update_db(self, data: dict[str, Any]) -> None:
        self.db = type(self.db).model_validate(self.db.model_dump() | data)

    def get_db_hash(self) -> str:
        _count("hashes.txt")
        return get_dict_hash(self.db.model_dump())


def get_tool_types(kit: ToolKitBase) -> dict[str, ToolType]:
    return {name: kit.tool_type(name) for name in kit.get_tools()}
