"""A dialogue as training data: the messages and, side by side with them, the loss mask.

The loss is the paper's (arXiv 2509.13311, the experience-learning equation): over a dialogue
x = (x_1 ... x_n), only the tokens of the agent's tool calls and of its words count,

    L = - 1 / sum_k [x_k in T] * sum_k [x_k in T] * log p(x_k | x_<k)

with T the tokens of the assistant.  The user's turns, the system message, the tool definitions and
the tools' results are context: seen, never learned.
"""

from collections.abc import Sequence
from typing import Any

from agentscaler.chat import Message
from agentscaler.world.toolbox import ToolDefinition

__all__ = ["render_messages", "render_tools"]


def render_messages(
    messages: Sequence[Message], *, mask_mistakes: bool
) -> tuple[list[dict[str, Any]], list[bool]]:
    """The messages in the OpenAI chat format, arguments as objects, and the mask.

    User messages at the end are left out: nothing the agent says follows them.

    Returns:
        the messages, and as many flags: True where the loss is taken.
    """
    spoken = list(messages)
    while spoken and spoken[-1].role == "user":
        spoken.pop()
    names = {call.id: call.name for message in spoken for call in message.tool_calls}
    refused = {message.tool_call_id for message in spoken if message.is_error}
    rendered: list[dict[str, Any]] = []
    mask: list[bool] = []
    for message in spoken:
        rendered.append(_render(message, names))
        mistake = bool(message.mistake) or (
            bool(message.tool_calls) and all(call.id in refused for call in message.tool_calls)
        )
        mask.append(message.role == "assistant" and not (mistake and mask_mistakes))
    return rendered, mask


def render_tools(tools: Sequence[ToolDefinition]) -> list[dict[str, Any]]:
    """Tool definitions in the OpenAI format."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in tools
    ]


def _render(message: Message, names: dict[str, str]) -> dict[str, Any]:
    rendered: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        rendered["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        rendered["tool_call_id"] = message.tool_call_id
        rendered["name"] = names[message.tool_call_id]
    return rendered
