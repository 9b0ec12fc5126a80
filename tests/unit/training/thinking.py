"""Thinking put into dialogues that have none."""

from typing import Any

from agentscaler.dataset import Example

__all__ = ["with_thinking"]


def with_thinking(example: Example) -> Example:
    """The example; every second reply thinks first: in a field of its own, or within its words."""
    messages: list[dict[str, Any]] = []
    replies = 0
    for number, message in enumerate(example.messages):
        made = dict(message)
        if message["role"] == "assistant":
            replies += 1
            thought = f"Step {number}:\n\nwhat was asked is {example.task!r}."
            if replies % 4 == 1:
                made["reasoning_content"] = thought
            elif replies % 4 == 3:
                made["content"] = f"<think>\n{thought}\n</think>\n\n{message['content']}"
        messages.append(made)
    return example.model_copy(update={"messages": messages})
