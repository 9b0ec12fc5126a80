"""Conversation records, in the shape of the OpenAI chat format.

A conversation is a list of `Message`.  An assistant message carries text, tool calls or both; each
tool call is answered by one `tool` message with the same `tool_call_id`.  Arguments are JSON
objects here, never JSON inside a string: an exporter that needs strings makes them.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Message", "Role", "ToolCall", "ToolResult"]

Role = Literal["system", "user", "assistant", "tool"]


class ToolCall(BaseModel):
    """An agent's wish to run one tool.

    Attributes:
        malformed: what a model wrote in place of arguments, where that is no JSON object; such a
            call is refused, and its arguments are empty.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    arguments: dict[str, Any]
    malformed: str = ""


class ToolResult(BaseModel):
    """What came of a tool call: a JSON value, or the text of a refusal.

    Exactly one of the two counts: `error` when it is not None, else `value`.
    """

    model_config = ConfigDict(frozen=True)

    value: Any = None
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None


class Message(BaseModel):
    """One turn of a conversation.

    Attributes:
        content: the words; a tool message holds the result as JSON text.
        tool_calls: of an assistant message only.
        tool_call_id: of a tool message only, the call it answers.
        is_error: of a tool message only, whether the tool refused.
        mistake: of an assistant message that is wrong on purpose, in what way; else "".
    """

    model_config = ConfigDict(frozen=True)

    role: Role
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    is_error: bool = False
    mistake: str = ""
