"""The expert: an agent of rules that follows a task's gold solution as an honest agent could.

It knows which calls are right, but it may use a value only once the value is visible to it (see
`Sight`).  What it lacks it asks for; what needs the user's consent it explains first; of a goal it
knows nothing before the user brings it up.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import Domain
from agentscaler.rollout import agent_phrases as bank
from agentscaler.rollout.declining import Declining
from agentscaler.rollout.mistake import Mistake, MistakeKind, Occasion
from agentscaler.rollout.mistaken_rows import premature_call
from agentscaler.rollout.mistakes import draw_mistake
from agentscaler.rollout.phrases import Voice, seeded
from agentscaler.rollout.protocols import GaveUpError
from agentscaler.rollout.requests import find_request, goal_facts
from agentscaler.rollout.sight import Sight
from agentscaler.rollout.statements import noun_of
from agentscaler.rollout.trajectory import FailureOwner
from agentscaler.rollout.wording import fold, join_phrases, quote_long, quote_words, says, sentence
from agentscaler.task.task import Fact, Goal, Task

__all__ = ["Expert", "ExpertMaker"]

_PARALLEL_CHANCE = 0.6
_WORDS_WITH_CALL_CHANCES = (0.1, 0.3, 0.6)
_ANYTHING_ELSE_CHANCES = (0.4, 0.7, 0.95)
_IN_LINES_CHANCE = 0.3
_PREMATURE_CHANCE = 0.5
_ASKED_AGAIN_CHANCE = 0.12
_DETAILS_AT_MOST = 4
_YES = frozenset(
    ("yes", "yep", "yeah", "sure", "correct", "right", "ok", "okay", "proceed", "please", "ahead")
)
_NO = frozenset(("no", "not", "don't", "stop", "cancel", "wait"))


@dataclass(frozen=True)
class ExpertMaker:
    """Makes experts that get a call wrong in a share `mistake_rate` of their episodes.

    `voice` is how phrases are chosen.
    """

    mistake_rate: float = 0.0
    voice: type[Voice] = Voice

    def __call__(self, domain: Domain, task: Task, seed: str) -> "Expert":
        rng = seeded(seed)
        return Expert(domain, task, rng, self.voice(rng), mistake_rate=self.mistake_rate)


class Expert:
    """One episode's expert; see the module."""

    name = "expert"

    def __init__(
        self,
        domain: Domain,
        task: Task,
        rng: random.Random,
        voice: Voice | None = None,
        *,
        mistake_rate: float = 0.0,
    ) -> None:
        self._manifest = domain.manifest
        self._task = task
        self._rng = rng
        self._voice = voice or Voice(rng)
        self._declining = Declining(task, self._voice)
        self._words_with_call_chance = rng.choice(_WORDS_WITH_CALL_CHANCES)
        self._anything_else_chance = rng.choice(_ANYTHING_ELSE_CHANCES)
        self._sight = Sight(task)
        self._messages_read = 0
        self._announced = 0
        self._reported = 0
        self._search_from = 0
        self._asked: list[Fact] = []
        self._asked_before = False
        self._asked_again = False
        self._changed: Fact | None = None
        self._agreed: set[int] = set()
        self._agreeing: int | None = None
        self._pending: dict[str, int] = {}
        self._calls_made = 0
        self._mistake: Mistake | None = None
        wrong = bool(task.gold) and rng.random() < mistake_rate
        self._mistake_at = rng.randrange(len(task.gold)) if wrong else None

    def act(self, messages: Sequence[Message]) -> Message:
        """The next step: ask, confirm, call or report.

        Raises:
            InvisibleValueError: gold wants a value that the conversation does not show.
            GaveUpError: a right call was refused, or the user did not agree.
        """
        for message in messages[self._messages_read :]:
            self._sight.see(message.content)
            if message.role == "user":
                self._hear(message.content)
            elif message.role == "tool":
                self._take_result(message)
        self._messages_read = len(messages)
        message = self._next_step()
        if self._asked_again and not self._asked:
            self._asked_again = False
            apology = self._voice.say(bank.HELD_FACTS)
            message = message.model_copy(update={"content": f"{apology} {message.content}".strip()})
        return message

    def _next_step(self) -> Message:
        for index in range(self._reported, self._announced):
            if self._remaining(index):
                return self._serve(index)
            if self._declining.lacks(index):
                return _words(self._declining.ask(index))
        again = self._declining.reaffirm()
        done = range(self._reported, self._announced)
        declined = bool(again) or any(self._task.goals[index].refusal for index in done)
        reports = [again] if again else self._take_reports(done)
        if not reports or declined or self._voice.chance(self._anything_else_chance):
            reports.append(self._voice.say(bank.ANYTHING_ELSE))
        return _words(_paragraph(reports))

    def _hear(self, words: str) -> None:
        """Takes in a user message: facts, consent, and goals that were not known before."""
        doubted = self._doubted(self._task.goals[self._reported : self._announced])
        self._sight.hear(words, self._asked)
        self._asked_before = bool(self._asked)
        self._asked = []
        self._changed = next((fact for fact in doubted if self._sight.was_told(fact)), None)
        if self._agreeing is not None:
            answer = set(re.findall(r"[\w']+", fold(words)))
            agrees = bool(answer & _YES) and (not answer & _NO or "yes" in answer)
            if agrees and self._changed is None:
                self._agreed.add(self._agreeing)
            elif self._changed is None:
                raise GaveUpError("the user did not agree to the step", FailureOwner.USER)
            self._agreeing = None
        if not self._declining.hear(words):
            self._notice_goals()

    def _doubted(self, goals: Sequence[Goal]) -> list[Fact]:
        """Facts for which the user has given another value than gold's, so far."""
        facts = [self._sight.fact(name) for goal in goals for name in goal_facts(self._task, goal)]
        return [
            fact
            for fact in facts
            if not self._sight.was_told(fact) and self._sight.tentative(fact) is not None
        ]

    def _notice_goals(self) -> None:
        """Goals come one by one, in order; words after a report always bring the next one."""
        due = self._announced == self._reported
        goals = self._task.goals
        while self._announced < len(goals):
            goal = goals[self._announced]
            end = find_request(goal, self._sight.heard, self._search_from)
            if end == -1 and not due and not self._sight.was_put_otherwise(goal, self._search_from):
                break
            self._search_from = max(self._search_from, end)
            self._announced += 1
            due = False

    def _take_result(self, message: Message) -> None:
        index = self._pending.pop(str(message.tool_call_id), None)
        if index is None:
            if not message.is_error and self._mistake is not None and self._mistake.refused:
                raise GaveUpError("a call made wrong on purpose was accepted", FailureOwner.AGENT)
        elif message.is_error:
            why = f"{self._task.gold[index].tool} refused the right call: {message.content}"
            raise GaveUpError(why, FailureOwner.AGENT)
        else:
            self._sight.results[index] = orjson.loads(message.content)

    def _remaining(self, index: int) -> list[int]:
        calls = self._task.goals[index].calls
        return [call for call in calls if call not in self._sight.results]

    def _serve(self, index: int) -> Message:
        """The next step of one goal that is not done yet."""
        missing = self._sight.missing_facts(self._task.goals[self._reported : self._announced])
        if missing:
            return self._ask(missing)
        call = self._remaining(index)[0]
        if self._task.gold[call].effect == "write" and not self._is_agreed(index):
            return self._ask_for_agreement(index)
        return self._make_calls(index)

    def _is_agreed(self, index: int) -> bool:
        return not self._task.goals[index].confirm or index in self._agreed

    def _ask(self, missing: Sequence[Fact]) -> Message:
        follows, self._asked = self._asked_before, list(missing)
        labels = _owner_once([_as_object(fact.label) for fact in missing])
        if len(labels) > 1 and self._voice.chance(_IN_LINES_CHANCE):
            lines = "\n".join(f"- {label}" for label in labels)
            return _words(self._voice.say(bank.ASKS_IN_LINES, facts=lines))
        further = bank.ASKS_FOR_SEVERAL if len(missing) > 1 else bank.ASKS_FOR_ONE
        first = () if self._sight.results or self._reported else bank.ASKS_AT_FIRST
        phrases = bank.FOLLOW_UPS if follows else (*bank.ASKS, *first, *further)
        return _words(self._voice.say(phrases, facts=join_phrases(labels)))

    def _ask_for_agreement(self, index: int) -> Message:
        self._agreeing = index
        self._sight.check_named(self._task.goals[index])
        action = self._task.goals[index].confirm
        details = self._details(self._task.goals[index])
        if details:
            action = f"{action}, with {join_phrases(details)}"
        said = [*self._take_reports(range(self._reported, index))]
        if self._changed is not None:
            said.append(self._voice.say(bank.CHANGE_NOTED, said=quote_long(self._changed.said)))
        return _words(_paragraph([*said, self._voice.say(bank.CONFIRMATIONS, action=action)]))

    def _details(self, goal: Goal) -> list[str]:
        """What the goal's call will store and the question does not say yet."""
        call = self._task.gold[goal.calls[-1]]
        roles = self._manifest.tool[call.tool].arguments
        details = []
        for parameter, source in call.provenance.items():
            if source.fact is None or roles[parameter].kind != "value":
                continue
            fact = self._sight.fact(source.fact)
            label = noun_of(fact)
            if isinstance(fact.value, bool) or not label.startswith("the "):
                continue
            if not says(fold(goal.confirm), fold(fact.said)):
                said = fact.said if self._sight.was_told(fact) else self._sight.tentative(fact)
                details.append(f"{quote_words(said or fact.said)} as {label}")
        return details[:_DETAILS_AT_MOST]

    def _make_calls(self, index: int) -> Message:
        """The next gold call, or several reads at once; or a wrong call where one is due."""
        batch = self._next_batch(self._remaining(index))
        words = self._words_with_call(index, batch)
        if self._mistake_at == batch[0]:
            self._mistake_at = None
            return self._make_mistake(index, batch[0], words)
        if self._mistake is not None:
            phrases = bank.ACKNOWLEDGEMENTS[self._mistake.kind]
            words = self._voice.say(phrases, **self._mistake.words)
            self._mistake = None
        calls = []
        for gold_index in batch:
            tool = self._task.gold[gold_index].tool
            call = self._new_call(tool, self._sight.arguments(gold_index))
            self._pending[call.id] = gold_index
            calls.append(call)
        return Message(role="assistant", content=words, tool_calls=tuple(calls))

    def _next_batch(self, remaining: Sequence[int]) -> list[int]:
        """The next call, with the reads after it that need none of the batch's results."""
        batch = [remaining[0]]
        gold = self._task.gold
        if self._mistake_at == batch[0] or not self._voice.chance(_PARALLEL_CHANCE):
            return batch
        if gold[batch[0]].effect == "write":
            return self._alike(remaining)
        for index in remaining[1:]:
            wrong = index == self._mistake_at
            if gold[index].effect == "write" or wrong or self._is_fed_later(index):
                break
            batch.append(index)
        return batch

    def _alike(self, remaining: Sequence[int]) -> list[int]:
        """The next write, with those after it that do the same to other rows."""
        gold = self._task.gold
        batch = [remaining[0]]
        for index in remaining[1:]:
            same = gold[index].tool == gold[batch[0]].tool and gold[index].purpose == "goal"
            if not same or gold[batch[0]].purpose != "goal" or index == self._mistake_at:
                break
            if self._is_fed_later(index):
                break
            batch.append(index)
        return batch

    def _is_fed_later(self, index: int) -> bool:
        """Whether a call takes something from a result that is not there yet."""
        sources = self._task.gold[index].provenance.values()
        feeding = {one.call for source in sources for one in source.singles()}
        return bool(feeding - {None, *self._sight.results})

    def _words_with_call(self, index: int, batch: Sequence[int]) -> str:
        """A short line to go with calls; mostly none."""
        call = batch[0]
        if not self._voice.chance(self._words_with_call_chance):
            return ""
        if self._task.gold[call].effect == "read":
            return self._voice.say(bank.BEFORE_LOOKUP)
        if index in self._agreed:
            return self._voice.say(bank.BEFORE_AGREED_CALL)
        after_lookup = call != self._task.goals[index].calls[0] and len(batch) == 1
        return self._voice.say(bank.FOUND if after_lookup else bank.BEFORE_WRITE)

    def _make_mistake(self, goal: int, call: int, words: str) -> Message:
        """A wrong call, or a question for what the user has told."""
        told = [
            fact
            for fact in (
                self._sight.fact(name) for name in goal_facts(self._task, self._task.goals[goal])
            )
            if fact.label.startswith("the ") and not isinstance(fact.value, bool)
        ]
        if told and goal not in self._agreed and self._voice.chance(_ASKED_AGAIN_CHANCE):
            self._asked_again = True
            self._asked = [self._rng.choice(told)]
            label = _as_object(self._asked[0].label)
            question = self._voice.say(bank.ASKS_AGAIN, facts=label)
            return Message(role="assistant", content=question, mistake=MistakeKind.ASKED_AGAIN)
        self._mistake = self._draw_mistake(goal, call)
        wrong = self._new_call(self._mistake.tool, self._mistake.arguments)
        kind = self._mistake.kind
        return Message(role="assistant", content=words, tool_calls=(wrong,), mistake=kind)

    def _draw_mistake(self, goal: int, call: int) -> Mistake:
        premature = None
        if self._is_agreed(goal):
            calls = self._task.goals[goal].calls
            heard = self._sight.heard
            premature = premature_call(self._manifest, self._task.gold, call, calls, heard)
        if premature is not None and self._voice.chance(_PREMATURE_CHANCE):
            return premature
        occasion = Occasion(
            manifest=self._manifest,
            tool=self._manifest.tool[self._task.gold[call].tool],
            arguments=self._sight.arguments(call),
            seen=self._sight.seen,
            results=list(self._sight.results.values()),
            free_reads=self._task.kind == "write",
        )
        return draw_mistake(occasion, self._rng)

    def _new_call(self, tool: str, arguments: dict[str, object]) -> ToolCall:
        self._calls_made += 1
        return ToolCall(id=f"call_{self._calls_made}", name=tool, arguments=arguments)

    def _take_reports(self, goals: range) -> list[str]:
        """The reports of finished goals, which count as told from now on."""
        reports = [self._report(index, goals) for index in goals]
        self._reported = max(self._reported, goals.stop)
        if len(reports) == 1 and self._task.goals[goals[0]].refusal is None:
            effects = [self._task.gold[call].effect for call in self._task.goals[goals[0]].calls]
            lead = self._voice.say(bank.WRITE_LEADS if "write" in effects else bank.READ_LEADS)
            if lead and not reports[0].startswith("I "):
                return [lead, _continued(lead, reports[0])]
        return reports

    def _report(self, index: int, goals: range) -> str:
        goal = self._task.goals[index]
        if goal.refusal is None:
            return sentence(goal.report)
        place = "first" if index == goals[0] else "last"
        return self._declining.explain(goal.refusal, place if len(goals) > 1 else "")


