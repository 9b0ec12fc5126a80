"""Agents of rules by name, as settings and the command line name them."""

from agentscaler.errors import SettingsError
from agentscaler.rollout.baselines import HastyMaker, SlippingMaker
from agentscaler.rollout.expert import ExpertMaker
from agentscaler.rollout.protocols import AgentMaker

__all__ = ["agent_named"]


def agent_named(name: str, mistake_rate: float) -> AgentMaker:
    """The maker of the agents called "expert", "hasty", or "slipping:0.2" and the like.

    Args:
        mistake_rate: of the expert, also of the one that slips.

    Raises:
        SettingsError: there is no such agent.
    """
    kind, _, rate = name.partition(":")
    expert = ExpertMaker(mistake_rate)
    if name == "expert":
        return expert
    if name == "hasty":
        return HastyMaker()
    try:
        chance = float(rate)
    except ValueError:
        chance = -1
    if kind != "slipping" or not 0 <= chance <= 1:
        raise SettingsError(
            f"There is no agent {name}.", "Name expert, hasty, or slipping:0.2 and the like."
        )
    return SlippingMaker(expert, chance)
