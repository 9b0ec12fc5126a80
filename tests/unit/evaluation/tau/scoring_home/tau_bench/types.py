from typing import Any

from pydantic import BaseModel


class Action(BaseModel):
    name: str
    kwargs: dict[str, Any]


class Task(BaseModel):
    actions: list[Action]
    instruction: str = ""
    outputs: list[str]


class RewardOutputInfo(BaseModel):
    r_outputs: float
    outputs: dict[str, bool]


class RewardActionInfo(BaseModel):
    r_actions: float


class RewardResult(BaseModel):
    reward: float
    info: RewardOutputInfo | RewardActionInfo


class Info(BaseModel):
    reward_info: RewardResult | None = None


class Step(BaseModel):
    done: bool
    info: Info
