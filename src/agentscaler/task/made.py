"""What making one wish gives: its words, what the agent says of it, and the row it was about."""

from typing import NamedTuple

from agentscaler.task.notebook import Focus
from agentscaler.task.task import AnswerFact, Branch, Fragment

__all__ = ["Made"]


class Made(NamedTuple):
    """One wish, before it becomes a `Goal`; see there.

    Attributes:
        about: the row that comes next to mind.
    """

    request: list[Fragment]
    report: str
    confirm: str
    answers: list[AnswerFact]
    about: Focus | None
    named: tuple[str, ...] = ()
    branch: Branch | None = None
