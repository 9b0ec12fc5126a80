"""Faults of word: answers told wrong or not at all, and steps taken without the user's yes."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from agentscaler.chat import Message
from agentscaler.filtering.case import Case
from agentscaler.filtering.faults.script import agent_says, replayed, script_of, user_says
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.rollout.wording import fold, says
from agentscaler.task.task import AnswerFact, Goal

__all__ = [
    "another_date",
    "another_name",
    "another_number",
    "answer_asked_for",
    "answer_before_the_call",
    "answer_denied",
    "answer_in_another_sentence",
    "answer_kept_back",
    "consent_after_the_call",
    "consent_for_another",
    "consent_left_out",
    "consent_refused",
    "number_in_a_longer_one",
    "retold",
    "switch_negated",
    "switch_the_other_way",
    "told_answers",
]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")
_MONTHS = r" (?:January|February|March|April|May|June|July|August|Sept|Oct|Nov|Dec)"
_BLANKS = (
    "I have looked that up for you.",
    "I checked the records.",
    "That was found.",
    "Thanks for your patience.",
    "All right.",
    "So much for that.",
    "I had a look.",
)
_STRANGE_NAMES = ("Harbour Lantern", "velvet-quarry-88", "Copper Meridian")


def another_number(case: Case, rng: random.Random) -> Trajectory | None:
    def wrong(answer: AnswerFact, said: str) -> str | None:
        value = answer.value
        return f"{value + 1}" if _is_number(answer) and said[:1].isdigit() else None

    return retold(case, rng, wrong)


def number_in_a_longer_one(case: Case, rng: random.Random) -> Trajectory | None:
    """12 becomes 120, or 3.5 becomes 13.5."""

    def wrong(answer: AnswerFact, said: str) -> str | None:
        longer = f"{said}0" if "." not in said and said != "0" else f"1{said}"
        return longer if _is_number(answer) and said[:1].isdigit() else None

    return retold(case, rng, wrong)


def answer_in_another_sentence(case: Case, rng: random.Random) -> Trajectory | None:
    """A wrong count, and the right one of something else."""

    def wrong(answer: AnswerFact, said: str) -> str | None:
        counted = answer.label.startswith("the number of ") and said[:1].isdigit()
        return f"{answer.value + 1}" if counted else None

    def further(answer: AnswerFact, said: str) -> str:
        return f" This is request {said} today."

    return retold(case, rng, wrong, further)


def another_date(case: Case, rng: random.Random) -> Trajectory | None:
    """Another day, another year, or another time."""
    shift = rng.choice((timedelta(days=1), timedelta(days=365), timedelta(minutes=45)))

    def wrong(answer: AnswerFact, said: str) -> str | None:
        if not isinstance(answer.value, str) or not _MOMENT.fullmatch(answer.value):
            return None
        moment = datetime.fromisoformat(answer.value) + shift
        if " at " not in said:
            moment = datetime.fromisoformat(answer.value) + timedelta(days=1)
        told = f"{moment.day} {moment:%B %Y}"
        return f"{told} at {moment:%H:%M}" if " at " in said else told

    return retold(case, rng, wrong)


def switch_the_other_way(case: Case, rng: random.Random) -> Trajectory | None:
    def wrong(answer: AnswerFact, said: str) -> str | None:
        if not isinstance(answer.value, bool):
            return None
        rest, _, state = said.rpartition(" ")
        return f"{rest} {'off' if state == 'on' else 'on'}"

    return retold(case, rng, wrong)


def switch_negated(case: Case, rng: random.Random) -> Trajectory | None:
    def wrong(answer: AnswerFact, said: str) -> str | None:
        if not isinstance(answer.value, bool):
            return None
        rest = said.rpartition(" ")[0].removesuffix(" now")
        return f"{rest} not {'enabled' if answer.value else 'disabled'}"

    return retold(case, rng, wrong)


def another_name(case: Case, rng: random.Random) -> Trajectory | None:
    strange = rng.choice(_STRANGE_NAMES)

    def wrong(answer: AnswerFact, said: str) -> str | None:
        is_name = isinstance(answer.value, str) and not _MOMENT.fullmatch(answer.value)
        return strange if is_name else None

    return retold(case, rng, wrong)


def answer_denied(case: Case, rng: random.Random) -> Trajectory | None:
    """ "The status is not active." """

    def wrong(answer: AnswerFact, said: str) -> str | None:
        is_text = isinstance(answer.value, str) and not _MOMENT.fullmatch(answer.value)
        return f"not {said}" if is_text and answer.label.startswith("the ") else None

    return retold(case, rng, wrong, before="is ")


def answer_kept_back(case: Case, rng: random.Random) -> Trajectory | None:
    """The agent says that it has looked, and not what it has found."""
    messages = list(case.trajectory.messages)
    for goal, _, _ in told_answers(case):
        start = _known_from(case, goal)
        for number in range(start, len(messages)):
            message = messages[number]
            if message.role == "assistant" and not message.tool_calls:
                asked = [
                    one.confirm
                    for one in case.task.goals
                    if one.confirm and one.confirm in message.content
                ]
                further = f"Next: {asked[-1]}. Shall I go ahead?" if asked else "Anything else?"
                blank = f"{_BLANKS[number % len(_BLANKS)]} {further}"
                messages[number] = message.model_copy(update={"content": blank})
        return case.trajectory.model_copy(update={"messages": tuple(messages)})
    return None


def answer_before_the_call(case: Case, rng: random.Random) -> Trajectory | None:
    """The agent happens to guess the answer before it looks, and does not say it afterwards."""
    played = answer_kept_back(case, rng)
    if played is None:
        return None
    goal = next(told_answers(case))[0]
    guess = [agent_says(f"I would guess: {goal.report}"), user_says("Please look.")]
    messages = played.messages
    return played.model_copy(update={"messages": (*messages[:2], *guess, *messages[2:])})


def answer_asked_for(case: Case, rng: random.Random) -> Trajectory | None:
    """The agent asks whether the answer is so, and does not say that it is."""
    played = answer_kept_back(case, rng)
    if played is None:
        return None
    goal, _, said = next(told_answers(case))
    messages = list(played.messages)
    start = _known_from(case, goal)
    for number in range(start, len(messages)):
        if messages[number].role == "assistant" and not messages[number].tool_calls:
            question = f"Would you like me to look for {said}?"
            content = f"{messages[number].content} {question}"
            messages[number] = messages[number].model_copy(update={"content": content})
            return played.model_copy(update={"messages": tuple(messages)})
    return None


def consent_left_out(case: Case, rng: random.Random) -> Trajectory | None:
    """The agent neither asks nor waits."""
    script = script_of(case)
    for place, _ in _consents(case, script):
        return replayed(case, [*script[:place], *script[place + 2 :]])
    return None


def consent_refused(case: Case, rng: random.Random) -> Trajectory | None:
    """The user says no, and the agent goes on."""
    script = script_of(case)
    for place, _ in _consents(case, script):
        no = rng.choice(("No, please don't.", "Wait, not yet.", "No. Leave it as it is."))
        return replayed(case, [*script[: place + 1], user_says(no), *script[place + 2 :]])
    return None


def consent_for_another(case: Case, rng: random.Random) -> Trajectory | None:
    """The user's yes is to something else."""
    script = script_of(case)
    for place, goal in _consents(case, script):
        question = script[place].content
        for fact in case.task.facts:
            named = says(fold(goal.confirm), fold(fact.said)) and len(fact.said) > 3
            if named and fact.said in question:
                other = question.replace(fact.said, rng.choice(_STRANGE_NAMES))
                asked = agent_says(other)
                return replayed(case, [*script[:place], asked, *script[place + 1 :]])
    return None


