"""ShareGPT conversations as LLaMA-Factory reads them (its `data/README.md`, "Sharegpt Format").

Turns alternate: `human` or `observation`, then `gpt` or `function_call`.  So the calls of one reply
go into one turn, as a JSON list where there are several, and their results into the one turn after
it, joined as LLaMA-Factory joins them when it reads OpenAI messages.  Words beside a call stand
before it, which stands between `<tool_call>` and `</tool_call>` then.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agentscaler.dataset.example import Example, Split
from agentscaler.dataset.exports.format import Feature, Row
from agentscaler.dataset.exports.values import as_text, from_text, origin_of
from agentscaler.errors import InputError

__all__ = ["ShareGptFormat"]

_BEGIN, _END = "<tool_call>", "</tool_call>"
_JOINT = "\n</tool_response>\n<tool_response>\n"
_SPLITS: tuple[Split, ...] = ("train", "held_out")


class ShareGptFormat:
    """Conversations with roles for calls and their results, a system column, tools as JSON."""

    name = "sharegpt"
    title = "ShareGPT for LLaMA-Factory"
    loss = (
        "LLaMA-Factory learns every `gpt` and `function_call` turn. Examples with a reply that is "
        "not to be learned, a mistake, are therefore in files of their own, `SPLIT_mistakes.jsonl`:"
        " leave these out, or learn the mistakes too. The column `loss_mask` has one flag a "
        "message, which LLaMA-Factory passes over."
    )
    loading = (
        "Give LLaMA-Factory this folder as `dataset_dir`; `dataset_info.json` names its data sets. "
        "Words beside a call need LLaMA-Factory 0.9.5 or later."
    )
    features: tuple[Feature, ...] | None = None

    def data_files(self, split: Split) -> tuple[str, ...]:
        return (f"{split}.jsonl", f"{split}_mistakes.jsonl")

    def side_files(self, split: Split) -> tuple[str, ...]:
        return ()

    def encode(self, example: Example) -> dict[str, Row]:
        messages = example.messages
        has_system = bool(messages) and messages[0]["role"] == "system"
        row = {
            **origin_of(example),
            "conversations": list(_turns(messages[has_system:], example.id)),
            "system": messages[0]["content"] if has_system else None,
            "tools": as_text(example.tools),
            "loss_mask": example.loss_mask,
            "call_ids": [
                call["id"] for message in messages for call in message.get("tool_calls", ())
            ],
        }
        plain, mistakes = self.data_files(example.split)
        return {mistakes if example.has_unlearned_replies else plain: row}

    def decode(self, rows: Mapping[str, Row]) -> Example:
        (row,) = rows.values()
        ids = iter(row["call_ids"])
        messages: list[dict[str, Any]] = []
        if row["system"] is not None:
            messages.append({"role": "system", "content": row["system"]})
        calls: list[dict[str, Any]] = []
        for turn in row["conversations"]:
            if turn["from"] == "observation":
                messages += _results(turn["value"], calls)
                continue
            message = _message(turn, ids)
            calls = message.get("tool_calls", [])
            messages.append(message)
        return Example.model_validate(
            {**row, "messages": messages, "tools": from_text(row["tools"])}
        )

    def extras(self, rows: Mapping[str, int]) -> dict[str, bytes]:
        described = {
            f"agentscaler_{file.removesuffix('.jsonl')}": {
                "file_name": file,
                "formatting": "sharegpt",
                "columns": {
                    "messages": "conversations",
                    "system": "system",
                    "tools": "tools",
                },
            }
            for split in _SPLITS
            for file in self.data_files(split)
            if rows.get(file)
        }
        return {"dataset_info.json": json.dumps(described, indent=2).encode() + b"\n"}


def _turns(messages: Sequence[dict[str, Any]], name: str) -> Iterator[dict[str, str]]:
    """The messages after the system message as turns; refuses what turns cannot say."""
    expected, position = "user", 0
    while position < len(messages):
        message = messages[position]
        if message["role"] != expected:
            raise _refusal(name, f"a {message['role']} message stands where one of {expected} must")
        position += 1
        if message["role"] == "user":
            yield {"from": "human", "value": message["content"]}
            expected = "assistant"
            continue
        calls = message.get("tool_calls", ())
        if not calls:
            yield {"from": "gpt", "value": message["content"]}
            expected = "user"
            continue
        yield {"from": "function_call", "value": _call_text(message, name)}
        results = messages[position : position + len(calls)]
        yield {"from": "observation", "value": _result_text(calls, results, name)}
        position += len(calls)
        expected = "assistant"
    if expected == "assistant":
        raise _refusal(name, "the agent does not have the last word")


def _call_text(message: dict[str, Any], name: str) -> str:
    """The calls as JSON: one as an object, several as a list; words of the agent go before them."""
    functions = [call["function"] for call in message["tool_calls"]]
    chosen = [{"name": one["name"], "arguments": one["arguments"]} for one in functions]
    # No "<" stands in the JSON, so no text inside it can be taken for a mark of its beginning.
    text = as_text(chosen[0] if len(chosen) == 1 else chosen).replace("<", "\\u003c")
    words = message["content"]
    if not words:
        return text
    if _BEGIN in words:
        raise _refusal(name, f"the agent's words hold {_BEGIN}")
    return f"{words}\n{_BEGIN}{text}{_END}"


def _result_text(
    calls: Sequence[dict[str, Any]], results: Sequence[dict[str, Any]], name: str
) -> str:
    answered = [result.get("tool_call_id") for result in results]
    if answered != [call["id"] for call in calls]:
        raise _refusal(name, "calls are not answered one by one, in order")
    contents = [result["content"] for result in results]
    joined = _JOINT.join(contents)
    if len(contents) > 1 and joined.split(_JOINT) != contents:
        raise _refusal(name, "a result among several holds what they are joined with")
    return joined


def _message(turn: dict[str, str], ids: Iterator[str]) -> dict[str, Any]:
    """A turn of a person or of the agent as a message."""
    value = turn["value"]
    if turn["from"] != "function_call":
        return {"role": "user" if turn["from"] == "human" else "assistant", "content": value}
    words, begun, rest = value.partition(_BEGIN)
    if not begun:
        words, rest = "", value
    functions = from_text(rest.removesuffix(_END))
    return {
        "role": "assistant",
        "content": words.removesuffix("\n"),
        "tool_calls": [
            {"id": next(ids), "type": "function", "function": function}
            for function in (functions if isinstance(functions, list) else [functions])
        ],
    }


def _results(value: str, calls: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    contents = value.split(_JOINT) if len(calls) > 1 else [value]
    for call, content in zip(calls, contents, strict=True):
        yield {
            "role": "tool",
            "content": content,
            "tool_call_id": call["id"],
            "name": call["function"]["name"],
        }


def _refusal(name: str, reason: str) -> InputError:
    return InputError(
        f"The example {name} cannot be written as ShareGPT turns: {reason}.",
        "Use another format, or leave the example out.",
    )
