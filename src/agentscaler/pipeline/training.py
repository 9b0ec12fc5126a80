"""Training on a run: `plan_training` says what a phase would do, `train_run` does it.

    run + recipe + model -> plan -> rows -> checkpoint, record, model card

The folder of a checkpoint remembers what it was made from (`training.json`).  The same command goes
on with what is unfinished and leaves alone what is finished; another one is refused, for hours of
work are in there.

Two trainers do what a plan says: TRL's for models of billions of parameters (`training.sft`), and
our own for the small model, which begins with nothing (`training.small`).
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from agentscaler.dataset import Example
from agentscaler.engine import Engine
from agentscaler.errors import InputError, RunFolderError
from agentscaler.pipeline.training_data import (
    DATA,
    PlannedRows,
    clean_room,
    plan_rows_of,
    read_plan,
    wait_for_plan,
    write_plan,
)
from agentscaler.pipeline.training_folder import begin_training, is_trained, locked
from agentscaler.runfolder import (
    Fingerprint,
    RunFolder,
    StageRecord,
    StageState,
    code_version,
    disk_errors,
)
from agentscaler.settings import Layer
from agentscaler.training.acceptance import accept_template
from agentscaler.training.checkpoint import CheckpointRecord, load_record
from agentscaler.training.encoding import Encoder
from agentscaler.training.estimate import Estimate, estimate_phase
from agentscaler.training.model_card import CARD, CardFacts, render_model_card
from agentscaler.training.phase import PhasePlan
from agentscaler.training.recipe import Phase, Recipe, load_recipe
from agentscaler.training.sft import PhaseRows, refuse_what_is_missing, train_phase
from agentscaler.training.small.phase import begin_with_nothing, small_recipe, train_small_phase
from agentscaler.training.starting import StartingModel, open_model, template_for
from agentscaler.training.template import ChatTemplate
from agentscaler.training.tokenizer import load_tokenizer

__all__ = [
    "Trained",
    "TrainingPlan",
    "TrainingRequest",
    "TrainingWatch",
    "is_leading",
    "plan_training",
    "train_run",
]

_LIBRARIES = ("accelerate", "peft", "torch", "transformers", "trl")


class TrainingWatch(Protocol):
    """Is told how a training goes."""

    def begun(self, work: str, done: int, total: int) -> None:
        """Work begins with `done` of `total` units: examples to encode, or steps to train."""
        ...

    def advanced(self, done: int) -> None:
        """So many units are done now."""
        ...


@dataclass(frozen=True)
class TrainingRequest:
    """What is asked for.

    Attributes:
        recipe: a name or a file.
        layers: settings over it.
        checkpoint: of ours, to go on from.
        model: another to begin with; where neither is given, the recipe's.
        verticals: for the phase vertical; none leaves the choice to the recipe.
        out: None takes `checkpoints/<recipe>-<phase>` in the run folder.
        restart: throw away what `out` holds of another training.
    """

    phase: Phase
    recipe: str
    layers: Sequence[Layer] = ()
    checkpoint: str | None = None
    model: str | None = None
    verticals: tuple[str, ...] = ()
    out: Path | None = None
    restart: bool = False

    def read_recipe(self) -> Recipe:
        """The recipe as asked for.

        Raises:
            InputError: there is no such recipe, or the phase lacks what it must be given.
            SettingsError: a setting is unknown or not allowed.
        """
        layers = list(self.layers)
        if self.verticals:
            chosen: dict[str, Any] = {self.phase: {"data": {"verticals": self.verticals}}}
            layers.append(Layer("--vertical", chosen))
        recipe = load_recipe(self.recipe, layers)
        if self.phase == "vertical" and recipe.phase("vertical").data.names_domains is False:
            raise InputError(
                "The phase vertical needs to be told which domains it is for.",
                "Name them with --vertical, or with --set vertical.data.services=[NAME].",
            )
        if self.phase == "vertical" and self.checkpoint is None and self.model is None:
            raise InputError(
                "The phase vertical goes on from a checkpoint of the phase general.",
                "Give its folder with --from, or with --model another model to begin with.",
            )
        return recipe

    def folder(self, run: RunFolder, recipe: Recipe) -> Path:
        """Where the checkpoint is to lie."""
        return self.out or run.path / "checkpoints" / f"{recipe.name}-{self.phase}"


@dataclass(frozen=True)
class TrainingPlan:
    """What a training would do.

    Attributes:
        out: where the checkpoint would lie.
        estimate: None where the recipe says nothing of hardware.
    """

    recipe: Recipe
    phase: Phase
    model: str
    out: Path
    plan: PhasePlan
    estimate: Estimate | None


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    Attributes:
        kept: whether it was there before.
    """

    out: Path
    recipe: Recipe
    record: CheckpointRecord
    kept: bool


def plan_training(
    folder: RunFolder, request: TrainingRequest, engine: Engine, watch: TrainingWatch
) -> TrainingPlan:
    """What the training would do; nothing is written, and torch is not needed.

    Raises:
        AgentScalerError: what the user can mend.
    """
    recipe = request.read_recipe()
    dataset = _complete_dataset(folder)
    with _open(folder, dataset, request, recipe, weights=False) as model:
        template = template_for(model, recipe.template)
        plan = _plan(folder, dataset, request, recipe, model, template, engine, watch, None)
    estimate = None
    if recipe.hardware is not None:
        length = plan.rows.tokens / len(plan.chosen.places)
        settings = recipe.phase(request.phase)
        estimate = estimate_phase(recipe.hardware, settings, plan.tokens, length)
    return TrainingPlan(
        recipe, request.phase, model.name, request.folder(folder, recipe), plan, estimate
    )


