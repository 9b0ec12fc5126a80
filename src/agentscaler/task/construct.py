"""`construct_tasks`: from certified domains to proven tasks."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import orjson

from agentscaler.domain.domain import Domain
from agentscaler.domain.worlds import Worlds
from agentscaler.engine import Engine, LocalEngine
from agentscaler.ledger import Rejection, fault_text
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.proof import Prover
from agentscaler.task.reasons import TaskReason
from agentscaler.task.recollections import Memory
from agentscaler.task.request import intent_text, request_text
from agentscaler.task.settings import TaskSettings
from agentscaler.task.shape import shape_of
from agentscaler.task.special import special_walk
from agentscaler.task.task import Goal, GoldCall, Provenance, SpecialKind, Task
from agentscaler.task.usage import Usage
from agentscaler.task.walk import walk

__all__ = ["TaskOutcome", "construct_tasks", "judge_words", "written_up"]


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
    with closing(_Maker(domain, settings, outcome.tasks)) as maker:
        for attempt in range(settings.per_domain * settings.attempts):
            if len(outcome.tasks) >= settings.per_domain:
                break
            try:
                maker.make(attempt, f"{work.seed}/{domain.id}/{attempt}")
                continue
            except WalkStop as stop:
                reason, detail = stop.args
            except Exception as error:
                reason, detail = TaskReason.FAILED, fault_text(error)
            name = f"{domain.id}#{attempt}"
            outcome.rejections.append(
                Rejection(stage="tasks", id=name, reason=reason, detail=detail)
            )
    return outcome


class _Maker:
    """Makes the tasks of one domain and remembers those it made.

    Args:
        tasks: takes what is made.
    """

    def __init__(self, domain: Domain, settings: TaskSettings, tasks: list[Task]) -> None:
        self._domain = domain
        self._settings = settings
        self._tasks = tasks
        self._states = list(domain.states)
        self._usage = Usage(domain)
        self._shapes: Counter[bytes] = Counter()
        self._calls: set[bytes] = set()
        self._worlds = Worlds(domain)
        self._prover = Prover(domain)

    def make(self, attempt: int, seed: str) -> None:
        """One walk, written up, proven and added to the tasks.

        Raises:
            WalkStop: it did not become a task, with the reason.
        """
        domain, state = self._domain, self._states[attempt % len(self._states)]
        named = self._usage.rows_in(state)
        memory = Memory(self._settings.recall_share, random.Random(f"{seed}/memory"))
        world, most = self._worlds.fresh(state), self._settings.max_calls
        notebook = Notebook(domain, world, most, named, memory=memory)
        special = random.Random(f"{seed}/special").random() < self._settings.special_share
        make = special_walk if special else walk
        goals = make(domain, notebook, seed, self._settings.max_goals, self._usage)
        calls, shape = self._unlike_others(state, notebook.calls, goals)
        name = f"{domain.id}/{len(self._tasks):03d}"
        task = written_up(name, state, goals, notebook, self._prover, self._tasks)
        self._calls.add(calls)
        self._shapes[shape] += 1
        self._tasks.append(task)
        self._usage.note(state, task.gold)

    def close(self) -> None:
        """Frees the worlds."""
        self._worlds.close()
        self._prover.close()

    def _unlike_others(
        self, state: str, gold: Sequence[GoldCall], goals: Sequence[Goal]
    ) -> tuple[bytes, bytes]:
        """What tells a solution from others, and its shape; asked before the proof, which costs.

        Wishes that cannot be fulfilled are told apart by what would be tried in vain.
        """
        tried = [goal.refusal.attempts for goal in goals if goal.refusal is not None]
        vain = [(one.tool, one.arguments) for attempts in tried for one in attempts]
        made = [(call.tool, call.arguments) for call in gold]
        calls, intent = orjson.dumps([state, made, vain]), intent_text(goals)
        if calls in self._calls:
            raise WalkStop(TaskReason.DUPLICATE, intent)
        shape = b"\n".join((*shape_of(gold), *(tool.encode() for tool, _ in vain)))
        if self._settings.per_shape is not None and (
            self._shapes[shape] >= self._settings.per_shape
        ):
            raise WalkStop(TaskReason.SHAPE, intent)
        return calls, shape


def written_up(
    name: str,
    state: str,
    goals: Sequence[Goal],
    notebook: Notebook,
    prover: Prover,
    earlier: Sequence[Task],
) -> Task:
    """A walk as a task, proven.

    Args:
        name: the task's id.
        notebook: of the walk, in the world where the walk ended.
        earlier: the tasks that the domain has already.

    Raises:
        WalkStop: it is none, with the reason.
    """
    gold, state_hash = tuple(notebook.calls), notebook.world.state_hash()
    intent = intent_text(goals)
    judge_words(intent, gold, goals)
    task = Task(
        id=name,
        domain=notebook.domain.id,
        state=state,
        kind="write" if any(call.effect == "write" for call in gold) else "read",
        special=_special_kind(goals),
        intent=intent,
        facts=tuple(notebook.spoken_facts(goals)),
        goals=tuple(goals),
        gold=gold,
        changeset=notebook.world.changeset(),
        state_hash=state_hash,
        proof=prover.prove(state, gold, goals, state_hash, earlier),
    )
    _judge(task)
    return task


def _judge(task: Task) -> None:
    """Turns away a task that proves nothing."""
    proof = task.proof
    if not proof.gold_passes:
        raise WalkStop(TaskReason.GOLD_DIFFERS, task.intent)
    if not proof.replays_elsewhere:
        raise WalkStop(TaskReason.REPLAY_DIFFERS, task.intent)
    if not proof.nothing_fails:
        raise WalkStop(TaskReason.NOTHING_PASSES, task.intent)
    if proof.dropped_writes_fail < proof.writes:
        raise WalkStop(TaskReason.IDLE_WRITE, task.intent)
    if proof.mutants_fail + proof.mutants_idle < proof.mutants:
        raise WalkStop(TaskReason.MUTANT_PASSES, task.intent)
    if not proof.answers_tell:
        raise WalkStop(TaskReason.GUESSABLE, task.intent)
    if proof.attempts_fail < proof.attempts:
        raise WalkStop(TaskReason.ATTEMPT_PASSES, task.intent)
    if proof.fulfilments_fail < proof.fulfilments:
        raise WalkStop(TaskReason.FULFILMENT_PASSES, task.intent)
    if not proof.holds:
        raise WalkStop(TaskReason.VARIANT_FAILS, task.intent)


def judge_words(intent: str, gold: Iterable[GoldCall], goals: Iterable[Goal]) -> None:
    """Turns away a request that gives away what should be found out.

    Raises:
        WalkStop: it does, with the reason and what it gives away.
    """
    for call in gold:
        for name, origin in call.provenance.items():
            for value in _found_out(origin, call.arguments[name]):
                if value in intent:
                    raise WalkStop(TaskReason.LEAK, value)
    for goal in goals:
        request = f"{request_text(goal.request)} {goal.wording}"
        for answer in goal.answers:
            said = answer.said[0]
            if len(said) > 2 and re.search(rf"\b{re.escape(said)}\b", request):
                raise WalkStop(TaskReason.ANSWER_KNOWN, said)


def _special_kind(goals: Iterable[Goal]) -> SpecialKind | None:
    return next((goal.refusal.kind for goal in goals if goal.refusal is not None), None)


def _found_out(origin: Provenance, value: Any) -> Iterator[str]:
    """The values of an argument that come from results: itself, or items of it."""
    if origin.origin == "tool":
        yield str(value)
    for item, one in zip(origin.items, value if origin.items else (), strict=True):
        yield from _found_out(item, one)
