"""Tools that are written as Python: decorated methods, and definitions in literals.

The source is parsed and never run.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agentscaler.dataset.contamination.parameters import type_name
from agentscaler.words import snake

__all__ = [
    "PythonTool",
    "decorated_tools",
    "keyword_texts",
    "literals_returned",
    "strings_in",
]


@dataclass(frozen=True)
class PythonTool:
    """A tool as its function's signature and docstring tell it."""

    name: str
    description: str
    parameters: frozenset[tuple[str, str]]


def decorated_tools(tree: ast.Module, decorators: frozenset[str]) -> Iterator[PythonTool]:
    """The functions under one of the decorators, methods without `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            _name_of(one) in decorators for one in node.decorator_list
        ):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            yield PythonTool(
                node.name,
                _summary(ast.get_docstring(node) or ""),
                frozenset(
                    (snake(one.arg), _type_of(one.annotation))
                    for one in arguments
                    if one.arg not in {"self", "cls"}
                ),
            )


def literals_returned(tree: ast.Module, function: str) -> Iterator[Any]:
    """What functions of that name return, where that is a literal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    try:
                        yield ast.literal_eval(inner.value)
                    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                        continue


def strings_in(tree: ast.AST) -> Iterator[str]:
    """All texts in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def keyword_texts(tree: ast.Module, key: str) -> Iterator[str]:
    """The texts given as `key=...` in calls, or under "key" in dictionaries."""
    for node in ast.walk(tree):
        values: list[ast.expr] = []
        if isinstance(node, ast.Call):
            values = [one.value for one in node.keywords if one.arg == key]
        elif isinstance(node, ast.Dict):
            values = [
                value
                for name, value in zip(node.keys, node.values, strict=True)
                if isinstance(name, ast.Constant) and name.value == key
            ]
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def _name_of(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _summary(docstring: str) -> str:
    """A docstring up to its sections, of which the first describes the arguments."""
    for heading in ("Args:", "Arguments:", "Parameters:", "Returns:", "Raises:"):
        docstring = docstring.split(f"\n{heading}")[0]
    return docstring.strip()


def _type_of(annotation: ast.expr | None) -> str:
    """JSON Schema's name of an annotated type: of `Optional[X]` and `X | None`, that of X."""
    if annotation is None:
        return "any"
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return _named(annotation.value.partition("[")[0].strip())
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        sides = [annotation.left, annotation.right]
        return next((_type_of(one) for one in sides if not _is_none(one)), "any")
    if isinstance(annotation, ast.Subscript):
        outer = _name_of(annotation.value)
        if outer in {"Optional", "Union", "Annotated"}:
            inner = annotation.slice
            options = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return next((_type_of(one) for one in options if not _is_none(one)), "any")
        return _named(outer)
    return _named(_name_of(annotation))


def _named(name: str) -> str:
    """The type of that name; a class of the benchmark's own is an object."""
    known = type_name(name)
    own = known == name.lower() and name[:1].isupper() and name != "Any"
    return "object" if own else known


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