def train_run(
    folder: RunFolder, request: TrainingRequest, engine: Engine, watch: TrainingWatch
) -> Trained:
    """Trains a phase on the training set of a run, from the beginning or from where it stopped.

    Raises:
        AgentScalerError: what the user can mend; the same call then goes on.
    """
    recipe = request.read_recipe()
    if recipe.trainer == "trl":
        refuse_what_is_missing(recipe, request.phase)
    dataset = _complete_dataset(folder)
    with _open(folder, dataset, request, recipe, weights=True) as model:
        return _train_from(folder, dataset, request, recipe, model, engine, watch)


def _train_from(
    folder: RunFolder,
    dataset: StageRecord,
    request: TrainingRequest,
    recipe: Recipe,
    model: StartingModel,
    engine: Engine,
    watch: TrainingWatch,
) -> Trained:
    template = template_for(model, recipe.template)
    out = request.folder(folder, recipe)
    fingerprint = _fingerprint(dataset, request, recipe, model, template)
    if not is_leading():
        plan, rows = wait_for_plan(out, fingerprint.digest)
        record = _train(request, recipe, plan, rows, model, template, out, watch)
        return Trained(out, recipe, record, kept=False)
    with disk_errors(out), locked(out):
        if begin_training(out, fingerprint, restart=request.restart):
            return Trained(out, recipe, load_record(out), kept=True)
        found = read_plan(out, fingerprint.digest)
        if found is None:
            room = clean_room(out)
            plan = _plan(folder, dataset, request, recipe, model, template, engine, watch, room)
            split = recipe.phase(request.phase).data.split
            found = plan, write_plan(PlannedRows(fingerprint.digest, plan), split, out)
        plan, rows = found
        if is_trained(out):
            record = load_record(out)
        else:
            record = _train(request, recipe, plan, rows, model, template, out, watch)
        facts = CardFacts(recipe, request.phase, plan, model, record, dataset.fingerprint.digest)
        (out / CARD).write_text(render_model_card(facts), encoding="utf-8")
        shutil.rmtree(out / DATA)
        return Trained(out, recipe, record, kept=False)


@contextmanager
def _open(
    folder: RunFolder,
    dataset: StageRecord,
    request: TrainingRequest,
    recipe: Recipe,
    *,
    weights: bool,
) -> Iterator[StartingModel]:
    """The model to begin with; of one that begins with nothing, the tokenizer is made anew."""
    if request.checkpoint is not None:
        yield open_model(request.checkpoint, ours=True)
    elif request.model is None and recipe.trainer == "small":
        wanted = small_recipe(recipe).fit_dialogues
        stride = max(1, dataset.counters.get("out", 0) // wanted)
        with TemporaryDirectory() as place:
            # Spread over the domains, which stand one after the other.
            spread = islice(folder.read("dataset/train.jsonl", Example), 0, None, stride)
            examples = islice(spread, wanted)
            yield begin_with_nothing(recipe, request.phase, examples, Path(place))
    else:
        yield open_model(request.model or recipe.model, weights=weights)


def _plan(
    folder: RunFolder,
    dataset: StageRecord,
    request: TrainingRequest,
    recipe: Recipe,
    model: StartingModel,
    template: ChatTemplate,
    engine: Engine,
    watch: TrainingWatch,
    keep: Path | None,
) -> PhasePlan:
    settings = recipe.phase(request.phase)
    tokenizer = load_tokenizer(model.folder)
    accept_template(template, tokenizer, thinking=recipe.thinking)
    watch.begun("encode", 0, dataset.counters.get("out", 0))
    return plan_rows_of(
        folder,
        settings,
        Encoder(template, tokenizer, settings.data),
        engine,
        processes=_processes(),
        advanced=watch.advanced,
        keep=keep,
    )


def _train(
    request: TrainingRequest,
    recipe: Recipe,
    plan: PhasePlan,
    rows: PhaseRows,
    model: StartingModel,
    template: ChatTemplate,
    out: Path,
    watch: TrainingWatch,
) -> CheckpointRecord:
    watch.begun("train", 0, plan.steps)
    train = train_phase if recipe.trainer == "trl" else train_small_phase
    return train(recipe, request.phase, plan, rows, model, template, out, advanced=watch.advanced)


def _fingerprint(
    dataset: StageRecord,
    request: TrainingRequest,
    recipe: Recipe,
    model: StartingModel,
    template: ChatTemplate,
) -> Fingerprint:
    settings = recipe.phase(request.phase)
    return Fingerprint(
        stage="train",
        upstream=dataset.fingerprint.digest,
        inputs={
            "model": model.digest,
            "template": template.source,
            **{f"library {name}": _version(name) for name in _LIBRARIES},
        },
        settings={
            "phase": request.phase,
            "processes": _processes(),
            "attention": recipe.attention,
            "thinking": recipe.thinking,
            request.phase: settings.model_dump(mode="json"),
            "small": recipe.small,
        },
        seed=settings.seed,
        code=code_version(("errors", "settings", "dataset", "training")),
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def is_leading() -> bool:
    """Whether this process is the first, or only, one of those that `accelerate launch` started."""
    return os.environ.get("RANK", "0") == "0"


def _processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def _complete_dataset(folder: RunFolder) -> StageRecord:
    record = folder.record("dataset")
    if record is None or folder.state("dataset") is not StageState.COMPLETE:
        raise RunFolderError(
            f"The training set of {folder.path} is {folder.state('dataset')}.",
            f"First run `agentscaler dataset --run {folder.path}`.",
        )
    return record
