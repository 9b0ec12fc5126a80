"""Edits of tables, in the form in which a model gives them.

What is left out of an edit stays as it is.  `MEANINGS` are what a column's values can be.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.domain import Table
from agentscaler.domain.meaning import NUMBER_MEANINGS, TEXT_MEANINGS

__all__ = [
    "MEANINGS",
    "MOST_VALUES",
    "ColumnEdit",
    "NewColumn",
    "SchemaEdits",
    "TableEdit",
    "is_open",
]

Number = int | float

MOST_VALUES = 12
"""Values that a column can list."""
_MOST_NEW = 3

MEANINGS: dict[str, tuple[str, ...]] = {
    "text": TEXT_MEANINGS,
    "integer": tuple(one for one in NUMBER_MEANINGS if one not in {"latitude", "longitude"}),
    "real": NUMBER_MEANINGS,
    "boolean": ("flag",),
    "date": ("moment",),
    "timestamp": ("moment",),
}
"""What the values of a column can be, by its type."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ColumnEdit(_Form):
    """What is to change about a column; what is left out stays."""

    name: str = Field(max_length=60, description="the column, as it is called")
    meaning: str | None = Field(default=None, max_length=40, description="one of the meanings")
    noun: str | None = Field(default=None, max_length=60, description="the column in plain words")
    enum: tuple[str, ...] | None = Field(
        default=None, max_length=MOST_VALUES, description="all the values that the column can have"
    )
    minimum: Number | None = Field(default=None, description="the least number allowed")
    maximum: Number | None = Field(default=None, description="the greatest number allowed")
    nullable: bool | None = Field(default=None, description="whether a row may lack the value")
    unique: bool | None = Field(default=None, description="true: no two rows share a value")
    references: str | None = Field(
        default=None, max_length=60, description="the table whose keys the column holds"
    )


class NewColumn(_Form):
    """A further column that tells people something and that no tool writes."""

    name: str = Field(max_length=60, description="snake_case")
    type: Literal["text", "integer", "real", "boolean", "date", "timestamp"]
    meaning: str = Field(max_length=40, description="one of the meanings of that type")
    noun: str = Field(max_length=60, description="the column in plain words")
    enum: tuple[str, ...] | None = Field(
        default=None,
        max_length=MOST_VALUES,
        description="all the values, for a text column of a few",
    )


class TableEdit(_Form):
    """What is to change about a table; what is left out stays."""

    table: str = Field(max_length=60, description="the table, as it is called")
    noun: str | None = Field(default=None, max_length=60, description="one row in plain words")
    label: str | None = Field(
        default=None, max_length=60, description="the column by which people call a row"
    )
    columns: tuple[ColumnEdit, ...] = Field(default=(), max_length=20)
    new_columns: tuple[NewColumn, ...] = Field(default=(), max_length=_MOST_NEW)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.noun or self.label or self.columns or self.new_columns)


class SchemaEdits(_Form):
    """The tables that are to change."""

    tables: tuple[TableEdit, ...] = Field(max_length=30)


def is_open(table: Table) -> bool:
    """Whether a table may be edited: links and members of lists follow from others."""
    return not table.is_link and table.part_of is None
