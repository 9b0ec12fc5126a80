"""From checked tool source to functions that run within a budget.

The tree is rewritten before it is compiled: every loop turn and every function entry spends a tick;
operators and methods that can blow up go through `world.operations`; sets keep their order;
constants of the module are frozen, so that nothing can be kept from one call to the next.
"""

import ast
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, MappingProxyType
from typing import Any, cast

from agentscaler.world.budget import Budget
from agentscaler.world.guard import DATABASE_METHODS, check
from agentscaler.world.operations import Operations, shown
from agentscaler.world.ordered_set import FrozenOrderedSet, OrderedSet
from agentscaler.world.tree import fields

__all__ = ["FILENAME", "compile_functions", "no_collection"]

FILENAME = "tools.py"
"""How tool code is called in tracebacks."""


@contextmanager
def no_collection() -> Iterator[None]:
    """Keeps the garbage collector from going through a tree again and again while it grows."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def compile_functions(source: str, budget: Budget) -> dict[str, FunctionType]:
    """The functions of `source` by name, metered by `budget`.

    Raises `GuardError` where the allow-list refuses the source.
    """
    tree = check(source)
    constants = {
        name: _frozen(ast.literal_eval(value)) for name, value in _top_level_values(tree).items()
    }
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = [node.name for node in functions]
    rewritten = _Meter().visit(ast.Module(body=[*functions], type_ignores=[]))
    operations = Operations(budget)
    namespace: dict[str, Any] = {
        "__builtins__": operations.builtins(),
        "__name__": "tools",
        "__tick__": budget.tick,
        "__operate__": operations.operate,
        "__operate_in_place__": operations.operate_in_place,
        "__operate_on_item__": operations.operate_on_item,
        "__method__": operations.call_method,
        "__bounded__": operations.bounded,
        "__shown__": shown,
        "__set__": OrderedSet,
        **constants,
    }
    code = compile(rewritten, FILENAME, "exec", dont_inherit=True)
    exec(code, namespace)  # noqa: S102 - the tree went through the allow-list
    return {name: cast(FunctionType, namespace[name]) for name in names}


def _top_level_values(tree: ast.Module) -> dict[str, ast.expr]:
    values: dict[str, ast.expr] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                values[name] = value
    return values


def _frozen(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(member) for key, member in value.items()})
    if isinstance(value, set):
        return FrozenOrderedSet(sorted(value, key=repr))
    return value


_Place = dict[str, Any]


def _place(node: Any) -> _Place:
    """Where in the source a node stands, as nodes take it that are put in there."""
    return {
        "lineno": node.lineno,
        "col_offset": node.col_offset,
        "end_lineno": node.end_lineno,
        "end_col_offset": node.end_col_offset,
    }


def _call(name: str, place: _Place, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, _LOAD, **place), list(arguments), [], **place)


def _tick(place: _Place) -> ast.Expr:
    return ast.Expr(_call("__tick__", place), **place)


_LOAD = ast.Load()


class _Meter(ast.NodeTransformer):
    """Puts the metering into a tree; every name it adds has underscores that tools cannot write.

    What is put in stands where the node stands that it is for.
    """

    def visit(self, node: ast.AST) -> Any:
        method = _VISITS.get(type(node))
        if method is None:
            return self.generic_visit(node)
        return method(self, node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visits what is below a node; every node stays one node."""
        for name in fields(type(node)):
            value = getattr(node, name, None)
            if isinstance(value, list):
                for place, one in enumerate(value):
                    if type(one) not in _LEAVES and isinstance(one, ast.AST):
                        value[place] = self.visit(one)
            elif type(value) not in _LEAVES and isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        node.body.insert(0, _tick(_place(node)))
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        place = _place(node)
        nothing = ast.Constant(None, **place)
        node.body = ast.IfExp(_call("__tick__", place), node.body, nothing, **place)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, _tick(_place(node)))
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, _tick(_place(node)))
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs.insert(0, _call("__tick__", _place(node.target)))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        place = _place(node)
        operator = ast.Constant(type(node.op).__name__, **place)
        return _call("__operate__", place, operator, node.left, node.right)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        place = _place(node)
        operator = ast.Constant(type(node.op).__name__, **place)
        if isinstance(node.target, ast.Subscript):
            item = (node.target.value, node.target.slice)
            changed = _call("__operate_on_item__", place, operator, *item, node.value)
            return ast.Expr(changed, **place)
        name = cast(ast.Name, node.target).id
        old = ast.Name(name, _LOAD, **place)
        new = _call("__operate_in_place__", place, operator, old, node.value)
        return ast.Assign([ast.Name(name, ast.Store(), **place)], new, **place)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        place = _place(node)
        node.annotation = ast.Constant(None, **place)
        self.generic_visit(node)
        if node.value is None:
            return ast.Pass(**place)
        return ast.Assign([node.target], node.value, **place)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr not in DATABASE_METHODS:
            place = _place(node)
            node.func = ast.Name("__method__", _LOAD, **place)
            node.args = [ast.Constant(function.attr, **place), function.value, *node.args]
        return node

    def visit_Set(self, node: ast.Set) -> ast.AST:
        self.generic_visit(node)
        place = _place(node)
        return _call("__set__", place, ast.Tuple(node.elts, _LOAD, **place))

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        place = _place(node)
        return _call("__set__", place, ast.GeneratorExp(node.elt, node.generators, **place))

    def visit_List(self, node: ast.List) -> ast.AST:
        return self._display(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        return self._display(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        self.generic_visit(node)
        return _bounded(node) if None in node.keys else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        return _bounded(node) if isinstance(node.slice, ast.Slice) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                place = _place(part.value)
                part.value = _call("__shown__", place, self.visit(part.value))
        return _bounded(node)

    def _display(self, node: ast.List | ast.Tuple) -> ast.AST:
        """A list or tuple that unpacks others could double with every turn of a loop."""
        self.generic_visit(node)
        starred = any(isinstance(member, ast.Starred) for member in node.elts)
        return _bounded(node) if isinstance(node.ctx, ast.Load) and starred else node


_VISITS: dict[type[ast.AST], Callable[[_Meter, Any], Any]] = {
    getattr(ast, name.removeprefix("visit_")): method
    for name, method in vars(_Meter).items()
    if name.startswith("visit_")
}


_LEAVES = frozenset((ast.Name, ast.Constant))
"""Nodes that stay as they are and have nothing below them."""


def _bounded(node: ast.expr) -> ast.expr:
    return _call("__bounded__", _place(node), node)
