"""The template of an HTTP path as steps: which collections it leads through, with which keys.

`/users/{user-id}/mailFolders/{id}/messages` is three steps, of which the first two have a key.
Versions, "api", file extensions, type casts and the scopes that every path of a cloud repeats
(`/subscriptions/{id}/resourceGroups/{name}/providers/Microsoft.Web`) lead nowhere and are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agentscaler.corpus.openapi_verbs import VERBS
from agentscaler.graph.operation import noun
from agentscaler.words import split_words

__all__ = ["Step", "Steps", "own_scope_words", "read_steps"]

_VERSION = re.compile(r"v\d+(?:[.\-_]?\w+)*|\d+(?:\.\d+)+|\d{4}-\d\d-\d\d[-\w]*", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:json|xml|html|php|aspx?|do|\{format\})$", re.IGNORECASE)
_NAMESPACE = re.compile(r"(?:\w+\.)+([A-Za-z]\w*)")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SKIPPED = frozenset({"api", "apis", "rest", "json", "xml", "html", "public", "rpc"})
_SELF = frozenset({"me", "self", "my", "mine", "current"})
_FACTS = frozenset("code domain email handle id name sku slug symbol username uuid".split())
_TYPOGRAPHY = " ()'\"=,.:@~!-_"


@dataclass(frozen=True, slots=True)
class Step:
    """One fixed segment of a path and the placeholders behind it.

    Attributes:
        text: the segment as it is written; "" where a path begins with a placeholder.
        noun: the segment as a resource name ("mail_folder").
        keys: names of the placeholders, in order.
    """

    text: str
    noun: str
    keys: tuple[str, ...] = ()


Steps = tuple[Step, ...]


def own_scope_words() -> frozenset[str]:
    """Words of segments that mean the caller's own things (`/me/albums`)."""
    return _SELF


@lru_cache(maxsize=65536)
def read_steps(path: str, method: str = "") -> tuple[Step, ...]:
    """The steps of a path template, outermost first.

    Args:
        method: the HTTP method; a POST may end with an action that a type cast looks like.
    """
    steps: list[Step] = []
    for literal, keys in _segments(path, method):
        if literal:
            steps.append(Step(literal, noun(split_words(literal)), keys))
        elif steps:
            last = steps[-1]
            steps[-1] = Step(last.text, last.noun, last.keys + keys)
        else:
            steps.append(Step("", "", keys))
        if len(steps) > 1 and keys and _is_lookup(steps[-1].text, keys[-1]):
            last = steps[-2]
            steps[-2:] = [Step(last.text, last.noun, last.keys + keys)]
    return tuple(steps)


def _is_lookup(literal: str, key: str) -> bool:
    """Whether a segment only says by which key a record is found (`/users/by-email/{email}`)."""
    words = split_words(literal)
    if "".join(words).startswith(("findby", "getby", "lookup")) or words[:1] == ["by"]:
        return True
    return words == split_words(key) and words[-1] in _FACTS


def _segments(path: str, method: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Segments as (fixed text, placeholders)."""
    text = _EXTENSION.sub("", path.partition("#")[0].partition("?")[0].strip("/"))
    pieces = text.split("/")
    scopes = [n for n, piece in enumerate(pieces[:-1]) if piece.lower() == "providers"]
    if scopes and "." in pieces[scopes[-1] + 1]:
        pieces = pieces[scopes[-1] + 2 :]
    for piece, behind in zip(pieces, [*pieces[1:], ""], strict=True):
        is_keyed = behind.startswith("{")
        if _VERSION.fullmatch(piece) or (piece.lower() in _SKIPPED and not is_keyed):
            continue
        keys = tuple(_PLACEHOLDER.findall(piece))
        head, colon, tail = piece.rpartition(":")
        if colon and head and "{" not in tail:  # "{name}:cancel"
            fixed = _PLACEHOLDER.sub("", head).strip(_TYPOGRAPHY)
            yield fixed, keys
            yield tail, ()
            continue
        fixed = _PLACEHOLDER.sub("", piece).partition("(")[0].strip(_TYPOGRAPHY)
        cast = _NAMESPACE.fullmatch(fixed)
        if cast:
            is_action = method == "POST" and not behind
            if fixed.count(".") > 1 and not is_action and split_words(cast[1])[0] not in VERBS:
                continue  # "microsoft.graph.user" after a key: the same thing, seen as a user
            fixed = cast[1] if fixed.count(".") > 1 else fixed
        if fixed or keys:
            yield fixed, keys
