"""What the template of an HTTP path says: resources, keys, and perhaps an action at its end."""

import re
from dataclasses import dataclass
from functools import lru_cache

from agentscaler.corpus.openapi_verbs import FINDING, NOUNS_TOO, VERBS
from agentscaler.words import singular, split_words

__all__ = ["PathWords", "read_path"]

_VERSION = re.compile(r"v\d+(?:[.\-_]?\w+)*|\d+(?:\.\d+)+|\d{4}-\d\d-\d\d[-\w]*", re.IGNORECASE)
_SKIPPED = frozenset({"api", "rest", "apis", "json", "xml", "html", "{format}"})
_EXTENSION = re.compile(r"\.(?:json|xml|html|php|aspx?|\{format\})$", re.IGNORECASE)
_NAMESPACE = re.compile(r"\w+\.\w+\.(?=\w+(?:\(.*\))?$)")
_ACTIONS = VERBS - NOUNS_TOO | frozenset(
    "change end forward lock match open release reply share start stop transfer use".split()
)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class PathWords:
    """A path template in words.

    Attributes:
        text: the path without what follows "?" or "#".
        nouns: the words of each fixed segment that names a resource, in order.
        placeholders: the words of each placeholder, in order.
        action: the words of a last segment that begins with a verb ("close", "update-branch").
        ends_with_key: whether the last segment, but for an action, is a placeholder.
    """

    text: str
    nouns: tuple[tuple[str, ...], ...]
    placeholders: tuple[tuple[str, ...], ...]
    action: tuple[str, ...]
    ends_with_key: bool

    @property
    def words(self) -> frozenset[str]:
        """All words of the path, versions and all."""
        return frozenset(split_words(self.text))


@lru_cache(maxsize=4096)
def read_path(path: str) -> PathWords:
    """The words of a path template.  Versions, "api" and file extensions say nothing."""
    text = path.partition("#")[0].partition("?")[0]
    nouns: list[tuple[str, ...]] = []
    placeholders: list[tuple[str, ...]] = []
    action: tuple[str, ...] = ()
    is_key = False
    for segment in _segments(text):
        if action:  # only a verb at the end is an action
            nouns.append(action)
            action = ()
        keys = [tuple(split_words(key)) for key in _PLACEHOLDER.findall(segment)]
        fixed = tuple(split_words(_PLACEHOLDER.sub(" ", segment)))
        if fixed and nouns and not keys and _is_action(fixed):
            action = fixed
        elif fixed:
            nouns.append(fixed)
            is_key = False
        if keys:
            placeholders += keys
            is_key = True
    if action and len(nouns) > 1 and len(nouns[-1]) == 1 and nouns[-1][0] in FINDING:
        nouns.pop()  # "/tickets/query/count" counts tickets
    return PathWords(text, tuple(nouns), tuple(placeholders), action, is_key)


def _is_action(words: tuple[str, ...]) -> bool:
    """Whether a segment says what to do: `close` and `update-branch`, but not `import-jobs`."""
    if words[0] not in _ACTIONS:
        return False
    return len(words) == 1 or words[0] in FINDING or singular(words[-1]) == words[-1]


def _segments(text: str) -> list[str]:
    """The segments that mean something, with "{name}:cancel" as two."""
    pieces = [piece for part in text.split("/") for piece in _split_action(part)]
    kept = (_NAMESPACE.sub("", _EXTENSION.sub("", piece)) for piece in pieces)
    return [
        piece
        for piece in kept
        if piece and piece.lower() not in _SKIPPED and not _VERSION.fullmatch(piece)
    ]


def _split_action(segment: str) -> list[str]:
    head, _, action = segment.rpartition(":")
    return [head, action] if head and "{" not in action else [segment]
