"""`gather`: the dialogues of a run that an experiment may use, rendered, domain by domain.

In: the kept trajectories of a finished run with their domains and tasks.  Out: a `Dialogue` and its
tokens for each that the rules allow.  Rendering is spread over processes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agentscaler.dataset import Example, build_dataset
from agentscaler.dataset.kinship import DomainSketch, sketch_of
from agentscaler.domain import Domain, load_domain
from agentscaler.engine import Engine
from agentscaler.errors import RunFolderError
from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.faulty import Judged, can_be_shown, plant_faults
from agentscaler.experiment.learner import FAULT_MARK, Learner
from agentscaler.experiment.settings import RuleSettings
from agentscaler.filtering import Verdict
from agentscaler.pipeline.records import kept
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder, StageState
from agentscaler.task import Task
from agentscaler.task.toolbox import needed_tools
from agentscaler.training import Rendered, TemplateRefusedError
from agentscaler.training.selection import with_fewer_tools, without_system

__all__ = [
    "Gathered",
    "Gathering",
    "allowed",
    "as_shown",
    "examples_of",
    "gather",
    "sketch_domains",
]

Tokens = tuple[NDArray[Any], NDArray[Any]]


_CHARACTERS_A_TOKEN = 5
"""More than a token holds on average: a dialogue with more is too long, even unrendered."""


@dataclass(frozen=True)
class Gathering:
    """What dialogues are wanted, and how they are rendered.

    Attributes:
        fault_rate: share of the dialogues that a fault is planted in; None judges none again.
    """

    learner: Learner
    fitted: Path
    rules: RuleSettings
    source: str = "general"
    fault_rate: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class Gathered:
    """The dialogues of one domain that the rules allow.

    Attributes:
        left_out: how many others were not allowed, too long, or could not be shown to a model.
    """

    domain: str
    dialogues: list[Dialogue]
    tokens: list[Tokens]
    left_out: Counter[str]


def sketch_domains(folder: RunFolder) -> list[DomainSketch]:
    """What selection looks at of each domain with kept dialogues; lengths are not known yet.

    Raises:
        RunFolderError: the run is not filtered to its end.
    """
    if folder.state("filter") is not StageState.COMPLETE:
        raise RunFolderError(
            f"The dialogues of {folder.path} are not judged yet.",
            f"First run `agentscaler run --run {folder.path}`.",
        )
    names = dict.fromkeys(verdict.domain for verdict in folder.read("kept.jsonl", Verdict))
    return [sketch_of(load_domain(folder.path / "domains" / name).manifest) for name in names]


def examples_of(
    folder: RunFolder, domains: Iterable[str], rules: RuleSettings
) -> Iterator[Example]:
    """The allowed dialogues of some domains, whatever their length; for fitting a tokenizer."""
    wanted = set(domains)
    for name, tasks, trajectories in kept(folder):
        if name in wanted:
            domain = load_domain(folder.path / "domains" / name)
            by_id = {task.id: task for task in tasks}
            chosen = [one for one in trajectories if allowed(by_id[one.task], one, rules)]
            made = _examples(domain, tasks, chosen)
            yield from (as_shown(one, by_id[one.task], rules) for one in made)


def gather(
    folder: RunFolder, domains: Iterable[str], gathering: Gathering, engine: Engine
) -> Iterator[Gathered]:
    """The allowed dialogues of some domains of a run, in the run's order."""
    wanted = set(domains)
    units = (
        _Unit(folder.path / "domains" / name, tasks, trajectories)
        for name, tasks, trajectories in kept(folder)
        if name in wanted
    )
    return engine.map(partial(_gather, gathering=gathering), units)


def allowed(task: Task, trajectory: Trajectory, rules: RuleSettings) -> bool:
    """Whether the rules allow a dialogue, and so its task, as far as can be told unrendered."""
    kind = "special" if task.special else task.kind
    return (
        kind in rules.kinds
        and len(task.gold) <= rules.max_calls
        and (rules.recovered or not trajectory.tool_errors)
        and _characters(trajectory) <= _CHARACTERS_A_TOKEN * rules.max_tokens
    )


def as_shown(example: Example, task: Task, rules: RuleSettings) -> Example:
    """The example as an agent is to see it: with so many tools, without a system message."""
    shown = with_fewer_tools(example, rules.most_tools, task.id, needed_tools(task))
    return shown if rules.system else without_system(shown)


@dataclass(frozen=True)
class _Unit:
    path: Path
    tasks: list[Task]
    trajectories: list[Trajectory]


def _gather(unit: _Unit, *, gathering: Gathering) -> Gathered:
    domain = load_domain(unit.path)
    by_id = {task.id: task for task in unit.tasks}
    chosen = [one for one in unit.trajectories if allowed(by_id[one.task], one, gathering.rules)]
    not_allowed = len(unit.trajectories) - len(chosen)
    judged = [Judged(one, one.task) for one in chosen]
    if gathering.fault_rate is not None:
        seed = str(gathering.seed)
        judged = list(plant_faults(domain, unit.tasks, chosen, gathering.fault_rate, seed))
    shown = [one for one in judged if can_be_shown(one.trajectory)]
    # A fault may name another task or domain; what is shown is the dialogue, where it was played.
    played = [
        one.trajectory.model_copy(update={"task": one.task, "domain": domain.id}) for one in shown
    ]
    counts = Counter(not_allowed=not_allowed, not_shown=len(judged) - len(shown))
    dialogues, tokens = [], []
    for one, example in zip(shown, _examples(domain, unit.tasks, played), strict=True):
        try:
            rendered = gathering.learner.render(
                as_shown(example, by_id[one.task], gathering.rules), gathering.fitted
            )
        except TemplateRefusedError:
            counts["not_shown"] += 1
            continue
        if len(rendered.ids) > gathering.rules.max_tokens:
            counts["too_long"] += 1
            continue
        dialogues.append(_dialogue(one, example, domain, rendered, gathering, by_id[one.task]))
        tokens.append((np.array(rendered.ids, np.int32), np.array(rendered.mask, np.bool_)))
    return Gathered(domain.id, dialogues, tokens, counts)


def _dialogue(
    one: Judged,
    example: Example,
    domain: Domain,
    rendered: Rendered,
    gathering: Gathering,
    task: Task,
) -> Dialogue:
    return Dialogue(
        id=f"{example.id}{FAULT_MARK}{one.fault}" if one.fault else example.id,
        task=task.id,
        domain=domain.id,
        source=gathering.source,
        service=domain.manifest.service,
        kind=example.kind,
        role="train",
        calls=len(task.gold),
        tokens=len(rendered.ids),
        learned=rendered.learned,
        fault=one.fault,
        kept_by=one.kept_by,
    )


def _examples(
    domain: Domain, tasks: Sequence[Task], trajectories: Sequence[Trajectory]
) -> list[Example]:
    work = [(domain, list(tasks), list(trajectories))]
    return [example for unit in build_dataset(work) for example in unit.examples]


def _characters(trajectory: Trajectory) -> int:
    """What is said and answered in a dialogue, without what is rendered around it."""
    return sum(len(message.content) for message in trajectory.messages if message.role != "system")
