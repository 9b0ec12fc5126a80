"""What a business rule adds to a domain: a record, clauses for its tools, statements for states."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agentscaler.domain.domain import DomainTool, Table, ToolKind
from agentscaler.domain.rule import Rule
from agentscaler.world.contract import Requirement

__all__ = ["Clause", "Ground", "Supplied", "of_row"]


@dataclass(frozen=True)
class Clause:
    """What a rule adds to one tool: the same thing once as Python and once as SQL.

    Attributes:
        checks: lines before the tool's own write.
        deeds: lines after it.
        row: whether the lines speak of `row`, the row that the tool works on.
        owners: arguments whose rows the lines speak of (`row_variable`).
        requirements: what the checks demand.
        effects_before, effects_after: what the lines change, around the tool's own effects.
        writes: tables that the lines change, besides the tool's own.
    """

    tool: str
    checks: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    row: bool = False
    owners: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    effects_before: tuple[str, ...] = ()
    effects_after: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Supplied:
    """A rule with what enforces it.

    Attributes:
        settle: statements that make freshly filled tables obey it.
    """

    rule: Rule
    clauses: tuple[Clause, ...] = ()
    settle: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ground:
    """Tables and tools that rules are looked for in."""

    tables: dict[str, Table]
    tools: tuple[DomainTool, ...]

    def of(self, table: Table, *kinds: ToolKind) -> list[DomainTool]:
        """The tools of these kinds that work on a table."""
        return [tool for tool in self.tools if tool.table == table.name and tool.kind in kinds]

    def entities(self) -> Iterator[Table]:
        """All tables but links, by name."""
        return (self.tables[name] for name in sorted(self.tables) if not self.tables[name].is_link)

    def referring(self, table: Table) -> Iterator[tuple[Table, str]]:
        """The tables that refer to `table`, each with the column that does, by name."""
        for name in sorted(self.tables):
            for column in self.tables[name].columns:
                if column.references == table.name:
                    yield self.tables[name], column.name

    def makers(self, part: Table, reference: str) -> list[DomainTool]:
        """The creates of `part` that can name the owner in `reference`."""
        return [
            tool
            for tool in self.of(part, ToolKind.CREATE)
            if reference in tool.arguments and tool.arguments[reference].kind == "reference"
        ]

    def parts(self, table: Table) -> list[tuple[Table, str]]:
        """The tables of which rows can be made that refer to `table`, with the column that does."""
        return [
            (part, reference)
            for part, reference in self.referring(table)
            if not part.is_link and part.name != table.name and self.makers(part, reference)
        ]

    def settable(self, table: Table, columns: Iterable[str]) -> bool:
        """Whether some tool takes a value for one of the columns."""
        wanted = set(columns)
        return any(
            role.kind == "value" and role.column in wanted
            for tool in self.tools
            if tool.table == table.name
            for role in tool.arguments.values()
        )


def of_row(table: Table, argument: str, condition: str, text: str, rule: str) -> Requirement:
    """What the row of `table` that `argument` names must meet."""
    return Requirement(
        condition=condition,
        argument=argument,
        table=table.name,
        key=table.key[0],
        text=text,
        rule=rule,
    )
