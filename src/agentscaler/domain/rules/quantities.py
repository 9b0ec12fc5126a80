"""Rules about what there is only so much of: room, stock, money."""

from collections.abc import Iterator

from agentscaler.corpus.english import plural_noun, with_article
from agentscaler.corpus.words import singular
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied
from agentscaler.domain.rules.deletion import cascaded
from agentscaler.domain.rules.sums import kept_columns
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import call, raising, row_variable
from agentscaler.world.contract import Requirement

__all__ = ["find_quantity_rules"]

_ROOM = frozenset("capacity seats max_capacity quota slots".split())
_LIMITS = frozenset("max maximum limit capacity quota".split())
_ADJECTIVES = frozenset("active allowed concurrent count number of open total usable".split())
_STOCK = frozenset(
    "stock stock_quantity quantity_in_stock quantity_available available_quantity inventory"
    " in_stock on_hand quantity_on_hand on_hand_units units_available available_units".split()
)
_TAKEN = ("quantity", "units", "amount", "count")
_BALANCES = ("balance", "available_balance", "current_balance", "credit_balance", "account_balance")
_PAYING = frozenset(
    "payment withdrawal charge debit purchase payout disbursement settlement transaction"
    " redemption".split()
)
_DEPOSITING = frozenset("deposit credit top_up topup".split())


def find_quantity_rules(ground: Ground) -> Iterator[Supplied]:
    """Rules CAPACITY, STOCK and BALANCE."""
    kept, loose = kept_columns(ground), cascaded(ground)
    for table in ground.entities():
        columns = [
            column
            for column in table.columns
            if column.type in {"integer", "real"} and (table.name, column.name) not in kept
        ]
        parts = [
            (part, reference)
            for part, reference in ground.referring(table)
            if not part.is_link and part.name != table.name and _makers(ground, part, reference)
        ]
        for column in columns:
            room = [one for one in parts if _has_room_for(column, one[0], parts)]
            if room and column.type == "integer":
                yield _capacity(ground, table, column, *room[0])
                continue
            for part, reference in parts:
                if part.name in loose:
                    continue
                taken = _taken(ground, column, part)
                if taken is not None:
                    yield _drawn_on(ground, table, column, part, reference, taken)


def _makers(ground: Ground, part: Table, reference: str) -> list[DomainTool]:
    """The creates of `part` that can name the owner in `reference`."""
    return [
        tool
        for tool in ground.of(part, ToolKind.CREATE)
        if reference in tool.arguments and tool.arguments[reference].kind == "reference"
    ]


def _has_room_for(column: Column, part: Table, parts: list[tuple[Table, str]]) -> bool:
    if column.name in _ROOM:
        return len(parts) == 1
    words = column.name.split("_")
    for word in ("in", "per"):
        words = words[: words.index(word)] if word in words[1:] else words
    if _LIMITS.isdisjoint(words):
        return False
    named = [singular(word) for word in words if word not in _LIMITS | _ADJECTIVES]
    return bool(named) and " ".join(named) in (part.noun, part.noun.split(" ")[-1])


