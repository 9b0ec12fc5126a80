"""Tools of one domain: their definitions, and the functions compiled from their source."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import FunctionType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from agentscaler.errors import GuardError, InputError
from agentscaler.world.arguments import ArgumentCheck
from agentscaler.world.budget import Budget
from agentscaler.world.compiler import compile_functions, no_collection
from agentscaler.world.contract import Contract
from agentscaler.world.result import Fits, compile_schema
from agentscaler.world.schema import ends_transactions

__all__ = ["Tool", "ToolDefinition", "Toolbox"]


class ToolDefinition(BaseModel):
    """What an agent is told of a tool, and what the tool is allowed to do.

    Attributes:
        name: a Python identifier, at most 64 characters; also the function's name.
        description: says what it does, what it needs and what it gives.
        parameters: JSON Schema of type object with `additionalProperties: false`; every property is
            a scalar (string, integer, number, boolean), an enum of strings, or an array of these.
        returns: JSON Schema of the result.
        effect: "read" leaves every table as it is.
        writes: tables that a write may change; empty for a read.
        contract: what the tool promises, for those who check it; the tool never sees it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    description: str
    parameters: dict[str, Any]
    returns: dict[str, Any]
    effect: Literal["read", "write"]
    writes: tuple[str, ...] = ()
    contract: Contract | None = None


@dataclass(frozen=True)
class Tool:
    """A tool ready to run."""

    definition: ToolDefinition
    function: Callable[..., Any]
    check_arguments: ArgumentCheck
    check_result: Fits
    writes: frozenset[str]


class Toolbox:
    """The tools of a domain by name, with the budget that each of their calls has.

    A toolbox holds no state of any world: one serves all worlds of a domain, in many threads.  It
    travels to another process as its source, and is compiled there again.
    """

    def __init__(
        self,
        source: str,
        definitions: Sequence[ToolDefinition],
        functions: Mapping[str, Callable[..., Any]],
        budget: Budget,
    ) -> None:
        """For functions that are already there; `compile` is the way in for source."""
        self.source = source
        self.budget = budget
        self.rewinds = not ends_transactions(source)
        """Whether the tools' SQL can do nothing to a transaction around several calls."""
        self.tools = {tool.name: _ready(tool, functions[tool.name]) for tool in definitions}

    @classmethod
    def compile(cls, source: str, tools: Sequence[ToolDefinition]) -> "Toolbox":
        """Compile `source` and match its functions with `tools`.

        Raises:
            GuardError: the source holds what tools may not, or a function is missing or does not
                take what its definition says.
            InputError: a definition is not well formed.
        """
        with no_collection():
            return cls._compile(source, tools)

    @classmethod
    def _compile(cls, source: str, tools: Sequence[ToolDefinition]) -> "Toolbox":
        budget = Budget()
        functions = compile_functions(source, budget)
        names = [tool.name for tool in tools]
        for name in sorted({name for name in names if names.count(name) > 1}):
            raise InputError(f"Two tools are called {name}.", "Give each tool a name of its own.")
        for tool in tools:
            if tool.name not in functions:
                raise GuardError(
                    f"Tool {tool.name} has no function.", f"Define {tool.name}(db, ...)."
                )
            _match_signature(tool, functions[tool.name])
        return cls(source, tools, functions, budget)

    @property
    def definitions(self) -> dict[str, ToolDefinition]:
        return {name: tool.definition for name, tool in self.tools.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return (Toolbox.compile, (self.source, list(self.definitions.values())))


def _ready(definition: ToolDefinition, function: Callable[..., Any]) -> Tool:
    if definition.effect == "read" and definition.writes:
        raise InputError(
            f"Tool {definition.name} is a read and declares writes.", "Make it a write."
        )
    return Tool(
        definition=definition,
        function=function,
        check_arguments=ArgumentCheck(definition.name, definition.parameters),
        check_result=compile_schema(definition.returns),
        writes=frozenset(definition.writes),
    )


def _match_signature(tool: ToolDefinition, function: FunctionType) -> None:
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    starred = bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + starred]
    properties = tool.parameters.get("properties", {})
    required = set(tool.parameters.get("required", ()))
    if positional[:1] != ("db",):
        raise GuardError(f"The first parameter of {tool.name} is not db.", "Add it.")
    names = set(given[1:])
    if names != set(properties):
        raise GuardError(
            f"{tool.name} takes {_listed(names)}, its definition says {_listed(properties)}.",
            "Make the two agree.",
        )
    if len(given) > len(positional) or code.co_posonlyargcount > 1:
        raise GuardError(f"{tool.name} has a parameter that is not a plain one.", "Name it.")
    values = function.__defaults__ or ()
    defaults = dict(zip(reversed(positional), reversed(values), strict=False))
    for name in positional[1:]:
        is_right = name not in defaults if name in required else defaults.get(name, 0) is None
        if not is_right:
            says = "must have no default" if name in required else "must default to None"
            raise GuardError(f"Parameter {name} of {tool.name} {says}.", "Change it.")


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "nothing"
