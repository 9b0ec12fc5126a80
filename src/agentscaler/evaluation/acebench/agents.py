"""Scoring agents from what is saved of them: the final state, and the calls on the way.

A result is `[{class: {attribute: value}}, ...]`, its process the list of the texts with calls.
Both scorers are here, as `parity_*` and `fixed_*`.  What the official one overlooks:

- a class of the truth that the result has not is compared with nothing, and the truth of the data
  misspells some (`ReminderAPI`, `Reminderpi`, `BaseAPI`);
- an attribute that the result has not is not missed, nor is an entry too many;
- after a milestone that was not passed all later ones count as not passed;
- a milestone is compared as text, and some of the data's have a quote inside of quotes, which no
  call that parses can equal.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agentscaler.evaluation.acebench.calls import NotCallsError, read_calls
from agentscaler.evaluation.acebench.fixed import texts_equal
from agentscaler.evaluation.acebench.items import AceItem
from agentscaler.evaluation.acebench.parity import SCORER_ERROR
from agentscaler.evaluation.acebench.verdict import RIGHT, Verdict, shown, wrong

__all__ = ["fixed_process", "fixed_state", "parity_process", "parity_state"]

_BREAKDOWNS = (AttributeError, IndexError, KeyError, TypeError, ValueError)
_QUOTES_AND_BLANKS = re.compile(r"""[\s"'\\]""")
_MOST_STEPS = 1000


def parity_state(item: AceItem, result: Any) -> Verdict:
    """The official verdict on a final state."""
    try:
        return _parity_state(item, result)
    except _BREAKDOWNS as error:
        return wrong(SCORER_ERROR, f"{type(error).__name__}: {error}")


def _parity_state(item: AceItem, result: Any) -> Verdict:
    if len(item.truth) != len(result):
        return wrong("wrong number of class", f"{len(result)}, not {len(item.truth)}")
    verdict = RIGHT
    for right in item.truth:
        given = next((one for one in result if set(one.keys()) == set(right.keys())), None)
        if given:
            here = _parity_attributes(given, right)
            verdict = here if not here.right else verdict
    return verdict


def _parity_attributes(given: Mapping[str, Any], right: Mapping[str, Any]) -> Verdict:
    """The attributes of the first class of each; those that the result lacks are not missed."""
    wanted = next(iter(right.values()))
    faults = []
    for name, value in next(iter(given.values())).items():
        if name not in wanted:
            faults.append(f"{name} is not wanted")
        elif not isinstance(wanted[name], dict):
            if wanted[name] != value:
                faults.append(name)
        else:
            faults += [
                f"{name}.{key}"
                for key, one in wanted[name].items()
                if key not in value or one != value[key]
            ]
    return wrong("class attributes wrong", ", ".join(faults)) if faults else RIGHT


def parity_process(item: AceItem, process: Any, state: Verdict) -> float | None:
    """The official share of milestones passed; None where the official scorer breaks down."""
    if state.right:
        return 1.0
    try:
        if not item.alternatives:
            (stones,) = item.milestones
            return _greedy(process, stones) if stones else None
        return max(round(_greedy(process, stones), 3) for stones in item.milestones)
    except _BREAKDOWNS:
        return None


def _greedy(process: Any, stones: Sequence[str]) -> float:
    """A milestone is looked for behind the last one found; one not found uses up all the rest."""
    if not stones:
        return 1.0
    place = found = 0
    for stone in stones:
        while place < len(process):
            place += 1
            if process[place - 1].strip() == stone.strip():
                found += 1
                break
    return found / len(stones)


