"""What a person in a dialogue cannot have written: checked on the words of a model that plays one.

Only what can be decided by looking is checked here.  Whether the dialogue came to the right end is
decided by execution, later.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.rollout.wording import fold, says
from agentscaler.task.task import Fact, Task

__all__ = ["UserChecks"]

_AGENTS_WORDS = re.compile(
    r"^\W*(assistant|agent|support|system|tool)\s*:"
    r"|\bhow (can|may) i (help|assist) you\b"
    r"|\banything else (that )?i can (help|do|assist)\b"
    r"|\bas an ai\b|\blanguage model\b"
    r"|</?tool_|<think>|\"arguments\"\s*:",
    re.MULTILINE,
)
_SHORTEST_ID = 4
_SHORTEST_SECRET = 4
_LONGEST = 1200


class UserChecks:
    """What the user of one episode may not say."""

    def __init__(self, domain: Domain, task: Task) -> None:
        names = (tool.name for tool in domain.manifest.tools)
        self._tools = [name for name in names if _is_a_tools_name(name)]
        known = fold(" ".join([task.intent, *_texts(task)]))
        self._hidden = [value for value in _found_out(task) if not says(known, fold(value))]

    def faults(
        self, text: str, messages: Sequence[Message], kept_back: Sequence[Fact] = ()
    ) -> list[str]:
        """What is wrong with a message, one clause each; empty if it may be sent.

        Args:
            messages: the conversation so far.
            kept_back: what may not be told yet.
        """
        if not text.strip():
            return ["it is empty"]
        words = fold(text)
        heard = fold(" ".join(one.content for one in messages if one.role == "assistant"))
        faults = []
        if len(text) > _LONGEST:
            faults.append(f"it is longer than {_LONGEST} characters")
        if found := _AGENTS_WORDS.search(text.casefold()):
            faults.append(f"{found[0].strip()!r} is something that the assistant would write")
        faults += [
            f"it names {name}, of which you know nothing"
            for name in self._tools
            if says(words, fold(name)) and not says(heard, fold(name))
        ]
        faults += [
            f"it names {value}, which you cannot know"
            for value in self._hidden
            if says(words, fold(value)) and not says(heard, fold(value))
        ]
        faults += [
            f"it tells {fact.label}, for which nobody has asked yet"
            for fact in kept_back
            if len(fact.said) >= _SHORTEST_SECRET and says(words, fold(fact.said))
        ]
        return faults


def _is_a_tools_name(name: str) -> bool:
    """Whether nobody would write the name by chance, as one may write "search"."""
    return not re.fullmatch(r"[A-Za-z][a-z]*", name)


def _texts(task: Task) -> Iterator[str]:
    for fact in task.facts:
        yield fact.said
        yield str(fact.value)


def _found_out(task: Task) -> list[str]:
    """Opaque values that gold takes from the results of tools, in order and once each."""
    values: dict[str, None] = {}
    for call in task.gold:
        for parameter, source in call.provenance.items():
            if source.origin == "tool":
                values |= dict.fromkeys(_opaque(call.arguments.get(parameter)))
    return list(values)


def _opaque(value: Any) -> Iterator[str]:
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and len(text) >= _SHORTEST_ID and re.search(r"\d", text):
            yield text
