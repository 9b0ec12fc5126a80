"""What the agent writes in each format, spelt out from the messages: no template, no parsing."""

import json
from typing import Any

from agentscaler.dataset import Example
from agentscaler.training import defuse

__all__ = ["own_words"]

END = {"llama3": "<|eot_id|>", "mistral": "</s>", "compact": "<|end|>"}


def own_words(example: Example, name: str, controls: tuple[str, ...]) -> list[str]:
    """One text a reply, with its end-of-turn token."""
    texts = []
    number = 0
    for message in example.messages:
        if message["role"] != "assistant":
            continue
        thought, words = split_thinking(message)
        thought, words = defuse(thought.strip(), controls), defuse(words.strip(), controls)
        calls = []
        for call in message.get("tool_calls", ()):
            number += 1
            calls.append((number, defuse(call["function"], controls)))
        texts.append(written(name, thought, words, calls) + END.get(name, "<|im_end|>"))
    return texts


def split_thinking(message: dict[str, Any]) -> tuple[str, str]:
    words, thought = message["content"], message.get("reasoning_content", "")
    if words.strip().startswith("<think>") and "</think>" in words and not thought:
        thought, words = words.strip().removeprefix("<think>").split("</think>", 1)
    return thought, words


def written(name: str, thought: str, words: str, calls: list[tuple[int, dict[str, Any]]]) -> str:
    def packed(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    if name == "compact":
        parts = [f"<|think|>{thought}"] if thought else []
        parts += [f"<|say|>{words}"] if words else []
        for _, call in calls:
            arguments = json.dumps(call["arguments"], ensure_ascii=False, separators=(",", ":"))
            parts.append(f"<|call|>{call['name']} {arguments}")
        return "".join(parts)
    if name == "mistral":
        listed = [
            f'{{"name": {packed(call["name"])}, "arguments": {packed(call["arguments"])}, '
            f'"id": "{number:09d}"}}'
            for number, call in calls
        ]
        opened = f"[THINK]{thought}[/THINK]" if thought else ""
        return opened + words + (f"[TOOL_CALLS][{', '.join(listed)}]" if listed else "")
    opened = f"<think>\n{thought}\n</think>\n\n" if thought or name == "qwen3" else ""
    if name == "llama3":
        listed = [
            f'{{"name": {packed(call["name"])}, "parameters": {packed(call["arguments"])}}}'
            for _, call in calls
        ]
        return opened + words + (f"<|python_tag|>{'; '.join(listed)}" if listed else "")
    blocks = [
        f'<tool_call>\n{{"name": {packed(call["name"])}, "arguments": '
        f"{packed(call['arguments'])}}}\n</tool_call>"
        for _, call in calls
    ]
    return opened + "\n".join([*([words] if words else []), *blocks])
