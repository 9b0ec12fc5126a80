"""The scripted user: says what it wants in one of many ways, and answers what it is asked.

It knows its goals and its facts and nothing else: no tool's name, and no identifier that is not a
fact of its own.  Some facts it keeps back until the agent asks, some it tells in sentences beside
its request; now and then it changes its mind about a value; a later goal it brings up when the
earlier ones are reported, or when it comes to mind.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.rollout.declining import Accepting
from agentscaler.rollout.hearing import Heard, asks_for
from agentscaler.rollout.phrases import Voice, seeded
from agentscaler.rollout.protocols import GaveUpError, UserTurn
from agentscaler.rollout.requests import goal_facts, said_facts, withholdable_facts
from agentscaler.rollout.rewording import heads
from agentscaler.rollout.second_thoughts import (
    Moment,
    SecondThought,
    draw_second_thought,
    with_first_value,
)
from agentscaler.rollout.telling import Teller, can_be_stated, people_facts
from agentscaler.rollout.trajectory import FailureOwner
from agentscaler.rollout.user_phrases import COMMON
from agentscaler.rollout.wish import Wish, closes, join_lead, personas_of, pointing
from agentscaler.rollout.wording import fold, says
from agentscaler.task.request import request_text
from agentscaler.task.task import Fact, Fragment, Goal, Task

__all__ = ["ScriptedUser", "ScriptedUserMaker"]

_TWO_AT_ONCE_CHANCE = 0.3
_NEXT_IN_PASSING_CHANCE = 0.12
_QUESTION_CHANCE = 0.35
_BESIDE_CHANCE = 0.35
_FIRST_CHANCE = 0.35
_PUZZLED_AT_MOST = 2
_REPEATS_AT_MOST = 4
_WITHHELD_AT_MOST = 3
_LONG = 22
_TELL_ME = re.compile(r"\b(?:tell|show|give|let|send) me\b")


@dataclass(frozen=True)
class ScriptedUserMaker:
    """Makes scripted users.

    Attributes:
        withhold_rate: chance that a fact that can wait is kept back until the agent asks.
        change_rate: chance that the user changes its mind about a value, where the task has room.
        typo_rate: chance that an opening has a slip of the keyboard, outside all facts.
        voice: how phrases are chosen.
    """

    withhold_rate: float = 0.0
    change_rate: float = 0.0
    typo_rate: float = 0.0
    voice: type[Voice] = Voice

    def __call__(self, domain: Domain, task: Task, seed: str) -> "ScriptedUser":
        rng = seeded(seed)
        voice = self.voice(rng, self.typo_rate)
        return ScriptedUser(
            domain,
            task,
            rng,
            voice,
            withhold_rate=self.withhold_rate,
            change_rate=self.change_rate,
        )


class ScriptedUser:
    """One episode's user; see the module."""

    name = "scripted"

    def __init__(
        self,
        domain: Domain,
        task: Task,
        rng: random.Random,
        voice: Voice | None = None,
        *,
        withhold_rate: float = 0.0,
        change_rate: float = 0.0,
    ) -> None:
        self._task = task
        self._facts = {fact.name: fact for fact in task.facts}
        self._voice = voice or Voice(rng)
        self._persona = self._voice.pick(personas_of(task))
        required = {
            tool.name: set(tool.parameters.get("required", ())) for tool in domain.manifest.tools
        }
        self._withholdable = [
            withholdable_facts(task, goal, required)
            if goal.refusal is None or goal.calls
            else ()  # nobody would ask for what is of no use
            for goal in task.goals
        ]
        self._withheld = {
            name
            for names in self._withholdable
            for name in [one for one in names if rng.random() < withhold_rate][:_WITHHELD_AT_MOST]
        }
        self._thought: SecondThought | None = None
        if rng.random() < change_rate and task.special is None:
            self._thought = draw_second_thought(domain, task, self._withheld, required, rng)
        self._teller = Teller(
            self._voice, people_facts(domain, task), polite=self._persona.name == "polite"
        )
        self._accepting = Accepting(self._voice)
        self._told: set[str] = set()
        self._said = ""
        self._announced = 0
        self._puzzled = self._repeats = 0

    def open(self) -> str:
        """The first request, now and then with the second."""
        voice, persona = self._voice, self._persona
        lead = []
        if not self._says_whole(0):
            lead.append(voice.say(persona.greetings))
            if voice.chance(persona.talkative):
                lead.append(voice.say_loosely(persona.talk))
        if len(self._task.goals) > 1 and voice.chance(_TWO_AT_ONCE_CHANCE):
            first, second = self._announce(), self._announce()
            if first.whole or second.whole:
                begun = self._put(first, persona.asks, persona.wishes, persona.questions)
                then = (persona.next_asks, persona.next_wishes, persona.next_questions)
                return self._speak(*lead, begun, self._put(second, *then))
            words = voice.say_loosely(persona.pairs, first=first.ask, second=second.ask)
            around = (first.before, first.after, second.before, second.after)
            return self._speak(*lead, words, *around)
        words = self._ask(persona.asks, persona.wishes, persona.questions)
        return self._speak(*lead, words)

    def reply(self, messages: Sequence[Message]) -> UserTurn:
        """Tells what is asked for, agrees, brings up the next goal, or thanks and ends.

        Raises:
            GaveUpError: the agent keeps asking for what the user does not know.
        """
        heard = Heard.of(messages[-1].content)
        words, confirmation = heard.text, heard.wants_consent
        if confirmation and self._is_pending(None):
            return UserTurn(self._speak(self._hold_up()))
        asked = self._asked(words, told=False)
        brought_up = self._task.goals[: self._announced]
        unknown = self._accepting.knows_not(words, brought_up)
        if asked or unknown:
            told = self._tell(asked, sparingly=not confirmation) if asked else ""
            return UserTurn(self._speak(told, unknown, self._agree() if confirmation else ""))
        if heard.offers_more:
            return self._settle(words, asked=True)
        if confirmation:
            return UserTurn(self._speak(self._agree()))
        repeated = self._asked(words, told=True)
        again = heard.asks_again(fold(fact.label) for fact in repeated)
        if not heard.is_question and not (repeated and again):
            return self._settle(words, asked=False)
        open_facts = self._open_facts()
        if open_facts:
            return UserTurn(self._speak(self._tell(open_facts)))
        if repeated and self._repeats < _REPEATS_AT_MOST:
            self._repeats += 1
            return UserTurn(self._speak(self._repeat(repeated)))
        self._puzzled += 1
        if self._puzzled > _PUZZLED_AT_MOST:
            raise GaveUpError(
                "the agent keeps asking for what the user does not know", FailureOwner.AGENT
            )
        return UserTurn(self._speak(self._voice.say(self._persona.puzzled)))

    def _settle(self, words: str, *, asked: bool) -> UserTurn:
        """After a report or an explanation: takes it as it is, or doubts it, and moves on."""
        taken, doubted = self._accepting.answer(words, self._task.goals[: self._announced])
        if doubted:
            return UserTurn(self._speak(taken))
        turn = self._move_on(asked=asked)
        text = self._accepting.close() if taken and turn.done else turn.text
        return UserTurn(f"{taken} {text}".strip(), turn.done)

    def _speak(self, *parts: str) -> str:
        """A message of these parts, of which some may be empty."""
        words = " ".join(part for part in parts if part)
        self._said += "\n" + fold(words)
        return words

    def _ask(
        self, asks: tuple[str, ...], wishes: tuple[str, ...], questions: tuple[str, ...]
    ) -> str:
        """The next goal's request with what stands around it."""
        return self._put(self._announce(), asks, wishes, questions)

    def _put(
        self,
        wish: Wish,
        asks: tuple[str, ...],
        wishes: tuple[str, ...],
        questions: tuple[str, ...],
    ) -> str:
        """A request in one of these forms, with what stands around it."""
        if wish.whole:
            return wish.whole
        if wish.question and not wish.vague and self._voice.chance(_QUESTION_CHANCE):
            words = self._voice.say_loosely(questions, question=wish.question)
        else:
            bank = (*asks, *wishes) if wish.wish else asks
            if wish.changed or wish.after or len(wish.ask.split()) > _LONG:
                bank = tuple(one for one in bank if closes(one)) or bank
            words = self._voice.say_loosely(bank, request=wish.ask, wish=wish.wish)
        return " ".join(part for part in (wish.before, words, wish.after) if part)

    def _announce(self) -> Wish:
        """The next goal's request, without what is kept back or told beside it."""
        number = self._announced
        goal = self._task.goals[number]
        self._announced += 1
        if self._says_whole(number):
            self._told |= said_facts(goal, set(self._facts))
            return Wish("", "", "", whole=goal.wording)
        tellable = set(self._facts) - (self._withheld - self._told)
        thought = self._thought if self._is_pending(number) else None
        request = list(goal.request)
        after = ""
        if thought is not None:
            request = with_first_value(goal.request, thought)
            if thought.moment is Moment.AT_ONCE:
                after = self._correct(thought, COMMON.second_thoughts)
        beside = [] if thought is not None else self._beside(number, tellable)
        tellable -= {fact.name for fact in beside}
        self._told |= said_facts(goal, tellable)
        if thought is not None and not after:
            self._told.discard(thought.fact.name)
        before = ""
        if beside:
            self._told |= {fact.name for fact in beside}
            words = self._teller.aside(beside)
            opening = not self._said and number == 0
            if opening and self._voice.chance(_FIRST_CHANCE) and not words.startswith("-"):
                before = words
                request = pointing(request, {fact.name for fact in beside})
            else:
                lead = self._voice.say(COMMON.details)
                after = join_lead(lead, words)
        wish = self._wish(request, tellable, before, after)
        return replace(wish, changed=thought is not None)

    def _says_whole(self, number: int) -> bool:
        """Whether a goal is said in the words that a model found for it: where nothing of it is
        kept back or put right later, for which these have no place."""
        goal = self._task.goals[number]
        held = self._withheld - self._told
        is_open = said_facts(goal, set(self._facts)).isdisjoint(held)
        return bool(goal.wording) and is_open and not self._is_pending(number)

    def _wish(
        self, request: Sequence[Fragment], tellable: set[str], before: str, after: str
    ) -> Wish:
        first = request[0]
        begun = first.text if set(first.facts) <= tellable else first.vague
        rest = request_text(request[1:], tellable)
        ways = heads(begun)
        told = set(request[-1].facts) <= tellable
        vague = any(not set(fragment.facts) <= tellable for fragment in request)

        wishes = () if _TELL_ME.search(f"{begun} {rest}") else ways.wishes

        def put(forms: tuple[str, ...]) -> str:
            forms = forms if told else forms[:2]  # one cannot "set" what is not said
            return f"{self._voice.pick(forms)} {rest}".rstrip() if forms else ""

        return Wish(put(ways.asks), put(wishes), put(ways.questions), before, after, vague=vague)

    def _beside(self, number: int, tellable: set[str]) -> list[Fact]:
        """Facts of a goal to be told in sentences of their own."""
        if not self._voice.chance(_BESIDE_CHANCE):
            return []
        names = [
            name
            for name in self._withholdable[number]
            if name in tellable and name not in self._told and can_be_stated(self._facts[name])
        ]
        if len(names) > 1 and self._voice.chance(0.5):
            names = names[:1]
        return [self._facts[name] for name in names]

    def _is_pending(self, number: int | None) -> bool:
        """Whether a value of goal `number`, or of any brought up, is still to be changed."""
        thought = self._thought
        if thought is None or thought.fact.name in self._told:
            return False
        return thought.goal == number if number is not None else thought.goal < self._announced

    def _correct(self, thought: SecondThought, bank: tuple[str, ...]) -> str:
        self._told.add(thought.fact.name)
        last = self._task.goals[thought.goal].request[-1].facts == (thought.fact.name,)
        same = sum(fact.said == thought.fact.said for fact in self._task.facts)
        at_once = thought.moment is Moment.AT_ONCE and thought.goal == self._announced - 1
        correction = self._teller.correction(thought.fact, alone=last and same == 1 and at_once)
        return self._voice.say(bank, correction=correction, first=thought.first)

    def _hold_up(self) -> str:
        assert self._thought is not None
        return self._correct(self._thought, COMMON.held_up)

    def _announced_facts(self) -> list[Fact]:
        goals: tuple[Goal, ...] = self._task.goals[: self._announced]
        names = {name for goal in goals for name in goal_facts(self._task, goal)}
        return [fact for fact in self._task.facts if fact.name in names]

    def _open_facts(self) -> list[Fact]:
        return [fact for fact in self._announced_facts() if fact.name not in self._told]

    def _asked(self, words: str, *, told: bool) -> list[Fact]:
        """The facts whose labels stand in the agent's words."""
        facts = [fact for fact in self._announced_facts() if (fact.name in self._told) == told]
        return [fact for fact in facts if asks_for(words, fold(fact.label))]

    def _tell(self, facts: Sequence[Fact], *, sparingly: bool = False) -> str:
        """Answers, now and then with half of what was asked for, or with more."""
        told, persona = list(facts), self._persona
        if sparingly and len(told) > 1 and self._voice.chance(persona.sparing):
            told = told[: max(1, len(told) // 2)]
        elif self._voice.chance(persona.forthcoming):
            told += [fact for fact in self._open_facts() if fact not in told]
        thought = self._thought if self._is_pending(None) else None
        if thought is not None:
            told = [fact for fact in told if fact is not thought.fact]
        self._told |= {fact.name for fact in told}
        parts = []
        if told:
            parts.append(join_lead(self._voice.say(persona.leads), self._teller.answer(told)))
        if thought is not None and (thought.moment is Moment.LATER or not told):
            parts.append(self._correct(thought, COMMON.later_thoughts))
        elif self._has_next() and self._voice.chance(_NEXT_IN_PASSING_CHANCE):
            wish = self._announce()
            aside = wish.whole or self._voice.say(COMMON.asides, request=wish.ask)
            parts += [aside, wish.before, wish.after]
        return " ".join(part for part in parts if part)

    def _repeat(self, facts: Sequence[Fact]) -> str:
        return join_lead(self._voice.say(self._persona.repeats), self._teller.answer(facts))

    def _agree(self) -> str:
        return self._voice.say(self._persona.agreements)

    def _has_next(self) -> bool:
        return self._announced < len(self._task.goals)

    def _move_on(self, *, asked: bool = False) -> UserTurn:
        """After a report: what was forgotten, the next goal, or the end.

        Args:
            asked: whether the agent has asked for it; else a "no" would answer nothing.
        """
        if self._is_pending(None):
            return UserTurn(self._speak(self._hold_up()))
        forgotten = [fact for fact in self._open_facts() if not says(self._said, fold(fact.said))]
        if forgotten:
            lead = self._voice.say(COMMON.forgotten)
            self._told |= {fact.name for fact in forgotten}
            return UserTurn(self._speak(lead, self._teller.several(forgotten)))
        if self._has_next():
            persona = self._persona
            words = self._ask(persona.next_asks, persona.next_wishes, persona.next_questions)
            return UserTurn(self._speak(words))
        closings = self._persona.closings
        if not asked:
            closings = tuple(one for one in closings if not one.startswith(("No,", "No.", "Nope")))
        return UserTurn(self._voice.say(closings), done=True)
