"""What a tool is called: the API's own name where it reads well, else verb and noun.

`getV3TemplatesDockerfiles` and `createUserCalendarGroupCalendarCalendarViewInstance` say where an
operation stands in its API; a tool's name says what it does (`list_dockerfiles`).
"""

import keyword
from collections.abc import Collection, Iterator

from agentscaler.graph import verbs
from agentscaler.graph.operation import Operation, OperationKind
from agentscaler.words import plural, singular, snake, split_words

__all__ = ["tool_name"]

_RESERVED = frozenset({"reset", "step", "state", "close", "get_reward", "verify", "done"})
_LONGEST = 44
_MOST_WORDS = 6
_NOUN_WORDS = 4
_VERBS = {
    OperationKind.CREATE: verbs.CREATE | verbs.MAY_CREATE | {"record", "place", "make", "save"},
    OperationKind.GET: verbs.GET,
    OperationKind.LIST: verbs.LIST | verbs.GET,
    OperationKind.COUNT: verbs.COUNT,
    OperationKind.UPDATE: verbs.UPDATE | {"rename", "move"},
    OperationKind.DELETE: verbs.DELETE | {"cancel", "revoke"},
}
_MANY = frozenset({OperationKind.LIST, OperationKind.COUNT})


def tool_name(operation: Operation, taken: Collection[str]) -> str:
    """A name for an operation's tool; the best one even if it is taken and nothing else is left."""
    names = [name for name in _candidates(operation) if name]
    return next((name for name in names if name not in taken), names[0])


def _candidates(operation: Operation) -> Iterator[str]:
    own = snake(operation.tool.name)
    is_dotted = "." in operation.tool.name
    is_made = operation.tool.source == "openapi" and "#" not in (operation.tool.path or "")
    if not is_dotted and (not is_made or _reads_well(own, operation)):
        yield _fit(own)
    yield from _made(operation)
    yield _fit(own)


def _reads_well(name: str, operation: Operation) -> bool:
    words = name.split("_")
    if len(name) > _LONGEST or len(words) > _MOST_WORDS or any(c.isdigit() for c in name):
        return False
    known = _VERBS.get(operation.kind, frozenset({operation.verb.split("_")[0]}))
    nouns = {singular(word) for word in words[1:]}
    if words[0] not in known or not nouns:
        return False
    if "resource" in nouns and "resource" not in operation.resource.split("_"):
        return False
    if operation.kind in _MANY and words[0] in verbs.GET and singular(words[-1]) == words[-1]:
        return False
    return operation.resource.rsplit("_", 1)[-1] in nouns


def _made(operation: Operation) -> Iterator[str]:
    words = operation.resource.split("_")[-_NOUN_WORDS:]
    owner = operation.parents[-1].split("_")[-2:] if operation.parents else []
    if operation.kind in {OperationKind.LINK, OperationKind.UNLINK} and owner:
        is_link = operation.kind is OperationKind.LINK
        verb, where = ("add", "to") if is_link else ("remove", "from")
        yield _fit("_".join([verb, *words, where, *owner]))
        return
    verb, *rest = _verb(operation)
    if operation.kind in _MANY:
        words = [*words[:-1], plural(words[-1])]
    yield _fit("_".join([verb, *words, *rest]))
    if owner and owner[-1] not in words:
        yield _fit("_".join([verb, *owner, *words, *rest]))


def _verb(operation: Operation) -> list[str]:
    if "." in operation.tool.name and operation.tool.source != "openapi":
        return split_words(operation.tool.name.rsplit(".", 1)[-1]) or [operation.verb]
    return operation.verb.split("_")


def _fit(name: str) -> str:
    made = name[:64].strip("_")
    return f"{made}_now" if made in _RESERVED or keyword.iskeyword(made) else made
