"""Packing: rows are full, and no dialogue sees another."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import pytest

from agentscaler.dataset import Example
from agentscaler.errors import InputError
from agentscaler.training import (
    NOT_LEARNED,
    FileTokenizer,
    Rendered,
    collate_packs,
    load_template,
    pack_examples,
    render,
)


def rendered(length: int, first: int = 0) -> Rendered:
    ids = tuple(range(first, first + length))
    spans = tuple((n, n + 1) for n in range(length))
    return Rendered(f"e{first}", "x" * length, ids, spans, (True,) * length, ())


def rendered_end(example: Rendered, length: int) -> Rendered:
    """The last tokens of an example."""
    return replace(
        example,
        ids=example.ids[-length:],
        spans=example.spans[-length:],
        mask=example.mask[-length:],
    )


def test_every_dialogue_is_in_one_row_whole_and_its_positions_begin_with_nought() -> None:
    rng = random.Random(3)
    examples = [rendered(rng.randint(1, 90), n * 100) for n in range(200)]
    packs = pack_examples(examples, 100)
    seen = []
    for pack in packs:
        assert len(pack.ids) == len(pack.labels) == len(pack.positions) == sum(pack.lengths) <= 100
        place = 0
        for length in pack.lengths:
            part = slice(place, place + length)
            seen.append(pack.ids[part])
            assert pack.positions[part] == tuple(range(length))
            assert pack.labels[part] == (NOT_LEARNED, *pack.ids[part][1:])
            place += length
    assert sorted(seen) == [example.ids for example in examples]


def test_rows_are_nearly_full() -> None:
    rng = random.Random(4)
    examples = [rendered(rng.randint(1, 60)) for _ in range(400)]
    packs = pack_examples(examples, 100)
    assert sum(len(one.ids) for one in examples) / (100 * len(packs)) > 0.97


def test_the_same_examples_give_the_same_rows() -> None:
    examples = [rendered(length, n) for n, length in enumerate([5, 9, 5, 1, 7, 3, 5])]
    packs = pack_examples(examples, 10)
    assert packs == pack_examples(examples, 10)
    assert [pack.lengths for pack in packs] == [(9, 1), (7, 3), (5, 5), (5,)]


def test_an_example_longer_than_a_row_is_an_error() -> None:
    with pytest.raises(InputError, match="The example e0 has 11 tokens, a row 10"):
        pack_examples([rendered(11)], 10)


@pytest.mark.filterwarnings("default")
def test_a_batch_has_no_attention_mask_and_padding_that_is_a_dialogue_of_its_own() -> None:
    pytest.importorskip("torch", reason="needs the extra train")
    packs = pack_examples([rendered(3, 10), rendered(4, 20)], 4)
    batch = collate_packs(packs, padding_id=99, multiple_of=8)
    assert set(batch) == {"input_ids", "labels", "position_ids", "use_cache"}
    assert batch["use_cache"] is False
    assert batch["input_ids"].tolist() == [
        [20, 21, 22, 23, 99, 99, 99, 99],
        [10, 11, 12, 99, 99, 99, 99, 99],
    ]
    assert batch["labels"].tolist()[1] == [-100, 11, 12, *[-100] * 5]
    assert batch["position_ids"].tolist()[1] == [0, 1, 2, 0, 1, 2, 3, 4]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_a_model_makes_of_a_packed_dialogue_what_it_makes_of_it_alone(
    attention: str, real: Sequence[Example], tokenizers: dict[str, FileTokenizer]
) -> None:
    """And not where positions run on, or with an attention mask, or with a cache: these leak."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    transformers = pytest.importorskip("transformers", reason="needs the extra train")
    torch.manual_seed(0)
    template, tokenizer = load_template("compact"), tokenizers["compact"]
    short = (
        rendered_end(render(one, template, tokenizer), 60 + 7 * n) for n, one in enumerate(real)
    )
    pack, longer = pack_examples(list(islice(short, 4)), 230)
    assert len(pack.lengths) == 3
    config = transformers.Qwen3Config(
        vocab_size=tokenizer.backend.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        attn_implementation=attention,
    )
    model = transformers.Qwen3ForCausalLM(config).eval()

    def logits(**batch: object) -> object:
        with torch.no_grad():
            return model(**batch).logits

    batch = collate_packs([pack, longer], padding_id=0)
    labels = batch.pop("labels")
    packed = logits(**batch)
    running = torch.arange(labels.shape[1]).expand(labels.shape)
    leaky = [
        logits(**{**batch, "position_ids": running}),
        logits(**batch, attention_mask=torch.ones_like(labels)),
        logits(**{**batch, "use_cache": True}),
    ]
    place = 0
    for number, length in enumerate(pack.lengths):
        alone = logits(input_ids=torch.tensor([pack.ids[place : place + length]]))[0]
        assert torch.allclose(packed[0, place : place + length], alone, atol=1e-5)
        for other in leaky:
            same = torch.allclose(other[0, place : place + length], alone, atol=1e-3)
            assert same == (number == 0)
        place += length
