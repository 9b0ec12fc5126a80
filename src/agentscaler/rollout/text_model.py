"""`TextToolsModel`: a model without tool calls of its own, asked as if it had them."""

import orjson

from agentscaler.chat import Message, ToolCall
from agentscaler.llm import ChatModel, Completion, Request
from agentscaler.rollout.text_calls import read_calls, text_messages

__all__ = ["TextToolsModel"]


class TextToolsModel:
    """Satisfies `ChatModel`: tells `model` its tools in words, and reads its calls from what it
    writes."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, request: Request) -> Completion:
        """See `ChatModel.complete`."""
        if not request.tools:
            return await self._model.complete(request)
        messages = request.messages
        if messages[0].role != "system":
            messages = (Message(role="system"), *messages)
        asked = {"messages": text_messages(messages, request.tools), "tools": ()}
        completion = await self._model.complete(request.model_copy(update=asked))
        words, calls = read_calls(completion.text)
        before = sum(len(message.tool_calls) for message in messages)
        made = tuple(
            (f"call_{before + number}", call.name, _written(call))
            for number, call in enumerate(calls, 1)
        )
        finish = "tool_calls" if made and completion.finish == "stop" else completion.finish
        return completion.model_copy(update={"text": words, "calls": made, "finish": finish})


def _written(call: ToolCall) -> str:
    """A call's arguments as JSON; of one that is malformed, what is no object in any case."""
    if not call.malformed:
        return orjson.dumps(call.arguments).decode()
    return orjson.dumps(call.malformed).decode()