def _words(text: str) -> Message:
    return Message(role="assistant", content=text)


def _paragraph(parts: Sequence[str]) -> str:
    """Sentences one after the other; what follows a list begins on a line of its own."""
    text = ""
    for part in parts:
        gap = "\n\n" if "\n- " in text else " "
        text = f"{text}{gap}{part}" if text else part
    return text


def _continued(lead: str, report: str) -> str:
    """A report behind its lead; in small letters where that ends with a colon."""
    if lead.endswith(":") and report.startswith(("The ", "For ", "There ", "Your ")):
        return f"{report[0].lower()}{report[1:]}"
    return report


def _as_object(label: str) -> str:
    """A fact's label so that "tell me" can stand before it."""
    openings = ("the", "whether", "which", "what", "who", "when", "where", "how", "your", "a", "an")
    return label if label.partition(" ")[0].lower() in openings else f"the {label}"


def _owner_once(labels: Sequence[str]) -> list[str]:
    """The labels; an owner that all of them have is named in the last one only."""
    parts = [label.rpartition(" of ") for label in labels]
    owners = {owner for _, _, owner in parts}
    if len(owners) > 1 or not all(part for part, _, _ in parts):
        return list(labels)
    return [*(part for part, _, _ in parts[:-1]), labels[-1]]
