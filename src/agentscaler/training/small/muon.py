"""Muon, an optimizer for matrices, batched: all matrices of one shape are worked on at once.

Source: Keller Jordan, "Muon: An optimizer for hidden layers in neural networks" (2024).  The step
of a matrix is its momentum, made nearly orthogonal by five steps of a Newton-Schulz iteration; so
all directions of a matrix learn equally fast, which AdamW's do not.

`torch.optim.Muon` does this matrix by matrix in bfloat16; here it is a few batched products, in the
precision that is asked for.  On a CPU that multiplies in bfloat16 that is what counts: a step on
the matrices of the default model takes 29 ms in float32, 15 with torch's, and 9 batched in bfloat16
(`benchmarks/small_training.py`); on one that does not, float32 is the faster.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Muon", "orthogonalise"]

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_STEPS = 5
_TINY = 1e-7


def orthogonalise(matrices: "Tensor") -> "Tensor":
    """Matrices with the same singular vectors and singular values near 1 (about 0.7 to 1.2).

    Args:
        matrices: shape (matrices, rows, columns), rows <= columns.
    """
    a, b, c = _COEFFICIENTS
    made = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + _TINY)
    for _ in range(_STEPS):
        square = torch.bmm(made, made.mT)
        factor = torch.baddbmm(square, square, square, beta=b, alpha=c)
        made = torch.baddbmm(made, factor, made, beta=a)
    return made


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov momentum and decoupled weight decay.

    Args:
        parameters: matrices.
        rate: learning rate; a matrix with more rows than columns takes it times the root of their
            ratio.
        precision: of the products; momentum and weights keep their own.
    """

    def __init__(
        self,
        parameters: "Iterable[Tensor]",
        rate: float,
        *,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
        precision: "torch.dtype" = torch.float32,
    ) -> None:
        given = {"lr": rate, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__(parameters, given)
        self._precision = precision

    def step(self, closure: None = None) -> None:
        """One step on all parameters that have gradients."""
        for group in self.param_groups:
            shapes: dict[tuple[int, int], list[Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    rows, columns = parameter.shape
                    shapes[min(rows, columns), max(rows, columns)].append(parameter)
            rate, decay = group["lr"], group["lr"] * group["weight_decay"]
            with torch.no_grad():
                for alike in shapes.values():
                    self._step(alike, rate, group["momentum"], decay)

    def _step(
        self, parameters: "Sequence[Tensor]", rate: float, momentum: float, decay: float
    ) -> None:
        updates = []
        for parameter in parameters:
            state = self.state[parameter]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(parameter)
            state["momentum"].lerp_(parameter.grad, 1 - momentum)
            updates.append(parameter.grad.lerp(state["momentum"], momentum))
        wide = [parameter.shape[0] <= parameter.shape[1] for parameter in parameters]
        stacked = torch.stack([u if w else u.T for u, w in zip(updates, wide, strict=True)])
        steps = orthogonalise(stacked.to(self._precision)).to(stacked.dtype)
        for parameter, step, is_wide in zip(parameters, steps, wide, strict=True):
            rows, columns = parameter.shape
            stretch = max(1.0, rows / columns) ** 0.5
            parameter.mul_(1 - decay).add_(step if is_wide else step.T, alpha=-rate * stretch)
