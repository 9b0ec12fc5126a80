"""What a stage turns away, and why: one `Rejection` a thing, never a silent loss."""

import traceback

from pydantic import BaseModel, ConfigDict

__all__ = ["Rejection", "fault_text"]


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


def fault_text(error: Exception) -> str:
    """A fault of the program's own, met in one unit of work: what it was and where.

    For the detail of a rejection, so that one unit is lost with a trace and not a whole run.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}: {error}; this is a fault of the program"
