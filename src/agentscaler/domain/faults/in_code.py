"""Faults in the Python of a tool.

Each function takes a node of the source, and yields what could stand there instead: another node,
several statements, or None where it is left out.
"""

import ast
from collections.abc import Callable, Iterator

from agentscaler.domain.faults.fault import Fault
from agentscaler.domain.faults.scope import Scope, is_guard
from agentscaler.domain.faults.statement import statement_of
from agentscaler.world.tree import parse

__all__ = ["Replacement", "faults_in_code"]

Replacement = ast.AST | list[ast.stmt] | None
Wrong = Iterator[tuple[Fault, str, Replacement]]

_BESIDE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
}


def faults_in_code(scope: Scope, node: ast.AST) -> Wrong:
    """What could stand in place of `node`."""
    for rewrite in _REWRITES:
        yield from rewrite(scope, node)


def _code(text: str) -> list[ast.stmt]:
    return parse(text).body


def _expression(text: str) -> ast.expr:
    (statement,) = _code(text)
    assert isinstance(statement, ast.Expr), "what is put in place of an expression is one"
    return statement.value


def _ignored_precondition(scope: Scope, node: ast.AST) -> Wrong:
    if not isinstance(node, ast.If) or not is_guard(node) or id(node) in scope.kept_by_the_schema:
        return
    if scope.tool is None and _is_missing_row(node):
        return  # callers go on with None: another fault
    yield Fault.IGNORED_PRECONDITION, f"without the refusal if {ast.unparse(node.test)}", None


def _is_missing_row(guard: ast.If) -> bool:
    match guard.test:
        case ast.Compare(ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return True
    return False


def _silent_error(scope: Scope, node: ast.AST) -> Wrong:
    match node:
        case ast.Raise(exc=ast.Call(args=[text])) if scope.may_refuse:
            if scope.tool is None:
                yield Fault.SILENT_ERROR, "returns nothing", _code("return None")
            else:
                said = ast.Dict([ast.Constant("error")], [text])
                yield Fault.SILENT_ERROR, "returns the error", ast.Return(said)


def _unhelpful_refusal(scope: Scope, node: ast.AST) -> Wrong:
    if scope.tool is not None or not scope.may_refuse:
        return
    if isinstance(node, ast.If) and is_guard(node) and _is_missing_row(node):
        refusal = ast.If(node.test, _code('raise ToolError("not found")'), [])
        yield Fault.UNHELPFUL_REFUSAL, "says only: not found", refusal


def _off_by_one(_scope: Scope, node: ast.AST) -> Wrong:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if (
            type(operator) in _BESIDE
        ):
            other = _BESIDE[type(operator)]()
            changed = ast.Compare(left, [other], [right])
            yield Fault.OFF_BY_ONE, f"{ast.unparse(changed)}", changed
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() as operator, right=right):
            if not any(isinstance(part, (ast.JoinedStr, ast.List)) for part in (left, right)) and (
                not _is_text(left) and not _is_rows(left)
            ):
                more = ast.BinOp(node, ast.Add(), ast.Constant(1))
                yield Fault.OFF_BY_ONE, f"{ast.unparse(more)}", more
        case ast.Subscript(slice=ast.Slice(upper=ast.Name() as upper)):
            more = ast.BinOp(upper, ast.Add(), ast.Constant(1))
            cut = ast.Subscript(node.value, ast.Slice(None, more), ast.Load())
            yield Fault.OFF_BY_ONE, f"{ast.unparse(cut)}", cut


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_rows(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"sorted", "db.all", "list"}


def _unstable_order(_scope: Scope, node: ast.AST) -> Wrong:
    match node:
        case ast.Call(func=ast.Name(id="sorted"), args=[rows]):
            yield Fault.UNSTABLE_ORDER, "not sorted", ast.Call(ast.Name("list"), [rows], [])
        case ast.Call(func=ast.Attribute(attr="all")) if statement_of(node) is not None:
            hashed = _expression("sorted(rows, key=lambda row: hash(str(row)))")
            assert isinstance(hashed, ast.Call)
            hashed.args = [node]
            yield Fault.UNSTABLE_ORDER, "by hash", hashed


def _swallowed_exception(scope: Scope, node: ast.AST) -> Wrong:
    nothing = ast.ExceptHandler(ast.Name("ToolError"), None, _code("return {}"))
    match node:
        case ast.Expr(value=ast.Call() as call) if scope.is_lookup(call):
            if not scope.is_needless(call):
                caught = ast.ExceptHandler(ast.Name("Exception"), None, [ast.Pass()])
                tried = ast.Try([node], [caught], [], [])
                yield Fault.SWALLOWED_EXCEPTION, f"around {ast.unparse(call)[:60]}", tried
        case ast.Return(value=ast.Call() as call) if scope.is_lookup(call):
            if scope.tool is not None and not scope.cannot_refuse(call):
                tried = ast.Try([node], [nothing], [], [])
                yield Fault.SWALLOWED_EXCEPTION, "returns nothing then", tried
        case ast.Assign(targets=[ast.Name()], value=ast.Call() as call) if scope.is_lookup(call):
            if scope.tool is not None:
                tried = ast.Try([node], [nothing], [], [])
                yield Fault.SWALLOWED_EXCEPTION, f"around {ast.unparse(call)[:60]}", tried