def consent_after_the_call(case: Case, rng: random.Random) -> Trajectory | None:
    """The agent acts, and asks afterwards."""
    script = script_of(case)
    for place, _ in _consents(case, script):
        if any(call.name in case.domain.manifest.tool for call in script[place + 2].tool_calls):
            act, asked = script[place + 2], script[place : place + 2]
            return replayed(case, [*script[:place], act, *asked, *script[place + 3 :]])
    return None


def retold(
    case: Case,
    rng: random.Random,
    wrong: Callable[[AnswerFact, str], str | None],
    further: Callable[[AnswerFact, str], str] = lambda answer, said: "",
    *,
    before: str = "",
) -> Trajectory | None:
    """One answer in other words, wherever the agent tells it.

    Args:
        wrong: what stands in the place of what was said, or None to leave it.
        further: a sentence to add to the same message.
        before: what must stand before what was said.
    """
    messages = list(case.trajectory.messages)
    found = list(told_answers(case))
    rng.shuffle(found)
    for goal, answer, said in found:
        other = wrong(answer, said)
        if other is None:
            continue
        place = re.compile(
            rf"(?<![\w.-]){re.escape(before)}{re.escape(said)}(?![\w-]|\.\d|{_MONTHS})"
        )
        for number in range(_known_from(case, goal), len(messages)):
            message = messages[number]
            if message.role != "assistant" or not place.search(message.content):
                continue
            content = (before + other).join(place.split(message.content)) + further(answer, said)
            messages[number] = message.model_copy(update={"content": content})
        if messages != list(case.trajectory.messages):
            return case.trajectory.model_copy(update={"messages": tuple(messages)})
    return None


def told_answers(case: Case) -> Iterator[tuple[Goal, AnswerFact, str]]:
    """The answers of a task, with the words for each that the agent used."""
    if case.task.special is not None:
        return  # words that explain a refusal are no answers
    words = "\n".join(one.content for one in case.trajectory.messages if one.role == "assistant")
    asked = " ".join(goal.confirm for goal in case.task.goals)
    for goal in case.task.goals:
        for answer in goal.answers:
            said = next((said for said in answer.said if said in words), None)
            if said is not None and said not in asked:
                yield goal, answer, said


def _known_from(case: Case, goal: Goal) -> int:
    """The first message in which the agent can tell a goal's answers."""
    return case.answered(goal.calls[-1]) if goal.calls else 0


def _is_number(answer: AnswerFact) -> bool:
    return isinstance(answer.value, int | float) and not isinstance(answer.value, bool)


def _consents(case: Case, script: list[Message]) -> Iterator[tuple[int, Goal]]:
    """Where the agent asks for a yes in words of a goal's own, and the user gives it: the last
    time, as the user may first have had another thought."""
    for goal in case.task.goals:
        for place, message in reversed(list(enumerate(script[:-2]))):
            asked = message.role == "assistant" and not message.tool_calls
            if goal.confirm and asked and goal.confirm in message.content:
                yield place, goal
                break
