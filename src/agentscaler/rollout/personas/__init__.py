"""The ways in which scripted users speak."""

from agentscaler.rollout.personas.brief import BRIEF
from agentscaler.rollout.personas.chatty import CHATTY
from agentscaler.rollout.personas.explaining import EXPLAINING
from agentscaler.rollout.personas.hurried import HURRIED
from agentscaler.rollout.personas.persona import Persona
from agentscaler.rollout.personas.plain import PLAIN
from agentscaler.rollout.personas.polite import POLITE
from agentscaler.rollout.personas.unsure import UNSURE

__all__ = ["PERSONAS", "Persona"]

PERSONAS = (PLAIN, BRIEF, CHATTY, POLITE, HURRIED, UNSURE, EXPLAINING)
