"""Language models behind OpenAI-compatible endpoints.

`ChatModel` is the seam: `HttpModel` asks an endpoint, `ScriptedModel` answers from a script.
`AccountedModel` lies over either and remembers answers, keeps the bill and holds to the budget.
"""

from agentscaler.llm.accounted import AccountedModel, Budget
from agentscaler.llm.call_store import CallStore, CostLine
from agentscaler.llm.chat_model import ChatModel, Completion, Request, Sampling, Usage
from agentscaler.llm.http_model import HttpModel
from agentscaler.llm.part_maker import DraftReason, Made, MakerRecord, PartMaker
from agentscaler.llm.prompt import Prompt
from agentscaler.llm.script import Script
from agentscaler.llm.scripted_model import ScriptedModel
from agentscaler.llm.settings import EndpointSettings, ModelSettings, Role
from agentscaler.llm.structured import Check, Faults, UnusableAnswerError, ask

__all__ = [
    "AccountedModel",
    "Budget",
    "CallStore",
    "ChatModel",
    "Check",
    "Completion",
    "CostLine",
    "DraftReason",
    "EndpointSettings",
    "Faults",
    "HttpModel",
    "Made",
    "MakerRecord",
    "ModelSettings",
    "PartMaker",
    "Prompt",
    "Request",
    "Role",
    "Sampling",
    "Script",
    "ScriptedModel",
    "UnusableAnswerError",
    "Usage",
    "ask",
]
