"""A model that knows no tool calls, asked as if it did."""

import asyncio
from typing import Any

from agentscaler.chat import Message, ToolCall
from agentscaler.llm import Completion, Request
from agentscaler.rollout.text_model import TextToolsModel

TOOLS: tuple[dict[str, Any], ...] = (
    {"type": "function", "function": {"name": "get", "description": "Gets.", "parameters": {}}},
)


class Writer:
    """Writes what it is told to, and remembers what it was asked."""

    name = "writer"

    def __init__(self, words: str) -> None:
        self._words = words
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        return Completion(text=self._words)


def answer(words: str, *messages: Message, tools: tuple[dict[str, Any], ...] = TOOLS) -> Any:
    model = Writer(words)
    request = Request(messages=messages or (Message(role="user", content="Hi"),), tools=tools)
    return asyncio.run(TextToolsModel(model).complete(request)), model.asked[0]


def test_tools_are_told_in_words_and_calls_are_read_from_words() -> None:
    written = '<tool_call>\n{"name": "get", "arguments": {"id": 1}}\n</tool_call>'
    completion, asked = answer(f"Let me see.\n{written}")
    assert asked.tools == ()
    assert "Gets." in asked.messages[0].content
    assert completion.finish == "tool_calls"
    message = completion.message()
    assert message.content == "Let me see."
    assert message.tool_calls == (ToolCall(id="call_1", name="get", arguments={"id": 1}),)


def test_ids_go_on_after_those_of_earlier_turns() -> None:
    call = ToolCall(id="call_1", name="get", arguments={})
    earlier = (
        Message(role="user", content="Hi"),
        Message(role="assistant", tool_calls=(call,)),
        Message(role="tool", content="1", tool_call_id="call_1"),
    )
    written = '<tool_call>{"name": "get", "arguments": {}}</tool_call>'
    completion, _ = answer(written, *earlier)
    assert [call[0] for call in completion.calls] == ["call_2"]


def test_a_call_that_is_not_as_it_should_be_stays_malformed() -> None:
    written = '{"name": "get", "arguments": {}, "more": 1}'
    completion, _ = answer(f"<tool_call>{written}</tool_call>")
    (call,) = completion.message().tool_calls
    assert call.arguments == {}
    assert call.malformed


def test_a_request_without_tools_goes_through_as_it_is() -> None:
    completion, asked = answer("<tool_call>not one</tool_call>", tools=())
    assert completion.text == "<tool_call>not one</tool_call>"
    assert len(asked.messages) == 1
