"""The formats of chat messages: TRL's, the one with JSON strings, and OpenAI's own."""

from collections.abc import Mapping
from typing import Any

from agentscaler.dataset.example import Example, Split
from agentscaler.dataset.exports.format import Feature, Row
from agentscaler.dataset.exports.values import (
    ORIGIN_FEATURES,
    as_text,
    from_text,
    origin_of,
    with_arguments,
)

__all__ = ["OpenAIFormat", "ToolsJsonFormat", "TrlFormat"]

_UNSEEN = (
    "The column `loss_mask` has one flag a message. TRL itself learns every reply of the agent "
    "(`assistant_only_loss`): filter out the examples with an unlearned reply, or turn each "
    "learned reply into a prompt with its completion."
)


class TrlFormat:
    """Messages and tools as TRL takes them: arguments and tools are JSON objects."""

    name = "trl"
    title = "TRL: messages and tools, arguments as objects"
    loss = _UNSEEN
    loading = (
        '`load_dataset("DIR")` of `datasets` 4.7 or later gives arguments and tools as objects, '
        "since the front matter of this card types them as JSON; its reader may move the last digit"
        " of a decimal number. Earlier versions give every call the arguments of all calls, filled "
        "with nulls: use the format `tools-json` there."
    )
    features: tuple[Feature, ...] | None = (
        *ORIGIN_FEATURES,
        {"name": "messages", "list": "json"},
        {"name": "tools", "list": "json"},
        {"name": "loss_mask", "list": "bool"},
    )

    def data_files(self, split: Split) -> tuple[str, ...]:
        return (f"{split}.jsonl",)

    def side_files(self, split: Split) -> tuple[str, ...]:
        return ()

    def encode(self, example: Example) -> dict[str, Row]:
        row = {
            **origin_of(example),
            "messages": example.messages,
            "tools": example.tools,
            "loss_mask": example.loss_mask,
        }
        return {self.data_files(example.split)[0]: row}

    def decode(self, rows: Mapping[str, Row]) -> Example:
        (row,) = rows.values()
        return Example.model_validate(row)

    def extras(self, rows: Mapping[str, int]) -> dict[str, bytes]:
        return {}


class ToolsJsonFormat:
    """The same with tools, and the arguments of each call, as JSON in a string.

    Every column has one fixed type, so that no reader that works by columns fills the arguments of
    one tool with nulls for those of another.
    """

    name = "tools-json"
    title = "Messages and tools, tools and arguments as JSON strings"
    loss = _UNSEEN
    loading = (
        "`load_dataset` of any version gives strings; `json.loads` makes `tools` and each call's "
        "`arguments` objects again, best as the rows are used (`with_transform`)."
    )
    features: tuple[Feature, ...] | None = None

    def data_files(self, split: Split) -> tuple[str, ...]:
        return (f"{split}.jsonl",)

    def side_files(self, split: Split) -> tuple[str, ...]:
        return ()

    def encode(self, example: Example) -> dict[str, Row]:
        row = {
            **origin_of(example),
            "messages": [with_arguments(message, as_text) for message in example.messages],
            "tools": as_text(example.tools),
            "loss_mask": example.loss_mask,
        }
        return {self.data_files(example.split)[0]: row}

    def decode(self, rows: Mapping[str, Row]) -> Example:
        (row,) = rows.values()
        messages = [with_arguments(message, from_text) for message in row["messages"]]
        content = {"messages": messages, "tools": from_text(row["tools"])}
        return Example.model_validate({**row, **content})

    def extras(self, rows: Mapping[str, int]) -> dict[str, bytes]:
        return {}


class OpenAIFormat:
    """What OpenAI's interface takes: arguments as JSON strings, a `weight` on each reply.

    Its lines hold messages and tools and nothing else; where they come from stands in a second file
    with as many lines.
    """

    name = "openai"
    title = "OpenAI: chat messages as they go over the wire"
    loss = "Each reply of the agent carries `weight`: 1 where the loss is taken, 0 where it is not."
    loading = (
        "The files are what fine-tuning takes as they are; line n of `SPLIT.origins.jsonl` says "
        "where line n of `SPLIT.jsonl` comes from."
    )
    features: tuple[Feature, ...] | None = None

    def data_files(self, split: Split) -> tuple[str, ...]:
        return (f"{split}.jsonl",)

    def side_files(self, split: Split) -> tuple[str, ...]:
        return (f"{split}.origins.jsonl",)

    def encode(self, example: Example) -> dict[str, Row]:
        messages = [
            self._message(message, learned)
            for message, learned in zip(example.messages, example.loss_mask, strict=True)
        ]
        return {
            self.data_files(example.split)[0]: {"messages": messages, "tools": example.tools},
            self.side_files(example.split)[0]: origin_of(example),
        }

    def decode(self, rows: Mapping[str, Row]) -> Example:
        data, origin = rows.values()
        names: dict[str, str] = {}
        messages = []
        for written in data["messages"]:
            message = {key: value for key, value in written.items() if key != "weight"}
            message["content"] = message["content"] or ""
            for call in message.get("tool_calls", ()):
                names[call["id"]] = call["function"]["name"]
            if message["role"] == "tool":
                message["name"] = names[message["tool_call_id"]]
            messages.append(with_arguments(message, from_text))
        mask = [bool(written.get("weight", 0)) for written in data["messages"]]
        content = {"messages": messages, "tools": data["tools"], "loss_mask": mask}
        return Example.model_validate({**origin, **content})

    def extras(self, rows: Mapping[str, int]) -> dict[str, bytes]:
        return {}

    @staticmethod
    def _message(message: dict[str, Any], learned: bool) -> dict[str, Any]:
        written = with_arguments(message, as_text)
        if message["role"] == "assistant":
            content = message["content"] or (None if "tool_calls" in message else "")
            return {**written, "content": content, "weight": int(learned)}
        return {key: value for key, value in written.items() if key != "name"}
