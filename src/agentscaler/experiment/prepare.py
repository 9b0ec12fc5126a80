"""`prepare`: from finished runs to an experiment whose points can be worked off.

What is held out is drawn first, from the domains' tools alone; then the tokenizer is made, of
training domains; then every allowed dialogue is rendered; then the points are laid out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
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
    funnel_points,
    phase_points,
    scaling_points,
    set_aside,
)
from agentscaler.experiment.point import Point, Trial
from agentscaler.experiment.selection import Split, sketch_overlap, split_domains
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.experiment.sources import Sources
from agentscaler.experiment.tokenstore import TokenStore
from agentscaler.experiment.trials import domains_of_trials, lay_out_trials, write_tasks
from agentscaler.runfolder import RunFolder

__all__ = ["ARMS", "prepare"]

ARMS = ("scaling", "phases", "funnel")
_POINTS: dict[str, Callable[[Sequence[Dialogue], ExperimentSettings], list[Point]]] = {
    "scaling": scaling_points,
    "phases": phase_points,
    "funnel": funnel_points,
}
Say = Callable[[str], None]


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

    Sizes and seeds may be added to an experiment that is there: what it has done stays.

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
    fingerprint = sources.fingerprint()
    if folder.exists:
        found = _same(folder, arm, settings, fingerprint)
        if found.settings == settings:
            return found
        return _extended(folder, found, sources, settings)
    return _begun(folder, arm, sources, settings, learner, engine, fingerprint, say)


def _begun(
    folder: ExperimentFolder,
    arm: str,
    sources: Sources,
    settings: ExperimentSettings,
    learner: Learner,
    engine: Engine,
    fingerprint: str,
    say: Say,
) -> ExperimentRecord:
    """A new experiment."""
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
    trials = lay_out_trials(arm, dialogues, points, sources, settings)
    _write_data(folder, dialogues, gathered, trials, sources)
    facts = _facts(general, split, dialogues, gathered)
    record = ExperimentRecord(
        arm=arm,
        settings=settings,
        runs={name: str(run.path) for name, run in sources.by_name.items()},
        vertical=sources.vertical,
        domains=domains_of_trials(trials, sources, dialogues),
        fingerprint=fingerprint,
        facts=facts,
        code=agentscaler.__version__,
    )
    folder.write(record, points, trials)
    return record


def _same(
    folder: ExperimentFolder, arm: str, settings: ExperimentSettings, fingerprint: str
) -> ExperimentRecord:
    """The experiment that lies there, with the number of threads that is asked for now.

    Raises:
        InputError: it is not the same, sizes and seeds aside.
    """
    found = folder.read()
    found = found.model_copy(
        update={"settings": found.settings.model_copy(update={"threads": settings.threads})}
    )
    points = {"sizes": settings.sizes, "seeds": settings.seeds}
    same = found.settings.model_copy(update=points) == settings
    if not same or (found.arm, found.fingerprint) != (arm, fingerprint):
        raise _another(folder)
    return found


def _another(folder: ExperimentFolder) -> InputError:
    return InputError(
        f"{folder.path} holds another experiment: another arm, other settings or other data.",
        "Give --out another folder, or the command that this one was begun with.",
    )


def _extended(
    folder: ExperimentFolder,
    found: ExperimentRecord,
    sources: Sources,
    settings: ExperimentSettings,
) -> ExperimentRecord:
    """The experiment with further points.

    Raises:
        InputError: a point that it has, or what that is tried on, would not be there any more.
    """
    dialogues = folder.dialogues()
    points = _POINTS[found.arm](dialogues, settings)
    trials = lay_out_trials(found.arm, dialogues, points, sources, settings)
    kept_trials = {one.name: one for one in trials}
    if not set(folder.points()) <= set(points) or any(
        kept_trials.get(name) != trial for name, trial in folder.trials().items()
    ):
        raise _another(folder)
    write_tasks(folder, trials, sources)
    record = found.model_copy(
        update={"settings": settings, "domains": domains_of_trials(trials, sources, dialogues)}
    )
    folder.write(record, points, trials)
    return record


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
    write_tasks(folder, trials, sources)


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
