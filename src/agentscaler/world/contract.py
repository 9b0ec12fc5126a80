"""Contracts: what a tool promises, said in SQL beside its code.

A contract is a second, independent account of a tool: when it must accept a call, what it then
changes, what it answers.  The certificate runs both side by side and holds one against the other;
trials and tasks read off it which rows a call can succeed on.

In its SQL, `:name` is the argument `name` (NULL where it was not given; an array as JSON text),
`:_now` the world's clock, and `:_id` the id that the call made.
"""

from pydantic import BaseModel, ConfigDict

__all__ = ["Answer", "Contract", "Requirement"]


class Requirement(BaseModel):
    """Something that must hold, or the tool refuses.

    With a `table`, the row whose `key` equals the argument `argument` must be there and meet
    `condition`; a requirement on an argument that was not given is met.  Without one, `condition`
    speaks of arguments only, and of whatever it selects itself.

    Attributes:
        condition: an SQL expression; bare column names are those of the row.
        text: what must hold, as the rest of a sentence after "unless" ("the order is pending");
            empty where the description need not say it.
        rule: id of the business rule that it belongs to; empty for what every tool has.
    """

    model_config = ConfigDict(frozen=True)

    condition: str = "TRUE"
    argument: str = ""
    table: str = ""
    key: str = ""
    text: str = ""
    rule: str = ""


class Answer(BaseModel):
    """What the tool returns, as a query on the state after the call.

    Attributes:
        sql: gives the row, or the rows, of the result.
        field: the result's field that holds all the rows; empty where the result is the one row.
        flags: columns that hold 0 and 1 and are returned as booleans.
        lists: columns that hold arrays as JSON text and are returned as lists.
    """

    model_config = ConfigDict(frozen=True)

    sql: str
    field: str = ""
    flags: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


class Contract(BaseModel):
    """When a tool accepts a call, what it changes, what it answers.

    Attributes:
        requirements: a well-formed call is accepted exactly when all of them hold.
        effects: INSERT, UPDATE and DELETE statements that change what an accepted call changes, run
            in order; empty for a read.
        answer: None where the result is not told.
        mints: the field of the result that holds the id of the row that the call made; empty where
            it makes none.
    """

    model_config = ConfigDict(frozen=True)

    requirements: tuple[Requirement, ...] = ()
    effects: tuple[str, ...] = ()
    answer: Answer | None = None
    mints: str = ""
