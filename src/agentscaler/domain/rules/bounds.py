"""Rules about numbers and times: bounds of one column, and the order of two."""

from collections.abc import Iterator

from agentscaler.corpus.english import with_article
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied, of_row
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import raising
from agentscaler.world.contract import Requirement

__all__ = ["bounded", "find_bound_rules"]

_BOUNDS: dict[str, tuple[int, int | None]] = {
    "port": (1, 65535),
    "rating": (1, 5),
    "latitude": (-90, 90),
    "longitude": (-180, 180),
    "quantity": (0, None),
    "gigabytes": (0, None),
    "megabytes": (0, None),
    "bytes": (0, None),
    "seconds": (0, None),
    "minutes": (0, None),
    "hours": (0, None),
    "days": (0, None),
}
_PERCENT = {"integer": (0, 100), "real": (0, 1)}
_PRICES = frozenset("price cost fee budget salary rent".split())
_LOW_HIGH = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("lower", "upper"),
    ("low", "high"),
    ("from", "to"),
)
_START_END = (
    ("start", "end"),
    ("starts", "ends"),
    ("started", "ended"),
    ("begin", "end"),
    ("from", "until"),
    ("from", "to"),
    ("after", "before"),
)
_NUMBERS = frozenset({"integer", "real"})
_TIMES = frozenset({"date", "timestamp"})


def bounded(column: Column) -> Column:
    """The column with the bounds that its meaning sets, where the API tells none."""
    if column.minimum is not None or column.maximum is not None or column.type not in _NUMBERS:
        return column
    low: int | None
    high: int | None
    if column.meaning == "percent":
        low, high = _PERCENT[column.type]
    elif column.meaning == "money" and not _PRICES.isdisjoint(column.name.split("_")):
        low, high = 0, None
    else:
        low, high = _BOUNDS.get(column.meaning, (None, None))
    if low is None and high is None:
        return column
    return column.model_copy(update={"minimum": low, "maximum": high})


def find_bound_rules(ground: Ground) -> Iterator[Supplied]:
    """Rules RANGE, ORDER and WINDOW."""
    for table in ground.entities():
        for column in table.columns:
            if column.minimum is not None or column.maximum is not None:
                writers = [t for t in ground.tools if _sets(t, table, column.name)]
                if writers:
                    yield _range(table, column, writers)
        for low, high, pattern in _pairs(table):
            tools = [
                tool
                for tool in ground.of(table, ToolKind.CREATE, ToolKind.UPDATE, ToolKind.TRANSITION)
                if _orders(tool, low.name, high.name)
            ]
            free = all(
                tool in tools
                for tool in ground.tools
                if _sets(tool, table, low.name) or _sets(tool, table, high.name)
                if tool.kind is not ToolKind.CREATE
            )
            if tools and free:
                yield _order(table, low, high, pattern, tools)


def _sets(tool: DomainTool, table: Table, column: str) -> bool:
    return tool.table == table.name and any(
        role.kind == "value" and role.column == column for role in tool.arguments.values()
    )


def _orders(tool: DomainTool, low: str, high: str) -> bool:
    given = {low, high} & {r.column for r in tool.arguments.values() if r.kind == "value"}
    return len(given) == 2 if tool.kind is ToolKind.CREATE else bool(given)


def _range(table: Table, column: Column, writers: list[DomainTool]) -> Supplied:
    """The record of a bound, which the parameter's schema and a CHECK enforce."""
    name, low, high = quote(column.name), column.minimum, column.maximum
    what = f"The {column.noun or column.name} of {with_article(table.noun)}"
    if low is not None and high is not None:
        text, broken = (
            f"{what} lies between {low} and {high}.",
            f"NOT {name} BETWEEN {low} AND {high}",
        )
    elif low is not None:
        text, broken = f"{what} is at least {low}.", f"{name} < {low}"
    else:
        text, broken = f"{what} is at most {high}.", f"{name} > {high}"
    return Supplied(
        Rule(
            id=f"range/{table.name}.{column.name}",
            pattern=Pattern.RANGE,
            table=table.name,
            columns=(column.name,),
            text=text,
            tools=tuple(tool.name for tool in writers),
            broken=f"SELECT {quote(table.key[0])} FROM {quote(table.name)} WHERE {broken}",
        )
    )


def _pairs(table: Table) -> Iterator[tuple[Column, Column, Pattern]]:
    """Pairs of columns of which the first is never above the second."""
    taken: set[str] = set()
    for words, types, pattern in (
        (_LOW_HIGH, _NUMBERS, Pattern.ORDER),
        (_START_END, _NUMBERS, Pattern.ORDER),
        (_START_END, _TIMES, Pattern.WINDOW),
    ):
        for first, second in words:
            for low in table.columns:
                parts = low.name.split("_")
                if low.type not in types or first not in parts or low.name in taken:
                    continue
                partner = "_".join(second if part == first else part for part in parts)
                high = table.by_name.get(partner)
                if high is not None and high.type == low.type and high.name not in taken:
                    taken |= {low.name, high.name}
                    yield low, high, pattern


def _order(
    table: Table, low: Column, high: Column, pattern: Pattern, tools: list[DomainTool]
) -> Supplied:
    one, two, name = quote(low.name), quote(high.name), quote(table.name)
    window = pattern is Pattern.WINDOW
    relation = "is not after" if window else "is not above"
    rule = Rule(
        id=f"{pattern}/{table.name}.{low.name}",
        pattern=pattern,
        table=table.name,
        columns=(low.name, high.name),
        text=f"The {low.name} of {with_article(table.noun)} {relation} its {high.name}.",
        tools=tuple(tool.name for tool in tools),
        broken=f"SELECT {quote(table.key[0])} FROM {name} WHERE {one} > {two}",
    )
    text = f"the {low.name} {relation} the {high.name}"
    swap = f"UPDATE {name} SET {one} = {two}, {two} = {one} WHERE {one} > {two}"
    clauses = (_ordered(table, low.name, high.name, tool, text, rule.id) for tool in tools)
    return Supplied(rule, tuple(clauses), settle=(swap,))


def _ordered(table: Table, low: str, high: str, tool: DomainTool, text: str, rule: str) -> Clause:
    given = {role.column for role in tool.arguments.values() if role.kind == "value"}
    if tool.kind is ToolKind.CREATE:
        required = tool.parameters["required"]
        present = [f"{name} is not None" for name in (low, high) if name not in required]
        condition = " and ".join([*present, f"{low} > {high}"])
        refusal = f"{low} {{{low}}} lies above {high} {{{high}}}, swap them"
        requirement = Requirement(
            condition=f"coalesce(:{low} <= :{high}, TRUE)", text=text, rule=rule
        )
        return Clause(
            tool.name, checks=tuple(raising(condition, refusal)), requirements=(requirement,)
        )
    lines = []
    sides = []
    for name, variable in ((low, "least"), (high, "most")):
        stored = f'row["{name}"]'
        value = f"{stored} if {name} is None else {name}" if name in given else stored
        if name in tool.parameters["required"] and name in given:
            value = name
        lines.append(f"{variable} = {value}")
        sides.append(f"coalesce(:{name}, {quote(name)})" if name in given else quote(name))
    condition = "least is not None and most is not None and least > most"
    lines += raising(condition, f"{low} {{least}} would lie above {high} {{most}}")
    ordered = f"coalesce({sides[0]} <= {sides[1]}, TRUE)"
    requirement = of_row(table, table.key[0], ordered, text, rule)
    return Clause(tool.name, checks=tuple(lines), row=True, requirements=(requirement,))
