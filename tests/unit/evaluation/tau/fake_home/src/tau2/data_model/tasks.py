from enum import Enum
from typing import Any

from pydantic import BaseModel


class RewardType(str, Enum):  # noqa: UP042
    DB = "DB"
    NL_ASSERTION = "NL_ASSERTION"


class Action(BaseModel):
    requestor: str = "assistant"
    name: str
    arguments: dict[str, Any]


class Criteria(BaseModel):
    actions: list[Action]
    nl_assertions: list[str] | None = None
    reward_basis: list[RewardType] = [RewardType.DB]


class Task(BaseModel):
    id: str
    wish: str
    evaluation_criteria: Criteria


def adding(identifier: str, number: int, **criteria: Any) -> Task:
    """A task whose user wants a number added; 0 wants nothing."""
    actions = [Action(name="add", arguments={"number": number})] if number else []
    return Task(
        id=identifier,
        wish=f"Please add {number}.",
        evaluation_criteria=Criteria(actions=actions, **criteria),
    )
