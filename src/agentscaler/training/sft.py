"""`train_phase`: supervised fine-tuning of one phase, with TRL.

The loss is that of the paper (arXiv 2509.13311, agent experience learning).  With a dialogue of
tokens x_1 ... x_n and T those that the agent wrote itself, its words and its calls,

    L(theta) = - sum_k [x_k in T] log p_theta(x_k | x_<k)  /  sum_k [x_k in T]

where the sums go over all dialogues of one step of the optimizer, on all GPUs.  System message,
tool definitions, users' turns and results stand in x_<k and are never learned; which tokens are in
T is what `render` proves, so labels come from there and no template is asked again.

Training has two phases, as in the paper: `general` over all training domains makes an agent;
`vertical` goes on from its checkpoint with the domains of one field.
"""

import os
import shutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentscaler.errors import InputError, MissingExtraError
from agentscaler.training.checkpoint import CheckpointRecord, PhaseRecord, save_record
from agentscaler.training.encoding import open_rows
from agentscaler.training.model_card import CARD
from agentscaler.training.phase import PhasePlan
from agentscaler.training.recipe import LoraSettings, Phase, PhaseSettings, Recipe
from agentscaler.training.starting import StartingModel, new_record
from agentscaler.training.steps import LOG, STEPS, last_whole, rewind
from agentscaler.training.template import ChatTemplate

if TYPE_CHECKING:
    from agentscaler.training.trainer import PhaseTrainer

__all__ = ["ADAPTER", "PhaseRows", "refuse_what_is_missing", "train_phase"]

ADAPTER = "adapter"
"""Where a checkpoint keeps its adapters, which are merged into its weights all the same."""

_STATES = 2
"""How many states are kept to go on from: one, and one while it is replaced."""


@dataclass(frozen=True)
class PhaseRows:
    """Files of `write_rows`.

    Attributes:
        train: rows to learn from.
        evaluation: rows for the evaluation loss; None where there are none.
    """

    train: Path
    evaluation: Path | None


def train_phase(
    recipe: Recipe,
    phase: Phase,
    plan: PhasePlan,
    rows: PhaseRows,
    base: StartingModel,
    template: ChatTemplate,
    out: Path,
    advanced: Callable[[int], None] = lambda steps: None,
) -> CheckpointRecord:
    """Trains a phase, and writes a checkpoint: weights, tokenizer, template and record.

    A training that was stopped goes on from its last whole state, and comes to the same losses.

    Args:
        out: a folder that holds nothing but what this training wrote before.
        advanced: is told how many steps are done.

    Raises:
        InputError: the loss is no number, or the machine cannot do what the recipe asks for.
        MissingExtraError: torch, transformers, TRL, or for adapters peft, is not installed.
    """
    refuse_what_is_missing(recipe, phase)
    from agentscaler.training.trainer import StepWatch

    settings = recipe.phase(phase)
    (out / STEPS).mkdir(parents=True, exist_ok=True)
    trainer = _trainer(recipe, settings, plan, rows, base, template, out / STEPS)
    main = trainer.is_world_process_zero()
    if main:
        rewind(out, plan.steps)
    trainer.accelerator.wait_for_everyone()
    found = last_whole(out / STEPS, plan.steps)
    trainer.add_callback(StepWatch(trainer, out / LOG if main else None, advanced))
    if found is not None:
        advanced(found[0])
    trainer.train(resume_from_checkpoint=str(found[1]) if found is not None else None)
    _save(trainer, settings, base, out)
    record = _record(recipe, phase, plan, base, template, trainer)
    if main:
        save_record(out, record)
        shutil.rmtree(out / STEPS)
    trainer.accelerator.wait_for_everyone()
    return record


