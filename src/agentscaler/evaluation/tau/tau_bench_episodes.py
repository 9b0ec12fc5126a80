"""What an agent of tau-bench did, read from the messages of a saved episode."""

import json
from typing import Any

__all__ = ["actions_of", "was_stopped"]

_STOP = "###STOP###"
_RESPOND = "respond"
_TEXT_TOOLS = "#Available tools"
"""In the system message of agents that write their calls as text."""


def actions_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The actions of the agent in their order, each with `name` and `kwargs`.

    Saying something to the user is the action "respond".  Of several calls in one message the
    benchmark carries out the first.

    Raises:
        ValueError: a message is not as any of the benchmark's agents writes it.
    """
    as_text = any(
        message.get("role") == "system" and _TEXT_TOOLS in str(message.get("content"))
        for message in messages
    )
    spoken = [message for message in messages if message.get("role") == "assistant"]
    return [_text_action(one) if as_text else _action(one) for one in spoken]


def was_stopped(messages: list[dict[str, Any]]) -> bool:
    """Whether the user ended the episode."""
    last = messages[-1] if messages else {}
    return last.get("role") == "user" and _STOP in str(last.get("content"))


def _action(message: dict[str, Any]) -> dict[str, Any]:
    calls = message.get("tool_calls") or []
    function = calls[0].get("function") if calls else message.get("function_call")
    if not function:
        return {"name": _RESPOND, "kwargs": {"content": message.get("content") or ""}}
    arguments = function.get("arguments")
    try:
        kwargs = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError as error:
        raise ValueError(f"the arguments of a call are no JSON: {error}") from error
    if not isinstance(kwargs, dict) or not isinstance(function.get("name"), str):
        raise ValueError("a call has no name, or its arguments are no object")
    return {"name": function["name"], "kwargs": kwargs}


def _text_action(message: dict[str, Any]) -> dict[str, Any]:
    text = str(message.get("content") or "").split("Action:")[-1].strip()
    try:
        action = json.loads(text)
        return {"name": action["name"], "kwargs": action["arguments"]}
    except (ValueError, KeyError, TypeError):
        return {"name": _RESPOND, "kwargs": {"content": text}}
