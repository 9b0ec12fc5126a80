"""`make_model`: the small decoder, in an architecture that transformers has.

The default mixes short convolutions with attention as LFM2 does (Liquid AI, 2025): a convolution
over three tokens gives attention what stands just before and so makes copying easy to learn, which
is most of what calling a tool is.  Nothing in it is our own, so whatever reads transformers'
checkpoints plays it.
"""

from typing import TYPE_CHECKING, Any

import torch

from agentscaler.training.small.settings import SmallModelSettings

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["make_model"]

_LAYERS = {"c": "conv", "f": "full_attention"}


def make_model(
    settings: SmallModelSettings,
    vocabulary: int,
    seed: int,
    *,
    padding: int | None = None,
    end: int | None = None,
) -> "PreTrainedModel":
    """A model with random weights, which follow from the seed; in 32 bits, on the CPU.

    Embedding and output share their weights.

    Args:
        padding, end: ids of the tokens for padding and for the end of a turn, for the
            configuration.
    """
    common: dict[str, Any] = {
        "vocab_size": vocabulary,
        "hidden_size": settings.hidden,
        "intermediate_size": settings.feed_forward or 3 * settings.hidden,
        "num_hidden_layers": settings.layers,
        "num_attention_heads": settings.hidden // settings.head,
        "num_key_value_heads": settings.hidden // settings.head,
        "max_position_embeddings": settings.positions,
        "rope_parameters": {"rope_type": "default", "rope_theta": settings.rope_theta},
        "tie_word_embeddings": True,
        "pad_token_id": padding,
        "bos_token_id": None,
        "eos_token_id": end,
        "dtype": "float32",
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if settings.architecture == "qwen3":
            from transformers import Qwen3Config, Qwen3ForCausalLM

            return Qwen3ForCausalLM(Qwen3Config(head_dim=settings.head, **common))
        from transformers import Lfm2Config, Lfm2ForCausalLM

        pattern = (settings.pattern * settings.layers)[: settings.layers]
        return Lfm2ForCausalLM(
            Lfm2Config(
                layer_types=[_LAYERS[kind] for kind in pattern],
                conv_L_cache=settings.kernel,
                block_auto_adjust_ff_dim=False,
                **common,
            )
        )
