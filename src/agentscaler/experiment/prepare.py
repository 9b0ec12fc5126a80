"""`prepare`: from finished runs to an experiment whose points can be worked off.

What is held out is drawn first, from the domains' tools alone; then the tokenizer is made, of
training domains; then every allowed dialogue is rendered; then the points are laid out.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import agentscaler
from agentscaler.dataset.kinship import DomainSketch, families
from agentscaler.engine import Engine
from agentscaler.errors import InputError
from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.folder import ExperimentFolder, ExperimentRecord, write_lines
from agentscaler.experiment.gathering import (
    Gathered,
    Gathering,
    Tokens,
    examples_of,
    gather,
    sketch_domains,
)
from agentscaler.experiment.learner import Learner
from agentscaler.experiment.plan import (
    HELD_OUT,
    VERTICAL,
    VERTICAL_NEW,
    choose_tasks,
    funnel_points,
    phase_points,
    scaling_points,
    set_aside,
    unseen_trial,
)
from agentscaler.experiment.point import Point, Trial
from agentscaler.experiment.selection import Split, sketch_overlap, split_domains
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.experiment.tokenstore import TokenStore
from agentscaler.pipeline import Settings
from agentscaler.runfolder import RunFolder, measure
from agentscaler.task import Task

__all__ = ["ARMS", "Sources", "prepare"]

ARMS = ("scaling", "phases", "funnel")
_POINTS: dict[str, Callable[[Sequence[Dialogue], ExperimentSettings], list[Point]]] = {
    "scaling": scaling_points,
    "phases": phase_points,
    "funnel": funnel_points,
}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sources:
    """Where an experiment's dialogues are from.

    Attributes:
        run: a finished run.
        vertical_run: the run that holds the vertical; None takes `run`.
        vertical: its domains: services ("aws.connect") or ids, with commas; "" means all of
            `vertical_run`, and no vertical where there is none.
    """

    run: RunFolder
    vertical_run: RunFolder | None = None
    vertical: str = ""

    @property
    def by_name(self) -> dict[str, RunFolder]:
        found = {"general": self.run}
        if self.vertical or self.vertical_run is not None:
            found["vertical"] = self.vertical_run or self.run
        return found


def prepare(
    folder: ExperimentFolder,
    arm: str,
    sources: Sources,
    settings: ExperimentSettings,
    learner: Learner,
    engine: Engine,
    say: Say = lambda line: None,
) -> ExperimentRecord:
    """Makes the experiment's folder, or finds it made with the same settings.

    Args:
        say: is told, in a line, what has been done.

    Raises:
        InputError: another experiment lies there, or the runs have too little for this one.
        RunFolderError: a run is not finished.
    """
    if arm == "phases" and "vertical" not in sources.by_name:
        raise InputError(
            "The arm phases needs a vertical.",
            "Name its services with --vertical, or a run of it with --vertical-run.",
        )
    fingerprint = _fingerprint(sources)
    if folder.exists:
        return _same(folder, arm, settings, fingerprint)
    folder.data.mkdir(parents=True, exist_ok=True)
    sketches = sketch_domains(sources.run)
    vertical = _vertical_sketches(sources)
    apart = {sketch.id for sketch in vertical} if sources.vertical_run is None else set()
    apart_services = {one.service for one in sketches if one.id in apart}
    general = [one for one in sketches if one.service not in apart_services]
    trial = settings.trial
    split = split_domains(general, trial.held_out, settings.split_seed, trial.largest_family)
    say(
        f"{len(split.train):,} domains to learn from, {len(split.held_out):,} held out in"
        f" {len(set(split.family.values())):,} families"
    )
    wanted = _spread(split.train, settings.small.fit_dialogues)
    learner.fit(examples_of(sources.run, wanted, settings.rules), folder.data)
    say("the tokenizer is made")
    gathered = _gather_all(folder, arm, sources, settings, learner, engine, split, vertical, say)
    dialogues = _with_roles(gathered, settings, split, vertical)
    points = _POINTS[arm](dialogues, settings)
    trials = _trials(arm, dialogues, points, sources, settings)
    _write_data(folder, dialogues, gathered, trials, sources)
    facts = _facts(general, split, dialogues, gathered)
    record = ExperimentRecord(
        arm=arm,
        settings=settings,
        runs={name: str(run.path) for name, run in sources.by_name.items()},
        vertical=sources.vertical,
        domains=_paths(trials, sources, dialogues),
        fingerprint=fingerprint,
        facts=facts,
        code=agentscaler.__version__,
    )
    folder.write(record, points, trials)
    return record


def _same(
    folder: ExperimentFolder, arm: str, settings: ExperimentSettings, fingerprint: str
) -> ExperimentRecord:
    """The experiment that lies there; the number of threads may be another."""
    found = folder.read()
    threads = {"threads": settings.threads}
    if (found.arm, found.settings.model_copy(update=threads), found.fingerprint) != (
        arm,
        settings,
        fingerprint,
    ):
        raise InputError(
            f"{folder.path} holds another experiment: another arm, other settings or other data.",
            "Give --out another folder, or the command that this one was begun with.",
        )
    return found


def _fingerprint(sources: Sources) -> str:
    digest = hashlib.sha256(sources.vertical.encode())
    for name, run in sources.by_name.items():
        for output in ("kept.jsonl", "trajectories.jsonl"):
            path = run.path / output
            if path.exists():
                digest.update(f"{name}/{output}:{measure(path).sha256}\n".encode())
    return digest.hexdigest()


def _vertical_sketches(sources: Sources) -> list[DomainSketch]:
    """The domains of the vertical.

    Raises:
        InputError: there are none of that name.
    """
    if "vertical" not in sources.by_name:
        return []
    run = sources.by_name["vertical"]
    every = sketch_domains(run)
    wanted = set(filter(None, sources.vertical.split(",")))
    found = [one for one in every if not wanted or one.id in wanted or one.service in wanted]
    if not found:
        known = sorted({one.service for one in every})
        raise InputError(
            f"No domain of {run.path} is of the vertical {sources.vertical}.",
            f"Name a service, such as {', '.join(known[:5])}, or domains by id.",
        )
    return found


def _spread(names: Sequence[str], dialogues: int) -> list[str]:
    """Domains spread over all of them, enough for so many dialogues at some 20 of a domain."""
    step = max(1, len(names) * 20 // max(dialogues, 1))
    return list(islice(names, 0, None, step))


def _gather_all(
    folder: ExperimentFolder,
    arm: str,
    sources: Sources,
    settings: ExperimentSettings,
    learner: Learner,
    engine: Engine,
    split: Split,
    vertical: Sequence[DomainSketch],
    say: Say,
) -> list[Gathered]:
    seed = settings.split_seed
    wanted: list[tuple[RunFolder, Iterable[str], Gathering]] = []
    plain = Gathering(learner, folder.data, settings.rules, seed=seed)
    if arm == "funnel":
        rate = settings.funnel.fault_rate
        planted = Gathering(learner, folder.data, settings.rules, fault_rate=rate, seed=seed)
        wanted.append((sources.run, split.train, planted))
        wanted.append((sources.run, split.held_out, plain))
    else:
        wanted.append((sources.run, [*split.train, *split.held_out], plain))
    if vertical:
        of_vertical = Gathering(learner, folder.data, settings.rules, "vertical", seed=seed)
        of_them = [one.id for one in vertical]
        wanted.append((sources.by_name["vertical"], of_them, of_vertical))
    gathered: list[Gathered] = []
    for run, names, gathering in wanted:
        for one in gather(run, names, gathering, engine):
            gathered.append(one)
            if len(gathered) % 100 == 0:
                say(
                    f"rendered: {sum(len(g.dialogues) for g in gathered):,} dialogues of"
                    f" {len(gathered):,} domains"
                )
    return gathered


def _with_roles(
    gathered: Sequence[Gathered],
    settings: ExperimentSettings,
    split: Split,
    vertical: Sequence[DomainSketch],
) -> list[Dialogue]:
    """What each dialogue is for: held out, set aside, or to learn from."""
    seed = settings.split_seed
    kin = {**split.family, **families(vertical)}
    new = {one.id for one in vertical[: settings.phases.unseen_domains]}
    dialogues = []
    for group in gathered:
        source = group.dialogues[0].source if group.dialogues else ""
        of_vertical = source == "vertical"
        share = settings.phases.vertical_test if of_vertical else settings.trial.unseen
        held = group.domain in (new if of_vertical else split.family)
        aside = set_aside(group.dialogues, share, f"{seed}/{group.domain}/aside")
        for one in group.dialogues:
            role = "held_out" if held else "unseen" if one.task in aside else "train"
            family = kin.get(one.domain, one.service)
            dialogues.append(one.model_copy(update={"role": role, "family": family}))
    return dialogues


def _trials(
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
            names = set(smallest.phases[0].shares[0].domains)
            groups = {n: g for n, g in by_role["general", "unseen"].items() if n in names}
            if groups:
                trials.append(trial(unseen_trial(seed), "general", groups, settings.trial.unseen))
    if arm == "phases":
        trials.append(
            trial(VERTICAL, "vertical", by_role["vertical", "unseen"], settings.phases.tasks)
        )
        trials.append(trial(VERTICAL_NEW, "vertical", by_role["vertical", "held_out"]))
    return [one for one in trials if one.tasks]


def _write_data(
    folder: ExperimentFolder,
    dialogues: Sequence[Dialogue],
    gathered: Sequence[Gathered],
    trials: Sequence[Trial],
    sources: Sources,
) -> None:
    tokens: list[Tokens] = [one for group in gathered for one in group.tokens]
    TokenStore.write(tokens, folder.data)
    write_lines(folder.data / "dialogues.jsonl", dialogues)
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


def _paths(
    trials: Iterable[Trial], sources: Sources, dialogues: Iterable[Dialogue]
) -> dict[str, str]:
    """The folder of each domain that is played in."""
    played = {task for trial in trials for task in trial.tasks}
    return {
        one.domain: str(Path(sources.by_name[one.source].path / "domains" / one.domain).resolve())
        for one in dialogues
        if one.task in played
    }


def _facts(
    sketches: Sequence[DomainSketch],
    split: Split,
    dialogues: Sequence[Dialogue],
    gathered: Sequence[Gathered],
) -> dict[str, Any]:
    by_id = {one.id: one for one in sketches}
    left_out = sum((group.left_out for group in gathered), Counter[str]())
    counts = Counter(f"{one.source} {one.role}" for one in dialogues)
    domains = {(one.source, one.role, one.domain) for one in dialogues}
    return {
        "dialogues": dict(sorted(counts.items())),
        "domains": dict(sorted(Counter(f"{s} {r}" for s, r, _ in domains).items())),
        "left_out": dict(sorted(left_out.items())),
        "held_out_families": len(set(split.family.values())),
        "held_out_tools_in_training": sketch_overlap(
            (by_id[name] for name in split.train), (by_id[name] for name in split.held_out)
        ),
        "faults": dict(sorted(Counter(one.fault for one in dialogues if one.fault).items())),
        "kept_by": dict(
            Counter(funnel for one in dialogues if one.role == "train" for funnel in one.kept_by)
        ),
        "mean_tokens": sum(one.tokens for one in dialogues) / max(len(dialogues), 1),
    }
