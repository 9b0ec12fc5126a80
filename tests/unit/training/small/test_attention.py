"""Attention in blocks is the attention that torch has, forth and back."""

import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("transformers", reason="needs the extra train")

from agentscaler.training.small import SmallModelSettings  # noqa: E402 - needs torch
from agentscaler.training.small.attention import causal_attention, use_blocks  # noqa: E402
from agentscaler.training.small.model import make_model  # noqa: E402

attention = torch.nn.functional.scaled_dot_product_attention


def parts(tokens: int, kind: "torch.dtype") -> "list[torch.Tensor]":
    generator = torch.Generator().manual_seed(tokens)
    made = [torch.randn(2, 3, tokens, 8, generator=generator).to(kind) for _ in range(4)]
    for one in made[:3]:
        one.requires_grad_()
    return made


@pytest.mark.parametrize("tokens", [1, 63, 64, 65, 200])
def test_it_gives_what_torch_gives_and_so_do_its_gradients(tokens: int) -> None:
    query, key, value, given = parts(tokens, torch.float32)
    made = causal_attention(query, key, value, 0.3)
    ours = (made, *torch.autograd.grad(made, (query, key, value), given))
    wanted = attention(query, key, value, is_causal=True, scale=0.3)
    theirs = (wanted, *torch.autograd.grad(wanted, (query, key, value), given))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_in_bfloat16_it_errs_little_more_than_bfloat16_must() -> None:
    exact = [one.detach().float().requires_grad_() for one in parts(200, torch.bfloat16)]
    wanted = attention(*exact[:3], is_causal=True, scale=0.3)
    theirs = torch.autograd.grad(wanted, exact[:3], exact[3])
    query, key, value, given = parts(200, torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16):
        made = causal_attention(query, key, value, 0.3)
    assert made.dtype == torch.bfloat16
    ours = torch.autograd.grad(made, (query, key, value), given)
    for one, other in zip((made.detach(), *ours), (wanted.detach(), *theirs), strict=True):
        assert float((one.float() - other).norm() / other.norm()) < 0.01


@pytest.mark.parametrize("architecture", ["lfm2", "qwen3"])
def test_a_model_gives_the_same_with_it_and_without_it(architecture: str) -> None:
    settings = SmallModelSettings.model_validate(
        {"architecture": architecture, "hidden": 32, "layers": 3, "head": 16}
    )
    model = make_model(settings, 50, seed=1).eval()
    ids = torch.randint(0, 50, (3, 150), generator=torch.Generator().manual_seed(0))
    before = model.model(input_ids=ids, use_cache=False).last_hidden_state
    use_blocks(model)
    during = model.model(input_ids=ids, use_cache=False).last_hidden_state
    model.set_attn_implementation("sdpa")
    after = model.model(input_ids=ids, use_cache=False).last_hidden_state
    torch.testing.assert_close(before, during, rtol=1e-4, atol=1e-5)
    assert not torch.equal(before, during)
    assert torch.equal(before, after)
