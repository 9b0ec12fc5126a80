"""The module of a domain's tools as its functions: taken apart, exchanged, put together again.

In: source that a guard has let through.  Nothing here compiles or runs it; it is only read.
"""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agentscaler.world.tree import parse

__all__ = ["Module", "bare"]


@dataclass(frozen=True)
class Module:
    """A module's functions by name, in the order in which they stand, each as text."""

    functions: Mapping[str, str]

    @classmethod
    def read(cls, source: str) -> "Module":
        """The module of some source; what is no function, such as a constant, is left out."""
        lines = source.split("\n")  # only what ends a line for Python
        return cls(
            {
                node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]).rstrip() + "\n"
                for node in parse(source).body
                if isinstance(node, ast.FunctionDef)
            }
        )

    def helpers_of(self, name: str) -> list[str]:
        """The module's functions that a function calls, directly or not, in their order."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            named = _names(self.functions[waiting.pop()])
            fresh = [one for one in self.functions if one in named and one not in found]
            found.update(fresh)
            waiting += fresh
        return [one for one in self.functions if one in found and one != name]

    def source_with(self, written: Mapping[str, str], tools: Collection[str]) -> str:
        """The module's source with some functions exchanged.

        Functions that are no tool's, and that none calls any more, are gone.
        """
        mixed = Module({**self.functions, **written})
        needed = {name for tool in tools for name in (tool, *mixed.helpers_of(tool))}
        return "\n\n".join(text for name, text in mixed.functions.items() if name in needed)


def bare(function: str) -> str:
    """A function's syntax without its docstring, for comparing two."""
    (node,) = parse(function).body
    assert isinstance(node, ast.FunctionDef)
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        node.body = node.body[1:]
    return ast.dump(node)


def _names(function: str) -> frozenset[str]:
    tree = parse(function)
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
