"""`domain.yaml` of a vertical as records: what is written by hand, before anything is derived.

Short forms: a column may be its type ("integer"), with "?" where it may be empty, a reference
("-> customers", "-> orders?") or the list of its values; an argument may be its role ("key orders",
"value orders.note", "value").
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agentscaler.domain.domain import Ask, ToolKind

__all__ = ["AnswerSheet", "ColumnSheet", "RequirementSheet", "RuleSheet", "Sheet", "ToolSheet"]

Scalar = str | int | float | None


class _Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnSheet(_Sheet):
    """One column.

    Attributes:
        null: whether it may be empty.
        values: what it holds in initial states.
        between: the least and greatest number it holds in initial states.
        days: days from the domain's clock to its moments in initial states, from and to.
        pattern: its text in initial states; each # is a digit, each @ a letter.
        missing: share of empty cells in initial states.
        minimum, maximum: bounds that the database keeps and parameters show.
    """

    type: Literal["text", "integer", "real", "boolean", "date", "timestamp"] = "text"
    meaning: str | None = None
    noun: str | None = None
    description: str = ""
    enum: tuple[str, ...] = ()
    null: bool = False
    references: str | None = None
    values: tuple[Scalar, ...] = ()
    between: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    pattern: str = ""
    missing: float = Field(default=0.0, ge=0, le=1)
    minimum: int | None = None
    maximum: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        if isinstance(given, list):
            return {"enum": given}
        if isinstance(given, str):
            name = given.removesuffix("?")
            form: dict[str, Any] = {"null": name != given}
            if name.startswith("->"):
                return form | {"references": name[2:].strip()}
            return form | {"type": name}
        return given


class TableSheet(_Sheet):
    """One table; its key is its first column, unless several are named.

    Attributes:
        rows: rows in an initial state, as a multiple of the state's size.
        together: rows of facts that belong together, each drawn at most once a state.
    """

    noun: str
    key: tuple[str, ...] = ()
    natural: bool = False
    label: str | None = None
    status: str | None = None
    rows: float = 1.0
    columns: dict[str, ColumnSheet]
    together: tuple[dict[str, Scalar], ...] = ()


class RuleSheet(_Sheet):
    """A business rule.

    Attributes:
        tools: those that keep it; those with a requirement of this rule are added.
        broken: a query for the rows that break it.
    """

    text: str
    table: str
    columns: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    broken: str = ""


class RequirementSheet(_Sheet):
    """What must hold or the tool refuses: of the row that argument `of` names, or of the call."""

    of: str = ""
    holds: str
    text: str
    rule: str = ""


class AnswerSheet(_Sheet):
    """What a tool returns, where it is not what its kind returns.

    Attributes:
        field: the field of the result that holds all rows; empty where the result is one row.
        types: types of fields that are no columns of any table.
    """

    sql: str
    field: str = ""
    types: dict[str, Literal["text", "integer", "real", "boolean", "date", "timestamp"]] = Field(
        default_factory=dict
    )


class ToolSheet(_Sheet):
    """What the code of a tool cannot say.

    Attributes:
        arguments: roles, where the argument's name does not tell them.
        allowed, becomes: of a transition, the statuses it starts from and the one it ends in.
        mints: whether it makes a new row of its table with an id of its own.
        effects: SQL; added to what the kind does by itself.
    """

    kind: ToolKind = ToolKind.ACTION
    table: str
    arguments: dict[str, str] = Field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    becomes: str = ""
    mints: bool = False
    requires: tuple[RequirementSheet, ...] = ()
    effects: tuple[str, ...] = ()
    answer: AnswerSheet | None = None
    ask: Ask | None = None


class Sheet(_Sheet):
    """The whole `domain.yaml`.

    Attributes:
        about: what the system is, for the policy.
        now: the clock of every world.
        speaker: the table whose rows the users are; without one they are the staff.
    """

    title: str
    about: str
    now: str
    speaker: str | None = None
    tables: dict[str, TableSheet]
    rules: dict[str, RuleSheet] = Field(default_factory=dict)
    tools: dict[str, ToolSheet]
