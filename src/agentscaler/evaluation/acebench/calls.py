"""Reading the calls that a model writes as text, `[name(key='value', ...), ...]`, running nothing.

The text is parsed as a Python expression and its syntax tree is read.  The official scorer does so
as well, but evaluates sums and products in its own process; here they are computed on literals
alone, within bounds.  Two dialects: the official one with its habits, and ours without them.

| text | official | ours |
|---|---|---|
| `+5`, `not x`, `~x` | minus the operand | what it means |
| `true`, `null` | the texts "true", "null" | True, None |
| `f(1, b=2)` | the first argument is dropped | the call has a nameless argument |
| white space inside quotes | gone before it is parsed | kept, where it parses so |
"""

import ast
import operator
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["Call", "NotCallsError", "read_calls", "read_official_calls"]

_MOST_CHARACTERS = 200_000
_MOST_BITS = 1 << 17
_MOST_LENGTH = 100_000


class NotCallsError(ValueError):
    """The text is not a list of calls."""


class Call(NamedTuple):
    """One call as it was written.

    Attributes:
        nameless: how many arguments were given without a name.
    """

    name: str
    arguments: dict[Any, Any]
    nameless: int = 0


def read_official_calls(text: Any) -> list[Call]:
    """The calls as the official scorer reads them: all white space is taken out first.

    Raises:
        NotCallsError: the official scorer cannot read the text either; or it could only by running
            a function, or by computing a value without bounds.
    """
    if not isinstance(text, str):
        raise NotCallsError("the answer is not a text")
    return _Reader(official=True).calls("".join(text.split()))


def read_calls(text: str) -> list[Call]:
    """The calls as they were meant; white space inside of quotes counts where it may stand.

    Raises:
        NotCallsError: the text is not a list of calls.
    """
    reader = _Reader(official=False)
    try:
        return reader.calls(text.strip())
    except NotCallsError:
        return reader.calls("".join(text.split()))


class _Reader:
    """Turns syntax trees into values."""

    def __init__(self, *, official: bool) -> None:
        self._official = official

    def calls(self, text: str) -> list[Call]:
        if len(text) > _MOST_CHARACTERS:
            raise NotCallsError(f"it has more than {_MOST_CHARACTERS:,} characters")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse(text, mode="eval").body
            return self._list(body)
        except NotCallsError:
            raise
        except SyntaxError as error:
            raise NotCallsError(f"it does not parse: {error.msg}") from error
        except (ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
            raise NotCallsError(f"it cannot be read: {error}") from error

    def _list(self, body: ast.expr) -> list[Call]:
        if not isinstance(body, ast.List | ast.Tuple | ast.Set):
            raise NotCallsError("it is not a list in square brackets")
        calls = []
        for element in body.elts:
            if not isinstance(element, ast.Call):
                raise NotCallsError("something in the list is not a call")
            calls.append(self._call(element))
        return calls

    def _call(self, node: ast.Call) -> Call:
        arguments = {keyword.arg: self.value(keyword.value) for keyword in node.keywords}
        return Call(_name(node.func), arguments, len(node.args))

    def value(self, node: ast.expr | None) -> Any:
        """What an argument's tree stands for."""
        match node:
            case ast.Constant(value=value):
                return "..." if value is Ellipsis else value
            case ast.UnaryOp():
                return self._signed(node)
            case ast.List(elts=elements):
                return [self.value(one) for one in elements]
            case ast.Tuple(elts=elements):
                return tuple(self.value(one) for one in elements)
            case ast.Dict(keys=keys, values=values):
                return {
                    self.value(key): self.value(value)
                    for key, value in zip(keys, values, strict=True)
                }
            case ast.BinOp():
                return _computed(node)
            case ast.Name(id=name):
                return name if self._official else _WORDS.get(name, name)
            case ast.Call():
                call = self._call(node)
                return {call.name: call.arguments}
            case ast.Subscript(value=whole, slice=part):
                return f"{ast.unparse(whole)}[{ast.unparse(part)}]"
            case _:
                raise NotCallsError(f"{type(node).__name__} cannot stand for a value")

    def _signed(self, node: ast.UnaryOp) -> Any:
        if not self._official:
            return _computed(node)
        if not isinstance(node.operand, ast.Constant) or node.operand.value is Ellipsis:
            raise NotCallsError("a sign stands before something that is no number")
        # As the official scorer: of a text it raises TypeError, which makes the answer unreadable.
        return operator.neg(node.operand.value)  # type: ignore[arg-type]


_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


def _name(function: ast.expr) -> str:
    """The name that is called, with its dots; "" for what is no name."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if isinstance(function, ast.Name):
        parts.append(function.id)
    return ".".join(reversed(parts))


def _power(base: Any, exponent: Any) -> Any:
    numbers = isinstance(base, int | float) and isinstance(exponent, int | float)
    if not numbers or abs(exponent) > _MOST_BITS or _bits(base) * abs(exponent) > _MOST_BITS:
        raise NotCallsError("a power is too large, or not of numbers")
    return base**exponent


def _product(left: Any, right: Any) -> Any:
    for sequence, count in ((left, right), (right, left)):
        if hasattr(sequence, "__len__") and (
            not isinstance(count, int) or len(sequence) * count > _MOST_LENGTH
        ):
            raise NotCallsError("a repetition is too long")
    if _bits(left) + _bits(right) > _MOST_BITS:
        raise NotCallsError("a product is too large")
    return left * right


def _shift(left: Any, right: Any) -> Any:
    if not isinstance(right, int) or _bits(left) + right > _MOST_BITS:
        raise NotCallsError("a shift is too large")
    return left << right


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str | bytes):
        raise NotCallsError("a text is formatted")
    return left % right


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _product,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: _remainder,
    ast.Pow: _power,
    ast.LShift: _shift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}


def _computed(node: ast.expr) -> Any:
    """What Python computes for an expression of literals; names and calls are refused."""
    match node:
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            return _BINARY[type(sign)](_computed(left), _computed(right))
        case ast.UnaryOp(op=mark, operand=operand):
            return _UNARY[type(mark)](_computed(operand))
        case ast.Constant(value=value):
            return value
        case ast.List(elts=elements):
            return [_computed(one) for one in elements]
        case ast.Tuple(elts=elements):
            return tuple(_computed(one) for one in elements)
        case _:
            raise NotCallsError(f"{type(node).__name__} stands in a computation")
