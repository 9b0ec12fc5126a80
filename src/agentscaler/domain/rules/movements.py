"""Stock and money: what a row takes from its owner's column, or puts there."""

from collections.abc import Iterator
from dataclasses import dataclass

from agentscaler.corpus.english import with_article
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied, of_row
from agentscaler.domain.rules.deletion import cascaded
from agentscaler.domain.rules.sums import kept_columns
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import call, raising, row_variable
from agentscaler.world.contract import Requirement

__all__ = ["find_movement_rules"]

_STOCK = frozenset(
    "stock stock_quantity quantity_in_stock quantity_available available_quantity inventory"
    " in_stock on_hand quantity_on_hand on_hand_units units_available available_units".split()
)
_BALANCES = frozenset(
    "balance available_balance current_balance credit_balance account_balance".split()
)
_PAYING = frozenset(
    "payment withdrawal charge debit purchase payout disbursement settlement transaction"
    " redemption".split()
)
_DEPOSITING = frozenset("deposit credit top_up topup".split())
_QUANTITIES = ("quantity", "units", "amount", "count")
_AMOUNTS = ("amount", "total", "value")
_NUMBERS = frozenset({"integer", "real"})


@dataclass(frozen=True)
class _Movement:
    """Rows of `part` move `amount` out of, or into, `column` of their owner in `reference`."""

    pattern: Pattern
    table: Table
    column: str
    part: Table
    reference: str
    amount: str
    adds: bool

    @property
    def rule(self) -> str:
        return f"{self.pattern}/{self.table.name}.{self.column}/{self.part.name}"

    def moved(self, amount: str, *, back: bool = False) -> str:
        """An UPDATE of the column by an amount, up to its WHERE."""
        sign = "+" if self.adds != back else "-"
        column = quote(self.column)
        change = f"{column} = coalesce({column}, 0) {sign} coalesce({amount}, 0)"
        return f"UPDATE {quote(self.table.name)} SET {change}"


def find_movement_rules(ground: Ground) -> Iterator[Supplied]:
    """Rules STOCK and BALANCE."""
    kept, loose = kept_columns(ground), cascaded(ground)
    for table in ground.entities():
        for column in table.columns:
            if column.type not in _NUMBERS or (table.name, column.name) in kept:
                continue
            for part, reference in ground.parts(table):
                movement = _movement(ground, table, column, part, reference)
                if movement is not None and part.name not in loose:
                    yield _moved(ground, movement)


def _movement(
    ground: Ground, table: Table, column: Column, part: Table, reference: str
) -> _Movement | None:
    names: tuple[str, ...] = _AMOUNTS
    last = part.noun.split(" ")[-1]
    nouns = {part.noun.replace(" ", "_"), last}
    adds = False
    if column.name in _STOCK:
        pattern, names = Pattern.STOCK, _QUANTITIES
    elif column.name in _BALANCES and not nouns.isdisjoint(_PAYING | _DEPOSITING):
        pattern = Pattern.BALANCE
        adds = nouns.isdisjoint(_PAYING)
    else:
        return None
    for name in names:
        moved = part.by_name.get(name)
        if moved is None or moved.type not in {column.type, "integer"}:
            continue
        fixed = not any(
            role.kind == "value" and role.column == name
            for tool in ground.of(part, ToolKind.UPDATE, ToolKind.TRANSITION)
            for role in tool.arguments.values()
        )
        if fixed and all(name in tool.arguments for tool in ground.of(part, ToolKind.CREATE)):
            return _Movement(pattern, table, column.name, part, reference, name, adds)
    return None


