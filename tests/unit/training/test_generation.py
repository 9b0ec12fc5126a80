"""Generation: what comes out for a prompt is its own, whatever is beside or before it."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("transformers", reason="needs the extra train")

from agentscaler.errors import InputError  # noqa: E402 - both are needed to import the rest
from agentscaler.training.generation import Generated, Generator, Prompt  # noqa: E402
from tests.unit.training.checkpoints import ARCHITECTURES, random_model  # noqa: E402

ENDS = tuple(range(2, 12))


@pytest.fixture(scope="module", params=ARCHITECTURES)
def model(request: pytest.FixtureRequest) -> Any:
    return random_model(request.param)


def tokens(rng: random.Random, most: int) -> tuple[int, ...]:
    return tuple(rng.randrange(12, 60) for _ in range(rng.randint(1, most)))


def prompts(temperature: float = 0.0, top_p: float = 1.0, count: int = 14) -> list[Prompt]:
    rng = random.Random(5)
    return [
        Prompt(tokens(rng, 70), rng.randint(1, 40), temperature, top_p, seed)
        for seed in range(count)
    ]


def by_hand(model: Any, prompt: Prompt) -> Generated:
    """The likeliest token each time, of the whole text read anew, without a batch or a cache."""
    written: list[int] = []
    while len(written) < prompt.max_new_tokens:
        ids = torch.tensor([[*prompt.ids, *written]])
        with torch.inference_mode():
            token = int(model(ids, use_cache=False).logits[0, -1].argmax())
        if token in ENDS:
            return Generated(tuple(written), ended=True)
        written.append(token)
    return Generated(tuple(written), ended=False)


def test_a_padded_batch_writes_what_each_prompt_gets_alone_without_a_cache(model: Any) -> None:
    asked = prompts()
    written = Generator(model, ENDS, rows=5).generate(asked)
    assert written == [by_hand(model, prompt) for prompt in asked]
    assert any(one.ended for one in written)
    assert any(not one.ended for one in written)


@pytest.mark.parametrize(("temperature", "top_p"), [(0.0, 1.0), (1.0, 1.0), (0.8, 0.7)])
def test_neither_neighbours_nor_earlier_turns_change_what_is_written(
    model: Any, temperature: float, top_p: float
) -> None:
    asked = prompts(temperature, top_p)
    long_lived = Generator(model, ENDS, rows=4)
    rng = random.Random(6)
    for _ in range(3):
        written = long_lived.generate(asked)
        alone = [Generator(model, ENDS).generate([prompt])[0] for prompt in asked]
        assert written == alone
        # Some go on from what was written, others from something else there.
        asked = [
            Prompt(
                (*prompt.ids, *(one.ids if rng.random() < 0.7 else ()), *tokens(rng, 20)),
                rng.randint(1, 30),
                temperature,
                top_p,
                prompt.seed + 100,
            )
            for prompt, one in zip(asked, written, strict=True)
        ]
        rng.shuffle(asked)


def test_a_next_turn_reads_only_what_is_new(model: Any) -> None:
    read: list[int] = []
    forward = model.forward

    def counted(*given: Any, **named: Any) -> Any:
        read.append(named["input_ids"].shape[1])
        return forward(*given, **named)

    generator = Generator(model, ENDS)
    first = Prompt(tuple(range(12, 52)), 8)
    (written,) = generator.generate([first])
    following = Prompt((*first.ids, *written.ids, 19, 18, 17), 1)
    model.forward = counted
    try:
        generator.generate([following])
    finally:
        del model.forward
    # The last token that was written has not been read, and the ending one never is.
    assert read[0] in {3, 4}


def test_what_does_not_fit_the_memory_is_read_anew_and_comes_out_the_same(model: Any) -> None:
    asked = prompts()
    poor = Generator(model, ENDS, remembered=20_000)
    for _ in range(2):
        written = poor.generate(asked)
        assert written == Generator(model, ENDS).generate(asked)
        asked = [
            Prompt((*prompt.ids, *one.ids, 15, 16), 10)
            for prompt, one in zip(asked, written, strict=True)
        ]


def test_seeds_draw_differently_and_each_draws_the_same_again(model: Any) -> None:
    def drawn(seeds: Sequence[int]) -> list[Generated]:
        asked = [Prompt((14, 15, 16), 20, temperature=1.0, seed=seed) for seed in seeds]
        return Generator(model, ENDS).generate(asked)

    assert drawn([1, 2, 3]) == drawn([1, 2, 3]) == drawn([3, 2, 1])[::-1]
    assert len(set(drawn(range(20)))) > 15


def test_draws_follow_the_softmax_of_the_logits(model: Any) -> None:
    with torch.inference_mode():
        chances = model(torch.tensor([[14, 15, 16]])).logits[0, -1].softmax(0)
    likeliest = int(chances.argmax())
    asked = [Prompt((14, 15, 16), 1, temperature=1.0, seed=seed) for seed in range(1500)]
    written = Generator(model, [likeliest], rows=500).generate(asked)
    share = sum(one.ended for one in written) / len(written)
    assert share == pytest.approx(float(chances.max()), abs=0.04)


def test_a_small_top_p_leaves_only_the_likeliest(model: Any) -> None:
    asked = prompts(temperature=1.5, top_p=1e-6)
    likeliest = [Prompt(prompt.ids, prompt.max_new_tokens) for prompt in asked]
    assert Generator(model, ENDS).generate(asked) == Generator(model, ENDS).generate(likeliest)


def test_a_model_with_another_kind_of_layer_is_refused() -> None:
    from transformers import MistralConfig, MistralForCausalLM

    config = MistralConfig(
        vocab_size=9,
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
        sliding_window=4,
    )
    with pytest.raises(InputError, match="cannot be played here"):
        Generator(MistralForCausalLM(config), ENDS)
