"""`ReadTurn`: a turn of the agent, read back from what a model wrote."""

import json
import re
from dataclasses import dataclass

__all__ = ["ReadTurn", "cut_calls", "read_call", "split_thinking"]

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")
_NAME = re.compile(r'"name"\s*:\s*"([^"\\\n]*)"')
_ARGUMENTS = re.compile(r'"(?:arguments|parameters)"\s*:\s*')
_TAGS = ("<think>", "</think>")


@dataclass(frozen=True)
class ReadTurn:
    """What a turn says.

    Attributes:
        thinking, words: without blanks at both ends; "" for none.
        calls: name and arguments, as the model wrote them: text that need not be JSON.  Where a
            call cannot be read, the name may be "", and the arguments are what is left of it.
    """

    thinking: str = ""
    words: str = ""
    calls: tuple[tuple[str, str], ...] = ()


def split_thinking(text: str, tags: tuple[str, str] = _TAGS) -> tuple[str, str]:
    """The thinking that a turn begins with, between tags, and the rest.

    Thinking that never ends takes all of the turn.
    """
    opening, closing = tags
    begun = text.lstrip()
    if not begun.startswith(opening):
        return "", text
    thinking, _, rest = begun.removeprefix(opening).partition(closing)
    return thinking.strip(), rest


def read_object(text: str, begin: int) -> tuple[dict[str, str], int]:
    """A JSON object that stands at a place of a text: its values, each as it is written.

    Returns:
        the values by key, and the place behind the object.

    Raises:
        ValueError: there is none, or a key stands there twice.
    """
    place = _expect(text, begin, "{")
    values: dict[str, str] = {}
    while text[place : place + 1] != "}":
        if values:
            place = _expect(text, place, ",")
        key, place = _value(text, place)
        if not isinstance(key, str) or key in values:
            raise ValueError(f"no key at {place}, or one that stands there already")
        start = _expect(text, _skip(text, place), ":")
        _, end = _value(text, start)
        values[key] = text[start:end]
        place = _skip(text, end)
    return values, place + 1


def read_call(written: str, argument_keys: tuple[str, ...]) -> tuple[str, str]:
    """A call that is written as one JSON object: its name and its arguments.

    Args:
        argument_keys: under which of the keys the arguments may stand, the most usual first.
    """
    written = written.strip()
    try:
        values, end = read_object(written, 0)
        name = json.loads(values["name"])
        if end == len(written) and isinstance(name, str) and name.isprintable():
            found = [values[key] for key in argument_keys if key in values]
            return name, _unquoted(found[0]) if found else "{}"
    except (ValueError, KeyError, RecursionError):
        pass
    return _mangled(written)


def cut_calls(written: str, between: str) -> list[str]:
    """JSON objects apart that stand one after the other with a sign between them.

    From the first that is none, the rest is one piece; there is always at least one.
    """
    calls: list[str] = []
    rest = written.strip()
    while rest:
        try:
            _, end = read_object(rest, 0)
        except (ValueError, RecursionError):
            return [*calls, rest]
        calls.append(rest[:end])
        rest = rest[end:].lstrip().removeprefix(between).lstrip()
    return calls or [""]


def _mangled(written: str) -> tuple[str, str]:
    """What can still be told of a call that is no JSON object with a name."""
    named = _NAME.search(written)
    name = named[1] if named and named[1].isprintable() else ""
    behind = _ARGUMENTS.search(written)
    return name, written[behind.end() :].removesuffix("}").strip() if behind else written


def _unquoted(arguments: str) -> str:
    """Arguments that are a string in which the object stands once more are that object."""
    if arguments.startswith('"'):
        inner = json.loads(arguments)
        if inner.lstrip().startswith("{") and _is_writable(inner):
            return str(inner)
    return arguments


def _is_writable(text: str) -> bool:
    """Whether a text has no half of a character, which JSON can name and no file can hold."""
    return text.encode("utf-8", "ignore").decode() == text


def _value(text: str, begin: int) -> tuple[object, int]:
    value, end = _DECODER.raw_decode(text, _skip(text, begin))
    return value, end


def _skip(text: str, begin: int) -> int:
    found = _BLANKS.match(text, begin)
    return found.end() if found else begin


def _expect(text: str, begin: int, letter: str) -> int:
    """The place behind a letter, and behind the blanks that follow."""
    place = _skip(text, begin)
    if text[place : place + 1] != letter:
        raise ValueError(f"no {letter} at {place}")
    return _skip(text, place + 1)
