"""The trials of an experiment: which tasks its agents are tried on, and where their domains lie."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.folder import ExperimentFolder, write_lines
from agentscaler.experiment.plan import (
    HELD_OUT,
    VERTICAL,
    VERTICAL_NEW,
    choose_tasks,
    unseen_trial,
)
from agentscaler.experiment.point import Point, Trial
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.experiment.sources import Sources
from agentscaler.pipeline import Settings
from agentscaler.task import Task

__all__ = ["domains_of_trials", "lay_out_trials", "write_tasks"]


def lay_out_trials(
    arm: str,
    dialogues: Sequence[Dialogue],
    points: Sequence[Point],
    sources: Sources,
    settings: ExperimentSettings,
) -> list[Trial]:
    """The tasks of every trial that a point names."""
    by_role: dict[tuple[str, str], dict[str, list[Dialogue]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in dialogues:
        by_role[one.source, one.role][one.domain].append(one)

    def trial(
        name: str, source: str, groups: dict[str, list[Dialogue]], most: int | None = None
    ) -> Trial:
        of_run = Settings.model_validate(sources.by_name[source].settings)
        tasks = [
            task
            for domain, group in groups.items()
            for task in choose_tasks(
                group, most or settings.trial.tasks, f"{settings.split_seed}/{domain}/{name}"
            )
        ]
        rollout = of_run.rollout.model_copy(update={"max_turns": settings.trial.max_turns})
        return Trial(name=name, tasks=tuple(tasks), rollout=rollout, seed=of_run.seed)

    trials = [trial(HELD_OUT, "general", by_role["general", "held_out"])]
    if arm == "scaling":
        for seed in settings.seeds:
            smallest = next(one for one in points if one.seed == seed)
            names = set(smallest.phases[0].shares[0].domains[: settings.trial.unseen_domains])
            groups = {n: g for n, g in by_role["general", "unseen"].items() if n in names}
            if groups:
                trials.append(trial(unseen_trial(seed), "general", groups, settings.trial.unseen))
    if arm == "phases":
        trials.append(
            trial(VERTICAL, "vertical", by_role["vertical", "unseen"], settings.phases.tasks)
        )
        trials.append(trial(VERTICAL_NEW, "vertical", by_role["vertical", "held_out"]))
    return [one for one in trials if one.tasks]


def domains_of_trials(
    trials: Iterable[Trial], sources: Sources, dialogues: Iterable[Dialogue]
) -> dict[str, str]:
    """The folder of each domain that is played in."""
    played = {task for trial in trials for task in trial.tasks}
    return {
        one.domain: str(Path(sources.by_name[one.source].path / "domains" / one.domain).resolve())
        for one in dialogues
        if one.task in played
    }


def write_tasks(folder: ExperimentFolder, trials: Sequence[Trial], sources: Sources) -> None:
    """Puts the tasks of the trials into the folder."""
    wanted = {task for trial in trials for task in trial.tasks}
    write_lines(
        folder.data / "tasks.jsonl",
        (
            task
            for run in dict.fromkeys(sources.by_name.values())
            for task in run.read("tasks.jsonl", Task)
            if task.id in wanted
        ),
    )
