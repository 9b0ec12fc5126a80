"""`Sight`: what an honest agent can see of a task's values, and no more.

A value that the user knows is visible once the user has told it; one that a tool gives is visible
once that tool's result of this very episode holds it.  Ids minted during the episode are therefore
taken from the actual results, never from gold.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from agentscaler.rollout.requests import goal_facts, other_value, places
from agentscaler.rollout.statements import statements
from agentscaler.rollout.wording import fold, says, value_text
from agentscaler.task.task import Fact, Goal, Provenance, Task

__all__ = ["InvisibleValueError", "Sight"]


class InvisibleValueError(Exception):
    """The agent was about to use a value that nothing in the conversation shows."""


class Sight:
    """What one agent has seen of one episode.

    Attributes:
        heard: the user's words so far, folded.
        seen: the whole conversation so far, folded.
        results: results of gold calls, by their index.
    """

    def __init__(self, task: Task) -> None:
        self.heard = ""
        self.seen = ""
        self.results: dict[int, Any] = {}
        self._task = task
        self._facts = {fact.name: fact for fact in task.facts}
        self._told: set[str] = set()
        self._ambiguous = {fact.name for fact in task.facts if _is_ambiguous(fact, task.facts)}

    def fact(self, name: str) -> Fact:
        return self._facts[name]

    def see(self, words: str) -> None:
        """Takes in any message."""
        self.seen += "\n" + fold(words)

    def hear(self, words: str, asked: Sequence[Fact]) -> None:
        """Takes in a user message, which may answer a question for the facts `asked`."""
        folded = fold(words)
        self.heard += "\n" + folded
        for fact in asked:
            if _stands_in(fact, _without(folded, fact, asked)):
                self._told.add(fact.name)

    def missing_facts(self, goals: Sequence[Goal]) -> list[Fact]:
        """The facts that goals need and the user has not told, each label once.

        A fact for which the user gave another value so far is not among them: see `tentative`.
        """
        missing: dict[str, Fact] = {}
        for goal in goals:
            for name in goal_facts(self._task, goal):
                fact = self._facts[name]
                if not self.was_told(fact) and self.tentative(fact) is None:
                    missing.setdefault(fold(fact.label), fact)
        return list(missing.values())

    def was_told(self, fact: Fact) -> bool:
        """Whether the user's words hold the value, and mean it as this fact.

        "on", "5" or "open" may stand there for any reason, so such a fact must stand in its own
        place: in its piece of the request, in a statement about it, or in the answer to a question.
        """
        if fact.name in self._told:
            return True
        if not _stands_in(fact, self.heard):
            return False
        if fact.name in self._ambiguous and not self._is_in_place(fact):
            return False
        self._told.add(fact.name)
        return True

    def _is_in_place(self, fact: Fact) -> bool:
        return any(fold(place) in self.heard for place in places(self._task, fact.name)) or any(
            says(self.heard, statement) for statement in statements(fact)
        )

    def tentative(self, fact: Fact) -> str | None:
        """Another value that the user has given for a fact; None if there is none, or no longer."""
        if fact.name in self._told:
            return None
        return next(
            filter(None, (self._other_value(goal, fact) for goal in self._task.goals)), None
        )

    def was_put_otherwise(self, goal: Goal, start: int) -> bool:
        """Whether a goal's request was said, at or after `start` of what was heard, with another
        value in the place of a fact's own."""
        names = {name for fragment in goal.request for name in fragment.facts}
        return any(self._other_value(goal, self._facts[name], start) for name in sorted(names))

    def _other_value(self, goal: Goal, fact: Fact, start: int = 0) -> str | None:
        value = other_value(goal, fact, self.heard, start)
        if value is None or any(says(value, fold(one.said)) for one in self._task.facts):
            return None
        return value

    def arguments(self, index: int) -> dict[str, Any]:
        """The arguments of a gold call.

        Raises:
            InvisibleValueError: one of them stands nowhere in the conversation.
        """
        for goal in self._task.goals:
            acts = index in goal.calls and self._task.gold[index].purpose == "goal"
            if acts and goal.branch is not None and index > goal.branch.call:
                self._result_at(goal.branch.call, goal.branch.path, goal.branch.condition)
        return {name: self.value(index, name) for name in self._task.gold[index].arguments}

    def check_named(self, goal: Goal) -> None:
        """Holds the names that a confirmation uses against the conversation so far.

        Raises:
            InvisibleValueError: one of them stands nowhere in it.
        """
        for name in goal.named:
            if not says(self.seen, fold(name)):
                raise InvisibleValueError(f"nothing has shown {name}, which is to be confirmed")

    def value(self, index: int, name: str) -> Any:
        """One argument of a gold call, taken from where the agent can see it.

        Raises:
            InvisibleValueError: it stands nowhere in the conversation.
        """
        gold = self._task.gold[index]
        argument = f"{gold.tool}.{name}"
        source = gold.provenance.get(name)
        if source is None:
            raise InvisibleValueError(f"nothing says where {argument} comes from")
        return self._from(source, gold.arguments[name], argument)

    def _from(self, source: Provenance, wanted: Any, argument: str) -> Any:
        """The value that `source` gives; `wanted` where that is what the user or a rule says."""
        if source.origin == "items":
            pairs = zip(source.items, wanted, strict=True)
            return [self._from(item, value, argument) for item, value in pairs]
        if source.origin == "tool" and source.call is not None:
            return self._result_at(source.call, source.path, argument)
        if source.origin == "user" and source.fact is not None:
            fact = self._facts[source.fact]
            if not self.was_told(fact):
                raise InvisibleValueError(f"the user has not told {fact.label} for {argument}")
        return wanted

    def _result_at(self, call: int, path: Sequence[str | int], argument: str) -> Any:
        if call not in self.results:
            raise InvisibleValueError(f"gold call {call}, which gives {argument}, was not made")
        value = self.results[call]
        try:
            for step in path:
                value = value[step]
        except (KeyError, IndexError, TypeError) as error:
            raise InvisibleValueError(
                f"the result of gold call {call} has nothing at {list(path)} for {argument}"
            ) from error
        return value


def _stands_in(fact: Fact, folded: str) -> bool:
    """Whether a fact stands in a text, as it is said or as a tool takes it."""
    if says(folded, fold(fact.said)):
        return True
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    return bool(values) and all(says(folded, fold(value_text(value))) for value in values)


def _is_ambiguous(fact: Fact, facts: Iterable[Fact]) -> bool:
    """Whether the words for a fact may stand in a conversation without meaning it."""
    said = fold(fact.said)
    word = fact.said.islower() and fact.said.replace(" ", "").isalpha()
    if word or isinstance(fact.value, bool | int | float):
        return True
    return any(other.name != fact.name and says(fold(other.said), said) for other in facts)


def _without(folded: str, fact: Fact, others: Iterable[Fact]) -> str:
    """The text without the longer words of other facts in which those of `fact` stand."""
    said = fold(fact.said)
    for other in others:
        longer = fold(other.said)
        if len(longer) > len(said) and says(longer, said):
            folded = folded.replace(longer, " ")
    return folded
