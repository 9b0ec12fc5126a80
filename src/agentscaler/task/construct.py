"""`construct_tasks`: from certified domains to proven tasks."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from agentscaler.domain.domain import Domain
from agentscaler.engine import Engine, LocalEngine
from agentscaler.ledger import Rejection
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.proof import prove
from agentscaler.task.reasons import TaskReason
from agentscaler.task.request import intent_text
from agentscaler.task.settings import TaskSettings
from agentscaler.task.special import special_walk
from agentscaler.task.task import Goal, SpecialKind, Task
from agentscaler.task.walk import walk

__all__ = ["TaskOutcome", "construct_tasks"]


@dataclass(frozen=True)
class TaskOutcome:
    """What came of one domain: its proven tasks, and the walks turned away."""

    domain: str
    tasks: list[Task] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


@dataclass(frozen=True)
class _Work:
    domain: Domain
    settings: TaskSettings
    seed: int


def construct_tasks(
    domains: Iterable[Domain],
    settings: TaskSettings | None = None,
    seed: int = 0,
    engine: Engine | None = None,
) -> Iterator[TaskOutcome]:
    """Makes tasks of each domain.

    Yields:
        One outcome a domain, in order.
    """
    settings = settings or TaskSettings()
    engine = engine or LocalEngine(1)
    return engine.map(_construct, (_Work(domain, settings, seed) for domain in domains))


def _construct(work: _Work) -> TaskOutcome:
    domain, settings = work.domain, work.settings
    outcome = TaskOutcome(domain.id)
    used: Counter[str] = Counter()
    shapes: set[bytes] = set()
    states = list(domain.states)
    for attempt in range(settings.per_domain * settings.attempts):
        if len(outcome.tasks) >= settings.per_domain:
            break
        name = f"{domain.id}/{len(outcome.tasks):03d}"
        seed = f"{work.seed}/{domain.id}/{attempt}"
        try:
            task = _task(domain, name, states[attempt % len(states)], seed, settings, used)
            shape = _shape(task)
            if shape in shapes:
                raise WalkStop(TaskReason.DUPLICATE, task.intent)
        except WalkStop as stop:
            reason, detail = stop.args
            outcome.rejections.append(
                Rejection(stage="tasks", id=f"{domain.id}#{attempt}", reason=reason, detail=detail)
            )
            continue
        shapes.add(shape)
        outcome.tasks.append(task)
        used.update(task.gold[goal.calls[-1]].tool for goal in task.goals if not goal.refusal)
    return outcome


def _shape(task: Task) -> bytes:
    """Equal for tasks of the same calls; of wishes that cannot be fulfilled, the same attempts."""
    calls = [(call.tool, call.arguments) for call in task.gold]
    tried = [goal.refusal.attempts for goal in task.goals if goal.refusal is not None]
    vain = [(one.tool, one.arguments) for attempts in tried for one in attempts]
    return orjson.dumps([task.state, calls, vain])


def _task(
    domain: Domain, name: str, state: str, seed: str, settings: TaskSettings, used: Counter[str]
) -> Task:
    """One walk, written up and proven.

    Raises:
        WalkStop: it did not become a task, with the reason.
    """
    with domain.world(state) as world:
        notebook = Notebook(domain, world, settings.max_calls)
        special = random.Random(f"{seed}/special").random() < settings.special_share
        make = special_walk if special else walk
        goals = make(domain, notebook, seed, settings.max_goals, used)
        gold = tuple(notebook.calls)
        state_hash = notebook.world.state_hash()
        task = Task(
            id=name,
            domain=domain.id,
            state=state,
            kind="write" if any(call.effect == "write" for call in gold) else "read",
            special=_special_kind(goals),
            intent=intent_text(goals),
            facts=tuple(notebook.spoken_facts(goals)),
            goals=tuple(goals),
            gold=gold,
            changeset=notebook.world.changeset(),
            state_hash=state_hash,
            proof=prove(domain, state, gold, goals, state_hash),
        )
    _judge(task)
    return task


def _judge(task: Task) -> None:
    """Turns away a task that proves nothing or gives itself away."""
    proof = task.proof
    if not proof.gold_passes:
        raise WalkStop(TaskReason.GOLD_DIFFERS, task.intent)
    if not proof.nothing_fails:
        raise WalkStop(TaskReason.NOTHING_PASSES, task.intent)
    if proof.dropped_writes_fail < proof.writes:
        raise WalkStop(TaskReason.IDLE_WRITE, task.intent)
    if proof.mutants_fail < proof.mutants:
        raise WalkStop(TaskReason.MUTANT_PASSES, task.intent)
    if proof.attempts_fail < proof.attempts:
        raise WalkStop(TaskReason.ATTEMPT_PASSES, task.intent)
    if proof.fulfilments_fail < proof.fulfilments:
        raise WalkStop(TaskReason.FULFILMENT_PASSES, task.intent)
    if not proof.holds:
        raise WalkStop(TaskReason.VARIANT_FAILS, task.intent)
    for call in task.gold:
        for name, origin in call.provenance.items():
            if origin.origin == "tool" and str(call.arguments[name]) in task.intent:
                raise WalkStop(TaskReason.LEAK, str(call.arguments[name]))
    for answer in _answers(task.goals):
        if len(answer) > 2 and re.search(rf"\b{re.escape(answer)}\b", task.intent):
            raise WalkStop(TaskReason.ANSWER_KNOWN, answer)


def _special_kind(goals: Iterable[Goal]) -> SpecialKind | None:
    return next((goal.refusal.kind for goal in goals if goal.refusal is not None), None)


def _answers(goals: Iterable[Goal]) -> Iterator[str]:
    return (answer.said[0] for goal in goals for answer in goal.answers)
