"""Names for the operations of an OpenAPI document.

Operation ids are wild: `repos/create-for-org`, `PetController_findPets`, `usersListUsers`,
`read_items_items__item_id__get`, or nothing at all.  Later stages read a name as a verb and a noun
phrase (`listPets`) or as a resource path with a method at its end (`users.pets.list`).  So an id
that reads so is kept as it is spelled, one that can be turned into it is turned, and otherwise the
name is made from the method and the path (`GET /users/{id}/pets`: `listPets`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agentscaler.corpus.openapi_paths import PathWords, read_path
from agentscaler.corpus.openapi_verbs import NOUNS_TOO, VERBS
from agentscaler.words import plural, singular, snake, split_words

__all__ = ["OperationNames"]

_PREPOSITIONS = frozenset("as at by for from in into of on to via with within".split())
_KEY_WORDS = frozenset("arn guid id ids identifier key name number slug uid uuid".split())
_FILLERS = frozenset("api apis controller handler resource rest service".split())
_METHODS = frozenset("get put post patch delete head".split())
_TAILS = frozenset("collection instance item list one resource".split())
_WRITES_ONE = frozenset("create delete destroy edit patch replace set update".split())
_MANY = frozenset("browse find list query search".split())
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_HASH = re.compile(r"[-_][0-9a-f]{4}$")
_GENERATED = re.compile(r"Using(?:GET|PUT|POST|PATCH|DELETE|HEAD)(?=_\d+$|$)|_(?:alt)?\d+$")
_PASCAL_GROUP = re.compile(r"[A-Z][A-Za-z0-9]*(?:_[A-Z][A-Za-z0-9]*)*_[A-Za-z][A-Za-z0-9]*")
_CAMEL_GROUP = re.compile(r"[a-z][A-Za-z0-9]*_[a-z]+[A-Z][A-Za-z0-9]*")
_SEPARATORS = re.compile(r"[/.:#]+")
_NOT_WORD = re.compile(r"\W")


@dataclass(frozen=True)
class _Request:
    """What a name is made from."""

    operation_id: str
    method: str
    path: PathWords
    tags: tuple[str, ...]

    def is_verb(self, word: str) -> bool:
        """Whether an id that begins with `word` begins with a verb."""
        return word in VERBS and (word not in NOUNS_TOO or self.method == "post")


class OperationNames:
    """Gives the operations of one service their names, no two of them alike.

    Args:
        service: the service's own word, which ids repeat ("compute.instances.list").
    """

    def __init__(self, service: str) -> None:
        self._service = split_words(service)
        self._taken: set[str] = set()

    def name(self, operation_id: str, method: str, path: str, tags: Sequence[str] = ()) -> str:
        """The name of one operation; `method` is in lower case."""
        request = _Request(operation_id.strip(), method, read_path(path), tuple(tags))
        last = ""
        for last in self._candidates(request):
            if self._take(last):
                return last
        number = next(n for n in range(2, len(self._taken) + 3) if self._take(f"{last}{n}"))
        return f"{last}{number}"

    def _take(self, name: str) -> bool:
        key = snake(name)
        if not key or key in self._taken:
            return False
        self._taken.add(key)
        return True

    def _candidates(self, request: _Request) -> Iterator[str]:
        """Names from the best to the last resort."""
        made = self._from_id(request)
        if made:
            yield _without_tail(made, request)
            yield made
        yield from _from_path(request)

    def _from_id(self, request: _Request) -> str:
        """A name made from the operation id; "" when the id says too little."""
        text = _GENERATED.sub("", _HASH.sub("", request.operation_id))
        text = _without_path(text, request)
        groups = [part for part in _SEPARATORS.split(text) if part]
        if not groups or "{" in text:
            return ""
        if "." in text:
            if len(groups) > 2 and split_words(groups[0]) == self._service:
                groups = groups[1:]
            if len(groups) > 1 and (dotted := _dotted(groups)):
                return dotted
        if len(groups) == 1:
            groups = _grouped(groups[0], request)
        above = split_words(groups[-2]) if len(groups) > 1 else []
        group = [word for word in above if word not in _FILLERS]
        return _verb_name(groups[-1], group, request)


def _without_path(text: str, request: _Request) -> str:
    """An id without the path and method that some frameworks put behind the function's name."""
    slug = _NOT_WORD.sub("_", request.path.text)
    for tail in (f"{slug}_{request.method}", f"{slug}__{request.method}"):
        if text.lower().endswith(tail.lower()) and len(slug) > 1:
            return text[: -len(tail)].rstrip("_")
    return text


