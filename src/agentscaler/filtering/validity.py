"""First stage: is it a well-formed conversation that came to its end, and free of loops?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from agentscaler.chat import Message
from agentscaler.filtering.case import Case
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.filtering.verdict import Fault, FunnelReason
from agentscaler.rollout.trajectory import StopReason
from agentscaler.rollout.wording import fold, says, value_text
from agentscaler.task.task import Fact

__all__ = ["find_invalid"]


def find_invalid(case: Case, settings: FunnelSettings) -> Fault | None:
    """The first thing wrong with a trajectory's form, if there is one."""
    trajectory = case.trajectory
    if trajectory.domain != case.task.domain or trajectory.state != case.task.state:
        where = f"{trajectory.domain}, state {trajectory.state}"
        return Fault(FunnelReason.WRONG_TASK, f"it was played in {where}")
    if trajectory.stop is not StopReason.SATISFIED:
        return Fault(
            FunnelReason.NOT_SATISFIED, f"{trajectory.stop}: {trajectory.failure}".rstrip(": ")
        )
    return (
        _find_broken_turn(trajectory.messages)
        or _find_unreadable_call(trajectory.messages)
        or _find_unknown_tool(case)
        or _find_repetition(case, settings)
        or _find_excess(case, settings)
        or (_find_invented_id(case) if settings.ids else None)
    )


def _find_broken_turn(messages: Sequence[Message]) -> Fault | None:
    """Checks who follows whom: system, user, then assistant and its tools or the user in turn."""
    if [message.role for message in messages[:2]] != ["system", "user"]:
        return Fault(FunnelReason.BROKEN_TURNS, "it does not open with system and user")
    used: set[str] = set()
    due: list[str] = []
    for number, message in enumerate(messages[1:], start=1):
        expected = _expected(messages[number - 1], due)
        if message.role != expected:
            reason = FunnelReason.UNANSWERED_CALL if "tool" in (message.role, expected) else None
            what = f"message {number} is from {message.role}, but it is {expected}'s turn"
            return Fault(reason or FunnelReason.BROKEN_TURNS, what)
        if message.role == "tool":
            if message.tool_call_id != due.pop(0):
                what = f"message {number} answers {message.tool_call_id} out of turn"
                return Fault(FunnelReason.UNANSWERED_CALL, what)
            continue
        if not message.content.strip() and not message.tool_calls:
            return Fault(FunnelReason.EMPTY_TEXT, f"message {number}, {message.role}, is empty")
        if message.tool_calls and message.role != "assistant":
            return Fault(FunnelReason.BROKEN_TURNS, f"message {number}: only the agent may call")
        for call in message.tool_calls:
            if call.id in used:
                what = f"message {number} uses a call id again"
                return Fault(FunnelReason.UNANSWERED_CALL, what)
            used.add(call.id)
            due.append(call.id)
    if due or messages[-1].role == "tool":
        return Fault(FunnelReason.UNANSWERED_CALL, "it ends before the agent had its say")
    return None


def _expected(last: Message, due: Sequence[str]) -> str:
    if due:
        return "tool"
    if last.role == "system":
        return "user"
    return "user" if last.role == "assistant" else "assistant"


def _find_unreadable_call(messages: Sequence[Message]) -> Fault | None:
    for message in messages:
        for call in message.tool_calls:
            if call.malformed:
                what = f"{call.name or 'a call'} is written as {call.malformed[:80]}"
                return Fault(FunnelReason.UNREADABLE_CALL, what)
    return None


def _find_unknown_tool(case: Case) -> Fault | None:
    for one in case.successes:
        if one.call.name not in case.domain.manifest.tool:
            return Fault(FunnelReason.UNKNOWN_TOOL, f"{one.call.name} is not a tool of the domain")
    return None


def _find_repetition(case: Case, settings: FunnelSettings) -> Fault | None:
    words = " ".join(case.agent_words()).split()
    phrase, times = _most_common(_phrases(words, settings))
    if times > settings.max_repeats:
        return Fault(FunnelReason.REPETITION, f'"{" ".join(phrase)}" is said {times} times')
    key, times = _most_common(one.key for one in case.calls)
    if times > settings.max_call_repeats:
        return Fault(FunnelReason.REPETITION, f"the call {key} is made {times} times")
    return None


def _phrases(words: Sequence[str], settings: FunnelSettings) -> Iterator[tuple[str, ...]]:
    """The phrases that may be said too often: those of which every word is."""
    often = {word for word, times in Counter(words).items() if times > settings.max_repeats}
    are_often = bytes(map(often.__contains__, words))
    all_often = b"\1" * settings.ngram
    start = are_often.find(all_often)
    while start != -1:
        yield tuple(words[start : start + settings.ngram])
        start = are_often.find(all_often, start + 1)


def _find_excess(case: Case, settings: FunnelSettings) -> Fault | None:
    """Holds the length and the refusals against the bounds, where there are any."""
    turns = sum(message.role == "assistant" for message in case.trajectory.messages)
    if settings.max_turns is not None and turns > settings.max_turns:
        return Fault(FunnelReason.TOO_LONG, f"the agent takes {turns} turns")
    refused = len(case.calls) - len(case.successes)
    if settings.max_refusals is not None and refused > settings.max_refusals:
        return Fault(FunnelReason.TOO_MANY_REFUSALS, f"{refused} calls were refused")
    return None


def _most_common(items: Iterable[Any]) -> tuple[Any, int]:
    return next(iter(Counter(items).most_common(1)), ((), 0))


def _find_invented_id(case: Case) -> Fault | None:
    """Holds the keys in successful calls against what others said before them.

    The agent's own words show nothing, and what a refusal repeats of its call shows nothing either.
    """
    tools = case.domain.manifest.tool
    calls = {one.call.id: one for one in case.calls}
    seen = ""
    for message, words in zip(case.trajectory.messages, case.folded, strict=True):
        for call in message.tool_calls:
            if calls[call.id].answer.is_error:
                continue
            for name, value in call.arguments.items():
                role = tools[call.name].arguments.get(name)
                if role is None or role.kind not in ("key", "reference", "holds"):
                    continue
                for item in value if isinstance(value, list) else [value]:
                    if not _stands_in(item, seen, case.task.facts):
                        what = f"{call.name}.{name} = {item!r} stands nowhere before the call"
                        return Fault(FunnelReason.INVENTED_ID, what)
        if message.is_error:
            words = _without(words, calls[message.tool_call_id or ""].call.arguments.values())
        if message.role != "assistant":
            seen += "\n" + words
    return None


def _without(words: str, values: Iterable[Any]) -> str:
    """A refusal without the values of the call that it refuses."""
    for value in values:
        for item in value if isinstance(value, list) else [value]:
            text = fold(value_text(item))
            words = words.replace(text, "") if text else words
    return words


def _stands_in(value: Any, seen: str, facts: Iterable[Fact]) -> bool:
    """Whether a key was said, as it is, as JSON writes it, or in the user's way of saying it."""
    text = fold(value_text(value))
    if not text or says(seen, text):
        return True
    if says(seen, fold(orjson.dumps(value).decode().strip('"'))):
        return True
    return any(fact.value == value and says(seen, fold(fact.said)) for fact in facts)
