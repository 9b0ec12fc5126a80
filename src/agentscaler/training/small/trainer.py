"""`Trainer`: the steps of a training, one batch after the other."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from agentscaler.errors import InputError
from agentscaler.training.small.attention import use_blocks
from agentscaler.training.small.batches import Places, group_by_length
from agentscaler.training.small.muon import Muon
from agentscaler.training.small.progress import Progress
from agentscaler.training.small.sequences import Sequences
from agentscaler.training.small.settings import SmallTrainingSettings

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

__all__ = ["Tally", "Trainer", "rate_at"]

_ENDING = 0.05
"""Share of the tokens over which the loss at a phase's end is taken."""


@dataclass
class Tally:
    """What a training has seen so far; losses are sums over learned tokens.

    Attributes:
        steps, tokens, learned: padding is not counted.
        padded: tokens with padding.
        since_log, since_log_learned: loss since the last line of the log.
        ending, ending_learned: loss over the last of the training.
        eval_loss: mean a learned token of the held-out dialogues; None until it is taken.
        processor_seconds, wall_seconds: of the steps alone.
    """

    steps: int = 0
    tokens: int = 0
    learned: int = 0
    padded: int = 0
    since_log: float = 0.0
    since_log_learned: int = 0
    ending: float = 0.0
    ending_learned: int = 0
    eval_loss: float | None = None
    processor_seconds: float = 0.0
    wall_seconds: float = 0.0


class Trainer:
    """Trains a model on batches that were planned beforehand.

    Args:
        model: is changed in place.
        batches: places of dialogues in `data`.
        progress: where the state is kept.
        watch: is told the tokens seen so far after each line of the log.
    """

    def __init__(
        self,
        model: "PreTrainedModel",
        data: Sequences,
        held_out: Sequences,
        batches: Sequence[Places],
        settings: SmallTrainingSettings,
        progress: Progress,
        watch: Callable[[int], None],
    ) -> None:
        self.tally = Tally()
        self._settings = settings
        self._device = _device(settings)
        self._model = model.to(self._device).train()
        if self._device.type == "cpu":
            use_blocks(model)
        self._data, self._held_out = data, held_out
        self._batches = batches
        self._progress = progress
        self._watch = watch
        seen = np.cumsum([data.lengths[batch].sum() for batch in batches])
        self._total = int(seen[-1])
        parts = np.arange(1, settings.evaluations + 1) / settings.evaluations
        self._evaluated_after = {int(n) + 1 for n in np.searchsorted(seen, parts * self._total)}
        self._parameters = list(model.parameters())
        self._optimizers = _optimizers(model, settings)
        self._rates = [[g["lr"] for g in one.param_groups] for one in self._optimizers]

    def run(self) -> None:
        """Trains to the end, from where the last state was written.

        Raises:
            InputError: the loss is no number any more.
        """
        if (state := self._progress.load()) is not None:
            self._restore(state)
        saved, saved_at = time.monotonic(), self.tally.steps
        for batch in self._batches[self.tally.steps :]:
            self._step(batch)
            last = self.tally.steps == len(self._batches)
            if last or self.tally.steps % self._settings.log_steps == 0:
                self._log()
            if self.tally.steps in self._evaluated_after:
                self._evaluate()
            late = time.monotonic() - saved >= self._settings.save_seconds
            wanted = self._settings.save_steps
            if last or late or (wanted and self.tally.steps - saved_at >= wanted):
                self._progress.save(self._state())
                saved, saved_at = time.monotonic(), self.tally.steps

    def _step(self, batch: Places) -> None:
        started, started_at = time.process_time(), time.perf_counter()
        tally = self.tally
        share = tally.tokens / self._total
        factor = rate_at(self._settings, tally.steps, share)
        for optimizer, rates in zip(self._optimizers, self._rates, strict=True):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
        reads = self._settings.context_weight > 0 and share < self._settings.context_share
        loss, learned, padded, context = self._loss(self._data, batch, reads=reads)
        if learned:
            total = loss / learned
            if context is not None:
                total = total + self._settings.context_weight * context
            total.backward()
            torch.nn.utils.clip_grad_norm_(self._parameters, self._settings.clip)
            for optimizer in self._optimizers:
                optimizer.step()
                optimizer.zero_grad()
        value = float(loss.detach())
        tally.steps += 1
        tally.tokens += int(self._data.lengths[batch].sum())
        tally.learned += learned
        tally.padded += padded
        tally.since_log += value
        tally.since_log_learned += learned
        if share >= 1 - _ENDING or tally.tokens >= self._total:
            tally.ending += value
            tally.ending_learned += learned
        tally.processor_seconds += time.process_time() - started
        tally.wall_seconds += time.perf_counter() - started_at

    def _loss(
        self, data: Sequences, batch: Places, *, reads: bool = False
    ) -> "tuple[Tensor, int, int, Tensor | None]":
        """The summed loss of a batch, its learned tokens, its tokens with padding, and if it
        `reads` the mean loss of some tokens of the context."""
        ids, rows, targets = _collate(data, batch, self._device)
        learned = len(targets)
        if reads:
            others = _context(data, batch, ids.shape[1], learned, self.tally.steps)
            places = torch.from_numpy(others).to(self._device)
            rows = torch.cat((rows, places - 1))
            targets = torch.cat((targets, ids.flatten()[places]))
        half = self._settings.precision == "bfloat16"
        with torch.autocast(self._device.type, torch.bfloat16, enabled=half):
            hidden = self._model.model(input_ids=ids, use_cache=False).last_hidden_state
            # Most tokens are not learned: the output matrix is for those that are.
            scores = self._model.lm_head(hidden.flatten(0, 1)[rows])
        losses = functional.cross_entropy(scores.float(), targets, reduction="none")
        context = losses[learned:].mean() if len(losses) > learned else None
        return losses[:learned].sum(), learned, ids.numel(), context

    def _evaluate(self) -> None:
        if not self._held_out.learned.sum():
            return
        self._model.eval()
        places = np.arange(len(self._held_out))
        lengths = self._held_out.lengths
        total, learned = 0.0, 0
        with torch.no_grad():
            for batch in group_by_length(places, lengths, self._settings.batch_tokens):
                loss, count, _, _ = self._loss(self._held_out, batch)
                total += float(loss)
                learned += count
        self._model.train()
        self.tally.eval_loss = total / learned
        self._progress.log(
            {
                "step": self.tally.steps,
                "tokens": self.tally.tokens,
                "eval_loss": self.tally.eval_loss,
            }
        )

    def _log(self) -> None:
        tally = self.tally
        loss = tally.since_log / max(tally.since_log_learned, 1)
        if not math.isfinite(loss):
            raise InputError(
                f"The loss is no number any more after step {tally.steps:,}.",
                "Lower matrix_rate and other_rate, or use the precision float32.",
            )
        self._progress.log(
            {
                "step": tally.steps,
                "tokens": tally.tokens,
                "learned_tokens": tally.learned,
                "loss": loss,
                "lr": self._optimizers[0].param_groups[0]["lr"],
                "processor_seconds": round(tally.processor_seconds, 2),
                "wall_seconds": round(tally.wall_seconds, 2),
            }
        )
        tally.since_log, tally.since_log_learned = 0.0, 0
        self._watch(tally.tokens)

    def _state(self) -> dict[str, Any]:
        return {
            "tally": asdict(self.tally),
            "model": self._model.state_dict(),
            "optimizers": [one.state_dict() for one in self._optimizers],
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self.tally = Tally(**state["tally"])
        self._model.load_state_dict(state["model"])
        for optimizer, kept in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)


