"""Whose task a saved simulation was scored with: ids in results files are not always right.

Some published files hold simulations under ids that were permuted: what is stored about a reward
names the gold actions of another task of the same file than the id does.  Ids of telecom are made
of the names of issues, whose order varies between versions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from agentscaler.evaluation.tau.results import SavedSimulation

__all__ = ["Match", "match_tasks", "plain_id"]


@dataclass(frozen=True)
class Match:
    """The task that a simulation is scored with.

    Attributes:
        task: its id in the file; None where the file has none for the simulation.
        permuted: it is not the one that the simulation's id names.
        alike: how many tasks the stored checks fit as well.
        strange: the stored checks fit no task of the file; it is scored with the one it names.
    """

    task: str | None
    permuted: bool = False
    alike: int = 0
    strange: bool = False


def match_tasks(
    tasks: Mapping[str, dict[str, Any]], simulations: Iterable[SavedSimulation]
) -> dict[int, Match]:
    """The task of each simulation, by the simulation's number."""
    listed = list(simulations)
    traces = {task: _trace_of_task(raw) for task, raw in tasks.items()}
    by_trace: dict[tuple[bytes, ...], list[str]] = {}
    for task, trace in traces.items():
        by_trace.setdefault(trace, []).append(task)
    plain = {plain_id(task): task for task in tasks}
    found: dict[int, Match] = {}
    elsewhere: list[tuple[SavedSimulation, list[str]]] = []
    silent: list[SavedSimulation] = []
    for one in listed:
        named = one.task if one.task in tasks else plain.get(plain_id(one.task))
        stored = _trace_of_scores(one.stored)
        fitting = [] if stored is None else by_trace.get(stored, [])
        found[one.number] = Match(named)
        if stored is None or named in fitting:
            continue
        if not any(stored):
            silent.append(one)
        elif fitting:
            elsewhere.append((one, fitting))
        else:
            found[one.number] = Match(named, strange=named is not None)
    if elsewhere:
        # Where ids are permuted, a simulation without checks is one of a task without any.
        nothing = by_trace.get(_texts_of_nothing(), [])
        elsewhere += [(one, nothing) for one in silent if nothing]
        found |= _dealt_out(found, listed, elsewhere)
    return found


def _dealt_out(
    found: Mapping[int, Match],
    listed: list[SavedSimulation],
    elsewhere: list[tuple[SavedSimulation, list[str]]],
) -> dict[int, Match]:
    """Tasks for simulations of permuted ids; of tasks that score alike, each gets one a trial."""
    moved = {one.number for one, _ in elsewhere}
    taken = Counter(
        (found[one.number].task, one.trial) for one in listed if one.number not in moved
    )
    dealt: dict[int, Match] = {}
    for one, fitting in elsewhere:
        task = min(fitting, key=lambda name: (taken[name, one.trial], fitting.index(name)))
        taken[task, one.trial] += 1
        dealt[one.number] = Match(task, permuted=True, alike=len(fitting) - 1)
    return dealt


def plain_id(task: str) -> str:
    """An id with the names that it is made of in order: "[a]y|x[b]" becomes "[a]x|y[b]"."""
    if "|" not in task:
        return task
    head, closing, rest = task.partition("]") if task.startswith("[") else ("", "", task)
    body, opening, tail = rest.partition("[")
    return head + closing + "|".join(sorted(body.split("|"))) + opening + tail


def _trace_of_task(task: dict[str, Any]) -> tuple[bytes, ...]:
    criteria = task.get("evaluation_criteria") or {}
    return (
        _texts(_action(one) for one in criteria.get("actions") or []),
        _texts(criteria.get("communicate_info") or []),
        _texts(_assertion(one) for one in criteria.get("env_assertions") or []),
    )


def _trace_of_scores(stored: dict[str, Any]) -> tuple[bytes, ...] | None:
    """The same of what is stored; None where nothing was checked, as of a simulation cut short."""
    if stored.get("db_check") is None and not stored.get("action_checks"):
        return None
    return (
        _texts(_action(one["action"]) for one in stored.get("action_checks") or []),
        _texts(one["info"] for one in stored.get("communicate_checks") or []),
        _texts(_assertion(one["env_assertion"]) for one in stored.get("env_assertions") or []),
    )


def _texts_of_nothing() -> tuple[bytes, ...]:
    return (b"", b"", b"")


def _action(action: dict[str, Any]) -> list[Any]:
    return [action.get("requestor", "assistant"), action.get("name"), action.get("arguments")]


def _assertion(assertion: dict[str, Any]) -> list[Any]:
    return [assertion.get("env_type"), assertion.get("func_name"), assertion.get("arguments")]


def _texts(values: Iterable[Any]) -> bytes:
    texts = sorted(orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values)
    return b"\n".join(texts)
