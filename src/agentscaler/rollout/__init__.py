"""Rollouts: a user who wants something and an agent who serves it, in a running world.

`roll_out` takes domains with their tasks and gives one `Trajectory` an episode.  The agent and the
user are Protocols; the makers that ship with the package are rules, the expert and the scripted
user, and models that play either.
"""

from agentscaler.rollout.baselines import HastyMaker, SlippingMaker
from agentscaler.rollout.episode import play, system_message, tool_message
from agentscaler.rollout.expert import Expert, ExpertMaker
from agentscaler.rollout.model_agent import ModelAgent, ModelAgentMaker
from agentscaler.rollout.model_user import ModelUser, ModelUserMaker
from agentscaler.rollout.named_agents import agent_named
from agentscaler.rollout.protocols import Agent, AgentMaker, GaveUpError, User, UserMaker, UserTurn
from agentscaler.rollout.runner import roll_out
from agentscaler.rollout.scripted_user import ScriptedUser, ScriptedUserMaker
from agentscaler.rollout.settings import RolloutSettings
from agentscaler.rollout.sight import InvisibleValueError
from agentscaler.rollout.trajectory import FailureOwner, StopReason, Trajectory

__all__ = [
    "Agent",
    "AgentMaker",
    "Expert",
    "ExpertMaker",
    "FailureOwner",
    "GaveUpError",
    "HastyMaker",
    "InvisibleValueError",
    "ModelAgent",
    "ModelAgentMaker",
    "ModelUser",
    "ModelUserMaker",
    "RolloutSettings",
    "ScriptedUser",
    "ScriptedUserMaker",
    "SlippingMaker",
    "StopReason",
    "Trajectory",
    "User",
    "UserMaker",
    "UserTurn",
    "agent_named",
    "play",
    "roll_out",
    "system_message",
    "tool_message",
]
