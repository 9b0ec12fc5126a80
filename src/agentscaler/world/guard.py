"""What the source of tools may contain: an allow-list over its syntax tree.

In: the source of a domain's `tools.py`.  Out: its tree, or a `GuardError` with the line and what is
refused.  A module holds constants and functions, nothing else.  Names and attributes come from
lists of what is known to be harmless, so that what nobody thought of is refused.  What the lists
let through is metered when it runs (see `world.compiler`).
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from agentscaler.errors import GuardError
from agentscaler.world.operations import BUILTIN_NAMES, METERED_METHODS
from agentscaler.world.tree import children, parse

__all__ = ["DATABASE_METHODS", "check"]

MAX_SOURCE = 200_000
MAX_INTEGER_BITS = 64

_NODES: tuple[type[ast.AST], ...] = (
    # statements
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign),
    *(ast.AnnAssign, ast.For, ast.While, ast.If, ast.Pass, ast.Break, ast.Continue, ast.Raise),
    *(ast.Try, ast.ExceptHandler, ast.Expr, ast.Delete),
    # expressions
    *(ast.BoolOp, ast.NamedExpr, ast.BinOp, ast.UnaryOp, ast.Lambda, ast.IfExp, ast.Dict, ast.Set),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.Compare),
    *(ast.Call, ast.keyword, ast.Constant, ast.Attribute, ast.Subscript, ast.Starred, ast.Name),
    *(ast.List, ast.Tuple, ast.Slice, ast.JoinedStr, ast.FormattedValue),
    *(ast.expr_context, ast.boolop, ast.unaryop, ast.cmpop),
    # operators
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.FloorDiv, ast.Pow, ast.LShift, ast.RShift),
    *(ast.BitAnd, ast.BitOr, ast.BitXor),
)

_KINDS = frozenset(
    kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, _NODES)
)

_WORDS = {
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.ClassDef: "class",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
    ast.With: "with",
    ast.Assert: "assert",
    ast.Yield: "yield",
    ast.YieldFrom: "yield from",
    ast.Await: "await",
    ast.AsyncFunctionDef: "async def",
    ast.Match: "match",
    ast.TryStar: "except*",
    ast.MatMult: "the operator @",
}

DATABASE_METHODS = frozenset(("one", "all", "run", "new_id", "now"))
"""What `db` has."""

_TEXT = """
lower upper strip lstrip rstrip split rsplit splitlines startswith endswith join replace find rfind
index rindex count title capitalize casefold swapcase isdigit isalpha isalnum isdecimal isnumeric
isspace isupper islower istitle isascii removeprefix removesuffix partition rpartition zfill ljust
rjust center
"""
_COLLECTIONS = """
append extend insert pop remove sort reverse copy clear get items keys values setdefault update
fromkeys add discard union intersection difference symmetric_difference issubset issuperset
isdisjoint
"""
_NUMBERS = "is_integer bit_length"
_ATTRIBUTES = DATABASE_METHODS | {*_TEXT.split(), *_COLLECTIONS.split(), *_NUMBERS.split()}


def check(source: str) -> ast.Module:
    """Parse `source` and hold it against the allow-list.

    Returns the tree as it was written.  Raises `GuardError` naming the line and what is refused.
    """
    if len(source) > MAX_SOURCE:
        raise GuardError(f"The tools' source is longer than {MAX_SOURCE:,} characters.", _REMEDY)
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f"Line {line}" if line else "The tools' source"
        raise GuardError(f"{where} is not Python: {_plain(error)}.", _REMEDY) from error
    _check_module(tree)
    nodes = [node for node in _walk(tree) if type(node) not in _HARMLESS]
    known = _bound_names(nodes) | BUILTIN_NAMES
    called = {id(node.func) for node in nodes if type(node) is ast.Call}
    for node in nodes:
        kind = type(node)
        if kind is ast.Name:
            _check_known(node, known)
        elif kind in _CHECKS:
            _CHECKS[kind](node)
        elif kind not in _KINDS and not isinstance(node, _NODES):
            word = _WORDS.get(kind, kind.__name__)
            raise _refuse(node, word, "Tools are plain functions; " + _advice(node))
        if kind is ast.Attribute and node.attr in METERED_METHODS and id(node) not in called:
            raise _refuse(node, "a bounded method without a call", "Call it directly.")
    return tree


_REMEDY = "Write tools as plain functions of `db` and their arguments."


def _plain(error: BaseException) -> str:
    return (getattr(error, "msg", None) or str(error) or type(error).__name__).rstrip(".")


def _refuse(node: ast.AST, what: str, remedy: str = "") -> GuardError:
    return GuardError(f"Line {getattr(node, 'lineno', 1)}: {what} is refused.", remedy)


def _walk(tree: ast.Module) -> Iterator[Any]:
    """Every node but those of annotations, which are never run."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += children(node)


