"""`Generator`: what a checkpoint writes after prompts, many at a time, with a cache of keys and
values.

What comes out for a prompt does not depend on the prompts beside it.  Sums of floating-point
numbers do: their last digits change with the shape of a batch, and so does the greater of two
logits that are nearly equal.  So a choice that such digits could turn (`_CLOSE`) is made again from
the logits of that prompt alone, without a cache, which are the same whatever the batch was; every
other choice stands in any batch.
"""

import inspect
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Generated", "Generator", "Prompt"]

Logits = np.ndarray[Any, np.dtype[np.float64]]

_CLOSE = 1e-3
"""Logits that differ by less may change their order with the batch; measured differences between
batches are a twentieth of it."""


@dataclass(frozen=True)
class Prompt:
    """What is to be gone on from.

    Attributes:
        ids: tokens, at least one.
        max_new_tokens: at least one.
        temperature: 0 always takes the likeliest token.
        top_p: draws only from the likeliest tokens that together have this probability.
        seed: of what is drawn; a prompt, its seed and the checkpoint decide what comes out.
    """

    ids: tuple[int, ...]
    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Generated:
    """What a model wrote.

    Attributes:
        ids: tokens, without the one that ended the turn.
        ended: False where `max_new_tokens` came before an end of the turn.
    """

    ids: tuple[int, ...]
    ended: bool


class Generator:
    """Goes on from prompts.

    Args:
        model: a causal model of transformers, with its weights in float32.
        ends: tokens that end a turn.
        rows: prompts in a batch.
    """

    def __init__(self, model: Any, ends: Collection[int], rows: int = 32) -> None:
        self._model = model.eval()
        self._ends = frozenset(ends)
        self._rows = rows
        names = inspect.signature(model.forward).parameters
        self._cache_name = "cache" if "cache" in names else "past_key_values"

    def generate(self, prompts: Sequence[Prompt]) -> list[Generated]:
        """What is written after each prompt; prompts of like length share a batch."""
        import torch

        order = sorted(range(len(prompts)), key=lambda number: len(prompts[number].ids))
        made: dict[int, Generated] = {}
        with torch.inference_mode():
            for first in range(0, len(order), self._rows):
                batch = order[first : first + self._rows]
                written = self._batch([prompts[number] for number in batch])
                made |= zip(batch, written, strict=True)
        return [made[number] for number in range(len(prompts))]

    def _batch(self, prompts: Sequence[Prompt]) -> list[Generated]:
        """One batch; rows that have ended leave it."""
        import torch
        from transformers import DynamicCache

        rows = [_Row(number, prompt) for number, prompt in enumerate(prompts)]
        done: dict[int, Generated] = {}
        width = max(len(prompt.ids) for prompt in prompts)
        device = self._model.device
        ids = torch.zeros((len(rows), width), dtype=torch.long)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for row in rows:
            size = len(row.prompt.ids)
            ids[row.number, width - size :] = torch.tensor(row.prompt.ids)
            mask[row.number, width - size :] = 1
        ids, mask = ids.to(device), mask.to(device)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        cache = DynamicCache(config=self._model.config)
        while rows:
            logits = self._forward(ids, mask, positions, cache)
            self._choose(rows, logits)
            staying = [place for place, row in enumerate(rows) if not row.over(self._ends)]
            for row in rows:
                if row.over(self._ends):
                    done[row.number] = row.generated(self._ends)
            if len(staying) < len(rows):
                rows = [rows[place] for place in staying]
                kept = torch.tensor(staying, dtype=torch.long, device=device)
                mask = mask.index_select(0, kept)
                cache.reorder_cache(kept)
            ids = torch.tensor([[row.written[-1]] for row in rows], dtype=torch.long, device=device)
            positions = torch.tensor(
                [[row.length - 1] for row in rows], dtype=torch.long, device=device
            )
            mask = torch.cat([mask, mask.new_ones((len(rows), 1))], dim=1)
        return [done[number] for number in range(len(prompts))]

    def _forward(self, ids: Any, mask: Any, positions: Any, cache: Any) -> Any:
        """The logits after the last token of each row: (rows, vocabulary)."""
        given = {self._cache_name: cache} if cache is not None else {}
        answer = self._model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            use_cache=cache is not None,
            logits_to_keep=1,
            **given,
        )
        return answer.logits[:, -1].float()

    def _choose(self, rows: Sequence["_Row"], logits: Any) -> None:
        """Gives each row its next token."""
        import torch

        best, tokens = torch.topk(logits, 2, dim=-1)
        gaps = (best[:, 0] - best[:, 1]).tolist()
        likeliest = tokens[:, 0].tolist()
        for place, row in enumerate(rows):
            if row.prompt.temperature > 0:
                token, steady = row.draw(logits[place].double().cpu().numpy())
            else:
                token, steady = likeliest[place], gaps[place] > _CLOSE
            if not steady:
                alone = self._alone(row)
                greedy = row.prompt.temperature <= 0
                token = int(alone.argmax()) if greedy else row.draw(alone)[0]
            row.written.append(token)
            row.noise = None

    def _alone(self, row: "_Row") -> "Logits":
        """The logits after a row by itself, which no batch has a part in."""
        import torch

        ids = torch.tensor([[*row.prompt.ids, *row.written]], device=self._model.device)
        logits = self._forward(ids, None, None, None)
        alone: Logits = logits[0].double().cpu().numpy()
        return alone


