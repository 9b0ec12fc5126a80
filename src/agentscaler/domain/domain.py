"""`Domain`: a database schema, tools over it, a policy and initial states, with their certificate.

The manifest is the record that goes to `domain.json`; the other parts are files of their own so
that a person can read them (`schema.sql`, `tools.py`, `policy.md`, `states/*.sqlite`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.certificate import Certificate
from agentscaler.domain.rule import Rule
from agentscaler.world.jailed import JailedToolbox, JailedWorld
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.world import World

__all__ = [
    "ArgumentRole",
    "Ask",
    "Column",
    "ColumnValues",
    "Domain",
    "DomainEdge",
    "DomainManifest",
    "DomainTool",
    "ListField",
    "Precondition",
    "Table",
    "ToolKind",
]


class Column(BaseModel):
    """One column.

    Attributes:
        type: how values are written; dates are ISO 8601 text, booleans the integers 0 and 1.
        meaning: what its values are ("email", "person_name", "money", ...); steers both the values
            of initial states and the way people speak of them; "" when unknown.
        noun: the column in words ("contact flow state").
        enum: the allowed values, if they are listed.
        references: the table whose key this column holds.
        minimum, maximum: bounds of a number, both allowed themselves.
        unique: whether no two rows may share a value.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    type: Literal["text", "integer", "real", "boolean", "date", "timestamp"]
    meaning: str = ""
    noun: str = ""
    description: str = ""
    enum: tuple[str, ...] = ()
    nullable: bool = True
    references: str | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    unique: bool = False


class ListField(BaseModel):
    """A field of a table's records that holds a list; its members are rows of a table of their own.

    Attributes:
        name: the field ("tag_ids", "lines").
        noun: one member in words ("tag id").
        table: the table of the members.
        owner: the column there that names the record.
        order: the column there that members are sorted by.
        columns: what a member shows, as its table has it; a member of one column is the bare value.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    noun: str
    table: str
    owner: str
    order: str
    columns: tuple[Column, ...]

    @property
    def is_plain(self) -> bool:
        """Whether members are bare values, not objects."""
        return len(self.columns) == 1


class Table(BaseModel):
    """One table.

    Attributes:
        name: plural snake case ("contact_flows").
        noun: one of its rows in words ("contact flow").
        key: primary key columns: one for an entity, two for a link or the members of lists.
        natural_key: whether the key is a name that people say, rather than an opaque id.
        label: the column by which people call a row ("name", "title", "email"); may be the key.
        status: the column that holds a row's state in its life, if it has one.
        address: where names hold only within an owner, the columns of owner and name; the key is
            made of them (`octo/docs`).
        lists: fields of a record that hold lists.
        part_of: the table whose records' lists have its rows as members; None for other tables.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    noun: str
    key: tuple[str, ...]
    natural_key: bool = False
    label: str | None = None
    status: str | None = None
    address: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    lists: tuple[ListField, ...] = ()
    part_of: str | None = None

    @property
    def is_link(self) -> bool:
        """Whether its rows tie others together, or are members of lists."""
        return len(self.key) > 1

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def list_field(self) -> dict[str, ListField]:
        return {field.name: field for field in self.lists}


class ToolKind(StrEnum):
    """What a tool does to its table."""

    CREATE = "create"
    """Adds a row."""
    GET = "get"
    """Returns one row by its key."""
    LIST = "list"
    """Returns the rows that fit its filters."""
    COUNT = "count"
    """Returns how many rows fit its filters."""
    UPDATE = "update"
    """Changes columns of one row."""
    DELETE = "delete"
    """Removes one row."""
    TRANSITION = "transition"
    """Moves one row to another status."""
    LINK = "link"
    """Ties two rows of different tables together."""
    UNLINK = "unlink"
    """Undoes a link."""
    BATCH_GET = "batch_get"
    """Returns several rows by their keys."""
    BATCH_DELETE = "batch_delete"
    """Removes several rows, or none."""
    ACTION = "action"
    """A deed of its own, which its contract tells."""


class ArgumentRole(BaseModel):
    """What a parameter means to the database.

    `key`: the key of a row of `table` that the tool works on; `reference`: the key of a row of
    `table`, to be stored in or compared with a column; `value`: goes into `column` of the tool's
    own table; `filter`: rows must equal it in `column`; `least` and `most`: bounds of `column`,
    both allowed; `sort`: the column to sort by; `descending`: whether the greatest comes first;
    `limit`: at most so many rows; `address`: what a row of `table` has in `column`, which is half
    of its key; `members`: the members of the list `column` of the tool's own row; `holds`: the key
    of a row of `table` that rows must hold in the list `column`.  A value that goes into no column
    as it is has no `column`.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal[
        "key",
        "reference",
        "value",
        "filter",
        "least",
        "most",
        "sort",
        "descending",
        "limit",
        "members",
        "holds",
        "address",
    ]
    table: str
    column: str = ""


class Precondition(BaseModel):
    """A row's `column` must hold one of `allowed`, or the tool refuses."""

    model_config = ConfigDict(frozen=True)

    column: str
    allowed: tuple[str | int, ...]