def _grouped(text: str, request: _Request) -> list[str]:
    """The parts of ids like `PetController_findPets`; others are one part."""
    head, _, tail = text.rpartition("_")
    if not _PASCAL_GROUP.fullmatch(text) and not _CAMEL_GROUP.fullmatch(text):
        return [text]
    first, last = split_words(head), split_words(tail)
    is_verb_first = bool(first) and request.is_verb(first[0])  # `Get_Pets` is no group
    return [text] if is_verb_first or not last or last[0] not in VERBS else [head, tail]


def _dotted(groups: list[str]) -> str:
    """A resource path with a method at its end; "" when the last part has no verb."""
    *above, last = groups
    words = split_words(last)
    if not words or words[0] not in VERBS:
        return ""
    if not all(_PLAIN.fullmatch(group) for group in groups):
        return ""
    rest = words[1:]
    if not rest or rest[0] in _PREPOSITIONS:
        return ".".join(groups)
    owner = split_words(above[-1])
    if owner and singular(rest[-1]) == singular(owner[-1]):
        return ".".join([*above, words[0]])
    return ".".join([*above, _camel(rest), words[0]])


def _verb_name(text: str, group: list[str], request: _Request) -> str:
    """A verb and a noun phrase from the last part of an id, or "" when it has no such form."""
    words = _verb_first(split_words(text), request)
    if not words or _says_no_more(words, request):
        return ""
    verb, rest = words[0], words[1:]
    if rest[:1] == ["or"] and len(rest) > 1:  # `CreateOrUpdate`
        rest = rest[2:]
    if verb in {"post", "put"} and verb == request.method:
        if rest and rest[0] in VERBS:
            verb, rest = rest[0], rest[1:]
        else:
            verb = _verb(request)
    if len(rest) == 1 and rest[0] in _PREPOSITIONS:  # `logIn`
        return ""
    if not rest or rest[0] in _PREPOSITIONS or rest == ["all"]:
        noun = _counted(group or _path_noun(request), verb, rest)
        return _camel([verb, *noun, *(rest if rest != ["all"] else [])]) if noun else ""
    is_spelled = _PLAIN.fullmatch(text) and split_words(text) == [verb, *rest]
    return text if is_spelled else _camel([verb, *rest])


def _verb_first(words: list[str], request: _Request) -> list[str]:
    """The words of an id with its verb first; [] when it has none and the path says it as well."""
    words = _without_tag(words, request)
    if len(words) > 2 and words[1] in VERBS - NOUNS_TOO and words[0] not in VERBS - NOUNS_TOO:
        words = words[1:]  # `issueCreateComment`
    if len(words) > 2 and words[-1] == request.method and words[-2] in VERBS:
        words = words[:-1]  # `storesV1GetGet`: one of the two is the method
    if len(words) > 1 and words[0] == "get" and words[-1] in _TAILS - request.path.words:
        words = ["list" if words[-1] in {"collection", "list"} else "get", *words[1:-1]]
    if not words or request.is_verb(words[0]):
        repeats = len(words) > 1 and words[-1] == request.method and words[0] != words[-1]
        return [] if repeats and set(words) <= request.path.words | _METHODS else words
    if words[-1] in VERBS - NOUNS_TOO | _METHODS:  # `pets_list`
        if request.path.nouns:
            return []
        return [words[-1], *words[:-1]]
    if set(words) <= request.path.words | _METHODS | {"collection", "item", "api"}:
        return []
    if request.method in {"get", "head"}:
        return ["get", *words]
    return words if request.method == "post" and len(words) > 1 else []


