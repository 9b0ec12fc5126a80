"""Other right ways: what differs from a kept trajectory and must be kept all the same."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from agentscaler.chat import Message, ToolCall
from agentscaler.filtering.case import Case, call_key
from agentscaler.filtering.faults.script import (
    Step,
    agent_calls,
    agent_says,
    replaced_call,
    replayed,
    script_of,
    steps,
    tool_of,
    user_says,
)
from agentscaler.filtering.faults.words import retold
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.task.origins import feeders
from agentscaler.task.task import AnswerFact, GoldCall

__all__ = [
    "all_told_at_once",
    "at_once",
    "consent_in_other_words",
    "date_in_other_words",
    "extra_reads",
    "free_reads",
    "garbled_id_repaired",
    "missing_argument_repaired",
    "name_in_capitals",
    "number_in_other_words",
    "one_by_one",
    "reads_reordered",
    "switch_in_other_words",
    "unknown_tool_repaired",
    "untouched",
    "words_in_other_type",
    "writes_reordered",
]

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_MOST_OFTEN = FunnelSettings().max_call_repeats
"""How often one call may be made before it is a loop."""


def untouched(case: Case, rng: random.Random) -> Trajectory:
    return replayed(case, script_of(case))


def extra_reads(case: Case, rng: random.Random) -> Trajectory | None:
    """In a task that writes, look-ups are made once more, before and after the writes."""
    if case.task.kind != "write":
        return None
    script = script_of(case)
    reads = [one for one in steps(case, script) if tool_of(case, one.call).effect == "read"]
    made = Counter(one.answered.key for one in reads)
    seldom = {one.answered.key: one for one in reads if made[one.answered.key] + 2 <= _MOST_OFTEN}
    if not seldom:
        return None
    chosen = list(seldom.values())[:2]
    again = agent_calls(*((one.call.name, one.call.arguments) for one in chosen))
    last = steps(case, script)[-1].message + 1
    first = chosen[-1].message + 1
    return replayed(case, [*script[:first], again, *script[first:last], again, *script[last:]])


def free_reads(case: Case, rng: random.Random) -> Trajectory | None:
    """In a task that writes, the agent looks at lists that nobody asked for."""
    free = [
        (tool.name, dict[str, object]())
        for tool in case.domain.manifest.tools
        if tool.effect == "read" and not tool.parameters["required"]
    ]
    script = script_of(case)
    if case.task.kind != "write" or not free:
        return None
    at = rng.choice(steps(case, script)).message
    looks = [agent_calls(one) for one in rng.sample(free, min(2, len(free)))]
    return replayed(case, [*script[:at], *looks, *script[at:]])


def reads_reordered(case: Case, rng: random.Random) -> Trajectory | None:
    """Two reads that do not feed each other change places."""
    script = script_of(case)
    done = steps(case, script)
    for first, second in pairwise(done):
        if _touches(case, first, second) or not _adjoin(script, first, second):
            continue
        if {tool_of(case, one.call).effect for one in (first, second)} != {"read"}:
            continue
        swapped = _put(script, first, second.call)
        return replayed(case, _put(swapped, second, first.call))
    return None


def writes_reordered(case: Case, rng: random.Random) -> Trajectory | None:
    """The user says everything at once, and two independent writes come in the other order."""
    if case.task.special is not None:
        return None
    calls = [(one.tool, one.arguments) for one in case.task.gold]
    writes = [index for index, one in enumerate(case.task.gold) if one.effect == "write"]
    for first, second in pairwise(writes):
        if any(_needs(case.task.gold[later], first) for later in range(first + 1, second + 1)):
            continue
        reads = calls[first + 1 : second]
        order = [*calls[:first], *reads, calls[second], calls[first], *calls[second + 1 :]]
        played = _flat(case, order)
        if played.changeset == case.task.changeset and not played.tool_errors:
            return played
    return None


def all_told_at_once(case: Case, rng: random.Random) -> Trajectory | None:
    """The user says everything in the first message."""
    if case.task.special is not None:
        return None
    return _flat(case, [(one.tool, one.arguments) for one in case.task.gold])


def at_once(case: Case, rng: random.Random) -> Trajectory | None:
    """Calls that do not feed each other are made in one message instead of one by one."""
    script = script_of(case)
    done = steps(case, script)
    for first, second in pairwise(done):
        if first.message + 1 == second.message and not _touches(case, first, second):
            one, other = script[first.message], script[second.message]
            calls = (*one.tool_calls, *other.tool_calls)
            if len(other.tool_calls) == 1 and len(one.tool_calls) == 1:
                both = one.model_copy(update={"tool_calls": calls})
                return replayed(
                    case, [*script[: first.message], both, *script[second.message + 1 :]]
                )
    return None


def one_by_one(case: Case, rng: random.Random) -> Trajectory | None:
    """Calls that were made in one message are made one by one."""
    script = script_of(case)
    for place, message in enumerate(script):
        if len(message.tool_calls) > 1:
            single = [agent_calls((call.name, call.arguments)) for call in message.tool_calls]
            return replayed(case, [*script[:place], *single, *script[place + 1 :]])
    return None


def unknown_tool_repaired(case: Case, rng: random.Random) -> Trajectory | None:
    return _repaired(case, lambda step: (f"{step.call.name}_now", step.call.arguments))


def missing_argument_repaired(case: Case, rng: random.Random) -> Trajectory | None:
    def wrong(step: Step) -> tuple[str, dict[str, object]] | None:
        required = tool_of(case, step.call).parameters["required"]
        rest = {k: v for k, v in step.call.arguments.items() if k not in required[:1]}
        return (step.call.name, rest) if required else None

    return _repaired(case, wrong)


def garbled_id_repaired(case: Case, rng: random.Random) -> Trajectory | None:
    def wrong(step: Step) -> tuple[str, dict[str, object]] | None:
        roles = tool_of(case, step.call).arguments
        for name, value in step.call.arguments.items():
            if name in roles and roles[name].kind == "key" and isinstance(value, str):
                return step.call.name, {**step.call.arguments, name: f"{value}0"}
        return None

    return _repaired(case, wrong)


def number_in_other_words(case: Case, rng: random.Random) -> Trajectory | None:
    """12 as twelve, 1234.5 as 1,234.50."""

    def other(answer: AnswerFact, said: str) -> str | None:
        value = answer.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not said[0].isdigit():
            return None
        if isinstance(value, int) and 0 <= value < len(_NUMBERS):
            return _NUMBERS[value]
        return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"

    def exact(answer: AnswerFact, said: str) -> str | None:
        told = other(answer, said)
        rounded = isinstance(answer.value, float) and round(answer.value, 2) != answer.value
        return None if rounded else told

    return retold(case, rng, exact)


def date_in_other_words(case: Case, rng: random.Random) -> Trajectory | None:
    """2 September 2025 at 03:30 as September 2nd, 2025 at 3:30 am, or as ISO 8601 has it."""
    form = rng.randrange(4)

    def other(answer: AnswerFact, said: str) -> str | None:
        try:
            moment = datetime.fromisoformat(str(answer.value))
        except ValueError:
            return None
        clock = "" if " at " not in said else f" at {moment:%H:%M}"
        half = "" if not clock else f" at {moment.hour % 12 or 12}:{moment:%M} {moment:%p}".lower()
        ends = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
        end = ends.get(moment.day, "th")
        return (
            f"{moment:%B} {moment.day}{end}, {moment.year}{half}",
            f"{moment:%Y-%m-%d}{clock.removeprefix(' at')}",
            f"the {moment.day}{end} of {moment:%B} {moment.year}{clock}",
            f"{moment:%d.%m.%Y}{clock}",
        )[form]

    return retold(case, rng, lambda answer, said: other(answer, said) if "20" in said else None)


def switch_in_other_words(case: Case, rng: random.Random) -> Trajectory | None:
    """ "Is on" as "is enabled", or as "is not disabled"."""
    denied = rng.random() < 0.5

    def other(answer: AnswerFact, said: str) -> str | None:
        if not isinstance(answer.value, bool):
            return None
        rest = said.rpartition(" ")[0]
        if denied:
            return f"{rest} not {'disabled' if answer.value else 'enabled'}"
        return f"{rest} {'enabled' if answer.value else 'disabled'}"

    return retold(case, rng, other)


def name_in_capitals(case: Case, rng: random.Random) -> Trajectory | None:
    def other(answer: AnswerFact, said: str) -> str | None:
        return said.upper() if isinstance(answer.value, str) and said.upper() != said else None

    return retold(case, rng, other)


def words_in_other_type(case: Case, rng: random.Random) -> Trajectory:
    """Curly quotation marks, other hyphens, wide spaces."""
    table = str.maketrans({'"': "”", "'": "’", "-": "‑"})
    messages = [
        one.model_copy(update={"content": one.content.translate(table).replace(". ", ".  ")})
        if one.role == "assistant"
        else one
        for one in case.trajectory.messages
    ]
    return case.trajectory.model_copy(update={"messages": tuple(messages)})


def consent_in_other_words(case: Case, rng: random.Random) -> Trajectory | None:
    script = script_of(case)
    for goal in case.task.goals:
        for place, message in enumerate(script[:-2]):
            asks = message.role == "assistant" and not message.tool_calls
            if goal.confirm and asks and goal.confirm in message.content:
                if goal.report in message.content or len(case.task.goals) > 1:
                    return None
                question = f"One thing before I act: {goal.confirm} - are you sure?"
                answer = rng.choice(("Absolutely.", "Do it.", "Sure, that is fine.", "OK, go on."))
                pair = [agent_says(question), user_says(answer)]
                return replayed(case, [*script[:place], *pair, *script[place + 2 :]])
    return None


def _repaired(case: Case, wrong: object) -> Trajectory | None:
    """A call is made wrong, refused, and then made right."""
    assert callable(wrong)
    script = script_of(case)
    for step in reversed(steps(case, script)):
        call = wrong(step)
        if call is None:
            continue
        right = (step.call.name, step.call.arguments)
        played = replayed(case, replaced_call(script, step, call, right))
        same = played.changeset == case.trajectory.changeset
        if played.tool_errors == case.trajectory.tool_errors + 1 and same:
            return played
    return None


def _flat(case: Case, calls: Sequence[tuple[str, dict[str, object]]]) -> Trajectory:
    """The user says everything, agrees to everything, and the agent acts and reports."""
    facts = [f"{fact.label} is {fact.said}" for fact in case.task.facts]
    request = f"{case.task.intent} {'. '.join(['', *facts])}".strip()
    script = [case.trajectory.messages[0], user_says(request)]
    for goal in case.task.goals:
        if goal.confirm:
            script.append(agent_says(f"This means {goal.confirm}. Shall I go ahead?"))
            script.append(user_says("Yes, please."))
    script += [agent_calls(call) for call in calls]
    script.append(agent_says(" ".join(goal.report for goal in case.task.goals)))
    script.append(user_says("Thanks, that is all."))
    return replayed(case, script)


def _put(script: Sequence[Message], step: Step, call: ToolCall) -> list[Message]:
    """The script with another call in the place of a step's."""
    message = script[step.message]
    calls = list(message.tool_calls)
    calls[step.place] = call
    changed = message.model_copy(update={"tool_calls": tuple(calls)})
    return [*script[: step.message], changed, *script[step.message + 1 :]]


def _adjoin(script: Sequence[Message], first: Step, second: Step) -> bool:
    """Whether no words but the agent's stand between two steps, and no other call."""
    if second.message == first.message:
        return second.place == first.place + 1
    ends = first.place + 1 == len(script[first.message].tool_calls) and second.place == 0
    return ends and second.message == first.message + 1


def _touches(case: Case, first: Step, second: Step) -> bool:
    """Whether the second feeds on the first, as gold has them."""
    gold = case.task.gold
    keys = [call_key(one.tool, one.arguments) for one in gold]
    if first.answered.key not in keys or second.answered.key not in keys:
        return True
    earlier = {index for index, key in enumerate(keys) if key == first.answered.key}
    later = [gold[index] for index, key in enumerate(keys) if key == second.answered.key]
    return any(not feeders(one).isdisjoint(earlier) for one in later)


def _needs(call: GoldCall, index: int) -> bool:
    return index in feeders(call)
