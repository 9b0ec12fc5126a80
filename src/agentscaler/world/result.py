"""What a tool may return: plain JSON of bounded size that fits the tool's declared result schema.

In: whatever a tool function gave back.  Out: a copy made of dicts, lists and scalars only, or a
`ResultError` that says what does not fit.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, NoReturn

from agentscaler.errors import ToolError
from agentscaler.world.arguments import quoted

__all__ = ["ResultError", "compile_schema", "plain"]

MAX_VALUES = 20_000
MAX_CHARACTERS = 500_000
MAX_DEPTH = 20
INTEGER_LIMIT = 2**63

Fits = Callable[[Any, str], None]
"""Takes a value and its path; raises `ResultError` where the value does not fit."""


class ResultError(Exception):
    """A result is not plain JSON, too large, or not what its schema says."""


class _Copy:
    """One copy in the making, counting values and characters."""

    def __init__(self) -> None:
        self._values = MAX_VALUES - 1
        self._characters = MAX_CHARACTERS

    def of(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if kind is dict:
            self._count(len(value), depth)
            return self._members(value, depth)
        if kind is list:
            self._count(len(value), depth)
            return [self.of(member, depth + 1) for member in value]
        if kind is str:
            self._characters -= len(value)
            if self._characters < 0 or not value.isascii():
                self._check_text(value)
            return value
        if value is None or kind is bool:
            return value
        if kind is int:
            if not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
                raise ToolError("the result would hold an integer over 64 bits")
            return value
        if kind is float:
            if not isfinite(value):
                raise ToolError(f"the result would hold {value}, which is not a number")
            return value
        if depth >= MAX_DEPTH:
            raise ResultError(f"the result is nested deeper than {MAX_DEPTH}")
        raise ResultError(f"the result holds a {kind.__name__}, which is not JSON")

    def _members(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        """A copy of an object; most of what tools return are rows, texts by name."""
        copy = {}
        for key, member in value.items():
            if type(key) is not str:
                self._refuse_key(key)
            self._characters -= len(key)
            if self._characters < 0 or not key.isascii():
                self._check_text(key)
            kind = type(member)
            if kind is str:
                self._characters -= len(member)
                if self._characters < 0 or not member.isascii():
                    self._check_text(member)
            elif member is not None and kind is not bool:
                member = self.of(member, depth + 1)
            copy[key] = member
        return copy

    def _count(self, members: int, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise ResultError(f"the result is nested deeper than {MAX_DEPTH}")
        self._values -= members
        if self._values < 0:
            raise ResultError(f"the result has more than {MAX_VALUES:,} values")

    def _check_text(self, value: str) -> None:
        if self._characters < 0:
            raise ResultError(f"the result has more than {MAX_CHARACTERS:,} characters")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ToolError("the result would hold text with lone surrogates") from None

    def _refuse_key(self, key: Any) -> NoReturn:
        raise ResultError(f"the result has the key {quoted(key)}, which is not a string")


def plain(value: Any) -> Any:
    """A copy of `value` as plain JSON.

    Raises `ResultError` for what no tool may return, and `ToolError` for numbers and texts that
    JSON cannot hold: those come of the data, and an agent can try other arguments.
    """
    return _Copy().of(value)


_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


_BINDING = frozenset(("enum", "anyOf", "properties", "required", "items"))
"""What a schema may ask for beside a type."""


def compile_schema(schema: Mapping[str, Any]) -> Fits:
    """A check for results against `type`, `enum`, `properties`, `required`, `items`, `anyOf`.

    Other keywords describe and do not bind.
    """
    checks: list[Fits] = []
    if "type" in schema:
        checks.append(_type(schema["type"]))
    if "enum" in schema:
        checks.append(_enum(schema["enum"]))
    if "anyOf" in schema:
        checks.append(_any_of([compile_schema(option) for option in schema["anyOf"]]))
    if "properties" in schema or "required" in schema:
        checks.append(_object(schema))
    if isinstance(schema.get("items"), Mapping):
        checks.append(_items(compile_schema(schema["items"])))
    if len(checks) == 1:
        return checks[0]

    def fits(value: Any, path: str) -> None:
        for check in checks:
            check(value, path)

    return fits


def _type(names: str | list[str]) -> Fits:
    return _of_types((names,) if isinstance(names, str) else tuple(names))


@lru_cache(maxsize=256)
def _of_types(names: tuple[str, ...]) -> Fits:
    kinds = _kinds(names)

    def fits(value: Any, path: str) -> None:
        if type(value) not in kinds:
            raise ResultError(f"{path} is {quoted(value)}, not of type {' or '.join(names)}")

    return fits


@lru_cache(maxsize=256)
def _kinds(names: tuple[str, ...]) -> frozenset[type]:
    return frozenset(kind for name in names for kind in _KINDS.get(name, ()))


def _kinds_alone(schema: Mapping[str, Any]) -> frozenset[type]:
    """The types of which every value fits; none where the schema asks for more than a type."""
    if "type" not in schema or not _BINDING.isdisjoint(schema):
        return frozenset()
    names = schema["type"]
    return _kinds((names,) if isinstance(names, str) else tuple(names))


def _enum(allowed: list[Any]) -> Fits:
    def fits(value: Any, path: str) -> None:
        if value not in allowed:
            raise ResultError(f"{path} is {quoted(value)}, not one of its listed values")

    return fits


def _any_of(options: list[Fits]) -> Fits:
    def fits(value: Any, path: str) -> None:
        for option in options:
            try:
                return option(value, path)
            except ResultError:
                continue
        raise ResultError(f"{path} is {quoted(value)}, which fits none of its alternatives")

    return fits


def _object(schema: Mapping[str, Any]) -> Fits:
    members = {
        name: (_kinds_alone(of), compile_schema(of))
        for name, of in schema.get("properties", {}).items()
    }
    required = tuple(schema.get("required", ()))
    closed = schema.get("additionalProperties") is False

    def fits(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            return
        for name in required:
            if name not in value:
                raise ResultError(f"{path} lacks {name}")
        for name, member in value.items():
            expected = members.get(name)
            if expected is not None:
                kinds, check = expected
                if type(member) not in kinds:
                    check(member, f"{path}.{name}")
            elif closed:
                raise ResultError(f"{path} has {name}, which its schema does not know")

    return fits


def _items(check: Fits) -> Fits:
    def fits(value: Any, path: str) -> None:
        if isinstance(value, list):
            for member in value:
                check(member, f"{path}[]")

    return fits