def _without_tag(words: list[str], request: _Request) -> list[str]:
    """An id's words without the tag some generators put before them (`usersListUsers`)."""
    for tag in request.tags:
        head = split_words(tag)
        if head and words[: len(head)] == head and words[len(head) :]:
            return words[len(head) :] if words[len(head)] in VERBS else words
    return words


def _says_no_more(words: list[str], request: _Request) -> bool:
    """Whether an id only repeats the method and the words of the path."""
    verb, rest = words[0], words[1:]
    if verb != request.method or not rest or not request.path.nouns:
        return False
    keys = {word for key in request.path.placeholders for word in key}
    repeats = set(rest) <= request.path.words | _PREPOSITIONS
    return repeats and (verb in {"post", "put"} or not keys.isdisjoint(rest))


def _path_noun(request: _Request) -> list[str]:
    path = request.path
    return list(path.nouns[-1]) if path.nouns else split_words(next(iter(request.tags), ""))


def _counted(noun: list[str], verb: str, rest: list[str]) -> list[str]:
    """A noun in the number that its verb asks for."""
    if not noun:
        return []
    is_many = verb in _MANY or rest == ["all"]
    return [*noun[:-1], plural(singular(noun[-1])) if is_many else singular(noun[-1])]


def _from_path(request: _Request) -> Iterator[str]:
    """Names from method and path: the short one, then ones with the resources above in them."""
    path = request.path
    nouns = [list(noun) for noun in path.nouns] or [_path_noun(request) or ["resource"]]
    verb = path.action[0] if path.action else _verb(request)
    if verb in {"get", "list"} and nouns[0] == ["search"] and len(nouns) > 1:
        verb, nouns = "search", nouns[1:]
    last = list(path.action[1:])
    above = nouns
    if not last:
        *above, last = nouns
        if path.ends_with_key or verb == "create":
            last = [*last[:-1], singular(last[-1])]
    yield _camel([verb, *last])
    if verb == "update" and request.method in {"put", "patch"}:
        yield _camel(["replace" if request.method == "put" else "patch", *last])
    for noun in reversed(above):
        last = [*noun[:-1], singular(noun[-1]), *last]
        yield _camel([verb, *last])
    for key in reversed(path.placeholders):
        if key:
            yield _camel([verb, *last, "by", *key])


def _verb(request: _Request) -> str:
    """The verb that a method means at the end of a path."""
    path = request.path
    if request.method == "head":
        return "check"
    if request.method == "get":
        is_many = bool(path.nouns) and singular(path.nouns[-1][-1]) != path.nouns[-1][-1]
        return "list" if is_many and not path.ends_with_key else "get"
    if request.method == "post":
        return "update" if path.ends_with_key else "create"
    return "delete" if request.method == "delete" else "update"


def _without_tail(name: str, request: _Request) -> str:
    """`deletePetById` as `deletePet`, and `createRepoForOrg` as `createRepo`.

    What a thing is found by is no part of what is done, and whose it is stands in the path.
    """
    words = split_words(name)
    if "." in name or len(words) < 4:
        return name
    cut = next((i for i in range(len(words) - 1, 1, -1) if words[i] in {"by", "for"}), None)
    if cut is None or cut == len(words) - 1:
        return name
    tail = words[cut + 1 :]
    keys = {"".join(key) for key in request.path.placeholders}
    is_key = words[cut] == "by" and (tail[-1] in _KEY_WORDS or "".join(tail) in keys)
    is_owner = words[cut] == "for" and words[0] in _WRITES_ONE
    return _camel(words[:cut]) if is_key or is_owner else name


def _camel(words: list[str]) -> str:
    return "".join(words[:1]) + "".join(word.capitalize() for word in words[1:])
