"""Whether what the policy wants confirmed waited for the user's yes.

A goal that wants a yes says in words what is about to be done.  The agent has asked for it where it
asks anything in words that name the goal's facts; the user's next words are the answer.  An attempt
counts even if the tool refuses it.
"""

import re
from collections import defaultdict

from agentscaler.filtering.case import Case
from agentscaler.filtering.verdict import Fault, FunnelReason
from agentscaler.rollout.wording import fold, says
from agentscaler.task.task import Goal

__all__ = ["agrees", "find_unagreed"]

_YES = frozenset(
    (
        "yes yep yeah yup sure correct right ok okay proceed please ahead absolutely definitely"
        " certainly course agreed confirm confirmed exactly indeed fine good"
    ).split()
)
_NO = frozenset("no nope not don't stop cancel wait never hold".split())
_CLEAR_YES = frozenset("yes yep yeah yup absolutely definitely certainly".split())
_DO_IT = re.compile(r"\b(?:do|go for|make) (?:it|that|so)\b")
_LONG_WORD = 4
_ASKS = re.compile(r"\?|\b(?:confirm|go[- ]ahead)\b")
_ASKING_PARTS = ("?", "confirm", "ahead")
"""One of these is in all that asks: most messages need no closer look."""
_ASKS_FOR_MORE = re.compile(r"\b(?:(?:any|some|no)thing (?:else|more)|what (?:else|more))\b")
_ASKS_TO_ACT = re.compile(r"\b(?:confirm|go[- ]ahead|proceed|shall i|should i|may i|sure)\b")


def find_unagreed(case: Case) -> Fault | None:
    """The first call of a goal that wants the user's yes, and was made without it."""
    waiting = {
        number: _named(case, goal) for number, goal in enumerate(case.task.goals) if goal.confirm
    }
    if not waiting:
        return None
    by_key, by_tool = _goals_of_writes(case)
    made = {one.call.id: one for one in case.calls}
    agreed: set[int] = set()
    question = ""
    for message, words in zip(case.trajectory.messages, case.folded, strict=True):
        if message.role == "user" and question:
            about = {goal for goal, names in waiting.items() if _is_about(question, names)}
            agreed = agreed | about if agrees(words) else agreed - about
        if message.role != "assistant":
            continue
        question = words if not message.tool_calls and _asks_for_consent(words) else ""
        for call in message.tool_calls:
            due = by_key.get(made[call.id].key)
            if made[call.id].answer.is_error:
                goals = by_tool.get(call.name, [])
            else:
                goals = [due.pop(0)] if due else []
            if goals and waiting.keys() >= set(goals) and agreed.isdisjoint(goals):
                what = case.task.goals[goals[0]].confirm
                return Fault(
                    FunnelReason.NO_CONSENT, f"{call.name} comes before the user's yes to {what}"
                )
    return None


def agrees(words: str) -> bool:
    """Whether a reply, folded, to a question for consent says yes."""
    said = set(re.findall(r"[\w']+", words))
    if said & _NO and not said & _CLEAR_YES:
        return False
    return bool(said & _YES or _DO_IT.search(words))


def _asks_for_consent(words: str) -> bool:
    """Whether a message asks, and not only whether there is anything else."""
    if not any(part in words for part in _ASKING_PARTS) or not _ASKS.search(words):
        return False
    for_more = ("thing " in words or "what " in words) and _ASKS_FOR_MORE.search(words)
    return not for_more or bool(_ASKS_TO_ACT.search(words))


def _goals_of_writes(case: Case) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Which goals each gold write serves, by its key and by its tool, in their order."""
    by_key: dict[str, list[int]] = defaultdict(list)
    by_tool: dict[str, list[int]] = defaultdict(list)
    for number, goal in enumerate(case.task.goals):
        for index in goal.calls:
            gold = case.task.gold[index]
            if gold.effect == "write":
                by_key[case.gold_keys[index]].append(number)
                by_tool[gold.tool].append(number)
    return by_key, by_tool


def _named(case: Case, goal: Goal) -> tuple[list[str], list[str]]:
    """What a question for consent must name: the facts in what is to be done, or its words."""
    action = fold(goal.confirm)
    names = [said for fact in case.task.facts if says(action, said := fold(fact.said))]
    words = [word.removesuffix("ing") for word in action.split() if len(word) >= _LONG_WORD]
    return names, [] if names else words


def _is_about(question: str, named: tuple[list[str], list[str]]) -> bool:
    """Whether a question names all the facts; where there are none, half of the words will do."""
    names, words = named
    found = sum(word in question for word in words)
    return all(says(question, name) for name in names) and 2 * found >= len(words)
