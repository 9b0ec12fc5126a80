"""A mistake: in what way a call is wrong, and the words for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from agentscaler.domain.domain import DomainManifest, DomainTool

__all__ = ["Mistake", "MistakeKind", "Occasion", "in_words"]


class MistakeKind(StrEnum):
    """What is wrong with a call."""

    ASKED_AGAIN = "asked_again"
    """The user is asked for what it has told; no call."""
    UNLISTED_VALUE = "unlisted_value"
    """A value is given that is not one of those listed, though it means the right one."""
    WRONG_TYPE = "wrong_type"
    """A number or a switch is sent as text."""
    DATE_FORMAT = "date_format"
    """A read is asked with a date as people write it."""
    OTHER_TABLES_ID = "other_tables_id"
    """The id of a row next to the right one, in another table."""
    WRONG_TOOL = "wrong_tool"
    """The list of something else is read."""
    WRONG_ROW = "wrong_row"
    """A neighbour of the right row is read."""

    MISSING_ARGUMENT = "missing_argument"
    """A required argument is left out."""
    ENUM_CASE = "enum_case"
    """A listed value is written with the wrong case."""
    NAME_AS_ID = "name_as_id"
    """A name stands where the key of a row belongs."""
    GARBLED_ID = "garbled_id"
    """The key of a row is copied wrongly."""
    UNKNOWN_PARAMETER = "unknown_parameter"
    """An argument is given that the tool does not have."""
    MISSPELT_PARAMETER = "misspelt_parameter"
    """A parameter's name is written in another style."""
    WRONG_TOOL_NAME = "wrong_tool_name"
    """The tool's name is slightly off."""


@dataclass(frozen=True)
class Mistake:
    """A wrong call, and the words with which one can say what was wrong with it.

    Attributes:
        refused: whether the world is sure to refuse it; else it may give what is of no use.
    """

    kind: MistakeKind
    tool: str
    arguments: dict[str, Any]
    words: Mapping[str, str] = field(default_factory=dict)
    refused: bool = True


@dataclass(frozen=True)
class Occasion:
    """A right call that may be made wrong.

    Attributes:
        arguments: of the right call.
        seen: the conversation so far, folded; a garbled key must not be one that stands in it.
        results: what the calls so far gave, the latest last.
        free_reads: whether reads beside gold's do no harm to what the episode is worth.
    """

    manifest: DomainManifest
    tool: DomainTool
    arguments: Mapping[str, Any]
    seen: str = ""
    results: Sequence[Any] = ()
    free_reads: bool = False


def in_words(name: str) -> str:
    """A parameter's name as one says it."""
    return name.replace("_", " ")