def _capacity(
    ground: Ground, table: Table, column: Column, part: Table, reference: str
) -> Supplied:
    name, room, key = quote(table.name), quote(column.name), table.key[0]
    used = (
        f"(SELECT COUNT(*) FROM {quote(part.name)}"
        f" WHERE {quote(part.name)}.{quote(reference)} = {name}.{quote(key)})"
    )
    many = plural_noun(part.noun)
    makers = _makers(ground, part, reference)
    setters = [
        tool
        for tool in ground.of(table, ToolKind.UPDATE, ToolKind.TRANSITION)
        if column.name in tool.arguments
    ]
    rule = Rule(
        id=f"capacity/{table.name}.{column.name}",
        pattern=Pattern.CAPACITY,
        table=table.name,
        columns=(column.name,),
        text=f"{with_article(table.noun).capitalize()} has room for as many {many} as its"
        f" {column.name} says.",
        tools=tuple(tool.name for tool in [*makers, *setters]),
        broken=f"SELECT {quote(key)} FROM {name} WHERE {room} < {used}",
    )
    where = f"{quote(part.name)} WHERE {quote(reference)} = ?"
    clauses = []
    for tool in makers:
        row = row_variable(reference)
        there = "" if reference in tool.parameters["required"] else f"{row} is not None and "
        checks = [
            *call("used = db.one", f"SELECT COUNT(*) AS n FROM {where}", [reference], '["n"]'),
            *raising(
                f'{there}{row}["{column.name}"] is not None and used >= {row}["{column.name}"]',
                f"{table.noun} {{{reference}}} is full: {{used}} of"
                f" {{{row}['{column.name}']}} {many}",
            ),
        ]
        requirement = Requirement(
            condition=f"coalesce({room} > {used}, TRUE)",
            argument=reference,
            table=table.name,
            key=key,
            text=f"the {table.noun} has room left",
            rule=rule.id,
        )
        clauses.append(
            Clause(
                tool.name, checks=tuple(checks), owners=(reference,), requirements=(requirement,)
            )
        )
    for tool in setters:
        given = f"{column.name} is not None and "
        given = "" if column.name in tool.parameters["required"] else given
        checks = [
            *call("used = db.one", f"SELECT COUNT(*) AS n FROM {where}", [key], '["n"]'),
            *raising(
                f"{given}{column.name} < used",
                f"{table.noun} {{{key}}} has {{used}} {many},"
                f" its {column.name} cannot be {{{column.name}}}",
            ),
        ]
        requirement = Requirement(
            condition=f"coalesce(:{column.name} >= {used}, TRUE)",
            argument=key,
            table=table.name,
            key=key,
            text=f"the {column.name} is enough for its {many}",
            rule=rule.id,
        )
        clauses.append(Clause(tool.name, checks=tuple(checks), requirements=(requirement,)))
    settle = (
        f"UPDATE {name} SET {room} = {used} WHERE {room} < {used} OR ({used} > 0 AND rowid % 4 = 0)"
    )
    return Supplied(rule, tuple(clauses), settle=(settle,))


def _taken(ground: Ground, column: Column, part: Table) -> tuple[Pattern, str, int] | None:
    """What a row of `part` takes from the column: (pattern, its column, -1 or +1 for a gift)."""
    names: tuple[str, ...] = ("amount", "total", "value")
    noun = part.noun.replace(" ", "_")
    last = noun.rsplit("_", 1)[-1]
    if column.name in _STOCK:
        pattern, sign, names = Pattern.STOCK, -1, _TAKEN
    elif column.name in _BALANCES and (noun in _PAYING or last in _PAYING):
        pattern, sign = Pattern.BALANCE, -1
    elif column.name in _BALANCES and (noun in _DEPOSITING or last in _DEPOSITING):
        pattern, sign = Pattern.BALANCE, 1
    else:
        return None
    for name in names:
        taken = part.by_name.get(name)
        if taken is None or taken.type not in {"integer", "real"}:
            continue
        if taken.type == "real" and column.type == "integer":
            continue
        creates = ground.of(part, ToolKind.CREATE)
        fixed = not any(
            role.kind == "value" and role.column == name
            for tool in ground.of(part, ToolKind.UPDATE, ToolKind.TRANSITION)
            for role in tool.arguments.values()
        )
        if fixed and all(name in tool.arguments for tool in creates):
            return pattern, name, sign
    return None


