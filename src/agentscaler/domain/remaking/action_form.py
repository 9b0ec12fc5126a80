"""The form in which a model writes a deed of its own: a tool told twice, in SQL and in Python."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ActionDraft", "ActionParameter", "ActionRequirement"]

_NAME = r"^[a-z][a-z0-9_]{0,59}$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ActionParameter(_Part):
    """What a person gives."""

    name: str = Field(pattern=_NAME)
    kind: Literal["key", "reference", "value"]
    table: str = Field(
        max_length=64, description="of a key or reference: whose row; of a value: the tool's table"
    )
    column: str = Field(default="", max_length=64, description="of a value: where it is stored")
    required: bool = True
    description: str = Field(max_length=200)


class ActionRequirement(_Part):
    """Something without which the call is refused."""

    argument: str = Field(
        default="", max_length=64, description="the key or reference whose row it is about"
    )
    condition: str = Field(min_length=1, max_length=500, description="SQL")
    text: str = Field(max_length=120, description='after "refused unless"')


class ActionDraft(_Part):
    """One tool, or the reason why there is none."""

    fits: bool = Field(description="whether the tables can hold what the operation does")
    reason: str = Field(default="", max_length=300, description="why it does not fit")
    table: str = Field(default="", max_length=64)
    description: str = Field(default="", max_length=300)
    parameters: tuple[ActionParameter, ...] = Field(default=(), max_length=6)
    requires: tuple[ActionRequirement, ...] = Field(default=(), max_length=6)
    effects: tuple[str, ...] = Field(default=(), max_length=5, description="SQL, in order")
    source: str = Field(default="", max_length=40_000, description="Python: one function")
    request: str = Field(default="", max_length=160)
    confirm: str = Field(default="", max_length=160)
    report: str = Field(default="", max_length=200)
