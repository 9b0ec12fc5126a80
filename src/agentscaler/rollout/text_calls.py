"""Tool calls as text, for models and servers that know none of their own.

The tools are described in the system message; a call is a tagged JSON block in what the model
writes, a result a tagged block in the message that follows.  What comes from outside cannot close
or open such a block: in JSON `<` can be written as `\\u003c`, and a person's `<tool_` gets a space.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import orjson

from agentscaler.chat import Message, ToolCall
from agentscaler.llm.prompt import Prompt

__all__ = ["TEXT_CALLS", "read_calls", "text_messages"]

TEXT_CALLS = Prompt.read("agentscaler.rollout", "text_calls.md")
"""Tells a model how calls are written."""

_BLOCK = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)", re.DOTALL)
_TAG = re.compile(r"<(?=/?tool_)")


def text_messages(
    messages: Sequence[Message], tools: Sequence[dict[str, Any]]
) -> tuple[Message, ...]:
    """A conversation as a model without tool calls is shown it.

    The first message, from the system, gets the tools; calls and results become text, the results
    of one turn as one message of the user's side.
    """
    lines = "\n".join(_json(tool["function"]) for tool in tools)
    told = f"{messages[0].content}\n\n{TEXT_CALLS.fill(tools=lines)}"
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    written = [Message(role="system", content=told)]
    for role, group in groupby(messages[1:], key=lambda message: message.role):
        turns = list(group)
        if role == "tool":
            results = "\n".join(_result(turn, names) for turn in turns)
            written.append(Message(role="user", content=results))
            continue
        for turn in turns:
            content = turn.content if role == "assistant" else _TAG.sub("< ", turn.content)
            blocks = [_block(call) for call in turn.tool_calls]
            text = "\n".join([*([content] if content else []), *blocks])
            written.append(Message(role=role, content=text))
    return tuple(written)


def read_calls(text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """The words and the calls of what a model wrote; the calls' ids are empty.

    A block that is not as it should be is a malformed call, which is refused like any other.
    """
    words = _BLOCK.sub("\n", text)
    words = "\n".join(line.rstrip() for line in words.strip().splitlines())
    words = re.sub(r"\n{3,}", "\n\n", words)
    return words, tuple(_calls(text))


def _calls(text: str) -> Iterator[ToolCall]:
    for block in _BLOCK.finditer(text):
        written = block[1].strip()
        value = _object(written) if block[0].endswith("</tool_call>") else {}
        name = value.get("name")
        name = name if isinstance(name, str) else ""
        arguments = value.get("arguments")
        if name and isinstance(arguments, dict) and len(value) == 2:
            yield ToolCall(id="", name=name, arguments=arguments)
        else:
            yield ToolCall(id="", name=name, arguments={}, malformed=written or "(nothing)")


def _object(text: str) -> dict[str, Any]:
    """A JSON object; empty where the text is none."""
    try:
        value = orjson.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _block(call: ToolCall) -> str:
    written = call.malformed or _json({"name": call.name, "arguments": call.arguments})
    return f"<tool_call>\n{written}\n</tool_call>"


def _result(message: Message, names: dict[str, str]) -> str:
    name = _escaped(names.get(message.tool_call_id or "", "")).replace('"', "")
    return f'<tool_result name="{name}">\n{_escaped(message.content)}\n</tool_result>'


def _json(value: Any) -> str:
    return _escaped(orjson.dumps(value).decode())


def _escaped(text: str) -> str:
    """JSON that means the same and holds no tag."""
    return text.replace("<", "\\u003c")
