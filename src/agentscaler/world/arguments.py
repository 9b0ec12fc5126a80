"""Holds the arguments of a call against a tool's parameter schema, compiled once a tool.

Schemas are flat: every property is a scalar, an enum of scalars, or an array of these.  Of patterns
only those count that rule out one character, `^[^/]*$`, for others may take forever.  A refusal is
a `ToolError` whose text tells an agent what would do.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Any

from agentscaler.errors import InputError, ToolError

__all__ = ["ArgumentCheck", "quoted"]

MAX_STRING = 10_000
MAX_ARRAY = 1_000
INTEGER_LIMIT = 2**63

_MAX_QUOTED = 60
_MAX_LISTED = 20
_WITHOUT = re.compile(r"\^\[\^([^\\\]^-])\]\*\$")
"""A pattern that rules out one character."""

Check = Callable[[Any], Any]
"""Takes a value and gives it in normal form, or raises `_UnfitError`."""


class _UnfitError(Exception):
    """Says what a value must be: "must be a string"."""


class ArgumentCheck:
    """The parameter schema of one tool, ready to check calls.

    Raises `InputError` where the schema is not flat.
    """

    def __init__(self, tool: str, parameters: Mapping[str, Any]) -> None:
        properties = parameters.get("properties", {})
        self.names = tuple(properties)
        self._required = tuple(parameters.get("required", ()))
        self._checks = {name: _compile(tool, name, schema) for name, schema in properties.items()}
        for name in self._required:
            if name not in self._checks:
                raise InputError(f"Tool {tool} requires {name}, which is not a property.")

    def __call__(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments in normal form (5.0 is 5 where an integer is due) and in schema order.

        Raises `ToolError` at the first thing that does not fit.
        """
        if not isinstance(arguments, Mapping):
            raise ToolError(f"arguments must be an object; got {quoted(arguments)}")
        checks = self._checks
        for name in arguments:
            if name not in checks:
                raise ToolError(self._unknown(name))
        checked: dict[str, Any] = {}
        for name, check in checks.items():
            if name in arguments:
                try:
                    checked[name] = check(arguments[name])
                except _UnfitError as unfit:
                    got = quoted(arguments[name])
                    raise ToolError(f"argument {name} {unfit}; got {got}") from None
        for name in self._required:
            if name not in checked:
                raise ToolError(f"argument {name} is required")
        return checked

    def _unknown(self, name: object) -> str:
        known = ", ".join(self.names) if self.names else "none"
        close = get_close_matches(str(name), self.names, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        return f"unknown argument {quoted(name)}; {hint}this tool takes: {known}"


def quoted(value: object) -> str:
    """`value` as a short text that is safe to show and store."""
    if isinstance(value, (dict, list)) and len(value) > _MAX_LISTED:
        return f"{'an object' if isinstance(value, dict) else 'an array'} of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str) and len(value) > _MAX_QUOTED:
        value = value[: _MAX_QUOTED - 3] + "..."
    if isinstance(value, int) and value.bit_length() > _MAX_QUOTED * 3:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value)
    short = text if len(text) <= _MAX_QUOTED + 2 else text[: _MAX_QUOTED - 3] + "..."
    return short.encode("utf-8", "backslashreplace").decode()


def _compile(tool: str, name: str, schema: Mapping[str, Any]) -> Check:
    kind = schema.get("type")
    if kind == "array":
        return _array(_compile_scalar(tool, name, schema.get("items", {})), schema)
    return _compile_scalar(tool, name, schema)


def _compile_scalar(tool: str, name: str, schema: Mapping[str, Any]) -> Check:
    kind = schema.get("type")
    if not isinstance(kind, str) or kind not in _SCALARS:
        raise InputError(
            f"Tool {tool}: parameter {name} has type {kind!r}.",
            "A parameter is a string, integer, number, boolean, or an array of these.",
        )
    check = _SCALARS[kind](schema)
    return _enum(check, schema["enum"]) if schema.get("enum") else check


def _string(schema: Mapping[str, Any]) -> Check:
    shortest = schema.get("minLength", 0)
    longest = min(schema.get("maxLength", MAX_STRING), MAX_STRING)
    without = _WITHOUT.fullmatch(schema.get("pattern", ""))
    never = without[1] if without else None

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise _UnfitError("must be a string")
        if not shortest <= len(value) <= longest:
            raise _UnfitError(_between(shortest, longest, "character"))
        if never is not None and never in value:
            raise _UnfitError(f"must not contain {quoted(never)}")
        if not value.isascii():
            _encodable(value)
        return value

    return check


def _encodable(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _UnfitError("must be valid text, without lone surrogates") from None


def _between(least: int, most: int, unit: str) -> str:
    if not least:
        return f"must have at most {most} {unit}s"
    return f"must have {least} to {most} {unit}s"


def _integer(schema: Mapping[str, Any]) -> Check:
    in_range = _range(schema)

    def check(value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _UnfitError("must be an integer")
        if not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
            raise _UnfitError("must fit in 64 bits")
        in_range(value)
        return value

    return check


def _number(schema: Mapping[str, Any]) -> Check:
    in_range = _range(schema)

    def check(value: Any) -> int | float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise _UnfitError("must be a number")
        if isinstance(value, float) and not isfinite(value):
            raise _UnfitError("must be a finite number")
        if isinstance(value, int) and not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
            raise _UnfitError("must fit in 64 bits")
        in_range(value)
        return value

    return check


def _range(schema: Mapping[str, Any]) -> Callable[[int | float], None]:
    least, most = schema.get("minimum"), schema.get("maximum")

    def check(value: int | float) -> None:
        if least is not None and value < least:
            raise _UnfitError(f"must be at least {least}")
        if most is not None and value > most:
            raise _UnfitError(f"must be at most {most}")

    return check


def _boolean(_schema: Mapping[str, Any]) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise _UnfitError("must be true or false")
        return value

    return check


def _enum(check: Check, allowed: list[Any]) -> Check:
    listed = ", ".join(map(str, allowed[:_MAX_LISTED]))
    if len(allowed) > _MAX_LISTED:
        listed += f", ... ({len(allowed)} in all)"
    members = frozenset(allowed)

    def checked(value: Any) -> Any:
        fit = check(value)
        if fit not in members:
            raise _UnfitError(f"must be one of: {listed}")
        return fit

    return checked


def _array(check_item: Check, schema: Mapping[str, Any]) -> Check:
    fewest = schema.get("minItems", 0)
    most = min(schema.get("maxItems", MAX_ARRAY), MAX_ARRAY)

    def check(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _UnfitError("must be an array")
        if not fewest <= len(value) <= most:
            raise _UnfitError(_between(fewest, most, "item"))
        items = []
        for position, item in enumerate(value):
            try:
                items.append(check_item(item))
            except _UnfitError as unfit:
                raise _UnfitError(f"item {position} {unfit}") from None
        return items

    return check


_SCALARS: dict[str, Callable[[Mapping[str, Any]], Check]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
