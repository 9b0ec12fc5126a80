"""What went wrong with a call that the world refused, read off the refusal."""

from enum import StrEnum

from agentscaler.chat import Message

__all__ = ["RefusalKind", "refusal_kind"]


class RefusalKind(StrEnum):
    """Why a call was refused."""

    UNKNOWN_TOOL = "unknown_tool"
    """There is no tool of that name."""
    UNKNOWN_ARGUMENT = "unknown_argument"
    """The tool does not take the argument."""
    MISSING_ARGUMENT = "missing_argument"
    """An argument that the tool needs is not there."""
    UNFIT_VALUE = "unfit_value"
    """An argument is of another type, too long, out of range or not one of those listed."""
    UNKNOWN_ROW = "unknown_row"
    """The row that a key names is not there."""
    RULE = "rule"
    """A rule of the domain or of its database stands in the way."""


def refusal_kind(answer: Message) -> RefusalKind:
    """The kind of a refusal; `answer` is the tool message that holds it."""
    text = answer.content.removeprefix('{"error":"')
    if text.startswith("there is no tool "):
        return RefusalKind.UNKNOWN_TOOL
    if text.startswith("unknown argument "):
        return RefusalKind.UNKNOWN_ARGUMENT
    if text.startswith("argument "):
        missing = text.endswith(' is required"}')
        return RefusalKind.MISSING_ARGUMENT if missing else RefusalKind.UNFIT_VALUE
    return RefusalKind.UNKNOWN_ROW if " not found" in text else RefusalKind.RULE
