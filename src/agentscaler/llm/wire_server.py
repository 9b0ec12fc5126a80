"""The other side of `wire`: a body of a request as a `Request`, and an answer as a body."""

from typing import Any

import orjson
from pydantic import ValidationError

from agentscaler.chat import Message, ToolCall
from agentscaler.llm.chat_model import Completion, Request, Sampling

__all__ = ["BadRequestError", "answer_of", "read_request"]

_ROLES = {"system", "user", "assistant", "tool", "developer"}
_SAMPLING = ("temperature", "top_p", "seed")


class BadRequestError(Exception):
    """What was sent is no request for a chat completion, or for one that is not offered."""


def read_request(content: bytes) -> Request:
    """The request in a body.

    Raises:
        BadRequestError: with what is wrong.
    """
    try:
        body = orjson.loads(content)
    except ValueError as error:
        raise BadRequestError(f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequestError("the body is no JSON object")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("messages has to be a list that is not empty")
    for name, offered in (("stream", (None, False)), ("n", (None, 1))):
        if body.get(name) not in offered:
            raise BadRequestError(f"{name} cannot be {body[name]!r} here")
    form = body.get("response_format")
    if form is not None and form != {"type": "text"}:
        raise BadRequestError("response_format can only be text here")
    if body.get("tool_choice") not in (None, "auto"):
        raise BadRequestError("tool_choice can only be auto here")
    try:
        return Request(
            messages=tuple(_message(number, one) for number, one in enumerate(messages, 1)),
            tools=_tools(body.get("tools") or []),
            sampling=_sampling(body),
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadRequestError(f"{place}: {first['msg']}") from error


def answer_of(completion: Completion, number: int) -> dict[str, Any]:
    """The body of an answer.

    Args:
        number: of the answers of this server.
    """
    message: dict[str, Any] = {"role": "assistant", "content": completion.text or None}
    if completion.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{number}_{place}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for place, (_, name, arguments) in enumerate(completion.calls, 1)
        ]
    usage = completion.usage
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 0,
        "model": completion.model,
        "choices": [{"index": 0, "message": message, "finish_reason": completion.finish}],
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        },
    }


def _message(number: int, written: Any) -> Message:
    if not isinstance(written, dict) or written.get("role") not in _ROLES:
        raise BadRequestError(f"message {number} has no role of {', '.join(sorted(_ROLES))}")
    role = written["role"]
    calls = written.get("tool_calls") or []
    if not isinstance(calls, list):
        raise BadRequestError(f"tool_calls of message {number} is no list")
    return Message(
        role="system" if role == "developer" else role,
        content=_text(number, written.get("content")),
        tool_calls=tuple(_call(number, call) for call in calls),
        tool_call_id=written.get("tool_call_id") if role == "tool" else None,
    )


def _text(number: int, content: Any) -> str:
    """Words, which may come in parts."""
    if content is None:
        return ""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        if len(parts) == len(content) and all(isinstance(part, str) for part in parts):
            return "".join(map(str, parts))
    if not isinstance(content, str):
        raise BadRequestError(f"the content of message {number} is no text")
    return content


def _call(number: int, written: Any) -> ToolCall:
    function = written.get("function") if isinstance(written, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise BadRequestError(f"a tool call of message {number} has no name")
    arguments = function.get("arguments", "{}")
    identifier = str(written.get("id") or "")
    if isinstance(arguments, dict):
        return ToolCall(id=identifier, name=function["name"], arguments=arguments)
    text = arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()
    completion = Completion(calls=((identifier, function["name"], text),))
    return completion.message().tool_calls[0]


def _tools(written: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(written, list):
        raise BadRequestError("tools is no list")
    for number, tool in enumerate(written, 1):
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise BadRequestError(f"tool {number} is no function with a name")
        if not isinstance(function.get("parameters") or {}, dict):
            raise BadRequestError(f"the parameters of tool {number} are no JSON Schema")
    return tuple(written)


def _sampling(body: dict[str, Any]) -> Sampling:
    """What the body says of it, and nothing else."""
    said = {name: body[name] for name in _SAMPLING if body.get(name) is not None}
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    if most is not None:
        if not isinstance(most, int) or most < 1:
            raise BadRequestError("max_tokens has to be a whole number above 0")
        said["max_tokens"] = most
    if stop := body.get("stop"):
        said["stop"] = tuple(stop) if isinstance(stop, list) else (stop,)
    sampling = Sampling.model_validate(said)
    if (sampling.temperature or 0) < 0 or not 0 < (sampling.top_p or 1) <= 1:
        raise BadRequestError("temperature is from 0, top_p above 0 and up to 1")
    return sampling
