"""TRL's `SFTTrainer` as we use it: on rows of our own, with counts, exact losses and safe steps.

The trainer is handed ids and labels, so the mask is that of `render` and no template is asked
again.  What is added to TRL's:

- a row of ours is a batch of its own, packed or padded (`RowCollator`);
- on a CPU the vocabulary is scored at learned tokens only, as TRL does with Triton, on a GPU;
- the evaluation loss is the mean over learned tokens, not over batches, without what a mixture of
  experts adds;
- tokens are counted, and the counts go on after an interruption;
- nothing is sent to anybody, and no card but ours is written.

This module needs torch, transformers and TRL.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import TrainerCallback
from trl import SFTTrainer

from agentscaler.errors import InputError
from agentscaler.training.rendering import NOT_LEARNED
from agentscaler.training.steps import LogLine, append_line, mark_whole

__all__ = ["PhaseTrainer", "RowCollator", "StepWatch"]

_TOKENS = "row_tokens"
_SCALED = ("final_logit_softcapping", "logit_scale", "logits_scaling", "output_multiplier")
"""Settings of models whose logits are more than hidden state times head."""


@dataclass(frozen=True)
class RowCollator:
    """Makes a batch of one row of `write_rows`.

    Attributes:
        padding_id: of the token that fills up; no loss is taken on it.
        packed: True leaves the dialogues one after the other: `input_ids`, `labels` and
            `position_ids`, which begin with 0 in each dialogue, of shape (1, tokens), and the edges
            of the dialogues as flash attention wants them.  False puts them beside each other, in
            the shape (dialogues, tokens of the longest).  Neither has an attention mask: padding
            stands on the right, where a causal model does not look.  `row_tokens` counts what is
            no padding.
    """

    padding_id: int
    packed: bool

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        (row,) = rows
        ids, labels = torch.as_tensor(row["input_ids"]), torch.as_tensor(row["labels"])
        lengths = torch.as_tensor(row["seq_lengths"])
        made = _packed(ids, labels, lengths) if self.packed else self._padded(ids, labels, lengths)
        return {**{name: _long(value) for name, value in made.items()}, _TOKENS: len(ids)}

    def _padded(
        self, ids: torch.Tensor, labels: torch.Tensor, lengths: torch.Tensor
    ) -> dict[str, Any]:
        sizes = lengths.tolist()
        shape = (len(sizes), max(sizes))
        batch = {
            "input_ids": ids.new_full(shape, self.padding_id),
            "labels": labels.new_full(shape, NOT_LEARNED),
            "position_ids": torch.arange(shape[1]).expand(shape),
        }
        parts = zip(ids.split(sizes), labels.split(sizes), strict=True)
        for number, (some_ids, some_labels) in enumerate(parts):
            batch["input_ids"][number, : len(some_ids)] = some_ids
            batch["labels"][number, : len(some_labels)] = some_labels
        return batch


def _packed(ids: torch.Tensor, labels: torch.Tensor, lengths: torch.Tensor) -> dict[str, Any]:
    edges = torch.zeros(len(lengths) + 1, dtype=torch.int32)
    edges[1:] = lengths.cumsum(0)
    positions = torch.arange(len(ids)) - edges[:-1].repeat_interleave(lengths)
    return {
        "input_ids": ids[None],
        "labels": labels[None],
        "position_ids": positions[None],
        "cu_seq_lens_q": edges,
        "cu_seq_lens_k": edges,
        "max_length_q": int(lengths.max()),
        "max_length_k": int(lengths.max()),
    }


def _long(value: Any) -> Any:
    """Ids as models index with them; the edges of dialogues stay as they are."""
    return value.long() if isinstance(value, torch.Tensor) and value.dim() == 2 else value


class PhaseTrainer(SFTTrainer):
    """Trains one phase.  Its arguments are those of TRL's trainer.

    Attributes:
        tokens, learned: seen so far, over all processes, padding not counted.
    """

    aux_loss_enabled: bool  # of TRL's

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tokens = 0
        self.learned = 0
        self._evaluated = torch.zeros(2, dtype=torch.float64)
        config = self.model.config.get_text_config()
        self._plain_head = (
            self.accelerator.device.type == "cpu"
            and self.accelerator.num_processes == 1
            and not self.aux_loss_enabled
            and not any(getattr(config, name, None) for name in _SCALED)
        )

    def get_batch_samples(self, *args: Any) -> tuple[list[Any], Any]:
        """The batches of one step, as before; their tokens are counted."""
        batches, learned = super().get_batch_samples(*args)
        counted = torch.tensor(
            [
                sum(batch.pop(_TOKENS) for batch in batches),
                sum(int((batch["labels"] != NOT_LEARNED).sum()) for batch in batches),
            ],
            device=self.args.device,
        )
        tokens, own = self.accelerator.reduce(counted, "sum").tolist()
        self.tokens += tokens
        self.learned += own
        return batches, learned

    def compute_loss(self, model: Any, inputs: Any, *args: Any, **options: Any) -> Any:
        """TRL's loss: the sum over learned tokens by their number in the whole step.

        In an evaluation sums are kept besides, for a batch with one learned token must not count as
        much as one with a thousand.
        """
        inputs.pop(_TOKENS, None)
        if self.model.training:
            return self._loss(model, inputs, *args, **options)
        learned = int((inputs["labels"][:, 1:] != NOT_LEARNED).sum())
        routed, self.aux_loss_enabled = self.aux_loss_enabled, False
        try:
            loss = self._loss(model, inputs, *args, **options)
        finally:
            self.aux_loss_enabled = routed
        mean = loss[0] if isinstance(loss, tuple) else loss
        self._evaluated += torch.tensor([mean.item() * learned, learned], dtype=torch.float64)
        return loss

    def _loss(
        self,
        model: Any,
        inputs: Mapping[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        if return_outputs or not self._plain_head:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        labels = inputs["labels"][:, 1:]
        wanted = labels != NOT_LEARNED
        whole = model.get_base_model() if hasattr(model, "get_base_model") else model
        body = {name: value for name, value in inputs.items() if name != "labels"}
        hidden = whole.base_model(**body, use_cache=False).last_hidden_state[:, :-1]
        logits = whole.get_output_embeddings()(hidden[wanted]).float()
        total = functional.cross_entropy(logits, labels[wanted], reduction="sum")
        count = wanted.sum() if num_items_in_batch is None else num_items_in_batch
        return total / torch.as_tensor(count).clamp(min=1)

    def evaluate(self, *args: Any, **options: Any) -> dict[str, float]:
        """The metrics of an evaluation; `eval_loss` is the mean a learned token."""
        self._evaluated.zero_()
        return dict(super().evaluate(*args, **options))

    def log(self, logs: dict[str, float], *args: Any) -> None:
        """Adds counts, and corrects the evaluation loss, before anybody is told."""
        if "eval_loss" in logs:
            sums = self.accelerator.reduce(self._evaluated.to(self.args.device).float(), "sum")
            total, learned = sums.tolist()
            logs["eval_loss"] = total / max(1.0, learned)
        logs.update({"tokens": self.tokens, "learned_tokens": self.learned})
        super().log(logs, *args)

    def create_model_card(self, *args: Any, **options: Any) -> None:
        """Nothing: the card is ours (`training.model_card`)."""

    def _send_telemetry(self) -> None:
        """Nothing is sent to anybody."""


class StepWatch(TrainerCallback):
    """Writes the log, marks steps as whole once they lie on the disk, and tells how it goes on.

    Args:
        log: a JSON line a step; None where another process writes it.
        advanced: is told how many steps are done.
    """

    def __init__(
        self, trainer: PhaseTrainer, log: Path | None, advanced: Callable[[int], None]
    ) -> None:
        self._trainer = trainer
        self._log = log
        self._advanced = advanced

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Takes the counts up where a stopped training left them."""
        lines = [line for line in state.log_history if "tokens" in line]
        if lines:
            self._trainer.tokens = int(lines[-1]["tokens"])
            self._trainer.learned = int(lines[-1]["learned_tokens"])

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._advanced(state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        loss = logs.get("loss", logs.get("eval_loss"))
        if loss is None:
            return
        if not math.isfinite(loss):
            raise InputError(
                f"The loss is {loss} at step {state.global_step}.",
                "Lower the learning rate, or look at the data; the last whole step is kept.",
            )
        if self._log is not None:
            append_line(self._log, LogLine.of(state.global_step, logs))

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._trainer.accelerator.wait_for_everyone()  # each process writes a part of the state
        if self._log is not None:
            mark_whole(Path(args.output_dir), state.global_step)
