"""What the source of a vertical's tools says about them: parameters and descriptions.

In: the text of `tools.py`, which is parsed and never imported.  Out: a `Signature` for each
function that is a tool.
"""

import ast
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agentscaler.errors import InputError
from agentscaler.world.tree import parse

__all__ = ["Parameter", "Signature", "read_signatures"]

_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


@dataclass(frozen=True)
class Parameter:
    """One parameter: its JSON Schema without description, and whether a call must give it."""

    name: str
    schema: dict[str, Any]
    required: bool
    description: str


@dataclass(frozen=True)
class Signature:
    """What a function says of itself; `description` is its docstring less the parameters."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]


def read_signatures(source: str, names: Iterable[str]) -> dict[str, Signature]:
    """The functions of `source` called `names`.

    Raises:
        InputError: one is not there, has no docstring, or a parameter has no type.
    """
    functions = {
        node.name: node for node in parse(source).body if isinstance(node, ast.FunctionDef)
    }
    for name in names:
        if name not in functions or not ast.get_docstring(functions[name]):
            raise InputError(f"There is no function {name} with a docstring.", "Write it.")
    return {name: _signature(functions[name]) for name in names}


def _signature(function: ast.FunctionDef) -> Signature:
    text = inspect.cleandoc(ast.get_docstring(function) or "")
    head, _, tail = text.partition("Args:\n")
    said = _argument_texts(tail)
    arguments = function.args.args[1:]
    required = len(arguments) - len(function.args.defaults)
    return Signature(
        function.name,
        " ".join(head.split()),
        tuple(
            Parameter(
                argument.arg,
                _schema(function.name, argument),
                position < required,
                said.get(argument.arg, ""),
            )
            for position, argument in enumerate(arguments)
        ),
    )


def _argument_texts(text: str) -> dict[str, str]:
    """The descriptions below "Args:", by parameter; a deeper line goes on with the one above."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("    ") and not line.startswith("     ") and ":" in line:
            name, _, words = line.strip().partition(":")
            found[name] = words.strip()
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return found


def _schema(function: str, argument: ast.arg) -> dict[str, Any]:
    """The JSON Schema of an annotation: a scalar type, a Literal of texts, or a list of these."""
    match argument.annotation:
        case ast.BinOp(left=inner, right=ast.Constant(value=None)):
            return _schema(function, ast.arg(argument.arg, inner))
        case ast.Name(id=name) if name in _TYPES:
            return {"type": _TYPES[name]}
        case ast.Subscript(value=ast.Name(id="Literal"), slice=options):
            return {"type": "string", "enum": list(_texts(options))}
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return {"type": "array", "items": _schema(function, ast.arg(argument.arg, item))}
    raise InputError(
        f"Parameter {argument.arg} of {function} has no type that a tool can take.",
        "Annotate it with str, int, float, bool, Literal[...] or a list of one of them.",
    )


def _texts(options: ast.expr) -> list[str]:
    members = options.elts if isinstance(options, ast.Tuple) else [options]
    return [str(member.value) for member in members if isinstance(member, ast.Constant)]
