"""Checkpoints with random weights, which follow from a seed: no file is fetched."""

from pathlib import Path
from typing import Any

import torch
from transformers import Lfm2Config, Lfm2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

from agentscaler.training import CheckpointRecord, load_template, save_record
from tests.unit.dataset.dialogues import PLAIN
from tests.unit.training.trained import trained_tokenizer

__all__ = ["ARCHITECTURES", "random_model", "save_checkpoint"]

ARCHITECTURES = ("lfm2", "qwen3")


def random_model(architecture: str, vocabulary: int = 60, seed: int = 0) -> Any:
    """A tiny model whose tokens are far from equally likely."""
    shape: dict[str, Any] = {
        "vocab_size": vocabulary,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "initializer_range": 0.3,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if architecture == "qwen3":
            return Qwen3ForCausalLM(Qwen3Config(head_dim=8, **shape)).eval()
        layers = ["conv", "full_attention"] * 2
        config = Lfm2Config(layer_types=layers, block_auto_adjust_ff_dim=False, **shape)
        return Lfm2ForCausalLM(config).eval()


def save_checkpoint(
    folder: Path,
    architecture: str = "lfm2",
    template: str = "compact",
    seed: int = 0,
    **record: Any,
) -> Path:
    """A checkpoint of that architecture, with a tokenizer of its template."""
    tokenizer = trained_tokenizer(load_template(template), [PLAIN], size=400)
    model = random_model(architecture, tokenizer.backend.get_vocab_size(), seed)
    model.save_pretrained(folder)
    tokenizer.backend.save(str(folder / "tokenizer.json"))
    told = {"template": template, "thinking": False, "max_length": 4096, "trainer": "small"}
    save_record(folder, CheckpointRecord.model_validate(told | record))
    return folder
