"""What the official packages call in place of litellm's `completion`."""

from collections.abc import Callable
from typing import Any

from .channel import Channel

__all__ = ["ask_a_model"]


def ask_a_model(channel: Channel, role: Callable[[str], str]) -> Callable[..., Any]:
    """A function with the face of litellm's `completion`, which asks over the channel.

    Args:
        role: who is asked, given the name of the model that the package thinks it asks.
    """

    def completion(
        model: str,
        messages: list[dict[str, Any]],
        tools: list[dict[str, Any]] | None = None,
        tool_choice: Any = None,
        **options: Any,
    ) -> Any:
        answer = channel.ask(
            {
                "role": role(model),
                "messages": messages,
                "tools": tools or [],
                "temperature": options.get("temperature"),
                "seed": options.get("seed"),
            }
        )
        return response(answer)

    return completion


def response(answer: dict[str, Any]) -> Any:
    """An answer as litellm gives it.

    Args:
        answer: `id`, `text`, `calls` (id, name, arguments as text), `finish`, `usage`, `model`, and
            `cost` in US dollars.
    """
    from litellm.types.utils import ModelResponse

    message: dict[str, Any] = {"role": "assistant", "content": answer["text"] or None}
    if answer["calls"]:
        message["tool_calls"] = [
            {
                "id": identifier,
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for identifier, name, arguments in answer["calls"]
        ]
    made = ModelResponse(
        id=answer["id"],
        created=0,
        model=answer["model"],
        choices=[{"index": 0, "message": message, "finish_reason": answer["finish"]}],
        usage=answer["usage"],
    )
    made._hidden_params["response_cost"] = answer["cost"]
    return made
