"""What a stage turns away, and why: one `Rejection` a thing, never a silent loss."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Rejection"]


class Rejection(BaseModel):
    """One thing that a stage did not pass on.

    `reason` is a value of the stage's own reason enum, so that rejections can be counted by it;
    `detail` says what was seen, for a person.
    """

    model_config = ConfigDict(frozen=True)

    stage: str
    id: str
    reason: str
    detail: str = ""
