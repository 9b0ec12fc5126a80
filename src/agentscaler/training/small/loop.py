"""`train_small`: one phase of a training of the small model, from dialogues to a checkpoint."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel, ConfigDict

from agentscaler.errors import InputError, MissingExtraError
from agentscaler.runfolder import measure, write_atomically
from agentscaler.training.checkpoint import (
    CheckpointRecord,
    PhaseRecord,
    digest_checkpoint,
    load_record,
    save_record,
    template_of,
)
from agentscaler.training.small.batches import plan_batches
from agentscaler.training.small.progress import Progress
from agentscaler.training.small.sequences import Sequences, TokenSequence
from agentscaler.training.small.settings import SmallTrainingSettings
from agentscaler.training.small.tokenizer import END, PADDING, save_tokenizer
from agentscaler.training.tokenizer import FileTokenizer, load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transformers import PreTrainedModel

    from agentscaler.training.small.trainer import Tally

__all__ = ["TrainingResult", "train_small"]

_NOT_DECISIVE = {"threads", "device", "log_steps", "save_seconds", "save_steps"}
"""Settings with which the same training may go on."""


class TrainingResult(BaseModel):
    """How a training ended.

    Attributes:
        checkpoint: its folder.
        phase: as it stands in the checkpoint's record.
        parameters: of the model.
        padded_tokens: tokens seen, with padding.
        processor_seconds, wall_seconds: of the steps, without evaluation.
    """

    model_config = ConfigDict(frozen=True)

    checkpoint: Path
    phase: PhaseRecord
    parameters: int
    padded_tokens: int
    processor_seconds: float
    wall_seconds: float


def train_small(
    examples: Iterable[TokenSequence],
    settings: SmallTrainingSettings,
    *,
    folder: Path,
    tokenizer: Path,
    record: CheckpointRecord,
    phase: str,
    data_fingerprint: str,
    domains: int,
    seed: int,
    start: Path | None = None,
    held_out: Iterable[TokenSequence] = (),
    watch: Callable[[int], None] = lambda tokens: None,
) -> TrainingResult:
    """Trains, goes on with a training that was stopped, or gives the result of one that ended.

    The same data, settings and seed give the same weights on the same machine with the same number
    of threads, stopped in between or not; on a GPU, nearly the same.

    Args:
        examples: rendered dialogues (`Rendered`, or anything with `ids` and `mask`), all read once
            and kept as five bytes a token.
        folder: of this phase alone; `progress` says what is in it.
        tokenizer: the folder of the tokenizer that the examples were rendered with.
        record: what the checkpoint's record is to say of template, lengths and recipe; its phases
            are put in here, after those of `start`.
        phase, data_fingerprint, domains: for the phase's record.
        start: a checkpoint whose weights are gone on from, with new optimizers.
        held_out: dialogues that the evaluation loss is taken on, all of them each time.
        watch: is told the tokens seen so far, now and then.

    Raises:
        InputError: nothing is to be learned; a dialogue is too long or of another tokenizer;
            `start` was trained with another template or tokenizer; the folder holds another
            training; the loss is no number any more.
        MissingExtraError: torch or transformers is not installed.
    """
    data, apart = Sequences.of(examples), Sequences.of(held_out)
    known = load_tokenizer(tokenizer)
    _check(data, apart, known, record, tokenizer, start)
    batches = plan_batches(
        data.lengths,
        tokens=settings.tokens,
        order=settings.order,
        batch_tokens=settings.batch_tokens,
        window=settings.window,
        seed=seed,
    )
    plan = _digest(settings, data, apart, record, tokenizer, start, seed)
    progress = Progress(folder, plan)
    if progress.checkpoint.is_dir():
        kept = orjson.loads(progress.result.read_bytes())
        return TrainingResult.model_validate({**kept, "checkpoint": progress.checkpoint})
    with _linear_algebra(settings.threads):
        from agentscaler.training.small.trainer import Trainer

        model = _model(settings, known, start, seed)
        _check_positions(model, data, apart)
        trainer = Trainer(model, data, apart, batches, settings, progress, watch)
        trainer.run()
        done = PhaseRecord(
            phase=phase,
            seed=seed,
            data_fingerprint=data_fingerprint,
            domains=domains,
            examples=len(data),
            **_seen(trainer.tally),
        )
        result = _result(model, trainer.tally, done, progress.checkpoint)
        write_atomically(progress.result, result.model_dump(mode="json", exclude={"checkpoint"}))
        before = load_record(start).phases if start is not None else ()
        whole = record.model_copy(update={"phases": (*before, done)})
        _write_checkpoint(model, known, whole, tokenizer, progress.checkpoint)
    progress.drop_state()
    return result


def _seen(tally: "Tally") -> dict[str, Any]:
    """What a phase's record says of a training's course."""
    return {
        "steps": tally.steps,
        "tokens": tally.tokens,
        "learned_tokens": tally.learned,
        "loss": tally.ending / max(tally.ending_learned, 1),
        "eval_loss": tally.eval_loss,
    }


def _result(
    model: "PreTrainedModel", tally: "Tally", done: PhaseRecord, checkpoint: Path
) -> TrainingResult:
    return TrainingResult(
        checkpoint=checkpoint,
        phase=done,
        parameters=sum(one.numel() for one in model.parameters()),
        padded_tokens=tally.padded,
        processor_seconds=tally.processor_seconds,
        wall_seconds=tally.wall_seconds,
    )


def _check(
    data: Sequences,
    apart: Sequences,
    tokenizer: FileTokenizer,
    record: CheckpointRecord,
    folder: Path,
    start: Path | None,
) -> None:
    if not data.learned.sum():
        raise InputError(
            "There is nothing to learn: no dialogue has a token that the loss is taken on.",
            "Give other dialogues, or loosen the rules by which they are chosen.",
        )
    if record.trainer != "small":
        raise InputError(
            f"The record says that the trainer {record.trainer} makes this checkpoint.",
            "Give a recipe for the trainer small.",
        )
    highest = max(int(one.ids.max(initial=0)) for one in (data, apart))
    size = tokenizer.backend.get_vocab_size()
    if highest >= size:
        raise InputError(
            f"A dialogue holds token {highest:,}, and {folder} has {size:,}.",
            "Give the tokenizer that the dialogues were rendered with.",
        )
    if start is None:
        return
    before = load_record(start)
    for name in ("template", "system", "trainer"):
        if getattr(before, name) != getattr(record, name):
            raise InputError(
                f"{start} was trained with {name}={getattr(before, name)}, and this phase is to "
                f"have {name}={getattr(record, name)}.",
                "Train both phases alike.",
            )
    if measure(start / "tokenizer.json").sha256 != measure(folder / "tokenizer.json").sha256:
        raise InputError(
            f"{start} has another tokenizer than {folder}.",
            "Render the dialogues with the tokenizer of the checkpoint.",
        )


def _check_positions(model: "PreTrainedModel", data: Sequences, apart: Sequences) -> None:
    room = model.config.max_position_embeddings
    longest = max(int(one.lengths.max(initial=0)) for one in (data, apart))
    if longest > room:
        raise InputError(
            f"A dialogue has {longest:,} tokens, and the model {room:,} positions.",
            "Leave long dialogues out, or set model.positions higher.",
        )


def _digest(
    settings: SmallTrainingSettings,
    data: Sequences,
    apart: Sequences,
    record: CheckpointRecord,
    tokenizer: Path,
    start: Path | None,
    seed: int,
) -> str:
    """SHA-256, in hexadecimal, over all that decides the checkpoint."""
    decisive = {
        "settings": settings.model_dump(mode="json", exclude=_NOT_DECISIVE),
        "data": data.digest(),
        "held_out": apart.digest(),
        "record": record.model_dump(mode="json", exclude={"phases"}),
        "tokenizer": measure(tokenizer / "tokenizer.json").sha256,
        "start": digest_checkpoint(start) if start is not None else "",
        "seed": seed,
    }
    return hashlib.sha256(orjson.dumps(decisive, option=orjson.OPT_SORT_KEYS)).hexdigest()


@contextmanager
def _linear_algebra(threads: int) -> "Iterator[None]":
    """torch with so many threads, and transformers without bars and advice; as before at the end.

    Raises:
        MissingExtraError: one of the two is not installed.
    """
    try:
        import torch
        from transformers.utils import logging
    except ImportError as error:
        raise MissingExtraError(
            "Training needs the packages torch and transformers, which are not installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
    before = torch.get_num_threads(), logging.get_verbosity(), logging.is_progress_bar_enabled()
    torch.set_num_threads(threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        logging.set_verbosity(before[1])
        if before[2]:
            logging.enable_progress_bar()


def _model(
    settings: SmallTrainingSettings, tokenizer: FileTokenizer, start: Path | None, seed: int
) -> "PreTrainedModel":
    if start is not None:
        import torch
        from transformers import AutoModelForCausalLM

        found: PreTrainedModel = AutoModelForCausalLM.from_pretrained(start, dtype=torch.float32)
        return found
    from agentscaler.training.small.model import make_model

    return make_model(
        settings.model,
        tokenizer.backend.get_vocab_size(),
        seed,
        padding=tokenizer.number_of(PADDING),
        end=tokenizer.number_of(END),
    )


def _write_checkpoint(
    model: "PreTrainedModel",
    tokenizer: FileTokenizer,
    record: CheckpointRecord,
    source: Path,
    folder: Path,
) -> None:
    """The checkpoint as transformers and the player want it, whole or not at all."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    model.set_attn_implementation("sdpa")
    model.cpu().eval().save_pretrained(part)
    save_tokenizer(tokenizer, part)
    shutil.copyfile(source / "tokenizer.json", part / "tokenizer.json")
    template = template_of(source, record)
    (part / "chat_template.jinja").write_text(template.source, encoding="utf-8")
    save_record(part, record)
    part.replace(folder)
