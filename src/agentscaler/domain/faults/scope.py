"""What a rewrite needs to know around the place that it changes."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from agentscaler.domain.domain import DomainTool, Table
from agentscaler.domain.faults.statement import Statement, statement_of

__all__ = ["Scope", "is_guard"]


@dataclass(frozen=True)
class Scope:
    """One function of the tools' module.

    Attributes:
        tool: the tool that the function is, or None for a function that tools share.
        tables: of the domain, by name.
        helpers: names of the functions that tools share.
        may_refuse: whether some call of the function can refuse; a lookup that only fetches rows
            just made cannot.
        fields: of its result, those that some caller uses; None where one uses all.
    """

    function: ast.FunctionDef
    tool: DomainTool | None
    tables: Mapping[str, Table]
    helpers: frozenset[str]
    may_refuse: bool = True
    fields: frozenset[str] | None = None

    def statements(self) -> Iterator[Statement]:
        """The SQL that the function runs itself."""
        for node in ast.walk(self.function):
            statement = statement_of(node)
            if statement is not None:
                yield statement

    def uses_of(self, helper: str) -> frozenset[str] | None:
        """Fields of a shared function's results that this one uses; None where it may be all."""
        used: set[str] = set()
        for node in ast.walk(self.function):
            match node:
                case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name == helper:
                    continue
                case ast.Assign(
                    targets=[ast.Name(id=row)], value=ast.Call(func=ast.Name(id=name))
                ) if name == helper:
                    fields = self._fields_of(row)
                    if fields is None:
                        return None
                    used |= fields
        thrown = sum(self._is_thrown_or_named(node, helper) for node in ast.walk(self.function))
        calls = sum(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == helper
            for node in ast.walk(self.function)
        )
        return frozenset(used) if calls == thrown else None

    @staticmethod
    def _is_thrown_or_named(node: ast.AST, helper: str) -> bool:
        match node:
            case (
                ast.Expr(value=ast.Call(func=ast.Name(id=name)))
                | ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Name(id=name)))
            ):
                return name == helper
        return False

    def _fields_of(self, row: str) -> set[str] | None:
        """The fields by which a name is subscripted; None where it is used as a whole."""
        fields, named = set(), 0
        for node in ast.walk(self.function):
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(field))):
                    if name == row:
                        fields.add(field)
                        named += 1
        loads = sum(
            isinstance(node, ast.Name) and node.id == row and isinstance(node.ctx, ast.Load)
            for node in ast.walk(self.function)
        )
        return fields if loads == named else None

    def is_lookup(self, node: ast.AST) -> bool:
        """Whether a node calls a function that tools share: it fetches a row, or refuses."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in self.helpers
        )

    def is_made_again(self, call: ast.AST) -> bool:
        """Whether the function returns the result of the very same call, so that it refuses what
        the call refuses in any case."""
        last = self.function.body[-1]
        return isinstance(last, ast.Return) and (
            isinstance(last.value, ast.Call)
            and ast.dump(self._within(last.value)) == ast.dump(call)
        )

    def is_implied(self, call: ast.Call) -> bool:
        """Whether a guard of the function asks for a row that refers to the key that a lookup is
        given: a row has no reference to what is not there, so the guard refuses as well."""
        keys = {key.id for key in call.args[1:] if isinstance(key, ast.Name)}
        guards = [node for node in ast.walk(self.function) if is_guard(node)]
        return any(keys & self._referred_to(guard) for guard in guards)

    def _referred_to(self, guard: ast.AST) -> set[str]:
        """Names of keys that some row must refer to, or the guard refuses."""
        found: set[str] = set()
        assert isinstance(guard, ast.If)
        for node in ast.walk(guard.test):
            match node:
                case ast.Compare(
                    left=ast.Subscript(), ops=[ast.NotEq()], comparators=[ast.Name(id=name)]
                ):
                    found.add(name)
                case ast.Compare(
                    left=asked, ops=[ast.Is()], comparators=[ast.Constant(value=None)]
                ):
                    found |= self._references_in(statement_of(asked))
        return found

    def _references_in(self, statement: Statement | None) -> set[str]:
        table = self.tables.get(statement.table) if statement is not None else None
        if statement is None or table is None:
            return set()
        columns = [one.removesuffix(" = ?").strip('"') for one in statement.conjuncts]
        return {
            value.id
            for name, value in zip(columns, statement.values, strict=False)
            if isinstance(value, ast.Name)
            and name in table.by_name
            and table.by_name[name].references
        }

    def is_needless(self, call: ast.Call) -> bool:
        """Whether the function refuses the same keys without this lookup."""
        return self.is_made_again(call) or self.is_implied(call)

    def cannot_refuse(self, call: ast.Call) -> bool:
        """Whether a lookup finds its row for certain: the function has made it, or found it
        before."""
        call = self._within(call)
        if any(isinstance(one, ast.Name) and one.id in self._made() for one in call.args[1:]):
            return True
        return any(
            isinstance(node, ast.Call)
            and node.lineno < call.lineno
            and ast.dump(node) == ast.dump(call)
            for node in ast.walk(self.function)
        )

    def _within(self, call: ast.Call) -> ast.Call:
        """The lookup that a call is given the result of, or the call itself."""
        given = (one for one in call.args if isinstance(one, ast.Call) and self.is_lookup(one))
        inner = next(given, None)
        return call if inner is None else self._within(inner)

    def _made(self) -> set[str]:
        """Names that stand for keys in rows that the function inserts."""
        return {
            value.id
            for statement in self.statements()
            if statement.verb == "INSERT"
            for value in statement.values
            if isinstance(value, ast.Name)
        } & {self.tables[one.table].key[0] for one in self.statements() if one.table in self.tables}

    @cached_property
    def kept_by_the_schema(self) -> frozenset[int]:
        """Guards whose refusal the database itself makes, and the calls that they ask: a key or a
        unique value that is taken, or the delete of a row that others refer to.  By `id`."""
        kept: set[int] = set()
        for guard in ast.walk(self.function):
            if isinstance(guard, ast.If) and is_guard(guard):
                asked = self._asked(guard)
                if any(self._is_kept(statement) for _, statement in asked):
                    kept |= {id(guard), *(id(call) for call, _ in asked)}
        return frozenset(kept)

    def _asked(self, guard: ast.If) -> list[tuple[ast.AST, Statement]]:
        """The statements that the guard tests, in place or by name."""
        names = {node.id for node in ast.walk(guard.test) if isinstance(node, ast.Name)}
        places: list[ast.AST] = [guard.test]
        for node in ast.walk(self.function):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                    places.append(value)
        found = ((node, statement_of(node)) for place in places for node in ast.walk(place))
        return [(node, statement) for node, statement in found if statement is not None]

    def _is_kept(self, asked: Statement) -> bool:
        table = self.tables.get(asked.table)
        if table is None:
            return False
        equal = {one.removesuffix(" = ?").strip('"') for one in asked.conjuncts if " = ?" in one}
        others = [one for one in asked.conjuncts if " = ?" not in one and " != ?" not in one]
        if others:
            return False
        written = [one for one in self.statements() if one.method == "run"]
        if any(one.table == asked.table and one.verb != "DELETE" for one in written) and (
            equal == set(table.key)
            or any(column.unique and equal == {column.name} for column in table.columns)
        ):
            return True
        deleted = {one.table for one in written if one.verb == "DELETE"}
        touched = {one.table for one in written}
        return table.name not in touched and any(
            column.references in deleted and equal == {column.name} for column in table.columns
        )


def is_guard(node: ast.AST) -> bool:
    """Whether a statement only refuses, under some condition."""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and len(node.body) == 1
        and isinstance(node.body[0], ast.Raise)
    )
