"""Syntax trees of tools, read by one thread at a time and walked quickly: only the fields in which
further code can stand."""

import ast
from collections import defaultdict
from threading import RLock

__all__ = ["children", "fields", "parse"]

_ONE_AT_A_TIME = RLock()

_NEVER_RUN = frozenset(("annotation", "returns", "type_comment"))
_NO_NODES = frozenset(("ctx", "id", "attr", "arg", "name", "kind", "conversion"))
"""Fields that hold text, a number, or the mark of a load or a store."""


def parse(source: str) -> ast.Module:
    """The tree of a module's source; raises what `ast.parse` raises.

    Python counts how deep it is in a tree for all threads together (CPython issue 106905), so two
    that parse at the same time may meet a SystemError.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)


class _Fields(defaultdict[type[ast.AST], tuple[str, ...]]):
    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        skipped = _NEVER_RUN | _NO_NODES | ({"value"} if kind is ast.Constant else set())
        self[kind] = tuple(name for name in kind._fields if name not in skipped)
        return self[kind]


_FIELDS = _Fields()


def fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes, or lists of them; without annotations,
    which are never run."""
    return _FIELDS[kind]


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below one."""
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif value and isinstance(value, list):
            found += [child for child in value if isinstance(child, ast.AST)]
    return found
