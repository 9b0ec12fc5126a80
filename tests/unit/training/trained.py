"""Small tokenizers, trained on the dialogues of a test: no file is fetched."""

from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from agentscaler.dataset import Example
from agentscaler.training import ByteTokenizer, ChatTemplate, FileTokenizer, render

__all__ = ["MERGES_LINE_BREAKS", "WORDS", "trained_tokenizer"]

WORDS = r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
"""Line breaks stay apart from what follows, as with the tokenizers that models have."""

MERGES_LINE_BREAKS = r"[A-Za-z]+|[0-9]|[^A-Za-z0-9]+"
"""A line break and a quotation mark may become one token."""


def trained_tokenizer(
    template: ChatTemplate,
    examples: Sequence[Example],
    size: int,
    pattern: str = WORDS,
    controls: Sequence[str] | None = None,
) -> FileTokenizer:
    """Byte pairs, trained on what a template renders; control tokens are whole."""
    if controls is None:
        controls = template.family.controls if template.family else ()
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    texts = [render(one, template, ByteTokenizer(controls)).text for one in examples]
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(controls),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    return FileTokenizer(backend)
