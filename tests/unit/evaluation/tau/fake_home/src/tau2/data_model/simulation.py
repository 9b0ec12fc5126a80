from enum import Enum
from typing import Any

from pydantic import BaseModel


class TextRunConfig(BaseModel):
    domain: str
    task_set_name: str | None = None
    task_split_name: str | None = "base"
    llm_agent: str
    llm_user: str
    llm_args_agent: dict[str, Any] = {}
    llm_args_user: dict[str, Any] = {}
    num_trials: int = 1
    max_steps: int = 200
    max_errors: int = 10
    seed: int | None = 300
    retrieval_config: str | None = None
    retrieval_config_kwargs: dict[str, Any] | None = None


class TerminationReason(str, Enum):  # noqa: UP042
    USER_STOP = "user_stop"
    MAX_STEPS = "max_steps"
    AGENT_ERROR = "agent_error"


class RewardInfo(BaseModel):
    reward: float
    reward_basis: list[str] | None = None
    reward_breakdown: dict[str, float] | None = None
    action_checks: list[dict[str, Any]] | None = None
    info: dict[str, Any] | None = None


class SimulationRun(BaseModel):
    id: str
    task_id: str
    timestamp: str
    termination_reason: TerminationReason
    reward_info: RewardInfo | None = None
    messages: list[dict[str, Any]]
    trial: int | None = None
    seed: int | None = None
    policy: str | None = None


class Info(BaseModel):
    num_trials: int
    agent: str
    user: str
    agent_arguments: dict[str, Any]
