"""Faults in a statement that a tool runs.

Each function takes what a node of the source runs, and yields what could stand there instead.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from agentscaler.domain.domain import Table
from agentscaler.domain.faults.fault import Fault
from agentscaler.domain.faults.scope import Scope
from agentscaler.domain.faults.statement import Statement, statement_of
from agentscaler.domain.schema import quote

__all__ = ["faults_in_sql"]

Wrong = Iterator[tuple[Fault, str, Statement]]

_BLINDING = frozenset({Fault.WRONG_TABLE, Fault.SWAPPED_VALUES})
"""What makes a guard find nothing, which is no fault where the database refuses as well."""
_COMPARISONS = {">=": ">", "<=": "<", ">": ">=", "<": "<="}
_COMPARISON = re.compile(r"(?<= )(>=|<=|>|<)(?= )")
_SUM = re.compile(r"(\w|\)) ([+-]) ")


def faults_in_sql(scope: Scope, node: ast.AST) -> Iterator[tuple[Fault, str, ast.AST]]:
    """What could stand in place of `node`, if it runs SQL."""
    statement = statement_of(node)
    if statement is None:
        return
    for rewrite in _REWRITES:
        for fault, change, wrong in rewrite(scope, statement):
            if fault not in _BLINDING or id(node) not in scope.kept_by_the_schema:
                yield fault, change, wrong.call()


def _wrong_table(scope: Scope, right: Statement) -> Wrong:
    table = scope.tables.get(right.table)
    if table is None:
        return
    others = [one for name, one in sorted(scope.tables.items()) if name != right.table]
    if others:
        alike = max(others, key=lambda other: len(other.by_name.keys() & table.by_name.keys()))
        yield Fault.WRONG_TABLE, f"{alike.name} for {table.name}", right.on_table(alike.name)


def _missing_where(_scope: Scope, right: Statement) -> Wrong:
    if right.where:
        yield Fault.MISSING_WHERE, f"without WHERE {right.where}", right.where_is([], [])


def _ignored_filter(_scope: Scope, right: Statement) -> Wrong:
    parts = right.conjuncts
    if len(parts) < 2 or "BETWEEN" in right.where:
        return
    for position, part in enumerate(parts):
        kept = [other for other in range(len(parts)) if other != position]
        left = right.where_is([parts[other] for other in kept], kept)
        yield Fault.IGNORED_FILTER, f"without {part}", left


def _wrong_row(_scope: Scope, right: Statement) -> Wrong:
    if right.verb not in {"UPDATE", "DELETE"}:
        return
    parts = right.conjuncts
    for position, part in enumerate(parts):
        column, found, rest = part.partition(" = ?")
        if not found or rest or not re.fullmatch(r'"?\w+"?', column):
            continue
        table = right.table
        other = f"{column} = (SELECT min({column}) FROM {table} WHERE {column} <> ?)"
        changed = [*parts[:position], other, *parts[position + 1 :]]
        yield (
            Fault.WRONG_ROW,
            f"another row by {column}",
            right.where_is(changed, range(len(parts))),
        )
        return


def _unstable_order(scope: Scope, right: Statement) -> Wrong:
    ordered = right.method == "all" and right.tail.startswith("ORDER BY")
    if ordered and not _is_ordered_by_key(scope, right):
        yield Fault.UNSTABLE_ORDER, "without ORDER BY", replace(right, tail="")


def _is_ordered_by_key(scope: Scope, right: Statement) -> bool:
    """Whether the rows come in that order anyway, out of the index of a key of several columns."""
    table = scope.tables.get(right.table)
    if table is None or len(table.key) < 2:
        return False
    fixed = {one.removesuffix(" = ?") for one in right.conjuncts if one.endswith(" = ?")}
    order = right.tail.removeprefix("ORDER BY ").split(", ")
    return {*fixed, *order} == {quote(column) for column in table.key}


def _off_by_one(_scope: Scope, right: Statement) -> Wrong:
    for part in ("head", "where"):
        text = getattr(right, part)
        for found in _COMPARISON.finditer(text):
            other = _COMPARISONS[found[1]]
            changed = text[: found.start()] + other + text[found.end() :]
            yield Fault.OFF_BY_ONE, f"{other} for {found[1]}", replace(right, **{part: changed})
    added = _SUM.search(right.head) if right.verb == "UPDATE" else None
    if added:
        changed = f"{right.head[: added.end(1)]} + 1{right.head[added.end(1) :]}"
        yield Fault.OFF_BY_ONE, "one more than the sum", replace(right, head=changed)


def _swapped_values(_scope: Scope, right: Statement) -> Wrong:
    values = right.values
    for position in range(len(values) - 1):
        one, two = values[position : position + 2]
        if ast.dump(one) != ast.dump(two):
            swapped = (*values[:position], two, one, *values[position + 2 :])
            change = f"{ast.unparse(one)} and {ast.unparse(two)} swapped"
            yield Fault.SWAPPED_VALUES, change, replace(right, values=swapped)


def _wrong_value(scope: Scope, right: Statement) -> Wrong:
    table = scope.tables.get(right.table)
    if table is None:
        return
    for position, value in enumerate(right.values):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            other = _another_listed(table, value.value)
            if other is not None:
                changed = [*right.values]
                changed[position] = ast.Constant(other)
                change = f"{other!r} for {value.value!r}"
                yield Fault.WRONG_VALUE, change, replace(right, values=tuple(changed))


def _another_listed(table: Table, value: str) -> str | None:
    for column in table.columns:
        if value in column.enum:
            return next((other for other in reversed(column.enum) if other != value), None)
    return None


def _unstored_reference(scope: Scope, right: Statement) -> Wrong:
    table = scope.tables.get(right.table)
    listed = re.search(r"INTO \"?\w+\"? \(([^)]*)\) VALUES \(([?, ]*)\)", right.head)
    if table is None or listed is None:
        return
    names = [name.strip().strip('"') for name in listed[1].split(",")]
    for position, name in enumerate(names):
        column = table.by_name.get(name)
        if column is not None and column.references and position < len(right.values):
            changed = [*right.values]
            changed[position] = ast.Constant(None)
            yield (
                Fault.SKIPPED_REFERENCE,
                f"{name} not stored",
                replace(right, values=tuple(changed)),
            )


def _collateral_write(scope: Scope, right: Statement) -> Wrong:
    table = scope.tables.get(right.table)
    if table is None or right.verb != "UPDATE" or " SET " not in right.head:
        return
    start, _, assignments = right.head.partition(" SET ")
    for column in table.columns:
        untouched = f"{column.name} =" not in assignments and f'{column.name}" =' not in assignments
        if column.nullable and column.type != "boolean" and untouched:
            changed = f'{start} SET "{column.name}" = NULL, {assignments}'
            yield Fault.COLLATERAL_WRITE, f"{column.name} emptied", replace(right, head=changed)
            return


_REWRITES: tuple[Callable[[Scope, Statement], Wrong], ...] = (
    _wrong_table,
    _missing_where,
    _ignored_filter,
    _wrong_row,
    _unstable_order,
    _off_by_one,
    _swapped_values,
    _wrong_value,
    _unstored_reference,
    _collateral_write,
)
