"""Third stage: are the calls gold's, did the user agree, and was the user told the answers?

Where a task only reads, the final state cannot tell right from wrong, so the calls must equal
gold's in order, save that reads which do not feed each other may change places.  Where it writes,
the state has spoken already, and only the writes are compared: extra reads do no harm, but a write
that was undone again does.  Refused calls never count.

Where a wish cannot be fulfilled, there is no one way to find that out, so that further reads do no
harm there either; see `declining`.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from agentscaler.filtering.answers import AgentWords, denies, tells
from agentscaler.filtering.case import Case
from agentscaler.filtering.consent import find_unagreed
from agentscaler.filtering.declining import find_misdeclined, find_unmade
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.filtering.verdict import Fault, FunnelReason
from agentscaler.task.task import GoldCall

__all__ = ["find_mismatch"]


def find_mismatch(case: Case, settings: FunnelSettings) -> Fault | None:
    """The first difference between a trajectory and gold, if there is one."""
    strict = settings.strict == "all" or (settings.strict == "reads" and case.task.kind == "read")
    if case.task.special is not None:
        mismatch = find_misdeclined(case) or _compare_writes(case)
        if mismatch is None and strict:
            mismatch = find_unmade(case)
    else:
        mismatch = _compare_calls(case) if strict else _compare_writes(case)
    if mismatch is None and settings.consent:
        mismatch = find_unagreed(case)
    if mismatch is None and settings.answers:
        mismatch = _find_untold_answer(case)
    return mismatch


def _compare_writes(case: Case) -> Fault | None:
    tools = case.domain.manifest.tool
    made = [one.key for one in case.successes if tools[one.call.name].effect == "write"]
    wanted = [
        key
        for gold, key in zip(case.task.gold, case.gold_keys, strict=True)
        if gold.effect == "write"
    ]
    return _compare_counts(made, wanted)


def _compare_calls(case: Case) -> Fault | None:
    made = [one.key for one in case.successes]
    wanted = case.gold_keys
    fault = _compare_counts(made, wanted)
    if fault is not None:
        return fault
    left = list(range(len(wanted)))
    for key in made:
        index = next(index for index in left if wanted[index] == key)
        overtaken = left[: left.index(index)]
        if not all(_may_swap(case.task.gold, earlier, index) for earlier in overtaken):
            return Fault(FunnelReason.CALL_ORDER, f"{key} comes before {wanted[overtaken[0]]}")
        left.remove(index)
    return None


def _compare_counts(made: Sequence[str], wanted: Sequence[str]) -> Fault | None:
    made_counts, wanted_counts = Counter(made), Counter(wanted)
    for key in wanted:
        if made_counts[key] < wanted_counts[key]:
            return Fault(FunnelReason.MISSING_CALL, f"gold's {key} was not made")
    for key in made:
        if made_counts[key] > wanted_counts[key]:
            return Fault(FunnelReason.EXTRA_CALL, f"{key} was made, which gold does not have")
    return None


def _may_swap(gold: Sequence[GoldCall], earlier: int, later: int) -> bool:
    """Whether two gold calls are reads of which the later does not feed on the earlier."""
    if gold[earlier].effect == "write" or gold[later].effect == "write":
        return False
    sources = gold[later].provenance.values()
    return all(one.call != earlier for source in sources for one in source.singles())


def _find_untold_answer(case: Case) -> Fault | None:
    """An answer that the agent does not tell once the calls have given it.

    It is looked for in what the agent says before the next goal's calls are through, where nothing
    is said of another goal's rows, and then in all that it says from there on; not where it says
    there already that it is otherwise.
    """
    if not any(goal.answers for goal in case.task.goals):
        return None
    year = datetime.fromisoformat(case.domain.manifest.now).year
    done = [case.answered(goal.calls[-1]) if goal.calls else 0 for goal in case.task.goals]
    for goal, start in zip(case.task.goals, done, strict=True):
        if not goal.answers:
            continue
        end = min((place for place in done if place > start), default=None)
        near = AgentWords(case.agent_words(start, end), year)
        rest = AgentWords(case.agent_words(start), year)
        for answer in goal.answers:
            others = [one for each in case.task.goals for one in each.answers if one is not answer]
            told = tells(near, answer, others) or (end is not None and tells(rest, answer, others))
            if not told or denies(near, answer, others):
                said = " or ".join(answer.said) or str(answer.value)
                return Fault(FunnelReason.ANSWER_NOT_TOLD, f"{answer.label}: {said} is never said")
    return None
