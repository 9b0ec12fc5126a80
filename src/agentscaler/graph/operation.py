"""What an API operation does, read off its name, path and schemas.

An operation acts on one resource ("contact_flow") in one of a few ways (`OperationKind`), takes
keys of resources and gives records of them.  The tool graph joins producers and consumers of keys;
the domain maker turns resources into tables.

Names are read by two grammars.  A remote-procedure name is a verb and a noun phrase, perhaps with
a second one behind a preposition (`ListPoliciesForUser`, `AddUserToGroup`).  A resource path is
segments with a method at its end (`projects.locations.clusters.create`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agentscaler.corpus.tool import Effect, ToolSpec
from agentscaler.graph import verbs
from agentscaler.words import singular, split_words

__all__ = [
    "KeyInput",
    "Operation",
    "OperationKind",
    "Produced",
    "key_of",
    "noun",
    "read_operation",
    "record_of",
    "same_resource",
]

Schema = dict[str, Any]

KEY_WORDS = frozenset({"id", "arn", "name", "identifier", "uuid", "guid", "uid", "sid", "key"})
_PREPOSITIONS = ("for", "to", "from", "by", "of", "with", "in", "on")
_ENDINGS = frozenset({"list", "set", "summary", "summaries"})
_LAST_VERBS = frozenset("add cancel create delete find get remove search update".split())
_WRAPPERS = frozenset(
    "data result results item items value values response body content entry".split()
)


class OperationKind(StrEnum):
    """What an operation does to its resource."""

    CREATE = "create"
    """Makes a new one."""
    GET = "get"
    """Returns one by its key."""
    LIST = "list"
    """Returns many."""
    COUNT = "count"
    """Returns how many there are."""
    UPDATE = "update"
    """Changes one."""
    DELETE = "delete"
    """Removes one."""
    LINK = "link"
    """Ties it to another resource."""
    UNLINK = "unlink"
    """Undoes a tie."""
    ACTION = "action"
    """Anything else; the verb says what."""


@dataclass(frozen=True, slots=True)
class KeyInput:
    """A parameter that takes the key of a resource: (`resource`, `field`), field "id" or "name"."""

    resource: str
    field: str
    parameter: str
    required: bool


@dataclass(frozen=True, slots=True)
class Produced:
    """A result field that gives the key of a resource; `path` leads to it, "[]" for any element."""

    resource: str
    field: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One operation, understood.

    Attributes:
        resource: singular snake case; "" when no noun could be found.
        other: the second resource of a link, or of a list by owner; "" if there is none.
        parents: resources above this one in its path, outermost first.
        entity: schema of the resource's record in the result, or None.
        is_list: whether the result holds many of them.
        requires: keys taken, in the order of the parameters.
        produces: keys given.
    """

    tool: ToolSpec
    verb: str
    kind: OperationKind
    effect: Effect
    resource: str
    other: str
    parents: tuple[str, ...]
    entity: Schema | None
    is_list: bool
    requires: tuple[KeyInput, ...]
    produces: tuple[Produced, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    verb: str
    resource: str
    other: str
    parents: tuple[str, ...]
    is_plural: bool


def read_operation(tool: ToolSpec) -> Operation:
    """Understands one operation."""
    name = _read_path_name(tool) if "." in tool.name else _read_verb_name(tool.name)
    effect = _effect(tool, name.verb)
    kind = _kind(name, effect)
    requires = tuple(_requires(tool, name))
    if kind is OperationKind.ACTION and _makes_one(name, effect, requires):
        kind = OperationKind.CREATE
    entity, is_list, path = record_of(tool.returns, name.resource)
    if kind is OperationKind.GET and is_list and name.is_plural:
        kind = OperationKind.LIST
    return Operation(
        tool=tool,
        verb=name.verb,
        kind=kind,
        effect=effect,
        resource=name.resource,
        other=name.other,
        parents=name.parents,
        entity=entity,
        is_list=is_list,
        requires=requires,
        produces=tuple(_produces(entity, name.resource, path)) if entity else (),
    )


def noun(words: list[str]) -> str:
    """A resource name from words: the last one singular, numbers joined to the word before, a
    version at the end ("v2") left out."""
    kept = [word for word in words if word not in verbs.ARTICLES]
    if len(kept) > 2 and kept[-2] == "v" and kept[-1].isdigit():
        kept = kept[:-2]
    if not kept:
        return ""
    kept[-1] = singular(kept[-1])
    joined: list[str] = []
    for word in kept:
        if word.isdigit() and joined:
            joined[-1] += word
        else:
            joined.append(word)
    return "_".join(joined)


def key_of(parameter: str) -> tuple[str, str] | None:
    """The (resource, field) a parameter's name speaks of: `userPoolId` -> ("user_pool", "id").

    The resource is "" for a bare `id` or `name`.  None when the name does not look like a key.
    """
    words = split_words(parameter)
    if not words:
        return None
    last = singular(words[-1])
    if last not in KEY_WORDS:
        return None
    return noun(words[:-1]), "name" if last in {"name", "key"} else "id"


def same_resource(one: str, two: str) -> bool:
    """Whether two resource names may mean one thing: equal, or one is the other with a prefix."""
    return bool(one and two) and (one == two or one.endswith("_" + two) or two.endswith("_" + one))


def _read_verb_name(name: str) -> _Name:
    words = split_words(name)
    start = 1 if words and words[0] in verbs.PREFIXES and len(words) > 1 else 0
    verb = words[start] if words else ""
    rest = words[start + 1 :]
    if verb not in verbs.ALL and len(words) > 1 and words[-1] in _LAST_VERBS:
        *rest, verb = words  # "orderCancel"
    if start:
        verb = f"{words[0]}_{verb}"
    cut = next((i for i, word in enumerate(rest) if i and word in _PREPOSITIONS), None)
    if cut is None:
        first, second = rest, []
    else:
        first, second = rest[:cut], [word for word in rest[cut + 1 :] if word != "all"]
    is_plural = bool(first) and singular(first[-1]) != first[-1]
    return _Name(verb, noun(first), noun(second), (), is_plural)


def _read_path_name(tool: ToolSpec) -> _Name:
    *segments, method = tool.name.split(".")
    words = split_words(method)
    verb = words[0] if words else ""
    nouns = [noun(split_words(segment)) for segment in segments]
    resource = nouns[-1] if nouns else ""
    parents = tuple(nouns[:-1])
    path_keys = [
        found for found in (key_of(piece) for piece in _placeholders(tool.path or "")) if found
    ]
    above = tuple(dict.fromkeys(key[0] for key in path_keys if key[0] and key[0] != resource))
    owners, rest = above or parents, words[1:]
    if not rest:
        return _Name(verb, resource, "", owners, verb in verbs.LIST)
    if rest[0] in _PREPOSITIONS:
        return _Name(verb, resource, noun(rest[1:]), owners, verb in verbs.LIST)
    return _Name("_".join(words), resource, "", owners, False)  # a method of its own kind


def _placeholders(path: str) -> list[str]:
    """Names in braces of a path template; `{projectsId}` becomes `projectId`."""
    found = []
    for piece in path.split("{")[1:]:
        name = piece.split("}")[0].lstrip("+")
        words = split_words(name)
        if len(words) > 1 and words[-1] == "id":
            words[-2] = singular(words[-2])
        found.append("_".join(words))
    return found


def _effect(tool: ToolSpec, verb: str) -> Effect:
    if tool.effect is not None:
        return tool.effect
    word = next((word for word in verb.split("_") if word not in verbs.PREFIXES), verb)
    if tool.method in {"GET", "HEAD"}:
        return "read"
    if tool.method in {"PUT", "PATCH", "DELETE"}:
        return "write"
    return "read" if word in verbs.READ else "write"


def _kind(name: _Name, effect: Effect) -> OperationKind:
    verb = name.verb
    if not name.resource:
        return OperationKind.ACTION
    if verb in verbs.LINK and name.other:
        return OperationKind.LINK
    if verb in verbs.UNLINK and name.other:
        return OperationKind.UNLINK
    if name.other and verb not in verbs.GET | verbs.LIST | verbs.COUNT:
        return OperationKind.ACTION
    for kind, words in (
        (OperationKind.CREATE, verbs.CREATE),
        (OperationKind.COUNT, verbs.COUNT),
        (OperationKind.LIST, verbs.LIST),
        (OperationKind.UPDATE, verbs.UPDATE),
        (OperationKind.DELETE, verbs.DELETE),
    ):
        if verb in words:
            return kind
    if verb in verbs.GET and effect == "read":
        return OperationKind.LIST if name.is_plural else OperationKind.GET
    return OperationKind.ACTION


def _makes_one(name: _Name, effect: Effect, requires: tuple[KeyInput, ...]) -> bool:
    """Whether an action makes a new thing: `StartQueryExecution` does, `StartInstance` does not."""
    return (
        effect == "write"
        and bool(name.resource)
        and not name.other
        and not name.is_plural
        and name.verb in verbs.MAY_CREATE
        and not any(needed.resource == name.resource for needed in requires)
    )


def _requires(tool: ToolSpec, name: _Name) -> Iterator[KeyInput]:
    required = set(tool.parameters.get("required") or ())
    for parameter, schema in (tool.parameters.get("properties") or {}).items():
        inner = schema.get("items") or schema
        if inner.get("type") not in {None, "string", "integer"}:
            continue
        if parameter == "parent":
            if name.parents:
                yield KeyInput(name.parents[-1], "id", parameter, parameter in required)
            continue
        found = key_of(parameter)
        if found is None and singular(parameter.lower()) == name.resource:
            found = (name.resource, "name")  # old discovery style: the resource's own noun
        if found is None:
            continue
        resource, field = found
        creates = name.verb in verbs.CREATE and not name.other
        if not resource:
            if creates and field == "name":
                continue  # the new thing's own name is chosen, not looked up
            resource = name.resource
        elif creates and same_resource(resource, name.resource):
            continue
        elif name.resource.endswith("_" + resource):
            resource = name.resource  # `executionId` of a flow execution
        yield KeyInput(resource, field, parameter, parameter in required)


def record_of(returns: Schema | None, resource: str) -> tuple[Schema | None, bool, tuple[str, ...]]:
    """The record of `resource` inside a result: (schema, whether many, path)."""
    schema, many = returns, False
    path: tuple[str, ...] = ()
    for _ in range(4):
        if not schema:
            return None, many, path
        if schema.get("type") == "array":
            schema, many, path = schema.get("items"), True, (*path, "[]")
            continue
        properties = schema.get("properties") or {}
        if _is_receipt(schema, resource):
            return None, many, path
        step = _descend(properties, resource)
        if step is None:
            return (schema if properties else None), many, path
        schema, path = properties[step], (*path, step)
    return (schema if schema and schema.get("properties") else None), many, path


def _is_receipt(schema: Schema, resource: str) -> bool:
    """Whether a result is a long-running operation's receipt, not the record itself."""
    shape = str(schema.get("x-shape", ""))
    return shape.endswith("Operation") and resource != "operation"


def _descend(properties: dict[str, Schema], resource: str) -> str | None:
    """Which property holds the record, or None when this level is the record."""
    containers = [
        key
        for key, value in properties.items()
        if (value.get("properties") or (value.get("items") or {}).get("properties"))
    ]
    scalars = [key for key in properties if key not in containers]
    if len(scalars) > 3 and any(key_of(name) for name in scalars):
        return None  # a key and several facts: this is the record
    for key in containers:
        words = split_words(key)
        stem = noun([word for word in words if word not in _ENDINGS])
        if same_resource(stem, resource) or (words and words[-1] in _WRAPPERS):
            return key
    if len(containers) == 1 and not scalars:
        return containers[0]
    return None


def _produces(entity: Schema, resource: str, path: tuple[str, ...]) -> Iterator[Produced]:
    for field, schema in (entity.get("properties") or {}).items():
        if schema.get("type") not in {None, "string", "integer"}:
            continue
        found = key_of(field)
        if found is None:
            continue
        owner, kind = found
        yield Produced(owner or resource, kind, (*path, field))
