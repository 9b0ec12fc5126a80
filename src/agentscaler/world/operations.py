"""The operations and built-ins that tool code runs with, each held to a size and charged for it.

A tool has a budget of ticks, one a loop turn, so no single operation may do or make more than a
bounded amount, and what it makes is charged by its size.  What goes past a bound raises
`ToolError`: almost always an argument of the call was too large, and the agent can mend that.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from agentscaler.errors import ToolError
from agentscaler.world.budget import Budget
from agentscaler.world.ordered_set import FrozenOrderedSet, OrderedSet

__all__ = ["BUILTIN_NAMES", "METERED_METHODS", "Operations"]

MAX_LENGTH: Final = 200_000
"""Characters of a text, members of a collection."""
MAX_BITS: Final = 256
"""Of an integer that a tool computes."""
MAX_EXPONENT: Final = 64
MAX_RANGE: Final = 100_000
MAX_NESTING: Final = 50
MAX_DIGITS: Final = 20
MEMBERS_A_TICK: Final = 16
"""How much of a text or collection can be made or gone through for one tick."""

METERED_METHODS: Final = frozenset("extend join replace zfill ljust rjust center fromkeys".split())
"""Methods that can make their result much larger than what they start from."""

_SIZED = (str, list, tuple, dict, FrozenOrderedSet)
_SEQUENCES = (str, list, tuple)


def _too_large(what: str) -> ToolError:
    return ToolError(f"{what} is too large to handle")


class Operations:
    """What the compiler puts in place of operators, method calls and built-ins."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._operators: Mapping[str, Callable[[Any, Any], Any]] = {
            "Add": operator.add,
            "Mult": _multiply,
            "Pow": _power,
            "LShift": _shift_left,
            "Mod": _modulo,
            "Sub": _combine(operator.sub),
            "BitAnd": _combine(operator.and_),
            "BitOr": _combine(operator.or_),
            "BitXor": _combine(operator.xor),
            "Div": operator.truediv,
            "FloorDiv": operator.floordiv,
            "RShift": operator.rshift,
        }

    def bounded(self, value: Any) -> Any:
        """`value` itself, charged by its size; refused where it is larger than a tool may make."""
        if isinstance(value, int):
            if value.bit_length() > MAX_BITS:
                raise _too_large("a number")
        elif isinstance(value, _SIZED):
            size = len(value)
            if size > MAX_LENGTH:
                raise _too_large("a value")
            if size >= MEMBERS_A_TICK:
                self._budget.charge(size // MEMBERS_A_TICK)
        return value

    def operate(self, name: str, left: Any, right: Any) -> Any:
        """`left <operator> right`; `name` is the operator's node in Python's syntax tree."""
        return self.bounded(self._operators[name](left, right))

    def operate_in_place(self, name: str, left: Any, right: Any) -> Any:
        """`left <operator>= right`; returns what `left` is now."""
        if name == "Add" and isinstance(left, list):
            left.extend(right)
            return self.bounded(left)
        return self.operate(name, left, right)

    def operate_on_item(self, name: str, container: Any, key: Any, right: Any) -> None:
        """`container[key] <operator>= right`."""
        container[key] = self.operate_in_place(name, container[key], right)

    def call_method(self, name: str, target: Any, *arguments: Any, **named: Any) -> Any:
        """`target.name(...)`, charged for what it goes through and what it makes."""
        method = _METHODS.get(name)
        self.bounded(target)
        if method is None:
            return self.bounded(getattr(target, name)(*arguments, **named))
        result = method(target, *arguments, **named)
        self.bounded(target)
        return self.bounded(result)

    def builtins(self) -> dict[str, Any]:
        """The built-ins of tool code by name."""
        functions = {name: self._charged(function) for name, function in _FUNCTIONS.items()}
        types: dict[Any, type] = {functions[name]: kind for name, kind in _TYPES.items()}

        def is_instance(value: Any, kinds: Any) -> bool:
            wanted: tuple[Any, ...] = kinds if isinstance(kinds, tuple) else (kinds,)
            return any(isinstance(value, types.get(kind) or kind) for kind in wanted)

        return {**_PLAIN, **functions, "isinstance": is_instance}

    def _charged(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            if arguments:
                self.bounded(arguments[0])
            return self.bounded(function(*arguments, **named))

        return run


def _multiply(left: Any, right: Any) -> Any:
    if isinstance(left, _SEQUENCES) or isinstance(right, _SEQUENCES):
        sequence, count = (left, right) if isinstance(left, _SEQUENCES) else (right, left)
        if isinstance(count, int) and len(sequence) * count > MAX_LENGTH:
            raise _too_large("a repeated value")
    return left * right


def _power(base: Any, exponent: Any) -> Any:
    numbers = isinstance(base, (int, float)) and isinstance(exponent, (int, float))
    if numbers and abs(exponent) > MAX_EXPONENT:
        raise _too_large("a power")
    try:
        return base**exponent
    except OverflowError as error:
        raise _too_large("a power") from error


def _shift_left(value: Any, count: Any) -> Any:
    if isinstance(count, int) and count > MAX_BITS:
        raise _too_large("a shifted number")
    return value << count


def _modulo(left: Any, right: Any) -> Any:
    if not isinstance(left, str):
        return left % right
    without_keys = re.sub(r"%\([^)]*\)", "%", left)
    if re.search(r"%[^a-zA-Z%]*(\*|\d{3})", without_keys):
        raise _too_large("a format width")
    return left % (tuple(map(shown, right)) if isinstance(right, tuple) else shown(right))


def _combine(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Set algebra; a plain set, as dict views give, comes back in the order of its operands."""

    def combined(left: Any, right: Any) -> Any:
        result = operation(left, right)
        if isinstance(result, set):
            return OrderedSet(member for member in [*left, *right] if member in result)
        return result

    return combined


def shown(value: Any) -> Any:
    """`value` itself, once it is known that its text is short and the same in every process."""
    if _text_size(value) > MAX_LENGTH:
        raise _too_large("a text")
    return value


def _text_size(value: Any, depth: int = 0) -> int:
    """About how many characters `value` takes as text; refuses what has no lasting text."""
    if value is None or isinstance(value, (bool, int, float)):
        return 1
    if isinstance(value, str):
        return len(value)
    if depth > MAX_NESTING:
        raise _too_large("a nested value")
    size = 0
    for part in _parts(value):
        size += 1 + _text_size(part, depth + 1)
        if size > MAX_LENGTH:
            raise _too_large("a text")
    return size


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return (part for item in value.items() for part in item)
    if isinstance(value, (list, tuple, FrozenOrderedSet)):
        return value
    if isinstance(value, Exception):
        return value.args
    raise TypeError(f"a {type(value).__name__} cannot be shown as text")


def _text(value: Any = "") -> str:
    return str(shown(value))


def _representation(value: Any) -> str:
    return repr(shown(value))


def _join(separator: Any, parts: Iterable[Any]) -> Any:
    parts = list(parts)
    if isinstance(separator, str):
        size = sum(len(part) for part in parts if isinstance(part, str))
        if size + len(separator) * len(parts) > MAX_LENGTH:
            raise _too_large("a joined text")
    return separator.join(parts)


def _replace(target: Any, old: Any, new: Any, count: int = -1) -> Any:
    if isinstance(target, str) and isinstance(old, str) and isinstance(new, str):
        hits = target.count(old)
        if len(target) + hits * (len(new) - len(old)) > MAX_LENGTH:
            raise _too_large("a text")
    return target.replace(old, new, count)


def _pad(method: str) -> Callable[..., Any]:
    def padded(target: Any, width: Any, *fill: Any) -> Any:
        if isinstance(width, int) and width > MAX_LENGTH:
            raise _too_large("a text width")
        return getattr(target, method)(width, *fill)

    return padded


_METHODS: Final[Mapping[str, Callable[..., Any]]] = {
    "extend": lambda target, values: target.extend(values),
    "fromkeys": lambda _dict, keys, value=None: dict.fromkeys(keys, value),
    "join": _join,
    "replace": _replace,
    **{method: _pad(method) for method in ("zfill", "ljust", "rjust", "center")},
}


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise _too_large("a range")
    return numbers


def _sum(values: Iterable[Any], start: Any = 0) -> Any:
    if not isinstance(start, (int, float)):
        raise TypeError("sum adds numbers only")
    return sum(values, start)


def _round(number: Any, digits: Any = None) -> Any:
    if isinstance(digits, int) and abs(digits) > MAX_DIGITS:
        raise _too_large("a number of digits")
    return round(number, digits)


def _iter(values: Iterable[Any]) -> Any:
    return iter(values)


_PLAIN: Final = {
    builtin.__name__: builtin
    for builtin in (
        *(abs, bool, chr, divmod, enumerate, filter, float, int, len, map, next, ord),
        *(reversed, zip),
        *(Exception, ValueError, KeyError, TypeError, IndexError, LookupError),
        *(ArithmeticError, ZeroDivisionError, ToolError),
    )
}

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "all": all,
    "any": any,
    "dict": dict,
    "frozenset": FrozenOrderedSet,
    "iter": _iter,
    "list": list,
    "max": max,
    "min": min,
    "pow": _power,
    "range": _range,
    "repr": _representation,
    "round": _round,
    "set": OrderedSet,
    "sorted": sorted,
    "str": _text,
    "sum": _sum,
    "tuple": tuple,
}

_TYPES: Final[Mapping[str, type]] = {
    "dict": dict,
    "frozenset": FrozenOrderedSet,
    "list": list,
    "set": OrderedSet,
    "str": str,
    "tuple": tuple,
}

BUILTIN_NAMES: Final = frozenset((*_PLAIN, *_FUNCTIONS, "isinstance"))
