"""Two simple agents that are worse than the expert in a known way: they show how hard tasks are.

The hasty agent makes the last call of each wish at once, with the words it was given: it looks
nothing up and asks nothing.  The slipping agent plays like the expert but gets calls wrong without
noticing: it names a row with a name like the right one's, or a value near the right one, and goes
on as if nothing had happened.  Neither tells an answer that its own calls did not show.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import Domain
from agentscaler.rollout.expert import Expert, ExpertMaker
from agentscaler.rollout.phrases import seeded
from agentscaler.rollout.requests import find_request, goal_facts
from agentscaler.rollout.sight import Sight
from agentscaler.rollout.wording import sentence
from agentscaler.task.answers import tells_the_same
from agentscaler.task.mutants import MutantMaker
from agentscaler.task.task import Goal, Provenance, Task

__all__ = ["HastyMaker", "SlippingMaker"]

_AT_A_LOSS = "I could not find that out."
_IN_VAIN = "That did not work."
_NEXT = "Is there anything else?"


@dataclass(frozen=True)
class HastyMaker:
    """Makes hasty agents."""

    def __call__(self, domain: Domain, task: Task, seed: str) -> "Hasty":
        return Hasty(task)


class Hasty:
    """One episode's hasty agent; see the module."""

    name = "hasty"

    def __init__(self, task: Task) -> None:
        self._task = task
        self._sight = Sight(task)
        self._read = 0
        self._announced = 0
        self._done = 0
        self._heard_to = 0
        self._results: dict[int, Any] = {}

    def act(self, messages: Sequence[Message]) -> Message:
        """All calls for what was just asked for, then one message about all of them."""
        for message in messages[self._read :]:
            self._sight.see(message.content)
            if message.role == "user":
                self._hear(message.content)
            elif message.role == "tool" and not message.is_error:
                self._results[int(str(message.tool_call_id))] = orjson.loads(message.content)
        self._read = len(messages)
        if messages[-1].role == "user":
            calls = [self._call(index) for index in range(self._done, self._announced)]
            made = tuple(call for call in calls if call is not None)
            if made:
                return Message(role="assistant", content="", tool_calls=made)
        reports = [self._report(index) for index in range(self._done, self._announced)]
        self._done = self._announced
        return Message(role="assistant", content=" ".join([*reports, _NEXT]))

    def _hear(self, words: str) -> None:
        """Each message brings up a wish; another one only if it is told in full."""
        self._sight.hear(words, ())
        goals = self._task.goals
        due = True
        while self._announced < len(goals):
            end = find_request(goals[self._announced], self._sight.heard, self._heard_to)
            if end == -1 and not due:
                break
            self._heard_to = max(self._heard_to, end)
            self._announced += 1
            due = False

    def _call(self, index: int) -> ToolCall | None:
        """The call that a wish seems to ask for; of one that cannot be fulfilled, a try at it."""
        goal = self._task.goals[index]
        if goal.refusal is not None:
            tries = goal.refusal.attempts[:1]
            calls = [ToolCall(id=str(index), name=t.tool, arguments=t.arguments) for t in tries]
            return calls[0] if calls else None
        gold = self._task.gold[goal.calls[-1]]
        arguments = {}
        for name, source in gold.provenance.items():
            value = self._value(index, source, gold.arguments[name])
            if value is not None:
                arguments[name] = value
        return ToolCall(id=str(index), name=gold.tool, arguments=arguments)

    def _value(self, index: int, source: Provenance, wanted: Any) -> Any:
        """What the user told for an argument; of a row, the first thing that was said of it."""
        if source.fact is not None:
            fact = self._sight.fact(source.fact)
            return fact.value if self._sight.was_told(fact) else None
        if source.origin in {"policy", "default"}:
            return wanted
        facts = [self._sight.fact(name) for name in goal_facts(self._task, self._task.goals[index])]
        return next((fact.said for fact in facts if self._sight.was_told(fact)), None)

    def _report(self, index: int) -> str:
        goal = self._task.goals[index]
        if index not in self._results or goal.refusal is not None:
            return _IN_VAIN
        right = self._task.gold[goal.calls[-1]].result
        if not tells_the_same(right, self._results[index], goal.answers):
            return _AT_A_LOSS
        return sentence(goal.report)


@dataclass(frozen=True)
class SlippingMaker:
    """Makes agents that play like those of `expert` and get each call wrong with chance `rate`."""

    expert: ExpertMaker
    rate: float

    def __call__(self, domain: Domain, task: Task, seed: str) -> "Slipping":
        rng = seeded(f"{seed}/slips")
        return Slipping(self.expert(domain, task, seed), domain, task, rng, rate=self.rate)


class Slipping:
    """One episode's slipping agent; see the module."""

    def __init__(
        self, inner: Expert, domain: Domain, task: Task, rng: random.Random, *, rate: float
    ) -> None:
        self._inner = inner
        self._task = task
        self._mutants = MutantMaker(domain)
        self._random = rng
        self._rate = rate

    @property
    def name(self) -> str:
        return f"slipping {self._inner.name}"

    def act(self, messages: Sequence[Message]) -> Message:
        """The expert's step, its calls wrong now and then."""
        message = self._inner.act(messages)
        if not message.tool_calls:
            shown = [goal for goal in self._task.goals if sentence(goal.report) in message.content]
            if all(self._has_seen(goal, messages) for goal in shown):
                return message
            return message.model_copy(update={"content": f"{_AT_A_LOSS} {_NEXT}"})
        calls = tuple(self._made(call) for call in message.tool_calls)
        mistake = message.mistake if calls == message.tool_calls else "slip"
        return message.model_copy(update={"tool_calls": calls, "mistake": mistake})

    def _made(self, call: ToolCall) -> ToolCall:
        if self._random.random() >= self._rate:
            return call
        wrong = list(self._mutants.of_call(self._task.state, call.name, call.arguments))
        if not wrong:
            return call
        _, (_, arguments) = self._random.choice(wrong)
        return call.model_copy(update={"arguments": arguments})

    def _has_seen(self, goal: Goal, messages: Sequence[Message]) -> bool:
        """Whether a result of the goal's own tool shows the answers."""
        if not goal.answers:
            return True
        gold = self._task.gold[goal.calls[-1]]
        made = {call.id: call.name for message in messages for call in message.tool_calls}
        return any(
            tells_the_same(gold.result, orjson.loads(message.content), goal.answers)
            for message in messages
            if message.role == "tool"
            and not message.is_error
            and made[str(message.tool_call_id)] == gold.tool
        )
