"""Causal attention for training on a CPU, in blocks of queries.

torch's own on a CPU (`scaled_dot_product_attention`) takes about 40% of a training step at our
sizes, three quarters of it in the backward pass, which computes all probabilities anew in small
pieces.  Here the probabilities are kept, and each block of queries is one batched product with the
keys up to its end.  That takes memory for half of all pairs of tokens, which short dialogues have.

`use_blocks` lets a model of transformers train with it; it knows no masks, caches or dropout.
"""

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

__all__ = ["causal_attention", "use_blocks"]

_BLOCK = 64
_NAME = "agentscaler_blocks"


class _CausalAttention(torch.autograd.Function):
    """Queries (scaled), keys and values of shape (heads of all dialogues, tokens, width)."""

    @staticmethod
    def forward(context: Any, query: "Tensor", key: "Tensor", value: "Tensor") -> "Tensor":
        made = torch.empty_like(query)
        future = torch.full((_BLOCK, _BLOCK), -torch.inf, dtype=query.dtype).triu_(1)
        kept = []
        for begin, end in _blocks(query.shape[1]):
            scores = torch.bmm(query[:, begin:end], key[:, :end].mT)
            scores[:, :, begin:].add_(future[: end - begin, : end - begin])
            shares = torch.softmax(scores, -1)
            made[:, begin:end] = torch.bmm(shares, value[:, :end])
            kept.append(shares)
        context.save_for_backward(query, key, value, *kept)
        return made

    @staticmethod
    def backward(context: Any, gradient: "Tensor") -> "tuple[Tensor, Tensor, Tensor]":
        query, key, value, *kept = context.saved_tensors
        of_query = torch.empty_like(query)
        # Each key and value gathers from all blocks behind it, which bfloat16 would round away.
        of_key = torch.zeros_like(key, dtype=torch.float32)
        of_value = torch.zeros_like(value, dtype=torch.float32)
        for (begin, end), shares in zip(_blocks(query.shape[1]), kept, strict=True):
            given = gradient[:, begin:end]
            of_value[:, :end] += torch.bmm(shares.mT, given)
            of_shares = torch.bmm(given, value[:, :end].mT)
            of_scores = torch._softmax_backward_data(of_shares, shares, -1, shares.dtype)
            of_query[:, begin:end] = torch.bmm(of_scores, key[:, :end])
            of_key[:, :end] += torch.bmm(of_scores.mT, query[:, begin:end])
        return of_query, of_key.to(key.dtype), of_value.to(value.dtype)


def causal_attention(query: "Tensor", key: "Tensor", value: "Tensor", scaling: float) -> "Tensor":
    """Attention of each token to itself and those before it.

    Args:
        query, key, value: shape (dialogues, heads, tokens, width); computed in the kind of number
            that the values are.

    Returns:
        shape (dialogues, heads, tokens, width).
    """
    shape = query.shape
    parts = ((query * scaling), key, value)
    # Products and shares stay in the kind that is given, where autocast would widen the shares.
    with torch.autocast(query.device.type, enabled=False):
        flat = [part.to(value.dtype).reshape(-1, *shape[2:]).contiguous() for part in parts]
        made: Tensor = _CausalAttention.apply(*flat)
    return made.view(shape)


def use_blocks(model: "PreTrainedModel") -> None:
    """Lets a model attend with `causal_attention`; its `set_attn_implementation` undoes it."""
    from transformers import AttentionInterface

    AttentionInterface.register(_NAME, _attend)
    model.set_attn_implementation(_NAME)


def _attend(
    module: Any,
    query: "Tensor",
    key: "Tensor",
    value: "Tensor",
    attention_mask: None,
    scaling: float,
    **options: Any,
) -> "tuple[Tensor, None]":
    """In the form that transformers calls; fewer heads of keys than of queries are repeated."""
    repeats = query.shape[1] // key.shape[1]
    if repeats > 1:
        key, value = (part.repeat_interleave(repeats, dim=1) for part in (key, value))
    return causal_attention(query, key, value, scaling).transpose(1, 2), None


def _blocks(tokens: int) -> list[tuple[int, int]]:
    return [(begin, min(begin + _BLOCK, tokens)) for begin in range(0, tokens, _BLOCK)]
