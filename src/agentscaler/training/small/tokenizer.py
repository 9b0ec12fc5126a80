"""`train_tokenizer`: byte pairs in which a word has the same tokens whatever stands around it.

A small model must copy names and values from where they are told to where they are used: a city
from the user's words into JSON.  With most tokenizers ` Rome` and `"Rome"` share no token, and a
copy is a translation.  Here runs of letters, single digits and line breaks are always apart from
all else, so both hold the same tokens for `Rome`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from agentscaler.errors import InputError, MissingExtraError
from agentscaler.training.template import load_template
from agentscaler.training.tokenizer import FileTokenizer

__all__ = ["END", "PADDING", "compact_controls", "save_tokenizer", "train_tokenizer"]

PADDING = "<|pad|>"
END = "<|end|>"

_PIECES = r"\p{L}+|\p{N}|\n|[^\p{L}\p{N}\n]+"
"""Runs of letters, single digits, line breaks, and runs of all else."""
_BYTES = 256


def compact_controls() -> tuple[str, ...]:
    """The control tokens of the template `compact`."""
    family = load_template("compact").family
    return family.tokens if family else ()


def train_tokenizer(
    texts: Iterable[str], vocabulary: int = 1536, controls: Sequence[str] | None = None
) -> FileTokenizer:
    """A tokenizer of rendered dialogues.

    The same texts in the same order give the same tokenizer.

    Args:
        vocabulary: tokens in all: 256 bytes, the control tokens, padding, and merged pairs as far
            as the texts have any.
        controls: tokens that are never cut; None takes those of the template `compact`.  Padding
            (`<|pad|>`) comes before them as token 0.

    Raises:
        InputError: the vocabulary has no room for bytes and control tokens.
        MissingExtraError: the package tokenizers is not installed.
    """
    try:
        from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    except ImportError as error:
        raise MissingExtraError(
            "Training a tokenizer needs the package tokenizers, which is not installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
    special = list(
        dict.fromkeys([PADDING, *(compact_controls() if controls is None else controls)])
    )
    if vocabulary < _BYTES + len(special):
        raise InputError(
            f"A vocabulary of {vocabulary:,} has no room for {_BYTES} bytes and {len(special)} "
            "control tokens.",
            "Ask for a larger vocabulary; 1,000 to 2,000 suit a small model.",
        )
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        # Sorted: the alphabet comes in a new order in each process, and ids follow it.
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    backend.train_from_iterator(_between_controls(texts, special), trainer)
    names = {"pad_token": PADDING}
    if END in special:
        names["eos_token"] = END
    return FileTokenizer(backend, names)


def save_tokenizer(tokenizer: FileTokenizer, folder: Path) -> None:
    """Writes `tokenizer.json` and `tokenizer_config.json`, which `load_tokenizer` and transformers
    read."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.backend.save(str(folder / "tokenizer.json"))
    config: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        **tokenizer.special_tokens,
    }
    text = json.dumps(config, indent=2, sort_keys=True)
    (folder / "tokenizer_config.json").write_text(text + "\n", encoding="utf-8")


def _between_controls(texts: Iterable[str], controls: Sequence[str]) -> Iterator[str]:
    """What stands between control tokens: their characters are not to be merged into tokens."""
    longest_first = sorted(controls, key=lambda token: (-len(token), token))
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    for text in texts:
        yield from filter(None, pattern.split(text))
