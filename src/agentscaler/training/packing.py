"""Packing: several dialogues in one row, so that little of a batch is padding.

Nothing may leak from one dialogue into the next.  A model of transformers keeps them apart if three
things hold: position ids begin with 0 in each dialogue, no attention mask is passed, and no cache
is used, since with either of the two the position ids are not looked at.  `collate_packs` makes
such batches; padding is a dialogue of its own on which no loss is taken.  TRL's own collator does
the same with `padding_free` from `seq_lengths`, which `Pack.lengths` are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agentscaler.errors import InputError, MissingExtraError
from agentscaler.training.batches import fill_rows
from agentscaler.training.rendering import NOT_LEARNED, Rendered

__all__ = ["Pack", "collate_packs", "pack_examples"]


@dataclass(frozen=True)
class Pack:
    """One row of a batch: dialogues one after the other.

    Attributes:
        ids: tokens.
        labels: the ids where the loss is taken, else `NOT_LEARNED`; not shifted, since models
            shift them.  The first token of a dialogue is never learned, so no dialogue is asked to
            foretell the next.
        positions: each token's place in its own dialogue.
        lengths: of the dialogues.
    """

    ids: tuple[int, ...]
    labels: tuple[int, ...]
    positions: tuple[int, ...]
    lengths: tuple[int, ...]


def pack_examples(examples: Sequence[Rendered], length: int) -> list[Pack]:
    """Fills rows of at most `length` tokens, as `fill_rows` does.

    The result depends on the examples alone; dialogues of a row are in the order of `examples`.

    Raises:
        InputError: an example is longer than a row.
    """
    for example in examples:
        if len(example.ids) > length:
            raise InputError(
                f"The example {example.id} has {len(example.ids):,} tokens, a row {length:,}.",
                "Make rows longer, or cut examples first.",
            )
    rows = fill_rows([len(example.ids) for example in examples], length)
    return [_pack([examples[number] for number in row]) for row in rows]


def collate_packs(packs: Sequence[Pack], padding_id: int, multiple_of: int = 1) -> dict[str, Any]:
    """A batch for a causal model of transformers: `input_ids`, `labels`, `position_ids`.

    All three have the shape (packs, tokens of the longest, rounded up to `multiple_of`).  There is
    no attention mask, on purpose, and `use_cache` is False: a model calls for a cache unless it is
    told not to.

    Raises:
        MissingExtraError: torch is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(
            "Batches need the package torch, which is not installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
    longest = max(len(pack.ids) for pack in packs)
    width = -(-longest // multiple_of) * multiple_of
    batch: dict[str, Any] = {"use_cache": False}
    batch["input_ids"] = torch.full((len(packs), width), padding_id, dtype=torch.long)
    batch["labels"] = torch.full((len(packs), width), NOT_LEARNED, dtype=torch.long)
    batch["position_ids"] = torch.zeros((len(packs), width), dtype=torch.long)
    for row, pack in enumerate(packs):
        size = len(pack.ids)
        batch["input_ids"][row, :size] = torch.tensor(pack.ids)
        batch["labels"][row, :size] = torch.tensor(pack.labels)
        batch["position_ids"][row, :size] = torch.tensor(pack.positions)
        batch["position_ids"][row, size:] = torch.arange(width - size)
    return batch


def _pack(examples: Sequence[Rendered]) -> Pack:
    ids: list[int] = []
    labels: list[int] = []
    positions: list[int] = []
    for example in examples:
        ids += example.ids
        labels += [NOT_LEARNED, *example.labels[1:]]
        positions += range(len(example.ids))
    lengths = tuple(len(example.ids) for example in examples)
    return Pack(tuple(ids), tuple(labels), tuple(positions), lengths)
