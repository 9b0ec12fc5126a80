import json
from typing import Any

from litellm import completion


def get_response_cost(response: Any) -> float:
    raise AssertionError("the bridge knows what an answer costs")


def generate(model: str, messages: list[dict[str, Any]], tools: Any, **options: Any) -> dict:
    response = completion(
        model=model, messages=messages, tools=tools, tool_choice="auto", num_retries=3, **options
    )
    message = response.choices[0].message
    calls = [
        {
            "id": call.id,
            "name": call.function.name,
            "arguments": json.loads(call.function.arguments),
        }
        for call in (message.get("tool_calls") and message.tool_calls) or []
    ]
    return {
        "content": message.content,
        "tool_calls": calls or None,
        "cost": get_response_cost(response),
        "usage": response.get("usage"),
    }
