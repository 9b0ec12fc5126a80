"""Runs stages: keeps what is up to date, goes on with what was begun, redoes what has changed."""

from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from agentscaler.engine import Engine
from agentscaler.errors import RunFolderError, SettingsError
from agentscaler.pipeline.checkpoints import checkpoint_inputs
from agentscaler.pipeline.judging import judging_of
from agentscaler.pipeline.models import asked_by, identities, prompts_of
from agentscaler.pipeline.settings import MACHINERY, Settings
from agentscaler.pipeline.stages import Stage, Work, stage_named, stages_of
from agentscaler.rollout import RolloutSettings
from agentscaler.runfolder import (
    Fingerprint,
    RunFolder,
    StageRecord,
    StageState,
    code_version,
    measure,
)

__all__ = ["PACKAGES", "Observer", "run", "run_stage"]

# Bottom first: the code version of a stage covers everything up to its package.
PACKAGES = (
    *("errors", "ledger", "words", "settings", "chat", "runfolder", "engine", "llm"),
    *("corpus", "graph", "world", "domain", "task", "rollout", "filtering", "dataset"),
)
BUILDING = frozenset({"corpus", "graph", "world", "domain", "task"})
"""Packages whose stages ask a model only where the settings say so."""
_DISTRIBUTIONS = {"botocore": "botocore", "google": "google-api-python-client"}
# The libraries whose own results end up in the bytes of a stage.
_LIBRARIES = (
    *("apsw", "inflection", "mimesis", "numpy", "orjson", "pydantic"),
    *("scikit-learn", "scikit-network", "scipy", "sparse-dot-topn"),
)


class Observer(Protocol):
    """Is told how a run goes; the command line draws progress bars with it."""

    def begun(self, stage: Stage, done: int, total: int, changes: list[str]) -> None:
        """A stage begins with `done` of `total` units; `changes` says why it is redone."""
        ...

    def advanced(self, stage: Stage, unit: int) -> None:
        """So many units are done now."""
        ...

    def ended(self, stage: Stage, record: StageRecord, *, kept: bool) -> None:
        """A stage is complete; `kept` if it was so before and nothing was done."""
        ...


class Unobserved:
    """The `Observer` that looks away."""

    def begun(self, stage: Stage, done: int, total: int, changes: list[str]) -> None:
        pass

    def advanced(self, stage: Stage, unit: int) -> None:
        pass

    def ended(self, stage: Stage, record: StageRecord, *, kept: bool) -> None:
        pass


def run(
    folder: RunFolder, settings: Settings, observer: Observer | None = None
) -> dict[str, StageRecord]:
    """Brings every stage of a run up to date, in order; what is up to date is kept.

    Raises:
        AgentScalerError: what the user can mend; the run goes on from there with the same call.
    """
    with folder.locked(), settings.open_engine() as engine:
        folder.save_settings(settings, exclude=MACHINERY)
        return {
            stage.name: _run_stage(folder, stage, settings, engine, observer or Unobserved())
            for stage in stages_of(settings)
        }


def run_stage(
    folder: RunFolder, name: str, settings: Settings, observer: Observer | None = None
) -> StageRecord:
    """Brings one stage up to date with what the run holds of the stage before it.

    Raises:
        RunFolderError: the stage before it is missing, unfinished or stale.
        SettingsError: the stage is none of this run's.
        AgentScalerError: what the user can mend; the run goes on from there with the same call.
    """
    stage = stage_named(name)
    if stage not in stages_of(settings):
        raise SettingsError(
            f"The stage {name} has nothing to work on: the run has verticals only.",
            "Name sources with --source, or go on with the domains.",
        )
    with folder.locked(), settings.open_engine() as engine:
        if (before := _before(stage, settings)) and folder.state(
            before.name
        ) is not StageState.COMPLETE:
            raise RunFolderError(
                f"The stage {name} needs the {before.gives} of the stage {before.name}, which is "
                f"{folder.state(before.name)} in {folder.path}.",
                f"First run `agentscaler {before.name} --run {folder.path}`.",
            )
        folder.save_settings(settings, exclude=MACHINERY)
        return _run_stage(folder, stage, settings, engine, observer or Unobserved())


def _run_stage(
    folder: RunFolder, stage: Stage, settings: Settings, engine: Engine, observer: Observer
) -> StageRecord:
    fingerprint = _fingerprint(folder, stage, settings)
    kept = folder.is_current(stage.name, fingerprint)
    if not kept:
        changes = folder.changes(stage.name, fingerprint)
        with folder.stage(stage.name, fingerprint, stage.outputs, stage.directories) as out:
            observer.begun(stage, out.done_units, stage.units(folder), changes)
            advanced = partial(observer.advanced, stage)
            stage.make(Work(folder, settings, engine, out, advanced))
    record = folder.record(stage.name)
    assert record is not None, "a stage that is current or has just been written has a record"
    observer.ended(stage, record, kept=kept)
    return record


def _fingerprint(folder: RunFolder, stage: Stage, settings: Settings) -> Fingerprint:
    before = _before(stage, settings)
    upstream = folder.record(before.name) if before else None
    section: BaseModel = getattr(settings, stage.section)
    inputs = {f"library {name}": metadata.version(name) for name in _LIBRARIES}
    inputs |= {name: _version(name) for name in stage.reads(settings)}
    if stage.name == "dataset" and (judging := judging_of(folder)) is not None:
        inputs["judgements"] = judging.digest
    told = section.model_dump(mode="json", exclude=_machinery(section))
    packages = [*PACKAGES[: PACKAGES.index(stage.package) + 1], "pipeline"]
    if asked_by(section):
        told["llm"] = identities(section, settings.llm)
        prompts = prompts_of(section, settings.llm)
        inputs |= {f"prompt {prompt.name}": prompt.digest for prompt in prompts}
    elif stage.package in BUILDING:
        packages.remove("llm")
    if isinstance(section, RolloutSettings) and section.agent == "local":
        inputs |= checkpoint_inputs(section)
        packages.append("training")
    return Fingerprint(
        stage=stage.name,
        upstream=upstream.fingerprint.digest if upstream else "",
        inputs=inputs,
        settings=told,
        seed=settings.seed,
        code=code_version(tuple(packages)),
    )


def _machinery(section: BaseModel) -> set[str]:
    """Settings of a stage that change no byte of what it makes."""
    return set(section.machinery) if isinstance(section, RolloutSettings) else set()


def _before(stage: Stage, settings: Settings) -> Stage | None:
    stages = stages_of(settings)
    index = stages.index(stage)
    return stages[index - 1] if index else None


def _version(source: str) -> str:
    """What tells one content of a source from another: a package's version, or a digest."""
    if source in _DISTRIBUTIONS:
        try:
            return metadata.version(_DISTRIBUTIONS[source])
        except metadata.PackageNotFoundError:
            return "not installed"
    path = Path(source)
    try:
        return measure(path).sha256 if path.exists() else "missing"
    except OSError:
        return "unreadable"