class Ask(BaseModel):
    """How a person asks for what a tool does.

    In its texts `{argument}` stands for a row or a value as people say it, and in `report` also
    `{result.field}`.  A part in brackets is one that may be kept back at first, with what is said
    instead behind a bar: "move {booking_id} [to {day}|to another day]"; it is left out where its
    argument is not given.

    Attributes:
        request: a verb phrase.
        confirm: what the agent is about to do, as a gerund phrase; empty where no yes is needed.
        report: what the agent says when it is done, whole sentences.
        tells: fields of the result that the person wants to hear.
        draws: by argument, a query for the values that a person might give; it may use the
            arguments before it.
    """

    model_config = ConfigDict(frozen=True)

    request: str
    confirm: str = ""
    report: str
    tells: tuple[str, ...] = ()
    draws: dict[str, str] = Field(default_factory=dict)


class DomainTool(ToolDefinition):
    """A tool with what it means to the database, and the API operation it was made from.

    Attributes:
        addresses: keys that it makes of its arguments, by name, with the arguments: of owner and
            name.
    """

    kind: ToolKind
    table: str
    arguments: dict[str, ArgumentRole]
    addresses: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    precondition: Precondition | None = None
    sets: dict[str, str | int] = Field(default_factory=dict)
    ask: Ask | None = None
    origin: str
    licence: str = ""


class DomainEdge(BaseModel):
    """`producer` returns keys of `table`, which `consumer` takes in `parameter`.

    Attributes:
        column: the column of `table` whose values are handed on, where it is not the key.
    """

    model_config = ConfigDict(frozen=True)

    producer: str
    consumer: str
    parameter: str
    table: str
    column: str = ""


class ColumnValues(BaseModel):
    """What the initial states hold in a column of text, in place of words that fit anything."""

    model_config = ConfigDict(frozen=True)

    table: str
    column: str
    values: tuple[str, ...]


class DomainManifest(BaseModel):
    """What `domain.json` holds.

    Attributes:
        id: stable name ("aws-connect-contact-flow-3f2a").
        title: for people ("Amazon Connect: contact flows and users").
        engine: who wrote its tools: "rules", people ("curated"), or a language model ("llm").
        makers: the language model that made a part, by part ("schema", "values", "edges", "code",
            "policy"); the parts that are not here are as the engine makes them.
        now: the fixed clock of every world of this domain, ISO 8601.
        edges: which tool's result can feed which tool's parameter.
        rules: the business rules that hold here, and which of them were supplied.
        speaker: the table whose rows the users are; None where they are no rows of any.
        values: by column, what its initial states are made of.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    service: str
    provider: str
    engine: str = "rules"
    now: str
    tables: tuple[Table, ...]
    tools: tuple[DomainTool, ...]
    edges: tuple[DomainEdge, ...]
    rules: tuple[Rule, ...] = ()
    speaker: str | None = None
    values: tuple[ColumnValues, ...] = ()
    makers: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def table(self) -> dict[str, Table]:
        return {table.name: table for table in self.tables}

    @cached_property
    def tool(self) -> dict[str, DomainTool]:
        return {tool.name: tool for tool in self.tools}


@dataclass(frozen=True)
class Domain:
    """A whole domain in memory.

    Attributes:
        source: Python source of the tools, one module.
        states: initial states by name, each the bytes of an SQLite database file.
        trusted: whether the tools are known to be this package's own (see `provenance`), or
            somebody vouches for them, so that they may run in this process; never stored with the
            domain.
    """

    manifest: DomainManifest
    schema_sql: str
    source: str
    policy: str
    states: dict[str, bytes]
    certificate: Certificate
    trusted: bool = False

    @property
    def id(self) -> str:
        return self.manifest.id

    @cached_property
    def toolbox(self) -> Toolbox:
        """The compiled tools; compiled once a process.  Raises `GuardError` on refused source."""
        return Toolbox.compile(self.source, self.manifest.tools)

    @cached_property
    def jailed_toolbox(self) -> JailedToolbox:
        """The tools as worker processes run them, which nothing but a worker compiles."""
        return JailedToolbox(self.source, self.manifest.tools)

    @cached_property
    def tools(self) -> Toolbox | JailedToolbox:
        """The tools as worlds of this domain run them: in this process only where the domain is
        `trusted`."""
        return self.toolbox if self.trusted else self.jailed_toolbox

    def world(self, state: str) -> World:
        """A fresh world on the initial state called `state`.

        Tools of a `trusted` domain run in this process, others in a jailed worker.  Raises
        `JailError` where this machine has no jail for them.
        """
        image, now, tools = self.states[state], self.manifest.now, self.tools
        if isinstance(tools, Toolbox):
            return World(image, tools, now=now)
        return JailedWorld(image, tools, now=now)