def _skipped_reference(scope: Scope, node: ast.AST) -> Wrong:
    match node:
        case ast.Expr(value=ast.Call() as call) if scope.is_lookup(call):
            if not scope.is_needless(call):
                yield Fault.SKIPPED_REFERENCE, f"without {ast.unparse(call)}", None


def _lost_update(scope: Scope, node: ast.AST) -> Wrong:
    if isinstance(node, ast.Expr):
        statement = statement_of(node.value)
        if statement is not None and statement.method == "run":
            yield Fault.LOST_UPDATE, f"without {statement.sql[:80]}", None


def _wrong_type(scope: Scope, node: ast.AST) -> Wrong:
    match node:
        case ast.Assign(
            targets=[ast.Subscript(slice=ast.Constant(value=field))],
            value=ast.Call(func=ast.Name(id="bool")),
        ) if scope.fields is None or field in scope.fields:
            yield Fault.WRONG_TYPE, f"without {ast.unparse(node)}", None
        case ast.Return(value=ast.Dict(keys=keys, values=[first, *rest])) if scope.tool:
            texts = ast.Dict(keys, [_expression(f"[{ast.unparse(first)}]"), *rest])
            yield Fault.WRONG_TYPE, "its first field in a list", ast.Return(texts)
        case ast.Return(value=ast.Call() as call) if scope.tool and scope.tool.effect == "read":
            statement = statement_of(call)
            if statement is not None and statement.method == "one" and "count" in statement.head:
                yield (
                    Fault.WRONG_TYPE,
                    "the count as text",
                    _code(f"return {{'count': str(({ast.unparse(call)})['count'])}}"),
                )


def _partial_result(_scope: Scope, node: ast.AST) -> Wrong:
    match node:
        case ast.Call(func=ast.Attribute(attr="all")) if statement_of(node) is not None:
            less = ast.Slice(ast.Constant(1))
            yield Fault.PARTIAL_RESULT, "without the first", ast.Subscript(node, less, ast.Load())


def _in_whole_function(scope: Scope, node: ast.AST) -> Wrong:
    """Faults that need more than one place of a tool."""
    if node is not scope.function or scope.tool is None or not isinstance(node, ast.FunctionDef):
        return
    start = 1 if ast.get_docstring(node) is not None else 0
    if scope.tool.effect == "read":
        table = scope.tables[scope.tool.table]
        column = next((one.name for one in table.columns if one.name not in table.key), "")
        if column:
            write = _code(f"""db.run('UPDATE "{table.name}" SET "{column}" = "{column}"')""")
            yield Fault.WRITE_IN_READ, "an UPDATE at its start", _with_start(node, start, write)
    counted = _code("KEPT['calls'] = KEPT['calls'] + 1")
    yield Fault.LEAKED_STATE, "counts its calls", _with_start(node, start, counted)
    returned = node.body[-1]
    if scope.tool.effect == "write" and isinstance(returned, ast.Return):
        yield from _stale_result(scope, node, returned)


def _stale_result(scope: Scope, function: ast.FunctionDef, returned: ast.Return) -> Wrong:
    """The row that is returned, fetched before the first write."""
    call = returned.value
    if call is None or not (scope.is_lookup(call) or statement_of(call)):
        return
    statements = [statement_of(node) for node in ast.walk(function)]
    written = [one for one in statements if one is not None and one.method == "run"]
    if not written or any(one.verb == "INSERT" for one in written[:1]):
        return
    first = next(
        position
        for position, statement in enumerate(function.body)
        if any((found := statement_of(n)) and found.method == "run" for n in ast.walk(statement))
    )
    early = ast.Assign([ast.Name("before", ast.Store())], call)
    late = ast.Return(ast.Name("before", ast.Load()))
    body = [*function.body[:first], early, *function.body[first:-1], late]
    yield Fault.STALE_RESULT, "fetched before the write", _with_body(function, body)


def _with_start(function: ast.FunctionDef, start: int, more: list[ast.stmt]) -> ast.FunctionDef:
    return _with_body(function, [*function.body[:start], *more, *function.body[start:]])


def _with_body(function: ast.FunctionDef, body: list[ast.stmt]) -> ast.FunctionDef:
    return ast.FunctionDef(
        name=function.name,
        args=function.args,
        body=body,
        decorator_list=[],
        returns=function.returns,
    )


_REWRITES: tuple[Callable[[Scope, ast.AST], Wrong], ...] = (
    _ignored_precondition,
    _silent_error,
    _unhelpful_refusal,
    _off_by_one,
    _unstable_order,
    _swallowed_exception,
    _skipped_reference,
    _lost_update,
    _wrong_type,
    _partial_result,
    _in_whole_function,
)