def fixed_state(item: AceItem, result: Any) -> Verdict:
    """Whether the final state is the right one: every class, every attribute, every entry."""
    if not isinstance(result, list) or not all(isinstance(one, dict) for one in result):
        return wrong("wrong_output_format", "the result is not a list of classes")
    spelling = _spelling(item)
    names = [spelling.get(name, name) for one in result for name in one]
    if len(set(names)) < len(names):
        return wrong("extra_class", "a class is there twice")
    given, right = (
        {spelling.get(name, name): value for one in parts for name, value in one.items()}
        for parts in (result, item.truth)
    )
    for name in right:
        if name not in given:
            return wrong("missing_class", f"there is no {name}")
    for name, value in given.items():
        if name not in right:
            return wrong("extra_class", f"{name} is not wanted")
        fault = _difference(value, right[name], name)
        if fault:
            return wrong("wrong_state", fault)
    return RIGHT


def _spelling(item: AceItem) -> dict[str, str]:
    """The simulated class that each name of the truth means.

    A name that differs in case is that class; the one name left over is the one class left over.
    """
    by_case = {name.casefold(): name for name in item.classes}
    names = [name for one in item.truth for name in one]
    spelt = {name: by_case.get(name.casefold(), name) for name in names}
    strange = [name for name in names if spelt[name] not in item.classes]
    left = [name for name in item.classes if name not in spelt.values()]
    if len(strange) == len(left) == 1:
        spelt[strange[0]] = left[0]
    return spelt


def _difference(given: Any, right: Any, place: str) -> str:
    """Where two states differ; "" where they do not."""
    if isinstance(given, dict) and isinstance(right, dict):
        texts = {str(key): value for key, value in given.items()}
        if missing := sorted(right.keys() - texts.keys()):
            return f"{place}: {', '.join(missing)} missing"
        if extra := sorted(texts.keys() - right.keys()):
            return f"{place}: {', '.join(extra)} not wanted"
        pairs = [(texts[key], one, f"{place}.{key}") for key, one in right.items()]
    elif isinstance(given, list | tuple) and isinstance(right, list):
        if len(given) != len(right):
            return f"{place}: {len(given)} entries, not {len(right)}"
        pairs = [
            (one, other, f"{place}[{number}]")
            for number, (one, other) in enumerate(zip(given, right, strict=True))
        ]
    elif isinstance(given, str) and isinstance(right, str):
        return "" if texts_equal(given, right) else f"{place}: {shown(given)}, not {shown(right)}"
    else:
        same = given == right and isinstance(given, bool) == isinstance(right, bool)
        return "" if same else f"{place}: {shown(given)}, not {shown(right)}"
    return next((fault for pair in pairs if (fault := _difference(*pair))), "")


def fixed_process(item: AceItem, process: Any, state: Verdict) -> float:
    """The largest share of milestones passed in their order, of any of the alternatives.

    It is the longest common subsequence of the milestones and the process; a right final state
    counts as all of them.
    """
    if state.right:
        return 1.0
    steps = process if isinstance(process, list) else []
    made = [_step(one) for one in steps[:_MOST_STEPS] if isinstance(one, str)]
    shares = [
        _common([_step(one) for one in stones], made) / len(stones)
        for stones in item.milestones
        if stones
    ]
    return max(shares, default=0.0)


def _step(text: str) -> tuple[Any, str]:
    """A step in two forms: its calls as values, and its text without quotes and blanks."""
    try:
        calls = [(one.name, _frozen(one.arguments)) for one in read_calls(text)]
    except NotCallsError:
        calls = None
    return calls, _QUOTES_AND_BLANKS.sub("", text)


def _frozen(value: Any) -> Any:
    """A value in a form in which the order of keys and tuples for lists do not matter."""
    if isinstance(value, dict):
        return {str(key): _frozen(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_frozen(one) for one in value]
    return value


def _common(stones: Sequence[tuple[Any, str]], made: Sequence[tuple[Any, str]]) -> int:
    """The length of the longest common subsequence."""
    before = [0] * (len(made) + 1)
    for stone in stones:
        row = [0]
        for column, step in enumerate(made):
            same = stone[0] == step[0] if stone[0] and step[0] else stone[1] == step[1]
            row.append(before[column] + 1 if same else max(before[column + 1], row[column]))
        before = row
    return before[-1]
