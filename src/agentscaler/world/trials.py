"""Trial calls as records: where their arguments come from, and the manner of drawing them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

__all__ = ["Draw", "Drawn", "Manner", "ReadBack", "ToolTrial", "manner_of"]


@dataclass(frozen=True)
class Draw:
    """Where trial values of a parameter come from.

    `key`: `column` of a row of `table`; where no contract ties them together, all such parameters
    of a call take the same row.  `reference`: `column` of any row of `table`; a row of the tool's
    own table holds it in `held`.  `filter`: mostly `column` of a row of `table`, the same row for
    all of a call, else one of `pool`.  `value`: one of `pool`, or where that is empty whatever the
    schema allows; rows of `table` have such values in `column`.  Where there is a `query`, the
    values are what it gives; it may use other arguments.
    """

    kind: Literal["key", "reference", "filter", "value"]
    table: str = ""
    column: str = ""
    pool: tuple[Any, ...] = ()
    held: str = ""
    query: str = ""


@dataclass(frozen=True)
class ReadBack:
    """How to see what a write did: the read `tool`, called next.

    Attributes:
        arguments: by parameter of the read, the field to take: of the write's result, or if the
            row is `gone` of its arguments.
        gone: whether the read must be refused, for the write removed the row.
    """

    tool: str
    arguments: Mapping[str, str]
    gone: bool = False


@dataclass(frozen=True)
class ToolTrial:
    """How to try a tool: where each of its arguments comes from, and how to see what it did.

    Attributes:
        table: the tool's own table, if it has one.
    """

    tool: str
    draws: Mapping[str, Draw]
    read_back: ReadBack | None = None
    table: str = ""


class Manner(StrEnum):
    """How the arguments of a trial are drawn."""

    PLAIN = "plain"
    """As a well informed agent would."""
    UNMET = "unmet"
    """So that one requirement is not met, and the others are."""
    UNKNOWN = "unknown"
    """With a key that no record has."""
    MALFORMED = "malformed"
    """Against the schema."""


_MANNERS = {1: Manner.UNKNOWN, 3: Manner.MALFORMED, 6: Manner.UNMET}


def manner_of(number: int) -> Manner:
    """How to draw the trial of that number: seven of ten are plain, one is of each other manner."""
    return _MANNERS.get(number % 10, Manner.PLAIN)


@dataclass(frozen=True)
class Drawn:
    """Arguments of a call.

    Attributes:
        wrong: in words, what is wrong with them on purpose ("" where nothing is).
        unknown: the key that no record has, where there is one.
        unmet: positions of the contract's requirements that they do not meet.
        fits: whether they are what was asked for; no row of the state may do.
    """

    arguments: dict[str, Any]
    wrong: str = ""
    unknown: Any = None
    unmet: tuple[int, ...] = ()
    fits: bool = True
