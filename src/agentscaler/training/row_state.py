"""`RowState`: what a model remembers of the tokens it has seen, a row; and rows side by side.

For an attention layer these are keys and values of each token, for a short convolution what it has
seen of the last few.  `join_rows` puts the states of rows into one cache of transformers; from
there `read_prompts` reads on, `split_row` gives a row's own state back, to go on from later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, LinearAttentionLayer

from agentscaler.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "RowState",
    "Rows",
    "check_layers",
    "cut_row",
    "join_rows",
    "read_prompts",
    "split_row",
    "write_on",
]


@dataclass(frozen=True)
class RowState:
    """What is remembered of one row.

    Attributes:
        ids: the tokens.
        layers: of each layer (keys, values), both (heads, tokens, size); or, of a convolution,
            (what it has seen,), (channels, kernel).
    """

    ids: tuple[int, ...]
    layers: tuple[tuple["Tensor", ...], ...]

    @property
    def size(self) -> int:
        """Bytes."""
        tensors = (tensor for layer in self.layers for tensor in layer)
        return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@dataclass
class Rows:
    """Rows in one cache.

    Attributes:
        cache: of transformers; a row's tokens stand in it in order, with gaps.
        mask: (rows, width of the cache), 0 where a gap is.
        lengths: tokens of each row.
    """

    cache: DynamicCache
    mask: "Tensor"
    lengths: list[int]

    def keep(self, places: Sequence[int]) -> None:
        """Leaves all other rows out, and what only they needed."""
        kept = torch.tensor(places, dtype=torch.long, device=self.mask.device)
        self.lengths = [self.lengths[place] for place in places]
        self.mask = self.mask.index_select(0, kept)
        self.cache.reorder_cache(kept)
        gap = self.mask.shape[1] - max(self.lengths, default=0)
        # The rest is not worth a copy.
        if gap > self.mask.shape[1] // 4 and not self.mask[:, :gap].any():
            self.mask = self.mask[:, gap:]
            for layer in self.cache.layers:
                if isinstance(layer, DynamicLayer):
                    layer.keys, layer.values = layer.keys[:, :, gap:], layer.values[:, :, gap:]


def check_layers(model: Any) -> None:
    """Raises InputError where a model has layers whose memory is not known here."""
    for layer in DynamicCache(config=model.config).layers:
        if type(layer) not in {DynamicLayer, LinearAttentionLayer}:
            raise InputError(
                f"A model with {type(layer).__name__} cannot be played here, but only one of full "
                "attention and short convolutions.",
                "Serve it with vLLM, SGLang or transformers, and play it as rollout.agent=model.",
            )


def join_rows(states: Sequence[RowState | None], model: Any) -> Rows:
    """States of rows side by side, each at the right edge; None is a row without a token."""
    lengths = [len(state.ids) if state else 0 for state in states]
    width = max(lengths)
    mask = torch.tensor(
        [[0] * (width - length) + [1] * length for length in lengths],
        dtype=torch.long,
        device=model.device,
    ).view(len(states), width)
    cache = DynamicCache(config=model.config)
    known = next((state for state in states if state), None)
    for number, layer in enumerate(cache.layers if known else ()):
        example = known.layers[number] if known else ()
        parts = [state.layers[number] if state else None for state in states]
        if isinstance(layer, DynamicLayer):
            heads, _, size = example[0].shape
            keys, values = (one.new_zeros(len(states), heads, width, size) for one in example)
            for row, (part, length) in enumerate(zip(parts, lengths, strict=True)):
                if part:
                    keys[row, :, width - length :] = part[0]
                    values[row, :, width - length :] = part[1]
            layer.update(keys, values)
        else:
            seen = torch.stack([part[0] if part else 0 * example[0] for part in parts])
            layer.update_conv_state(seen)
    return Rows(cache, mask, lengths)


def read_prompts(
    model: Any, prompts: Sequence[tuple[int, ...]], states: Sequence[RowState | None]
) -> "tuple[Tensor, list[RowState]]":
    """Reads prompts from where their states end.

    Args:
        states: what is remembered of the beginning of each prompt, and not of all of it.

    Returns:
        the logits after each prompt, (prompts, vocabulary), and its state.
    """
    rows = join_rows(states, model)
    news = [prompt[length:] for prompt, length in zip(prompts, rows.lengths, strict=True)]
    width = max(map(len, news))
    device = model.device
    # Gaps are on the right, so that a convolution sees nothing between what it remembers and what
    # follows; nothing that comes later is seen by what stands before it.
    ids = torch.tensor([[*new, *[0] * (width - len(new))] for new in news], device=device)
    mask = torch.tensor([[1] * len(new) + [0] * (width - len(new)) for new in news], device=device)
    begins = torch.tensor(rows.lengths, device=device)[:, None]
    lasts = torch.tensor([[len(new) - 1] for new in news], device=device)
    rows.mask = torch.cat([rows.mask, mask], dim=1)
    rows.cache.activate_past_recording()
    logits = model(
        input_ids=ids,
        attention_mask=rows.mask,
        position_ids=begins + torch.arange(width, device=device),
        cache=rows.cache,
        use_cache=True,
        logits_to_keep=lasts,
    ).logits[:, 0]
    _end_recording(rows.cache, width - 1 - lasts)
    rows.lengths = [len(prompt) for prompt in prompts]
    return logits.float(), [split_row(rows, row, prompts[row]) for row in range(len(prompts))]


def write_on(model: Any, rows: Rows, tokens: Sequence[int]) -> "Tensor":
    """One more token a row; the logits after it: (rows, vocabulary)."""
    device = model.device
    rows.mask = torch.cat([rows.mask, rows.mask.new_ones((len(tokens), 1))], dim=1)
    positions = torch.tensor(rows.lengths, device=device)[:, None]
    rows.lengths = [length + 1 for length in rows.lengths]
    answer = model(
        input_ids=torch.tensor(tokens, device=device)[:, None],
        attention_mask=rows.mask,
        position_ids=positions,
        cache=rows.cache,
        use_cache=True,
    )
    logits: Tensor = answer.logits[:, -1].float()
    return logits


def split_row(rows: Rows, row: int, ids: tuple[int, ...]) -> RowState:
    """A row's own state.

    Args:
        ids: the row's tokens.
    """
    places = rows.mask[row].nonzero()[:, 0]
    return RowState(ids, tuple(_layers(rows.cache, row, places)))


def cut_row(state: RowState, earlier: RowState) -> RowState:
    """The earlier of two states of a row, with its keys and values in the memory of the later."""
    layers = []
    for late, early in zip(state.layers, earlier.layers, strict=True):
        shared = len(early) > 1
        layers.append(tuple(one[:, : len(earlier.ids)] for one in late) if shared else early)
    return RowState(earlier.ids, tuple(layers))


def _layers(cache: DynamicCache, row: int, places: "Tensor") -> "Iterator[tuple[Tensor, ...]]":
    for layer in cache.layers:
        if isinstance(layer, DynamicLayer):
            yield tuple(one[row].index_select(1, places) for one in (layer.keys, layer.values))
        else:
            yield (layer.conv_states[0][row].clone(),)


def _end_recording(cache: DynamicCache, gaps: "Tensor") -> None:
    """Lets each convolution remember what it has seen last before the gap at the right edge.

    Args:
        gaps: (rows, 1).
    """
    for layer in cache.layers:
        if not isinstance(layer, DynamicLayer):
            kernel = layer.conv_kernel_size[0]
            seen = functional.pad(layer.conv_states[0], (kernel, 0))
            places = seen.shape[-1] - gaps + torch.arange(-kernel, 0, device=gaps.device)
            wanted = places[:, None].expand(-1, seen.shape[1], -1)
            layer.conv_states[0] = seen.gather(2, wanted).contiguous()
            layer.record_past = False