def rate_at(settings: SmallTrainingSettings, step: int, share: float) -> float:
    """The factor of the learning rates: up in a line, level, and down in a line.

    Args:
        step: from 0.
        share: of the tokens, that were seen before this step.
    """
    warmup = min(1.0, (step + 1) / max(settings.warmup_steps, 1))
    if settings.decay_share and share > 1 - settings.decay_share:
        return warmup * max(settings.final_share, (1 - share) / settings.decay_share)
    return warmup


def _device(settings: SmallTrainingSettings) -> "torch.device":
    if settings.device == "cuda" and not torch.cuda.is_available():
        raise InputError("There is no GPU that torch can use.", "Train with device=cpu.")
    if settings.device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(settings.device)


def _optimizers(
    model: "PreTrainedModel", settings: SmallTrainingSettings
) -> "list[torch.optim.Optimizer]":
    """Muon for the matrices between embedding and output, AdamW for the rest."""
    ends = {id(model.get_input_embeddings().weight), id(model.get_output_embeddings().weight)}
    matrices = [p for p in model.parameters() if p.ndim == 2 and id(p) not in ends]
    taken = {id(one) for one in matrices}
    rest = [p for p in model.parameters() if id(p) not in taken]
    return [
        Muon(
            matrices,
            settings.matrix_rate,
            weight_decay=settings.weight_decay,
            precision=torch.bfloat16 if settings.precision == "bfloat16" else torch.float32,
        ),
        torch.optim.AdamW(
            rest, lr=settings.other_rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True
        ),
    ]


def _collate(
    data: Sequences, batch: Places, device: "torch.device"
) -> "tuple[Tensor, Tensor, Tensor]":
    """Ids, shape (dialogues, longest), padded at the end with zeros; which places of the flattened
    batch foretell a learned token; and those tokens."""
    longest = int(data.lengths[batch].max())
    ids = np.zeros((len(batch), longest), np.int64)
    learned = np.zeros((len(batch), longest), np.bool_)
    for row, place in enumerate(batch):
        tokens, mask = data[place]
        ids[row, : len(tokens)] = tokens
        learned[row, : len(tokens)] = mask
    # The token before a learned one foretells it; nothing foretells the first.
    learned[:, 0] = False
    places = np.flatnonzero(learned)
    made = (ids, places - 1, ids.reshape(-1)[places])
    first, second, third = (torch.from_numpy(one).to(device) for one in made)
    return first, second, third


def _context(
    data: Sequences, batch: Places, longest: int, count: int, step: int
) -> NDArray[np.int64]:
    """At most `count` places of the flattened batch, drawn by the step, whose tokens are neither
    learned nor the first of their dialogue nor padding."""
    free = np.zeros((len(batch), longest), np.bool_)
    for row, place in enumerate(batch):
        _, mask = data[place]
        free[row, 1 : len(mask)] = ~mask[1:]
    places = np.flatnonzero(free)
    drawn = np.random.default_rng(step).permutation(len(places))[:count]
    return np.sort(places[drawn])
