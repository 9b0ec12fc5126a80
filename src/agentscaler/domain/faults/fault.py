"""Faults: the ways in which tools are made wrong on purpose, to see whether the checks notice."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Fault", "Mutant"]


class Fault(StrEnum):
    """Kinds of faults, each a slip that whoever writes tools makes."""

    WRONG_TABLE = "wrong_table"
    """A statement works on another table."""
    MISSING_WHERE = "missing_where"
    """A statement works on all rows of its table."""
    IGNORED_PRECONDITION = "ignored_precondition"
    """What must hold before the deed is not asked for."""
    SILENT_ERROR = "silent_error"
    """Instead of a refusal the tool returns something."""
    WRITE_IN_READ = "write_in_read"
    """A read changes a row on the way."""
    UNSTABLE_ORDER = "unstable_order"
    """Rows come in the order in which they were inserted, or hash."""
    OFF_BY_ONE = "off_by_one"
    """A number or a comparison is beside the right one."""
    SWALLOWED_EXCEPTION = "swallowed_exception"
    """A refusal on the way is caught, and the tool goes on."""
    LEAKED_STATE = "leaked_state"
    """Something is kept from one call for the next."""
    WRONG_TYPE = "wrong_type"
    """A field of the result has another type than declared."""
    SKIPPED_REFERENCE = "skipped_reference"
    """A row that is referred to is not looked up, or the reference is not stored."""
    LOST_UPDATE = "lost_update"
    """A statement is not run, while the result says it was where it can."""
    WRONG_ROW = "wrong_row"
    """Another row of the right table is changed."""
    IGNORED_FILTER = "ignored_filter"
    """A condition among several is left out."""
    STALE_RESULT = "stale_result"
    """The result is the row as it was before the write."""
    SWAPPED_VALUES = "swapped_values"
    """Two values of a statement change places."""
    WRONG_VALUE = "wrong_value"
    """Another of a column's listed values is written, or asked for."""
    COLLATERAL_WRITE = "collateral_write"
    """A further column of the row is emptied."""
    PARTIAL_RESULT = "partial_result"
    """The first of the rows found is missing from the result."""
    UNHELPFUL_REFUSAL = "unhelpful_refusal"
    """The refusal of a key that no row has does not say which."""


@dataclass(frozen=True)
class Mutant:
    """The source of a domain's tools with one fault in it.

    Attributes:
        function: where the fault is.
        tools: those that run this function.
        change: what was done, in words.
    """

    fault: Fault
    function: str
    tools: tuple[str, ...]
    change: str
    source: str
