"""Fingerprints of tools: what an agent is told of a tool, and the code that it runs."""

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence

from pydantic_core import to_json

from agentscaler.world.toolbox import ToolDefinition

__all__ = ["fingerprint_tools"]

_DIGITS = 16


def fingerprint_tools(tools: Sequence[ToolDefinition], source: str) -> dict[str, str]:
    """A fingerprint of each tool, by name, in the order of `tools`.

    It covers the tool's definition (name, description, parameters, returns, effect, the tables it
    writes) and its function with every function of the module that this one leads to.  So it
    changes when the tool does, and stays when only others do.

    Args:
        source: the module that holds the tools' functions.

    Returns:
        16 hexadecimal digits a tool: the beginning of a SHA-256.
    """
    functions = {
        node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    }
    fingerprints = {}
    for tool in tools:
        definition = tool.model_dump(
            include={"name", "description", "parameters", "returns", "effect", "writes"}
        )
        digest = hashlib.sha256(to_json(definition))
        for name in sorted(set(_reached(tool.name, functions))):
            # Dumping the tree takes comments and line breaks out of it: they run nothing.
            digest.update(ast.dump(functions[name]).encode())
        fingerprints[tool.name] = digest.hexdigest()[:_DIGITS]
    return fingerprints


def _reached(name: str, functions: Mapping[str, ast.FunctionDef]) -> Iterator[str]:
    """The function called `name`, and those of the module that it names, near or far."""
    seen, ahead = set(), [name]
    while ahead:
        current = ahead.pop()
        if current in seen or current not in functions:
            continue
        seen.add(current)
        yield current
        names = (node.id for node in ast.walk(functions[current]) if isinstance(node, ast.Name))
        ahead += [one for one in names if one in functions]
