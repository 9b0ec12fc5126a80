from typing import Any, Literal

from pydantic import BaseModel


class ToolCall(BaseModel):
    id: str = ""
    name: str
    arguments: dict[str, Any]
    requestor: str = "assistant"


class ToolMessage(BaseModel):
    id: str
    role: Literal["tool"]
    content: str | None = None
    error: bool = False


class AssistantMessage(BaseModel):
    role: Literal["assistant"]
    content: str | None = None
    tool_calls: list[ToolCall] | None = None


class UserMessage(BaseModel):
    role: Literal["user"]
    content: str | None = None
    tool_calls: list[ToolCall] | None = None


Message = AssistantMessage | UserMessage | ToolMessage
