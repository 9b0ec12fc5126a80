"""Muon: steps are nearly orthogonal, and batching changes nothing."""

import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")

from agentscaler.training.small.muon import Muon, orthogonalise  # noqa: E402 - needs torch

SHAPES = ((24, 16), (16, 24), (24, 16), (16, 16), (40, 16))


def random(*shape: int, seed: int = 0) -> "torch.Tensor":
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def newton_schulz(matrix: "torch.Tensor") -> "torch.Tensor":
    """The iteration as the source writes it, for one matrix."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        y = x @ x.T
        x = a * x + (b * y + c * y @ y) @ x
    return x.T if matrix.shape[0] > matrix.shape[1] else x


def test_singular_values_come_near_one_and_singular_vectors_stay() -> None:
    matrices = random(3, 16, 40)
    made = orthogonalise(matrices)
    for before, after in zip(matrices, made, strict=True):
        left, _, right = torch.linalg.svd(before, full_matrices=False)
        turned = left.T @ after @ right.T
        values = turned.diagonal()
        assert 0.6 < float(values.min()) <= float(values.max()) < 1.3
        assert float((turned - torch.diag(values)).abs().max()) < 1e-4


def test_batched_steps_are_those_of_one_matrix_after_the_other() -> None:
    parameters = [
        torch.nn.Parameter(random(*shape, seed=seed)) for seed, shape in enumerate(SHAPES)
    ]
    expected = [one.detach().clone() for one in parameters]
    momenta = [torch.zeros(shape) for shape in SHAPES]
    optimizer = Muon(parameters, 0.1, momentum=0.9, weight_decay=0.5)
    for step in range(3):
        for number, parameter in enumerate(parameters):
            grad = parameter.grad = random(*parameter.shape, seed=100 * step + number)
            momentum = momenta[number]
            momentum.mul_(0.9).add_(grad, alpha=0.1)
            made = newton_schulz(0.1 * grad + 0.9 * momentum)
            rows, columns = grad.shape
            expected[number] *= 1 - 0.1 * 0.5
            expected[number] -= 0.1 * max(1, rows / columns) ** 0.5 * made
        optimizer.step()
        for parameter, wanted in zip(parameters, expected, strict=True):
            torch.testing.assert_close(parameter.detach(), wanted, rtol=1e-4, atol=1e-5)


def test_steps_in_bfloat16_are_nearly_those_in_float32() -> None:
    made = []
    for precision in (torch.float32, torch.bfloat16):
        parameter = torch.nn.Parameter(torch.zeros(32, 48))
        optimizer = Muon([parameter], 1.0, precision=precision)
        parameter.grad = random(32, 48)
        optimizer.step()
        assert parameter.dtype == optimizer.state[parameter]["momentum"].dtype == torch.float32
        made.append(parameter.detach())
    assert not torch.equal(*made)
    assert float((made[0] - made[1]).norm() / made[0].norm()) < 0.05


def test_a_matrix_without_a_gradient_stays() -> None:
    moved, still = (torch.nn.Parameter(random(8, 8)) for _ in range(2))
    optimizer = Muon([moved, still], 0.1)
    moved.grad = random(8, 8, seed=1)
    optimizer.step()
    assert torch.equal(still.detach(), random(8, 8))
    assert not torch.equal(moved.detach(), random(8, 8))


def test_its_state_can_be_kept_and_gone_on_from() -> None:
    def run(steps: range, state: dict[str, object] | None, start: "torch.Tensor") -> "tuple":
        parameter = torch.nn.Parameter(start.clone())
        optimizer = Muon([parameter], 0.1)
        if state is not None:
            optimizer.load_state_dict(state)
        for step in steps:
            parameter.grad = random(8, 12, seed=step)
            optimizer.step()
        return parameter.detach(), optimizer.state_dict()

    whole, _ = run(range(6), None, random(8, 12))
    half, state = run(range(3), None, random(8, 12))
    again, _ = run(range(3, 6), state, half)
    assert torch.equal(whole, again)
