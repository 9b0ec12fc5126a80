from enum import Enum
from typing import Any

from pydantic import BaseModel

from tau2.data_model.message import Message


class TerminationReason(str, Enum):  # noqa: UP042
    USER_STOP = "user_stop"
    AGENT_STOP = "agent_stop"
    MAX_STEPS = "max_steps"


class NLAssertionCheck(BaseModel):
    nl_assertion: str
    met: bool
    justification: str = ""


class RewardInfo(BaseModel):
    reward: float
    db_check: dict[str, Any] | None = None
    action_checks: list[dict[str, Any]] | None = None
    nl_assertions: list[NLAssertionCheck] | None = None
    communicate_checks: list[dict[str, Any]] | None = None
    reward_basis: list[str] | None = None
    reward_breakdown: dict[str, float] | None = None
    info: dict[str, Any] | None = None


class SimulationRun(BaseModel):
    id: str
    task_id: str
    duration: float
    termination_reason: TerminationReason
    reward_info: RewardInfo | None = None
    messages: list[Message]
    trial: int | None = None
    seed: int | None = None