def _check_module(tree: ast.Module) -> None:
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                _check_literal(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                _check_literal(value)
            case ast.Expr(value=ast.Constant(value=str())):
                continue
            case _:
                what = _WORDS.get(type(node), "this statement at the top level")
                raise _refuse(node, what, "A module holds functions and constants only.")
        if name in names or name in BUILTIN_NAMES:
            raise _refuse(node, f"a second meaning of the name {name}")
        names.add(name)


def _check_literal(value: ast.expr) -> None:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        remedy = "A constant is a literal: text, number, list, tuple, set or dict."
        raise _refuse(value, "a computed value at the top level", remedy) from error


def _bound_names(nodes: Sequence[Any]) -> set[str]:
    names: set[str] = set()
    for node in nodes:
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is ast.Store:
                names.add(node.id)
        elif kind is ast.arg:
            names.add(node.arg)
        elif kind is ast.FunctionDef or (kind is ast.ExceptHandler and node.name is not None):
            names.add(node.name)
    return names


def _check_name(node: ast.AST, name: str) -> None:
    if name.startswith("_") and name != "_":
        raise _refuse(node, f"the name {name}", "Names must not start with an underscore.")


def _check_known(node: ast.Name, known: AbstractSet[str]) -> None:
    _check_name(node, node.id)
    if node.id not in known:
        raise _refuse(node, f"the name {node.id}", "It is not defined or not for tools.")


def _advice(node: ast.AST) -> str:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "what they need is there without imports: db, ToolError and the safe built-ins."
    if isinstance(node, ast.Assert):
        return "raise ToolError instead."
    return "say it with functions, loops and conditions."


def _check_attribute(node: ast.Attribute) -> None:
    if not isinstance(node.ctx, ast.Load):
        raise _refuse(node, f"assignment to the attribute {node.attr}")
    if node.attr not in _ATTRIBUTES:
        remedy = "Tools may use the methods of db, str, list, dict and sets."
        if node.attr in ("format", "format_map"):
            remedy = "Use an f-string."
        raise _refuse(node, f"the attribute {node.attr}", remedy)


def _check_defaults(node: ast.AST, arguments: ast.arguments) -> None:
    for default in [*arguments.defaults, *arguments.kw_defaults]:
        literal = default.operand if isinstance(default, ast.UnaryOp) else default
        if literal is not None and not isinstance(literal, ast.Constant):
            raise _refuse(node, "a default that is not a plain constant", "Default to None.")


def _check_constant(node: ast.Constant) -> None:
    value = node.value
    if not (value is None or isinstance(value, (bool, int, float, str))):
        raise _refuse(node, f"the constant {value!r}")
    if isinstance(value, int) and value.bit_length() > MAX_INTEGER_BITS:
        raise _refuse(node, "an integer over 64 bits")


def _check_format_specs(node: ast.JoinedStr) -> None:
    for part in node.values:
        if not isinstance(part, ast.FormattedValue) or part.format_spec is None:
            continue
        pieces = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
        text = "".join(str(p.value) for p in pieces if isinstance(p, ast.Constant))
        if len(pieces) != sum(isinstance(p, ast.Constant) for p in pieces):
            raise _refuse(node, "a computed format")
        if re.search(r"\d{3}", text):
            raise _refuse(node, f"the format {text}", "Widths go up to 99.")


def _check_try(node: ast.Try) -> None:
    waiting: list[ast.AST] = list(node.finalbody)
    while waiting:
        child = waiting.pop()
        if isinstance(child, (ast.Return, ast.Break, ast.Continue)):
            raise _refuse(child, "leaving a finally block", "It would hide errors.")
        if not isinstance(child, (ast.FunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(child))


def _check_handler(node: ast.ExceptHandler) -> None:
    if node.type is None:
        raise _refuse(node, "a bare except", "Name the exception.")
    if node.name is not None:
        _check_name(node, node.name)


def _check_argument(node: ast.arg | ast.keyword) -> None:
    if node.arg is not None:
        _check_name(node, node.arg)


def _check_function(node: ast.FunctionDef) -> None:
    _check_name(node, node.name)
    if node.decorator_list:
        raise _refuse(node, "a decorator")
    _check_defaults(node, node.args)


def _check_lambda(node: ast.Lambda) -> None:
    _check_defaults(node, node.args)


def _check_change(node: ast.AugAssign) -> None:
    if isinstance(node.target, ast.Attribute):
        raise _refuse(node, "assignment to an attribute")


def _check_subscript(node: ast.Subscript) -> None:
    if isinstance(node.slice, ast.Slice) and not isinstance(node.ctx, ast.Load):
        raise _refuse(node, "assignment to a slice", "Build a new list instead.")


_CHECKS: dict[type[ast.AST], Callable[[Any], None]] = {
    ast.Attribute: _check_attribute,
    ast.AugAssign: _check_change,
    ast.Constant: _check_constant,
    ast.ExceptHandler: _check_handler,
    ast.FunctionDef: _check_function,
    ast.JoinedStr: _check_format_specs,
    ast.Lambda: _check_lambda,
    ast.Subscript: _check_subscript,
    ast.Try: _check_try,
    ast.arg: _check_argument,
    ast.keyword: _check_argument,
}
"""What is asked of nodes beside that their kind is known; of names more is."""

_HARMLESS = _KINDS - _CHECKS.keys() - {ast.Name, ast.Call}
"""Kinds of which nothing is asked, and that say nothing about others."""
