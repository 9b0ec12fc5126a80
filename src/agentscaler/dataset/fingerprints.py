"""Fingerprints of tools: what an agent is told of a tool, and the code that it runs."""

import ast
import hashlib
import re
from collections.abc import Mapping, Sequence

from pydantic_core import to_json

from agentscaler.world.toolbox import ToolDefinition
from agentscaler.world.tree import parse

__all__ = ["fingerprint_tools"]

_DIGITS = 16
_WORD = re.compile(r"\w+")


def fingerprint_tools(tools: Sequence[ToolDefinition], source: str) -> dict[str, str]:
    """A fingerprint of each tool, by name, in the order of `tools`.

    It covers the tool's definition (name, description, parameters, returns, effect, the tables it
    writes) and its function with every function of the module that this one names, near or far.  So
    it changes when the tool does, and stays when only others do.

    Args:
        source: the module that holds the tools' functions.

    Returns:
        16 hexadecimal digits a tool: the beginning of a SHA-256.
    """
    functions = _functions(source)
    named = {name: set(_WORD.findall(text)) & set(functions) for name, text in functions.items()}
    fingerprints = {}
    for tool in tools:
        definition = tool.model_dump(
            include={"name", "description", "parameters", "returns", "effect", "writes"}
        )
        digest = hashlib.sha256(to_json(definition))
        for name in sorted(_reached(tool.name, named)):
            digest.update(functions[name].encode())
        fingerprints[tool.name] = digest.hexdigest()[:_DIGITS]
    return fingerprints


def _functions(source: str) -> dict[str, str]:
    """The text of each function of a module, by name."""
    lines = source.split("\n")
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def _reached(name: str, named: Mapping[str, set[str]]) -> set[str]:
    """The function called `name`, and those that it leads to."""
    seen: set[str] = set()
    ahead = [name] if name in named else []
    while ahead:
        current = ahead.pop()
        if current not in seen:
            seen.add(current)
            ahead += named[current]
    return seen