def _drawn_on(
    ground: Ground,
    table: Table,
    column: Column,
    part: Table,
    reference: str,
    taken: tuple[Pattern, str, int],
) -> Supplied:
    """A part takes from its owner's column when made, and gives it back when deleted."""
    pattern, amount, sign = taken
    name, stock, key = quote(table.name), quote(column.name), table.key[0]
    makers, enders = _makers(ground, part, reference), ground.of(part, ToolKind.DELETE)
    verb = "is covered by, and taken from," if sign < 0 else "is added to"
    back = f" Deleting the {part.noun} undoes that." if enders else ""
    rule = Rule(
        id=f"{pattern}/{table.name}.{column.name}/{part.name}",
        pattern=pattern,
        table=table.name,
        columns=(column.name,),
        text=f"The {amount} of {with_article(part.noun)} {verb} the {column.name} of its"
        f" {table.noun}.{back}",
        tools=tuple(tool.name for tool in [*makers, *enders]),
        broken=f"SELECT {quote(key)} FROM {name} WHERE {stock} < 0",
    )
    clauses = []
    row = row_variable(reference)
    for tool in makers:
        mark = "+" if sign > 0 else "-"
        there = "" if reference in tool.parameters["required"] else f"{row} is not None and "
        checks, requirements = [], []
        checks += raising(
            f"{amount} is not None and {amount} < 0", f"{amount} {{{amount}}} is below zero"
        )
        requirements.append(Requirement(condition=f"coalesce(:{amount} >= 0, TRUE)", rule=rule.id))
        if sign < 0:
            checks += raising(
                f'{there}({amount} or 0) > ({row}["{column.name}"] or 0)',
                f"{table.noun} {{{reference}}} has a {column.name} of"
                f" {{{row}['{column.name}'] or 0}}, {{{amount}}} is more",
            )
            requirements.append(
                Requirement(
                    condition=f"coalesce(:{amount}, 0) <= coalesce({stock}, 0)",
                    argument=reference,
                    table=table.name,
                    key=key,
                    text=f"the {column.name} of the {table.noun} covers the {amount}",
                    rule=rule.id,
                )
            )
        sql = f"UPDATE {name} SET {stock} = coalesce({stock}, 0) {mark} coalesce(?, 0)"
        deed = call("db.run", f"{sql} WHERE {quote(key)} = ?", [amount, reference])
        effect = (
            f"UPDATE {name} SET {stock} = coalesce({stock}, 0) {mark} coalesce(:{amount}, 0)"
            f" WHERE {quote(key)} = :{reference}"
        )
        clauses.append(
            Clause(
                tool.name,
                checks=tuple(checks),
                deeds=tuple(deed),
                owners=(reference,) if sign < 0 else (),
                requirements=tuple(requirements),
                effects_after=(effect,),
                writes=(table.name,),
            )
        )
    clauses += [
        _given_back(table, column.name, part, reference, amount, sign, tool, rule.id)
        for tool in enders
    ]
    settle = f"UPDATE {name} SET {stock} = abs(coalesce({stock}, 0))"
    return Supplied(rule, tuple(clauses), settle=(settle,))


def _given_back(
    table: Table,
    column: str,
    part: Table,
    reference: str,
    amount: str,
    sign: int,
    tool: DomainTool,
    rule: str,
) -> Clause:
    name, stock, key = quote(table.name), quote(column), table.key[0]
    mark = "-" if sign > 0 else "+"
    sql = f"UPDATE {name} SET {stock} = coalesce({stock}, 0) {mark} coalesce(?, 0)"
    deed = call(
        "db.run",
        f"{sql} WHERE {quote(key)} = ?",
        [f'row["{amount}"]', f'row["{reference}"]'],
    )
    of_part = f"FROM {quote(part.name)} WHERE {quote(part.key[0])} = :{part.key[0]}"
    effect = (
        f"UPDATE {name} SET {stock} = coalesce({stock}, 0) {mark}"
        f" coalesce((SELECT {quote(amount)} {of_part}), 0)"
        f" WHERE {quote(key)} = (SELECT {quote(reference)} {of_part})"
    )
    checks, requirements = [], []
    if sign > 0:
        owned = f"SELECT {stock} FROM {name} WHERE {quote(key)} = ?"
        left = call("left = db.one", owned, [f'row["{reference}"]'])
        checks = [
            *left,
            *raising(
                f'left is not None and (row["{amount}"] or 0) > (left["{column}"] or 0)',
                f"the {column} does not cover taking back {{row['{amount}']}}",
            ),
        ]
        mine = f"{quote(part.name)}.{quote(reference)}"
        inner = f"SELECT coalesce({stock}, 0) FROM {name} WHERE {quote(key)} = {mine}"
        requirements = [
            Requirement(
                condition=f"coalesce(coalesce({quote(amount)}, 0) <= ({inner}), TRUE)",
                argument=part.key[0],
                table=part.name,
                key=part.key[0],
                text=f"the {column} covers what is taken back",
                rule=rule,
            )
        ]
    return Clause(
        tool.name,
        checks=tuple(checks),
        deeds=tuple(deed),
        row=True,
        requirements=tuple(requirements),
        effects_before=(effect,),
        writes=(table.name,),
    )
