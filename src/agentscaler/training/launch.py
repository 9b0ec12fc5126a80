"""Configurations for `accelerate launch`, which starts a training on several GPUs.

A training needs no other code for them: each process runs `agentscaler train` with the same words,
the first prepares the data, and weights, gradients and optimizer are shared among all.
"""

from importlib.resources import files
from typing import Any

import yaml

from agentscaler.errors import InputError

__all__ = ["launch_configuration", "launch_names"]

_PACKAGE = files("agentscaler.training") / "launches"
_SUFFIX = ".yaml"


def launch_names() -> tuple[str, ...]:
    """The configurations that there are."""
    names = (entry.name for entry in _PACKAGE.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def launch_configuration(name: str, *, gpus: int, machines: int = 1) -> str:
    """The text of a configuration, as `accelerate launch --config_file` reads it.

    Args:
        gpus: in all, equally many on each machine.

    Raises:
        InputError: there is no such configuration, or machines cannot have equally many GPUs.
    """
    if name not in launch_names():
        raise InputError(
            f"There is no configuration {name}.", f"Give one of {', '.join(launch_names())}."
        )
    if gpus % machines:
        raise InputError(
            f"{gpus} GPUs cannot be shared equally by {machines} machines.",
            f"Give --gpus a multiple of {machines}.",
        )
    text = (_PACKAGE / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
    heading, _, _ = text.partition("\n")
    values: dict[str, Any] = yaml.safe_load(text)
    values |= {"num_processes": gpus, "num_machines": machines}
    return f"{heading}\n{yaml.safe_dump(values, sort_keys=False)}"
