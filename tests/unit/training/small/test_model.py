"""The small model: its weights follow from the seed, and padding touches nothing."""

import pytest

from agentscaler.errors import SettingsError
from agentscaler.settings import Layer, compose
from agentscaler.training.small import SmallModelSettings

torch = pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("transformers", reason="needs the extra train")

from agentscaler.training.small.model import make_model  # noqa: E402 - needs torch

LFM2 = SmallModelSettings(hidden=32, layers=3, head=16, positions=64)
QWEN3 = LFM2.model_copy(update={"architecture": "qwen3"})
IDS = torch.tensor([[5, 9, 9, 2, 40, 7, 3, 11]])


def hidden(settings: SmallModelSettings, ids: "torch.Tensor", **more: object) -> "torch.Tensor":
    model = make_model(settings, 50, seed=1).eval()
    with torch.no_grad():
        # New layers hardly change what goes through them; these do.
        for parameter in model.model.layers.parameters():
            if parameter.ndim > 1:
                parameter.mul_(6)
        made: torch.Tensor = model.model(input_ids=ids, use_cache=False, **more).last_hidden_state
    return made


@pytest.mark.parametrize("settings", [LFM2, QWEN3], ids=["lfm2", "qwen3"])
def test_weights_follow_from_the_seed_and_nothing_else_random_is_moved(
    settings: SmallModelSettings,
) -> None:
    before = torch.get_rng_state()
    one, same, other = (make_model(settings, 50, seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["model.embed_tokens.weight"], other["model.embed_tokens.weight"])


@pytest.mark.parametrize("settings", [LFM2, QWEN3], ids=["lfm2", "qwen3"])
def test_padding_at_the_end_changes_nothing_before_it(settings: SmallModelSettings) -> None:
    alone = hidden(settings, IDS)
    padded = hidden(settings, torch.cat([IDS, torch.zeros(1, 20, dtype=torch.long)], dim=1))
    torch.testing.assert_close(padded[:, : IDS.shape[1]], alone, rtol=1e-5, atol=1e-5)


def test_a_packed_row_would_leak_through_the_convolutions() -> None:
    # Why dialogues are padded here and not packed: position ids keep attention apart, but a
    # convolution sees the dialogue before all the same.
    packed = torch.cat([torch.full_like(IDS, 4), IDS], dim=1)
    positions = torch.arange(IDS.shape[1]).repeat(2)[None]
    first = slice(IDS.shape[1], None)
    leaks = hidden(LFM2, packed, position_ids=positions)[:, first]
    apart = hidden(QWEN3, packed, position_ids=positions)[:, first]
    assert float((leaks - hidden(LFM2, IDS)).abs().max()) > 1e-2
    torch.testing.assert_close(apart, hidden(QWEN3, IDS), rtol=1e-4, atol=1e-5)


def test_the_pattern_says_which_layers_are_convolutions() -> None:
    model = make_model(LFM2.model_copy(update={"pattern": "ccf", "layers": 5}), 50, seed=0)
    assert model.config.layer_types == ["conv", "conv", "full_attention", "conv", "conv"]
    assert model.lm_head.weight is model.model.embed_tokens.weight


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"hidden": 40, "head": 32}, "hidden a multiple of it"),
        ({"pattern": "c"}, "at least one layer needs attention"),
        ({"pattern": "ccf", "layers": 2}, "at least one layer needs attention"),
    ],
)
def test_shapes_that_cannot_be_are_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        compose(SmallModelSettings, [Layer("--set", wrong)])
