"""`Conversation`: an example's messages and tools, made safe for a chat template.

- Control tokens in anything that is said, called or returned are defused: a space after their first
  character makes plain text of them.  Without it, `<|im_end|>` in a tool's result would end the
  turn for the model as it does for a mask.  Whoever serves a model must defuse in the same way.
- Thinking that stands in the words as `<think>` ... `</think>` becomes `reasoning_content`.
- Calls are numbered by nine digits, which every family takes for an id, so that no random id is
  learned.
- The agent's words lose blanks at both ends: what a header's line break could merge with.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agentscaler.dataset import Example

__all__ = ["Conversation", "converse", "defuse", "make_safe"]

_THINKING = re.compile(r"\s*<think>(.*?)</think>\s*", re.DOTALL)


@dataclass(frozen=True)
class Conversation:
    """What a template renders.

    Attributes:
        learned: one flag a message; True only on messages of the agent.
    """

    id: str
    messages: tuple[Mapping[str, Any], ...]
    tools: tuple[Mapping[str, Any], ...]
    learned: tuple[bool, ...]

    @property
    def turns(self) -> list[int]:
        """Which of the messages are the agent's."""
        return [n for n, message in enumerate(self.messages) if message["role"] == "assistant"]


def converse(example: Example, controls: Collection[str]) -> Conversation:
    """An example, ready to be rendered.

    Args:
        controls: the control tokens that no text may hold.
    """
    messages, tools = make_safe(example.messages, example.tools, controls)
    return Conversation(example.id, messages, tools, tuple(example.loss_mask))


def make_safe(
    messages: Iterable[Mapping[str, Any]],
    tools: Iterable[Mapping[str, Any]],
    controls: Collection[str],
) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]:
    """Messages and tools as a template is to be given them, in training as in play.

    Args:
        controls: the control tokens that no text may hold.
    """
    pattern = _pattern(controls)
    numbers: dict[str, str] = {}
    safe = tuple(_message(message, pattern, numbers) for message in messages)
    return safe, tuple(_defused(tool, pattern) for tool in tools)


def defuse(value: Any, controls: Collection[str]) -> Any:
    """Text, or JSON with text anywhere in it, without control tokens."""
    return _defused(value, _pattern(controls))


def _message(
    message: Mapping[str, Any], pattern: re.Pattern[str], numbers: dict[str, str]
) -> dict[str, Any]:
    words, thinking = message.get("content") or "", message.get("reasoning_content") or ""
    if message["role"] == "assistant":
        found = _THINKING.match(words)
        if found and not thinking:
            words, thinking = words[found.end() :], found[1]
        words, thinking = words.strip(), thinking.strip()
    made: dict[str, Any] = {"role": message["role"], "content": _defused(words, pattern)}
    if thinking:
        made["reasoning_content"] = _defused(thinking, pattern)
    if calls := message.get("tool_calls"):
        made["tool_calls"] = [_call(call, pattern, numbers) for call in calls]
    if message["role"] == "tool":
        made["tool_call_id"] = _numbered(message.get("tool_call_id") or "", numbers)
        made["name"] = _defused(message.get("name") or "", pattern)
    return made


def _call(
    call: Mapping[str, Any], pattern: re.Pattern[str], numbers: dict[str, str]
) -> dict[str, Any]:
    function = _defused(call["function"], pattern)
    return {"id": _numbered(call["id"], numbers), "type": "function", "function": function}


def _numbered(name: str, numbers: dict[str, str]) -> str:
    return numbers.setdefault(name, f"{len(numbers) + 1:09d}")


def _pattern(controls: Iterable[str]) -> re.Pattern[str]:
    """Matches what a space after its first character breaks, longest first."""
    breakable = {one for one in controls if len(one) > 1 and " " not in one[:2]}
    ordered = sorted(breakable, key=lambda one: (-len(one), one))
    return re.compile("|".join(map(re.escape, ordered)) if ordered else r"(?!)")


def _defused(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        while pattern.search(value):
            value = pattern.sub(lambda found: f"{found[0][0]} {found[0][1:]}", value)
        return value
    if isinstance(value, Mapping):
        return {_defused(key, pattern): _defused(one, pattern) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_defused(one, pattern) for one in value]
    return value
