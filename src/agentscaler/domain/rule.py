"""Business rules of a domain, as records: what is kept in `domain.json` and told in the policy."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

__all__ = ["Pattern", "Rule"]


class Pattern(StrEnum):
    """The kinds of rules that the library knows."""

    STATUS = "status"
    """An action may start only from some statuses."""
    FINAL = "final"
    """What has come to its end cannot be changed any more."""
    BUSY = "busy"
    """What is just becoming something else cannot be changed or deleted meanwhile."""
    STOP_FIRST = "stop_first"
    """What is still at work must be stopped before it is deleted."""
    OPEN_OWNER = "open_owner"
    """Nothing new is added to an owner that has come to its end."""
    UNIQUE = "unique"
    """No two rows share a name."""
    RANGE = "range"
    """A number lies between bounds."""
    ORDER = "order"
    """The smaller of two columns is not above the greater one: minimum and maximum."""
    WINDOW = "window"
    """What starts ends later."""
    OWNERSHIP = "ownership"
    """The owners of a row belong together."""
    HELD = "held"
    """A row that others refer to cannot be deleted."""
    CASCADE = "cascade"
    """Deleting a row deletes what only exists as its part."""
    PROTECTED = "protected"
    """A row whose protection is on cannot be deleted."""
    CAPACITY = "capacity"
    """A row has room for so many others."""
    STOCK = "stock"
    """What is taken from a stock is there, and is given back when the taking is undone."""
    BALANCE = "balance"
    """What is paid from an account is covered, and is booked."""
    COUNTER = "counter"
    """A column counts the rows that refer to its row."""
    TOTAL = "total"
    """A column adds up a column of the rows that refer to its row."""
    OWN = "own"
    """A rule of one domain only, written with its tools."""


class Rule(BaseModel):
    """One rule.

    Attributes:
        id: unique in the domain ("capacity/groups.max_members").
        supplied: whether it comes from the library of patterns, rather than from what the API's
            description says.
        table, columns: what it is about.
        text: the rule as a sentence, for the policy.
        tools: those that enforce it or keep it up.
        broken: a query for the rows that break the rule; it gives none in any sound state.  Empty
            where the rule is about calls, not about states.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    pattern: Pattern
    supplied: bool = True
    table: str
    columns: tuple[str, ...] = ()
    text: str
    tools: tuple[str, ...] = ()
    broken: str = ""
