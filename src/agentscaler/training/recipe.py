"""`Recipe`: everything that decides a training in two phases, in one file.

A recipe names the model, the template, and for each phase the data and every hyperparameter, with
seeds, so that the same run and the same recipe give the same training.  `load_recipe` reads one of
the program's own (`recipe_names`) or a file; settings may be laid over it.
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, model_validator

from agentscaler.errors import InputError
from agentscaler.settings import Layer, Section, compose, read_config
from agentscaler.training.selection import DataSelection

__all__ = [
    "PHASES",
    "HardwareEstimate",
    "LoraSettings",
    "Phase",
    "PhaseSettings",
    "Recipe",
    "ServingSettings",
    "load_recipe",
    "recipe_names",
]

Phase = Literal["general", "vertical"]
PHASES: tuple[Phase, ...] = ("general", "vertical")

_PACKAGE = files("agentscaler.training") / "recipes"
_SUFFIX = ".yaml"


class LoraSettings(Section):
    """Low-rank adapters instead of all weights (arXiv 2106.09685).

    Attributes:
        rank, alpha, dropout: of the adapters.
        targets: names of the linear layers that get one.
    """

    rank: int = Field(default=32, ge=1)
    alpha: int = Field(default=64, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")


class PhaseSettings(Section):
    """One phase of a training.

    Attributes:
        data: which examples.
        learning_rate: the highest; `schedule` leads down from it.
        warmup: share of the steps in which the rate rises from 0.
        clip: highest norm of the gradient.
        epochs: how often each example is seen; None where `tokens` says how long it goes on.
        tokens: budget of tokens, seen again and again as it takes.
        batch_tokens: room for tokens in one step of the optimizer, over all GPUs.
        max_length: room of a row, in tokens; longer dialogues are left out and counted.
        packing: whether rows hold several dialogues one after the other, which needs an attention
            that skips what lies across their edges to be quick; without it, dialogues of like
            length share a batch.
        lora: adapters; None trains all weights.
        bf16: whether to compute in bfloat16.
        gradient_checkpointing: whether to compute activations twice and keep few.
        seed: of data order, adapters and dropout.
        eval_share: of the tasks, set apart for evaluation where no held-out domain is chosen.
        eval_tokens: budget of an evaluation.
        evaluate_every, save_every, log_every: in steps.
    """

    data: DataSelection = DataSelection()
    learning_rate: float = Field(default=1e-5, gt=0)
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    warmup: float = Field(default=0.03, ge=0, lt=1)
    weight_decay: float = Field(default=0.0, ge=0)
    clip: float = Field(default=1.0, gt=0)
    epochs: float | None = Field(default=None, gt=0)
    tokens: int | None = Field(default=None, ge=1)
    batch_tokens: int = Field(ge=1)
    max_length: int = Field(ge=1)
    packing: bool = True
    lora: LoraSettings | None = None
    bf16: bool = True
    gradient_checkpointing: bool = True
    seed: int = 0
    eval_share: float = Field(default=0.02, gt=0, lt=1)
    eval_tokens: int = Field(default=1_000_000, ge=1)
    evaluate_every: int = Field(default=200, ge=1)
    save_every: int = Field(default=200, ge=1)
    log_every: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _ends_and_fits(self) -> Self:
        if (self.epochs is None) == (self.tokens is None):
            raise ValueError("give epochs or tokens, and not both")
        if self.batch_tokens < self.max_length:
            raise ValueError("a batch needs room for one row: batch_tokens >= max_length")
        if self.save_every % self.log_every:
            raise ValueError("save_every must be a multiple of log_every")
        return self


class HardwareEstimate(Section):
    """On what a recipe is meant to run.  `training.estimate` has the formulas; nothing here was
    measured.

    Attributes:
        gpus: how many.
        gpu_memory: of each, in GB.
        gpu_tflops: dense bfloat16 peak of each.
        utilisation: share of the peak that training is taken to reach.
        parameters: of the model, in all, in billions.
        active_parameters: that work on a token, in billions; fewer in a mixture of experts.
        layers, hidden: of the model.
        vocabulary: its size.
    """

    gpus: int = Field(ge=1)
    gpu_memory: int = Field(ge=1)
    gpu_tflops: float = Field(gt=0)
    utilisation: float = Field(default=0.4, gt=0, le=1)
    parameters: float = Field(gt=0)
    active_parameters: float = Field(gt=0)
    layers: int = Field(ge=1)
    hidden: int = Field(ge=1)
    vocabulary: int = Field(ge=1)


class ServingSettings(Section):
    """How vLLM is to serve the checkpoint.

    Attributes:
        tool_call_parser: reads calls out of what the model writes.
        reasoning_parser: reads thinking out of it; None where there is none.
        tensor_parallel: over how many GPUs.
        max_model_len: room for a dialogue, in tokens.
        options: further ones, as on a command line.
    """

    tool_call_parser: str
    reasoning_parser: str | None = None
    tensor_parallel: int = Field(default=1, ge=1)
    max_model_len: int = Field(ge=1)
    options: tuple[str, ...] = ()

    def command(self, folder: str) -> str:
        """The shell command that serves the checkpoint in a folder."""
        words = [
            f"vllm serve {folder}",
            f"--chat-template {folder}/chat_template.jinja",
            "--enable-auto-tool-choice",
            f"--tool-call-parser {self.tool_call_parser}",
        ]
        if self.reasoning_parser is not None:
            words.append(f"--reasoning-parser {self.reasoning_parser}")
        if self.tensor_parallel > 1:
            words.append(f"--tensor-parallel-size {self.tensor_parallel}")
        words += [f"--max-model-len {self.max_model_len}", *self.options]
        return " \\\n  ".join(words)


class Recipe(Section):
    """A training in two phases.

    Attributes:
        name: of its checkpoints.
        about: for whom, in a sentence.
        model: where the paper begins (arXiv 2509.13311); a path or a name on the hub.
        trainer: "trl", or "small" for the small model from scratch, which has its own section.
        template: one of the program's own, or a path.
        thinking: whether dialogues with thinking may be trained on.
        attention: as transformers names it.
        general, vertical: the phases; None where the trainer's own section has them.
        hardware: what it is meant to run on.
        serving: how to serve it; None where vLLM does not.
        small: settings of the small trainer.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    about: str = ""
    model: str
    trainer: Literal["trl", "small"] = "trl"
    template: str
    thinking: bool = True
    attention: str = "sdpa"
    general: PhaseSettings | None = None
    vertical: PhaseSettings | None = None
    hardware: HardwareEstimate | None = None
    serving: ServingSettings | None = None
    small: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _has_what_its_trainer_needs(self) -> Self:
        if self.trainer == "trl" and (self.general is None or self.vertical is None):
            raise ValueError("the trainer trl needs the sections general and vertical")
        if (self.trainer == "small") != (self.small is not None):
            raise ValueError("the section small is for the trainer small, and that one needs it")
        return self

    def phase(self, phase: Phase) -> PhaseSettings:
        """The settings of a phase.

        Raises:
            InputError: the recipe has no such section.
        """
        found = self.general if phase == "general" else self.vertical
        if found is None:
            raise InputError(
                f"The recipe {self.name} has no section {phase}.",
                "Write one into the recipe, with --set if it is short.",
            )
        return found


def recipe_names() -> tuple[str, ...]:
    """The program's own recipes."""
    names = (entry.name for entry in _PACKAGE.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def load_recipe(name: str, layers: Sequence[Layer] = ()) -> Recipe:
    """One of the program's own recipes, or the one in a file.

    Args:
        name: a name, or the path of a YAML, TOML or JSON file.
        layers: settings over it, the last on top.

    Raises:
        InputError: there is no such recipe.
        SettingsError: something in it, or over it, is unknown or not allowed.
    """
    if name in recipe_names():
        text = (_PACKAGE / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
        base = Layer(f"the recipe {name}", yaml.safe_load(text))
    elif Path(name).is_file():
        base = read_config(Path(name))
    else:
        raise InputError(
            f"There is no recipe {name}.",
            f"Give a file, or one of {', '.join(recipe_names())}.",
        )
    return compose(Recipe, [base, *layers])
