"""A phase of `agentscaler train` with the small model: from the rows of a plan to a checkpoint.

    dialogues of the run -> tokenizer -> (plan, rows) -> train_small -> checkpoint

The first phase begins with nothing: its tokenizer is made of the run's own training dialogues
before they are planned, and its weights are random.  The second begins with the first's checkpoint.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import Field

from agentscaler.dataset import Example
from agentscaler.errors import InputError
from agentscaler.settings import Layer, Section, compose
from agentscaler.training.checkpoint import RECORD, CheckpointRecord, load_record, save_record
from agentscaler.training.encoding import open_rows
from agentscaler.training.phase import PhasePlan
from agentscaler.training.recipe import Phase, Recipe
from agentscaler.training.rendering import render
from agentscaler.training.selection import show
from agentscaler.training.sft import PhaseRows
from agentscaler.training.small.loop import train_small
from agentscaler.training.small.settings import SmallTrainingSettings
from agentscaler.training.small.tokenizer import compact_controls, save_tokenizer, train_tokenizer
from agentscaler.training.starting import StartingModel, new_record
from agentscaler.training.template import ChatTemplate, load_template
from agentscaler.training.tokenizer import ByteTokenizer

__all__ = ["STATE", "SmallRecipe", "begin_with_nothing", "small_recipe", "train_small_phase"]

STATE = "small"
"""Where a training that is under way keeps its state, in the folder of its checkpoint."""

_LOG = "log.jsonl"


class SmallRecipe(Section):
    """The section `small` of a recipe.

    Budget, order, room of a batch and seed are those of the recipe's phases, and not said here.

    Attributes:
        vocabulary: tokens of the tokenizer.
        fit_dialogues: that the tokenizer is made of, at most.
        general, vertical: how each phase is trained; the model is that of `general`.
    """

    vocabulary: int = Field(default=1536, ge=300)
    fit_dialogues: int = Field(default=4000, ge=1)
    general: SmallTrainingSettings = SmallTrainingSettings()
    vertical: SmallTrainingSettings = SmallTrainingSettings()


def small_recipe(recipe: Recipe) -> SmallRecipe:
    """The recipe's section `small`.

    Raises:
        SettingsError: something in it is unknown or not allowed.
    """
    return compose(SmallRecipe, [Layer(f"small, in the recipe {recipe.name}", recipe.small or {})])


def begin_with_nothing(
    recipe: Recipe, phase: Phase, examples: Iterable[Example], folder: Path
) -> StartingModel:
    """A tokenizer for dialogues such as these, in a folder; there are no weights.

    Args:
        examples: of which the phase's selection shows what is rendered.

    Raises:
        TemplateRefusedError: an example cannot be rendered.
    """
    small = small_recipe(recipe)
    template = load_template(recipe.template)
    controls = template.family.tokens if template.family else compact_controls()
    letters = ByteTokenizer(controls)
    selection = recipe.phase(phase).data
    texts = (render(show(one, selection), template, letters).text for one in examples)
    save_tokenizer(train_tokenizer(texts, small.vocabulary, controls), folder)
    decisive = (folder / "tokenizer.json").read_bytes() + orjson.dumps(small.model_dump())
    return StartingModel("nothing", folder, None, hashlib.sha256(decisive).hexdigest())


def train_small_phase(
    recipe: Recipe,
    phase: Phase,
    plan: PhasePlan,
    rows: PhaseRows,
    base: StartingModel,
    template: ChatTemplate,
    out: Path,
    advanced: Callable[[int], None] = lambda steps: None,
) -> CheckpointRecord:
    """Trains a phase as `train_phase` does, with the small model's own loop.

    Args:
        advanced: is told how many of the plan's steps are done, by the tokens seen.

    Raises:
        InputError: as `train_small` does, or several processes are to train together.
        MissingExtraError: as `train_small` does.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise InputError(
            "The small model is trained by one process.", "Begin without `accelerate launch`."
        )
    settings, small = recipe.phase(phase), small_recipe(recipe)
    loop = small.general if phase == "general" else small.vertical
    loop = loop.model_copy(
        update={
            "tokens": plan.tokens,
            "order": "shuffled" if settings.data.order == "shuffled" else "given",
            "batch_tokens": settings.batch_tokens,
        }
    )
    result = train_small(
        read_dialogues(rows.train),
        loop,
        folder=out / STATE,
        tokenizer=base.folder,
        record=new_record(recipe, phase, base, template),
        phase=phase,
        data_fingerprint=plan.chosen.fingerprint,
        domains=plan.chosen.domains,
        seed=settings.seed,
        start=base.folder if base.record is not None else None,
        held_out=read_dialogues(rows.evaluation) if rows.evaluation is not None else (),
        watch=lambda tokens: advanced(min(plan.steps, round(plan.steps * tokens / plan.tokens))),
    )
    record = load_record(result.checkpoint)
    for file in sorted(result.checkpoint.iterdir()):
        if file.name != RECORD:
            shutil.copyfile(file, out / file.name)
    shutil.copyfile(out / STATE / _LOG, out / _LOG)
    save_record(out, record)
    shutil.rmtree(out / STATE)
    return record


class _Dialogue:
    def __init__(self, ids: NDArray[np.int32], mask: NDArray[np.bool_]) -> None:
        self.ids, self.mask = ids, mask


def read_dialogues(file: Path) -> Iterator[_Dialogue]:
    """The dialogues of a file of rows, in order."""
    for row in open_rows(file).with_format("numpy"):
        begin = 0
        for length in row["seq_lengths"]:
            end = begin + int(length)
            labels = row["labels"][begin:end]
            yield _Dialogue(row["input_ids"][begin:end], labels >= 0)
            begin = end
