"""What a phase will need, from formulas: memory of a GPU and hours.  Nothing here is measured.

Memory of a GPU, everything sharded over all of them (ZeRO, arXiv 1910.02054, section 3):

    all weights   16 bytes a parameter: weights and gradients in 32 bits, Adam's two moments
    adapters       2 bytes a parameter, and 16 a parameter of the adapters
    activations    2 bytes x tokens of a row x hidden size, kept once a layer with gradient
                   checkpointing and 16 times without, and about 34 times for the layer at work
                   (arXiv 2205.05198, equation 2)

Compute: 6 operations a token and active parameter (arXiv 2001.08361, section 2.1), 4 where the
weights' own gradients are not needed, 2 more with gradient checkpointing; attention in addition
12 x layers x hidden size x half the length a token.  Hours are that over the peak of all GPUs times
the share of it that training is taken to reach.
"""

from dataclasses import dataclass

from agentscaler.training.recipe import HardwareEstimate, PhaseSettings

__all__ = ["Estimate", "estimate_phase"]

_GB = 1e9
_BYTES_TRAINED, _BYTES_FROZEN, _BYTES_ACTIVATION = 16, 2, 2
_KEPT_WHOLE, _AT_WORK = 16, 34


@dataclass(frozen=True)
class Estimate:
    """What a phase will need.

    Attributes:
        gpus: how many the recipe is meant for.
        memory: of each, in GB.
        room: of each, in GB.
        hours: for the tokens of the phase.
    """

    gpus: int
    memory: float
    room: int
    hours: float

    def __str__(self) -> str:
        return (
            f"{self.gpus} GPUs of {self.room} GB, about {self.memory:,.0f} GB of each, about "
            f"{self.hours:,.1f} hours (from formulas, not measured)"
        )


def estimate_phase(
    hardware: HardwareEstimate, settings: PhaseSettings, tokens: int, length: float
) -> Estimate:
    """Memory and time of a phase.

    Args:
        tokens: that the phase will see in all.
        length: mean length of a dialogue, in tokens.
    """
    parameters = hardware.parameters * _GB
    if settings.lora is None:
        state = _BYTES_TRAINED * parameters
    else:
        adapters = (
            2 * settings.lora.rank * hardware.hidden * hardware.layers * len(settings.lora.targets)
        )
        state = _BYTES_FROZEN * parameters + _BYTES_TRAINED * adapters
    kept = 1 if settings.gradient_checkpointing else _KEPT_WHOLE
    row = _BYTES_ACTIVATION * settings.max_length * hardware.hidden
    activations = row * (kept * hardware.layers + _AT_WORK)
    operations = (6 if settings.lora is None else 4) + 2 * settings.gradient_checkpointing
    a_token = operations * hardware.active_parameters * _GB
    a_token += 12 * hardware.layers * hardware.hidden * length / 2
    speed = hardware.gpus * hardware.gpu_tflops * 1e12 * hardware.utilisation
    return Estimate(
        hardware.gpus,
        (state / hardware.gpus + activations) / _GB,
        hardware.gpu_memory,
        a_token * tokens / speed / 3600,
    )