def _moved(ground: Ground, one: _Movement) -> Supplied:
    makers = ground.makers(one.part, one.reference)
    enders = ground.of(one.part, ToolKind.DELETE)
    name, column, key = quote(one.table.name), quote(one.column), quote(one.table.key[0])
    verb = "is added to" if one.adds else "is covered by, and taken from,"
    back = f" Deleting the {one.part.noun} undoes that." if enders else ""
    rule = Rule(
        id=one.rule,
        pattern=one.pattern,
        table=one.table.name,
        columns=(one.column,),
        text=f"The {one.amount} of {with_article(one.part.noun)} {verb} the {one.column} of its"
        f" {one.table.noun}.{back}",
        tools=tuple(tool.name for tool in [*makers, *enders]),
        broken=f"SELECT {key} FROM {name} WHERE {column} < 0",
    )
    clauses = (*(_made(one, tool) for tool in makers), *(_undone(one, tool) for tool in enders))
    return Supplied(rule, clauses, (f"UPDATE {name} SET {column} = abs(coalesce({column}, 0))",))


def _made(one: _Movement, tool: DomainTool) -> Clause:
    """A create of a part: the amount is not negative, is covered, and is moved."""
    amount, owner, table = one.amount, one.reference, one.table
    checks = raising(
        f"{amount} is not None and {amount} < 0", f"{amount} {{{amount}}} is below zero"
    )
    requirements = [Requirement(condition=f"coalesce(:{amount} >= 0, TRUE)", rule=one.rule)]
    if not one.adds:
        row = row_variable(owner)
        there = "" if owner in tool.parameters["required"] else f"{row} and "
        checks += raising(
            f'{there}({amount} or 0) > ({row}["{one.column}"] or 0)',
            f"{table.noun} {{{owner}}} has a {one.column} of {{{row}['{one.column}'] or 0}},"
            f" {{{amount}}} is more",
        )
        covered = f"coalesce(:{amount}, 0) <= coalesce({quote(one.column)}, 0)"
        text = f"the {one.column} of the {table.noun} covers the {amount}"
        requirements.append(of_row(table, owner, covered, text, one.rule))
    key = quote(table.key[0])
    return Clause(
        tool.name,
        checks=tuple(checks),
        deeds=tuple(call("db.run", f"{one.moved('?')} WHERE {key} = ?", [amount, owner])),
        owners=() if one.adds else (owner,),
        requirements=tuple(requirements),
        effects_after=(f"{one.moved(f':{amount}')} WHERE {key} = :{owner}",),
        writes=(table.name,),
    )


def _undone(one: _Movement, tool: DomainTool) -> Clause:
    """A delete of a part: the amount is moved back, if what it added is still there."""
    amount, owner, part = one.amount, one.reference, one.part
    key, row = quote(one.table.key[0]), [f'row["{one.amount}"]', f'row["{one.reference}"]']
    of_part = f"FROM {quote(part.name)} WHERE {quote(part.key[0])} = :{part.key[0]}"
    effect = (
        f"{one.moved(f'(SELECT {quote(amount)} {of_part})', back=True)}"
        f" WHERE {key} = (SELECT {quote(owner)} {of_part})"
    )
    checks: list[str] = []
    requirements: list[Requirement] = []
    if one.adds:
        column, name = quote(one.column), quote(one.table.name)
        owned = f"SELECT {column} FROM {name} WHERE {key} = ?"
        checks += call("left = db.one", owned, [row[1]])
        checks += raising(
            f'left is not None and ({row[0]} or 0) > (left["{one.column}"] or 0)',
            f"the {one.column} does not cover taking back {{row['{amount}']}}",
        )
        mine = f"{quote(part.name)}.{quote(owner)}"
        left = f"(SELECT coalesce({column}, 0) FROM {name} WHERE {key} = {mine})"
        covered = f"coalesce(coalesce({quote(amount)}, 0) <= {left}, TRUE)"
        text = f"the {one.column} covers what is taken back"
        requirements.append(of_row(part, part.key[0], covered, text, one.rule))
    return Clause(
        tool.name,
        checks=tuple(checks),
        deeds=tuple(call("db.run", f"{one.moved('?', back=True)} WHERE {key} = ?", row)),
        row=True,
        requirements=tuple(requirements),
        effects_before=(effect,),
        writes=(one.table.name,),
    )
