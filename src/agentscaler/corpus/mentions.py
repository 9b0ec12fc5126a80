"""Whether a sentence speaks of a parameter or a result field, by its name or in words.

`analyzerArn` is spoken of by "analyzerArn", "the ARN of the analyzer" and "the analyzer".  Words
are compared by their beginnings, so that "creation time" speaks of `createTime`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from agentscaler.words import singular, split_words

__all__ = ["GENERIC", "content_words", "field_names", "is_known", "mentions", "schema_texts"]

Schema = Mapping[str, Any]

GENERIC = frozenset(
    "address amount arn code count data date description detail filter flag full id identifier"
    " info information item key kind label list mode name no number object option own parameter"
    " path resource setting size spec status string text time timestamp title token type uid"
    " unique uri url uuid value version".split()
)
"""Words that name no thing by themselves."""
_STOP = frozenset(
    "a about above after again all also always an and another any are as at be been before"
    " being below between both but by can could did do does done during each either else every"
    " exactly for from had has have how however if in into is it its itself just least less like"
    " many may might more most much must never next no none nor not nothing now of off often on"
    " once one only or other others otherwise out over per same shall should so some such than"
    " that the their them then there these they this those through to together too two under"
    " unless until up upon very via was well were what when where whether which while who whole"
    " whom whose why will with within without would yet".split()
)
_NOT_LETTERS = re.compile(r"[\W_]+")
_ALIKE = 4
"""Letters that two words must begin with alike to be one word in two forms."""
_SPELLED = 4
"""Letters of the shortest name that is looked for without its word borders."""


def content_words(text: str) -> frozenset[str]:
    """The words of a text that mean something, in the singular and in small letters."""
    return frozenset(_content(text))


@lru_cache(maxsize=65536)
def _content(text: str) -> tuple[str, ...]:
    words = (singular(word) for piece in text.split() for word in split_words(piece))
    return tuple(dict.fromkeys(word for word in words if word not in _STOP and len(word) > 1))


def is_known(word: str, known: Iterable[str]) -> bool:
    """Whether a word is one of the known ones, in some form."""
    return any(_akin(word, other) for other in known)


def mentions(text: str, name: str, hint: str = "") -> bool:
    """Whether a text speaks of the thing called `name`.

    Args:
        hint: the thing's description, for a name that says nothing ("q", "id").
    """
    if re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", text, re.IGNORECASE):
        return True
    letters = _letters(name)
    if len(letters) >= _SPELLED and letters in _letters(text):
        return True
    said = content_words(text)
    words = [singular(word) for word in split_words(name)]
    telling = [word for word in words if word not in GENERIC and len(word) > 1]
    found = sum(is_known(word, said) for word in telling)
    if telling and 2 * found >= len(telling):
        return True
    if any(word in said for word in words if word in GENERIC and not telling):
        return True
    return not telling and any(is_known(word, said) for word in content_words(hint) - GENERIC)


def field_names(schema: Schema | None) -> Iterator[str]:
    """The names of all properties in a schema, at any depth, outer ones first."""
    level = [schema or {}]
    while level:
        below: list[Schema] = []
        for node in level:
            yield from node.get("properties") or ()
            below += (node.get("properties") or {}).values()
            below += [node[key] for key in ("items", "additionalProperties") if key in node]
        level = [node for node in below if isinstance(node, Mapping)]


def schema_texts(schema: Schema | None) -> Iterator[str]:
    """All that a schema says in words: names, descriptions, values and names of types."""
    if not schema:
        return
    yield str(schema.get("description", ""))
    yield str(schema.get("x-shape", ""))
    yield from (str(value) for value in schema.get("enum") or ())
    for name, inner in (schema.get("properties") or {}).items():
        yield name
        yield from schema_texts(inner)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from schema_texts(schema[key])


@lru_cache(maxsize=262144)
def _akin(one: str, two: str) -> bool:
    if one == two:
        return True
    shorter, longer = sorted((one, two), key=len)
    if len(shorter) >= _ALIKE - 1 and longer.startswith(shorter):
        return True
    return len(shorter) >= _ALIKE and one[:_ALIKE] == two[:_ALIKE]


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).lower()
