from enum import Enum
from typing import Any

from pydantic import BaseModel


class RewardType(str, Enum):  # noqa: UP042
    DB = "DB"
    COMMUNICATE = "COMMUNICATE"
    NL_ASSERTION = "NL_ASSERTION"


class Action(BaseModel):
    action_id: str = ""
    requestor: str = "assistant"
    name: str
    arguments: dict[str, Any]
    info: str | None = None


class EvaluationCriteria(BaseModel):
    actions: list[Action] | None = None
    communicate_info: list[str] | None = None
    nl_assertions: list[str] | None = None
    reward_basis: list[RewardType] = [RewardType.DB, RewardType.COMMUNICATE]


class InitialState(BaseModel):
    initialization_data: dict[str, Any] | None = None


class Task(BaseModel):
    id: str
    user_scenario: dict[str, Any]
    initial_state: InitialState | None = None
    evaluation_criteria: EvaluationCriteria | None = None