def refuse_what_is_missing(recipe: Recipe, phase: Phase = "general") -> None:
    """Makes sure that packages and machine are there before anything is prepared.

    Raises:
        InputError: the machine cannot do what the recipe asks for.
        MissingExtraError: a package is not installed.
    """
    try:
        import torch
        import transformers
        import trl
    except ImportError as error:
        raise MissingExtraError(
            f"Training needs the package {error.name}, which is not installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    trl.trainer.sft_trainer.logger.setLevel("ERROR")
    settings = recipe.phase(phase)
    if settings.lora is not None and not transformers.utils.is_peft_available():
        raise MissingExtraError(
            "Adapters need the package peft, which is not installed.",
            f"Run: pip install 'agentscaler[train]', or give --set {phase}.lora=null",
        )
    if recipe.attention.startswith("flash") and not torch.cuda.is_available():
        raise InputError(
            f"The attention {recipe.attention} needs a GPU, and there is none.",
            f"Give --set attention=sdpa --set {phase}.packing=false",
        )
    if torch.cuda.device_count() > 1 and "WORLD_SIZE" not in os.environ:
        raise InputError(
            f"{torch.cuda.device_count()} GPUs are visible to a single process.",
            "Begin with `accelerate launch` (see docs/training.md), or make one visible with "
            "CUDA_VISIBLE_DEVICES=0.",
        )


def _trainer(
    recipe: Recipe,
    settings: PhaseSettings,
    plan: PhasePlan,
    rows: PhaseRows,
    base: StartingModel,
    template: ChatTemplate,
    states: Path,
) -> "PhaseTrainer":
    from agentscaler.training.trainer import PhaseTrainer, RowCollator

    # Before the model is loaded: DeepSpeed wants to load it in parts.
    arguments = _arguments(settings, plan, states, evaluate=rows.evaluation is not None)
    tokenizer = _tokenizer(base, template)
    trainer = PhaseTrainer(
        model=_model(base, recipe.attention, settings),
        args=arguments,
        data_collator=RowCollator(tokenizer.pad_token_id, settings.packing),
        train_dataset=open_rows(rows.train).with_format("torch"),
        eval_dataset=(
            open_rows(rows.evaluation).with_format("torch") if rows.evaluation is not None else None
        ),
        processing_class=tokenizer,
        peft_config=_adapters(settings.lora) if settings.lora is not None else None,
    )
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    return trainer


def _arguments(settings: PhaseSettings, plan: PhasePlan, states: Path, *, evaluate: bool) -> Any:
    import torch
    from trl import SFTConfig

    shuffled = settings.data.order == "shuffled"
    with warnings.catch_warnings():
        # TRL knows checkpointing by the name that transformers is giving up.
        warnings.filterwarnings("ignore", ".*gradient_checkpointing", FutureWarning)
        return SFTConfig(
            output_dir=str(states),
            max_steps=plan.steps,
            per_device_train_batch_size=1,  # a row is a batch
            per_device_eval_batch_size=1,
            gradient_accumulation_steps=plan.rows_each,
            train_sampling_strategy="random" if shuffled else "sequential",
            learning_rate=settings.learning_rate,
            lr_scheduler_type=_SCHEDULES[settings.schedule],
            warmup_steps=round(settings.warmup * plan.steps),
            weight_decay=settings.weight_decay,
            max_grad_norm=settings.clip,
            bf16=settings.bf16,
            gradient_checkpointing=settings.gradient_checkpointing,
            seed=settings.seed,
            data_seed=settings.seed,
            logging_steps=settings.log_every,
            logging_nan_inf_filter=False,
            eval_strategy="steps" if evaluate else "no",
            eval_steps=settings.evaluate_every,
            save_steps=settings.save_every,
            save_total_limit=_STATES,
            report_to=[],
            log_level="error",
            log_level_replica="error",
            ddp_find_unused_parameters=False,
            disable_tqdm=True,
            use_cpu=not torch.cuda.is_available(),
            dataloader_pin_memory=torch.cuda.is_available(),
            max_length=None,  # nothing is cut here: too long examples were left out, and counted
            dataset_kwargs={"skip_prepare_dataset": True},
        )


_SCHEDULES = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


def _tokenizer(base: StartingModel, template: ChatTemplate) -> Any:
    """The base's tokenizer, with the template, and an end of turn where generation stops."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base.folder)
    tokenizer.chat_template = template.source
    if template.family is not None:
        tokenizer.eos_token = template.family.ends[0]
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _model(base: StartingModel, attention: str, settings: PhaseSettings) -> Any:
    """Weights that are trained are held in 32 bits and used in 16; frozen ones are held in 16."""
    import torch
    from transformers import AutoModelForCausalLM

    halved = settings.bf16 and settings.lora is not None
    try:
        return AutoModelForCausalLM.from_pretrained(
            base.folder,
            dtype=torch.bfloat16 if halved else torch.float32,
            attn_implementation=attention,
        )
    except (ImportError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(
            f"The model {base.name} cannot be loaded: {reason}.",
            "Give another model, or another attention with --set attention=sdpa.",
        ) from error


def _adapters(lora: LoraSettings) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets),
        task_type="CAUSAL_LM",
    )


def _save(trainer: "PhaseTrainer", settings: PhaseSettings, base: StartingModel, out: Path) -> None:
    """Writes the checkpoint's weights as one model, adapters merged, and its tokenizer."""
    import torch

    state = trainer.accelerator.get_state_dict(trainer.model_wrapped)
    if not trainer.is_world_process_zero():
        return
    dtype = torch.bfloat16 if settings.bf16 else torch.float32
    model = trainer.accelerator.unwrap_model(trainer.model)
    stops = model.generation_config
    if settings.lora is not None:
        model.save_pretrained(out / ADAPTER, state_dict=state)
        del state
        model = _merged(base, out / ADAPTER)
        state = model.state_dict()
    model.config.dtype = dtype
    model.generation_config = stops
    model.save_pretrained(out, state_dict=_as(state, dtype))
    trainer.processing_class.save_pretrained(out)
    (out / ADAPTER / CARD).unlink(missing_ok=True)  # a card that peft writes, of nobody's data


def _merged(base: StartingModel, adapter: Path) -> Any:
    """The base with the adapters in its weights, made on the CPU in 32 bits."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base.folder, dtype=torch.float32)
    return PeftModel.from_pretrained(model, adapter).merge_and_unload()


def _as(state: Mapping[str, Any], dtype: Any) -> dict[str, Any]:
    """Weights in another precision; what was one tensor under two names stays one."""
    made: dict[tuple[int, Any], Any] = {}
    changed = {}
    for name, tensor in state.items():
        key = (tensor.data_ptr(), tensor.shape)
        if key not in made:
            made[key] = tensor.to("cpu", dtype) if tensor.is_floating_point() else tensor.to("cpu")
        changed[name] = made[key]
    return changed


def _record(
    recipe: Recipe,
    phase: Phase,
    plan: PhasePlan,
    base: StartingModel,
    template: ChatTemplate,
    trainer: "PhaseTrainer",
) -> CheckpointRecord:
    settings = recipe.phase(phase)
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    evaluated = [line["eval_loss"] for line in trainer.state.log_history if "eval_loss" in line]
    last = losses[-max(1, len(losses) // 10) :]
    trained = PhaseRecord(
        phase=phase,
        seed=settings.seed,
        steps=trainer.state.global_step,
        tokens=trainer.tokens,
        learned_tokens=trainer.learned,
        loss=sum(last) / len(last),
        eval_loss=evaluated[-1] if evaluated else None,
        data_fingerprint=plan.chosen.fingerprint,
        domains=plan.chosen.domains,
        examples=len(plan.chosen.places),
    )
    record = new_record(recipe, phase, base, template)
    return record.model_copy(update={"phases": (*record.phases, trained)})
