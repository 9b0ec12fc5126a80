"""The scripted user: says what it wants in one of many ways, and answers what it is asked.

It knows its goals and its facts and nothing else: no tool's name, and no identifier that is not a
fact of its own.  Some facts it keeps back until the agent asks; a later goal it brings up when the
earlier ones are reported.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.rollout.declining import Accepting
from agentscaler.rollout.phrases import Voice, seeded
from agentscaler.rollout.protocols import GaveUpError, UserTurn
from agentscaler.rollout.requests import (
    goal_facts,
    said_facts,
    withholdable_facts,
)
from agentscaler.rollout.trajectory import FailureOwner
from agentscaler.rollout.user_phrases import PERSONAS
from agentscaler.rollout.wording import fold, join_phrases, quote_long, says, sentence
from agentscaler.task.request import request_text
from agentscaler.task.task import Fact, Goal, Task

__all__ = ["ScriptedUser", "ScriptedUserMaker"]

_TWO_AT_ONCE_CHANCE = 0.3
_PUZZLED_AT_MOST = 2
_SETTLED = re.compile(r"\b(anything|something|what|nothing) (else|more)\b|\bfurther help\b")
_CONFIRMATION = re.compile(
    r"\b(shall|should|may|can) i (go|proceed|continue)\b|\bgo[- ]ahead\b|\bproceed\b|\bconfirm\b"
    r"|\bis (that|this) (right|correct|ok|okay)\b|\bare you sure\b|\bwould you like me to\b"
    r"|\b(do you )?want me to\b"
)
_PEOPLES_NAMES = ("person_name", "first_name", "last_name", "username")
_ABOUT_THE_AGENT = re.compile(r"\b(tell|show|give|let|send|remind) (me|us)\b")


@dataclass(frozen=True)
class ScriptedUserMaker:
    """Makes scripted users that keep a fact back with probability `withhold_rate`."""

    withhold_rate: float = 0.0

    def __call__(self, domain: Domain, task: Task, seed: str) -> "ScriptedUser":
        return ScriptedUser(domain, task, seeded(seed), withhold_rate=self.withhold_rate)


class ScriptedUser:
    """One episode's user; see the module."""

    name = "scripted"

    def __init__(
        self, domain: Domain, task: Task, rng: random.Random, *, withhold_rate: float = 0.0
    ) -> None:
        self._task = task
        self._facts = {fact.name: fact for fact in task.facts}
        self._voice = Voice(rng)
        self._persona = rng.choice(PERSONAS)
        required = {
            tool.name: set(tool.parameters.get("required", ())) for tool in domain.manifest.tools
        }
        self._withheld: set[str] = set()
        for goal in task.goals:
            if goal.refusal is not None and not goal.calls:
                continue  # nobody would ask for what is of no use
            for name in withholdable_facts(task, goal, required):
                if rng.random() < withhold_rate:
                    self._withheld.add(name)
        self._accepting = Accepting(self._voice)
        self._people = _person_names(domain, task)
        self._told: set[str] = set()
        self._announced = 0
        self._puzzled = 0

    def open(self) -> str:
        """The first request, now and then with the second."""
        goals = self._task.goals
        if len(goals) > 1 and self._voice.chance(_TWO_AT_ONCE_CHANCE):
            first, second = self._announce(), self._announce()
            return self._voice.say(self._persona.pairs, first=first, second=second)
        request = self._announce()
        return self._voice.say(
            self._openings(request, self._persona.asks, self._persona.wishes), request=request
        )

    def reply(self, messages: Sequence[Message]) -> UserTurn:
        """Tells what is asked for, agrees, brings up the next goal, or thanks and ends.

        Raises:
            GaveUpError: the agent keeps asking for what the user does not know.
        """
        words = fold(messages[-1].content)
        confirmation = bool(_CONFIRMATION.search(words))
        asked = self._asked(words, told=False)
        brought_up = self._task.goals[: self._announced]
        unknown = self._accepting.knows_not(words, brought_up)
        if asked or unknown:
            told = self._tell(asked) if asked else ""
            answer = f"{told} {unknown}".strip()
            return UserTurn(f"{answer} {self._agree()}" if confirmation else answer)
        if _SETTLED.search(words):
            taken, doubted = self._accepting.answer(words, brought_up)
            if doubted:
                return UserTurn(taken)
            turn = self._move_on()
            text = self._accepting.close() if taken and turn.done else turn.text
            return UserTurn(f"{taken} {text}".strip(), turn.done)
        if confirmation:
            return UserTurn(self._agree())
        if "?" not in words:
            return self._move_on()
        open_facts = self._open_facts() or self._asked(words, told=True)
        if open_facts:
            return UserTurn(self._tell(open_facts))
        self._puzzled += 1
        if self._puzzled > _PUZZLED_AT_MOST:
            raise GaveUpError(
                "the agent keeps asking for what the user does not know", FailureOwner.AGENT
            )
        return UserTurn(self._voice.say(self._persona.puzzled))

    def _announce(self) -> str:
        """The next goal's request, without what is kept back."""
        goal = self._task.goals[self._announced]
        self._announced += 1
        tellable = set(self._facts) - (self._withheld - self._told)
        self._told |= said_facts(goal, tellable)
        return request_text(goal.request, tellable)

    def _openings(
        self, request: str, asks: tuple[str, ...], wishes: tuple[str, ...]
    ) -> tuple[str, ...]:
        about_the_agent = _ABOUT_THE_AGENT.search(" ".join(request.casefold().split()[:3]))
        return asks if about_the_agent else asks + wishes

    def _announced_facts(self) -> list[Fact]:
        goals: tuple[Goal, ...] = self._task.goals[: self._announced]
        names = {name for goal in goals for name in goal_facts(self._task, goal)}
        return [fact for fact in self._task.facts if fact.name in names]

    def _open_facts(self) -> list[Fact]:
        return [fact for fact in self._announced_facts() if fact.name not in self._told]

    def _asked(self, words: str, *, told: bool) -> list[Fact]:
        """The facts whose labels stand in the agent's words."""
        facts = [fact for fact in self._announced_facts() if (fact.name in self._told) == told]
        return [fact for fact in facts if _asks_for(words, fold(fact.label))]

    def _tell(self, facts: Sequence[Fact]) -> str:
        self._told |= {fact.name for fact in facts}
        lead = self._voice.say(self._persona.leads)
        answer = self._one(facts[0]) if len(facts) == 1 else self._several(facts)
        return f"{lead} {answer}" if lead else answer

    def _one(self, fact: Fact) -> str:
        label = fold(fact.label)
        in_words = isinstance(fact.value, str) and fact.said not in fact.value
        bare = "{Said}." if in_words else "{said}."
        phrases = [bare]
        if len(fact.said.split()) <= 4:
            phrases += ["It's {said}.", bare, "That's {said}."]
            if "name of the" in label and fact.name not in self._people:
                phrases += ["It's called {said}.", "It's called {said}."]
            if self._persona.name == "polite":
                phrases += [bare.replace(".", ", please."), "It is {said}."]
        elif re.search(r"\b(description|text|message|note|comment|summary|title)\b", label):
            phrases += ['It should say "{said}".', 'Let\'s go with "{said}".']
        return self._voice.say(phrases, said=fact.said)

    def _several(self, facts: Sequence[Fact]) -> str:
        """Every fact with its label, as one sentence where the labels allow it."""
        nouns = [_short_label(fact.label, facts) for fact in facts]
        if not all(noun.startswith("the ") for noun in nouns):
            return " ".join(
                sentence(f"as for {noun}, {fact.said}")
                for fact, noun in zip(facts, nouns, strict=True)
            )
        told = [quote_long(fact.said) for fact in facts]
        pairs = list(zip(told, nouns, strict=True))
        plural = any(_is_plural(noun) for noun in nouns)
        switch = any(isinstance(fact.value, bool) for fact in facts)
        if not switch and (plural or self._voice.chance(0.5)):
            return f"{join_phrases([f'{said} for {noun}' for said, noun in pairs])}."
        return sentence(join_phrases([f"{noun} is {said}" for said, noun in pairs]))

    def _agree(self) -> str:
        return self._voice.say(self._persona.agreements)

    def _move_on(self) -> UserTurn:
        """After a report: what was forgotten, the next goal, or the end."""
        forgotten = self._open_facts()
        if forgotten:
            lead = self._voice.say(self._persona.forgotten)
            self._told |= {fact.name for fact in forgotten}
            return UserTurn(f"{lead} {self._several(forgotten)}")
        if self._announced < len(self._task.goals):
            request = self._announce()
            phrases = self._openings(request, self._persona.next_asks, self._persona.next_wishes)
            return UserTurn(self._voice.say(phrases, request=request))
        return UserTurn(self._voice.say(self._persona.closings), done=True)


def _person_names(domain: Domain, task: Task) -> set[str]:
    """The facts that go into columns of people's names, as one says "called" of things only."""
    people = set()
    for call in task.gold:
        for parameter, source in call.provenance.items():
            role = domain.manifest.tool[call.tool].arguments.get(parameter)
            if source.fact is None or role is None or not role.column:
                continue
            column = domain.manifest.table[role.table].by_name.get(role.column)
            if column is not None and column.meaning in _PEOPLES_NAMES:
                people.add(source.fact)
    return people


def _asks_for(words: str, label: str) -> bool:
    """Whether a label stands in the words, be it split ("the name and the new size of the app")."""
    part, _, owner = label.partition(" of ")
    return says(words, label) or bool(owner and says(words, part) and says(words, f"of {owner}"))


def _short_label(label: str, facts: Sequence[Fact]) -> str:
    """The label up to its "of", where that still tells the facts apart."""
    short = label.partition(" of ")[0]
    same = [fact for fact in facts if fact.label.partition(" of ")[0] == short]
    return short if len(same) == 1 else label


def _is_plural(noun: str) -> bool:
    last = noun.rpartition(" ")[2]
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))
