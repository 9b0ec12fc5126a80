"""A Qwen3 of a few thousand random weights, with a tokenizer, in a folder: no file is fetched."""

from pathlib import Path

from agentscaler.training import ChatTemplate, FileTokenizer

__all__ = ["save_tiny_model"]


def save_tiny_model(folder: Path, tokenizer: FileTokenizer, template: ChatTemplate) -> Path:
    """Writes the model as transformers does; the same random weights each time."""
    import torch
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    ending = template.family.ends[0] if template.family else None
    config = Qwen3Config(
        vocab_size=tokenizer.backend.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
    )
    torch.manual_seed(0)
    Qwen3ForCausalLM(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend, eos_token=ending, pad_token=ending
    ).save_pretrained(folder)
    return folder
