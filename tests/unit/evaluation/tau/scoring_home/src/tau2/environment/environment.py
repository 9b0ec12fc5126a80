import json
from copy import deepcopy
from typing import Any

from tau2.data_model.message import Message, ToolCall, ToolMessage
from tau2.environment.toolkit import ToolKitBase


class Environment:
    def __init__(self, tools: ToolKitBase) -> None:
        self.tools = tools
        self.user_tools = None

    def make_tool_call(self, tool_name: str, requestor: str = "assistant", **given: Any) -> Any:
        return self.tools.use_tool(tool_name, **given)

    def get_db_hash(self) -> str:
        return self.tools.get_db_hash()

    def get_response(self, message: ToolCall) -> ToolMessage:
        error = False
        try:
            made = self.make_tool_call(message.name, **message.arguments)
        except Exception as failure:
            made, error = f"Error: {failure}", True
        text = made if isinstance(made, str) else json.dumps(made, default=str)
        return ToolMessage(id=message.id, role="tool", content=text, error=error)

    def set_state(
        self,
        initialization_data: Any,
        initialization_actions: Any,
        message_history: list[Message],
        strict: bool = True,
    ) -> None:
        if initialization_data:
            self.tools.update_db(initialization_data)
        messages = deepcopy(message_history)
        calls: list[ToolCall] = []
        for message in messages:
            if not isinstance(message, ToolMessage):
                calls = list(message.tool_calls or [])
                continue
            call = calls.pop(0)
            if call.id != message.id:
                raise ValueError("Tool call id mismatch.")
            response = self.get_response(call)
            if response.content != message.content and strict:
                raise ValueError(f"Returned: {response.content} Expected: {message.content}")
