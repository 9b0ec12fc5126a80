"""Requests and answers as an OpenAI-compatible endpoint writes them (`/v1/chat/completions`)."""

from collections.abc import Mapping
from typing import Any

import orjson

from agentscaler.chat import Message
from agentscaler.llm.chat_model import Completion, Finish, Request, Sampling, Usage

__all__ = ["UnreadableAnswerError", "read_completion", "request_body"]

_FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


_MOST_TOKENS = 2**40
"""Of one call; what is more is no count."""
_SEEDS = 2**31
"""Endpoints keep a seed in 32 bits with a sign."""


class UnreadableAnswerError(Exception):
    """What came back is not a chat completion."""


_AS_IT_LIKES = Sampling()


def request_body(model: str, request: Request, sampling: Sampling = _AS_IT_LIKES) -> dict[str, Any]:
    """The JSON body of a request.

    Args:
        sampling: the endpoint's, for what the request itself does not say.
    """
    if own := request.sampling.model_fields_set:
        said = {name: getattr(request.sampling, name) for name in own}
        sampling = sampling.model_copy(update=said)
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
    }
    body |= sampling.model_dump(exclude={"extra", "stop", "seed"}, exclude_none=True)
    if sampling.seed is not None:
        body["seed"] = (sampling.seed + request.sample) % _SEEDS
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if request.tools:
        body["tools"] = list(request.tools)
    if request.answer is not None:
        form = {"name": request.answer.name, "schema": request.answer.schema_}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    return body | sampling.extra


def read_completion(content: bytes) -> Completion:
    """An answer's body as a `Completion`.

    Raises:
        UnreadableAnswerError: it is cut off, no JSON, or holds no choice.
    """
    try:
        body = orjson.loads(content)
    except ValueError as error:
        raise UnreadableAnswerError(f"the answer is no JSON: {error}") from error
    if not isinstance(body, dict) or not isinstance(body.get("choices"), list):
        raise UnreadableAnswerError("the answer has no list of choices")
    if not body["choices"] or not isinstance(body["choices"][0], dict):
        raise UnreadableAnswerError("the answer has no choice")
    choice = body["choices"][0]
    message = choice.get("message")
    if not isinstance(message, dict):
        raise UnreadableAnswerError("the answer's choice has no message")
    text = message.get("content") or message.get("refusal") or ""
    if not isinstance(text, str):
        raise UnreadableAnswerError("the answer's content is no text")
    return Completion(
        text=text,
        calls=tuple(_calls(message.get("tool_calls") or [])),
        finish=_FINISHES.get(str(choice.get("finish_reason")), "stop"),
        usage=_usage(body.get("usage")),
        model=str(body.get("model") or ""),
    )


def _message(message: Message) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        written["content"] = message.content or None
        written["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": orjson.dumps(call.arguments).decode(),
                },
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        written["tool_call_id"] = message.tool_call_id
    return written


def _calls(written: Any) -> list[tuple[str, str, str]]:
    if not isinstance(written, list):
        raise UnreadableAnswerError("the answer's tool calls are no list")
    calls = []
    for number, call in enumerate(written):
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise UnreadableAnswerError("a tool call of the answer has no name")
        arguments = function.get("arguments")
        if not isinstance(arguments, str):  # some servers send the object itself
            arguments = orjson.dumps(arguments if arguments is not None else {}).decode()
        calls.append((str(call.get("id") or f"call_{number}"), function["name"], arguments))
    return calls


def _usage(written: Any) -> Usage:
    if not isinstance(written, dict):
        return Usage()
    details = written.get("prompt_tokens_details")
    return Usage(
        prompt_tokens=_count(written, "prompt_tokens"),
        completion_tokens=_count(written, "completion_tokens"),
        cached_tokens=_count(details, "cached_tokens") if isinstance(details, dict) else 0,
    )


def _count(written: Mapping[str, Any], name: str) -> int:
    value = written.get(name)
    return value if isinstance(value, int) and 0 <= value <= _MOST_TOKENS else 0