class _Row:
    """A prompt and what has been written after it."""

    def __init__(self, number: int, prompt: Prompt) -> None:
        self.number = number
        self.prompt = prompt
        self.written: list[int] = []
        self.noise: Logits | None = None
        self._random = np.random.Generator(np.random.PCG64(prompt.seed))

    @property
    def length(self) -> int:
        return len(self.prompt.ids) + len(self.written)

    def over(self, ends: Collection[int]) -> bool:
        return self.written[-1] in ends or len(self.written) >= self.prompt.max_new_tokens

    def generated(self, ends: Collection[int]) -> Generated:
        ended = self.written[-1] in ends
        return Generated(tuple(self.written[:-1] if ended else self.written), ended)

    def draw(self, logits: "Logits") -> tuple[int, bool]:
        """A token drawn from the logits, and whether logits that differ by less than `_CLOSE`
        would give the same; asked twice about one place it draws the same.

        It is the greatest of the logits with Gumbel noise on each (Maddison, Tarlow and Minka,
        arXiv 1411.0030, section 2), which draws from their softmax.
        """
        if self.noise is None:
            self.noise = self._random.gumbel(size=len(logits))
        warm = logits / self.prompt.temperature
        close = _CLOSE / self.prompt.temperature
        noisy = warm + self.noise
        token = int(np.argmax(np.where(_nucleus(warm, self.prompt.top_p, 0.0), noisy, -np.inf)))
        fewest = np.where(_nucleus(warm, self.prompt.top_p, -close), noisy, -np.inf)
        most = np.where(_nucleus(warm, self.prompt.top_p, close), noisy, -np.inf)
        second, first = np.partition(most, -2)[-2:]
        return token, bool(noisy[token] == fewest.max() == first and first - second > close)


def _nucleus(warm: "Logits", top_p: float, slack: float) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """The likeliest tokens that together have the probability `top_p`; with slack, those that
    might be among them, or without, those that surely are, were the logits so much different."""
    if top_p >= 1:
        return np.ones(len(warm), dtype=bool)
    ordered = np.sort(warm)[::-1]
    sums = np.cumsum(np.exp(ordered - ordered[0]))
    size = int(np.searchsorted(sums / sums[-1], top_p + slack)) + 1
    least = ordered[min(size, len(ordered)) - 1]
    chosen: np.ndarray[Any, np.dtype[np.bool_]] = warm >= least - 2 * slack
    return chosen
