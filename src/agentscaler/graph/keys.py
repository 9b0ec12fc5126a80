"""Keys given and taken: which record's key a parameter wants, and which keys a result holds.

What a name speaks of is settled by the service as a whole: `jobId` is the key of a signing job
where the service has signing jobs and nothing else that ends so, and `roleArn` is nobody's key in a
service that has no roles.  Only resources that the service itself works on count.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from agentscaler.graph import verbs
from agentscaler.graph.operation import Operation, OperationKind, noun
from agentscaler.graph.resource_names import (
    elements_scope,
    name_parameters,
    own_scope,
    parent_scope,
)
from agentscaler.words import singular, split_words

__all__ = ["Key", "ServiceKeys", "Taken"]

Schema = dict[str, Any]

_FORMS = {
    "id": "id",
    "identifier": "id",
    "uuid": "id",
    "guid": "id",
    "arn": "arn",
    "name": "name",
    "url": "url",
    "key": "any",
}
_ACCEPTED = {"any": ("any", "id", "name", "arn"), "id": ("id", "any"), "name": ("name", "any")}
"""Forms of a given key that a parameter of a form can take, where it is more than that form."""
_ENDINGS = frozenset("detail details info list metadata set summary summaries".split())
_PLAIN = frozenset({"string", "integer", None})
_LEVELS = 5
_OF_RECORDS = {OperationKind.CREATE, OperationKind.LIST, OperationKind.DELETE}
"""Kinds of operations that show that a noun has records, which keys tell apart."""
_NAME_FIELDS = ("name", "path")
"""Fields that hold the resource name of a record."""


@dataclass(frozen=True, slots=True)
class Key:
    """A kind of value that singles out one record.

    Attributes:
        resource: whose key it is: words without separators ("signingjob"), or the scope of a
            resource name ("projects/topics").
        form: "id", "arn", "name", "url", "path" (a resource name), or "any" that the service takes.
    """

    resource: str
    form: str

    def __str__(self) -> str:
        return f"{self.resource}.{self.form}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A parameter that takes a key, in any of a few forms."""

    parameter: str
    keys: tuple[Key, ...]
    is_required: bool
    is_bare: bool = False
    """Whether the name says no resource, so that it is the operation's own."""


class ServiceKeys:
    """Reads the keys of the operations of one service."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        resources = {one.resource for one in operations if one.kind in _OF_RECORDS}
        self._known = {_joined(resource) for resource in resources if resource}
        self._by_ending: dict[str, set[str]] = defaultdict(set)
        for resource in sorted(resources):
            words = resource.split("_")
            for start in range(1, len(words)):
                self._by_ending["".join(words[start:])].add(_joined(resource))
        scopes: dict[str, set[str]] = defaultdict(set)
        self._name_fields: set[str] = set()
        for operation in operations:
            if names := name_parameters(operation.tool):
                self._name_fields.update(name for name in names if name in _NAME_FIELDS)
                scope = own_scope(operation.tool)
                scopes[_joined(noun(split_words(scope.rpartition("/")[2])))].add(scope)
        self._scopes = {word: min(found) for word, found in scopes.items() if len(found) == 1}

    def taken(self, operation: Operation) -> list[Taken]:
        """The keys that an operation takes, in the order of its parameters."""
        tool = operation.tool
        required = set(tool.parameters.get("required") or ())
        names = name_parameters(tool)
        found = []
        for parameter, schema in (tool.parameters.get("properties") or {}).items():
            if not _is_plain(schema) or "enum" in schema:
                continue
            keys: tuple[Key, ...]
            if parameter in names:
                keys = _named(parent_scope(tool) if parameter == "parent" else own_scope(tool))
            elif names:
                keys = _named(self._scopes.get(_joined(noun(split_words(parameter))), ""))
            else:
                keys = self._asked(operation, parameter)
            if keys:
                is_bare = not _parse(parameter)[0]
                found.append(Taken(parameter, keys, parameter in required, is_bare))
        return _without_plain_values(operation, found)

    def given(self, operation: Operation) -> dict[Key, None]:
        """The keys that a result holds, except of what the operation deletes."""
        is_delete = not verbs.DELETE.isdisjoint(operation.verb.split("_"))  # also "batch_delete"
        if is_delete or not operation.tool.returns:
            return {}
        reader = self._resource_names if name_parameters(operation.tool) else self._held
        return dict.fromkeys(reader(operation))

    def _asked(self, operation: Operation, parameter: str) -> tuple[Key, ...]:
        """What a parameter asks for, by its name."""
        owner, form = _parse(parameter)
        is_new = _is_new(operation)
        own = self._own(operation)
        if not owner:
            is_free = form is None or form == "any" or (is_new and form != "arn")
            return () if is_free or own is None else _accepted(own, form or "any")
        if form is None:
            resource = _joined(owner) if _joined(owner) in self._known else None
            form = "any"
        else:
            resource = self._resolved(owner, operation)
        if resource is None or (is_new and resource == own):
            return ()
        return _accepted(resource, form)

    def _held(self, operation: Operation) -> Iterator[Key]:
        """Keys anywhere in a result."""
        own = self._own(operation)
        for holder, field, schema in _fields(operation.tool.returns or {}, operation.entity):
            if not _is_plain(schema):
                continue
            owner, form = _parse(field)
            if form is None:
                if _joined(owner) in self._known:
                    yield Key(_joined(owner), "any")
            elif form == "any":
                continue
            elif owner:
                if resource := self._resolved(owner, operation):
                    yield Key(resource, form)
            elif holder is None:
                if own is not None:
                    yield Key(own, form)
            elif _joined(holder) in self._known:
                yield Key(_joined(holder), form)

    def _resource_names(self, operation: Operation) -> Iterator[Key]:
        """Resource names in the record that a call returns."""
        tool, entity = operation.tool, operation.entity
        scope = elements_scope(tool) or own_scope(tool)
        is_own = not operation.is_list or operation.kind is OperationKind.LIST
        for field, schema in ((entity or {}).get("properties") or {}).items():
            if not _is_plain(schema):
                continue
            if field in self._name_fields:
                if is_own and field == self._identity:
                    yield Key(scope, "path")
            elif other := self._scopes.get(_joined(noun(split_words(field)))):
                yield Key(other, "path")

    @property
    def _identity(self) -> str:
        """The field that holds a record's resource name; `name` may be what people call it."""
        return "path" if "path" in self._name_fields else "name"

    def _own(self, operation: Operation) -> str | None:
        return _joined(operation.resource) or None

    def _resolved(self, owner: str, operation: Operation) -> str | None:
        """The resource of the service that `owner` means; None if there is none, or several."""
        whole = _joined(owner)
        if whole in self._known:
            return whole
        if operation.resource.endswith("_" + owner):
            return _joined(operation.resource)
        words = owner.split("_")
        for start in range(1, len(words)):
            if (tail := "".join(words[start:])) in self._known:
                return tail
        longer = self._by_ending.get(whole, set())
        return min(longer) if len(longer) == 1 else None


def _without_plain_values(operation: Operation, found: list[Taken]) -> list[Taken]:
    """Leaves out what only looks like a key beside the parameter that singles out the record.

    Such are a name that an update sets or a list is filtered by, and fields of a request body that
    repeat what the path says.
    """
    properties = operation.tool.parameters.get("properties") or {}
    is_path_style = "." in operation.tool.name
    own = _joined(operation.resource)
    in_path = {
        key.resource
        for one in found
        if properties[one.parameter].get("x-in") == "path"
        for key in one.keys
    }
    singled_out = any(
        one.is_required and key.resource == own and key.form in {"id", "arn", "url"}
        for one in found
        for key in one.keys
    )
    kept = []
    for one in found:
        is_body = properties[one.parameter].get("x-in") == "body"
        key = one.keys[0]
        if is_path_style and is_body and (one.is_bare or key.resource in in_path | {own}):
            continue
        if one.is_bare and key.form == "name":
            is_filter = operation.kind is OperationKind.LIST and not one.is_required
            if singled_out or is_filter:
                continue
        kept.append(one)
    return kept


def _is_new(operation: Operation) -> bool:
    """Whether a call makes a record, so that a name it may be given is chosen and not looked up."""
    if operation.kind is OperationKind.CREATE:
        return True
    own = [one for one in operation.requires if one.resource == operation.resource]
    return operation.verb in verbs.MAY_CREATE and not any(one.required for one in own)


def _fields(
    node: Schema, entity: Schema | None, holder: str | None = "", levels: int = _LEVELS
) -> Iterator[tuple[str | None, str, Schema]]:
    """Fields of a result as (noun of the object that holds it, name, schema).

    The noun is None in the record of the operation's own resource, and "" where there is none.
    """
    while node.get("type") == "array":
        node = node.get("items") or {}
    properties = node.get("properties")
    if not properties or not levels:
        return
    if node is entity:
        holder = None
    for name, schema in properties.items():
        yield holder, name, schema
        words = [word for word in split_words(name) if word not in _ENDINGS]
        yield from _fields(schema, entity, noun(words), levels - 1)


@lru_cache(maxsize=65536)
def _parse(name: str) -> tuple[str, str | None]:
    """(owner, form) of a name; the form is None where its last word is no word for a key."""
    words = split_words(name)
    if len(words) > 1 and words[-1] == "list":
        words.pop()
    if not words:
        return "", None
    form = _FORMS.get(singular(words[-1]))
    return noun(words[:-1] if form else words), form


def _named(scope: str) -> tuple[Key, ...]:
    return (Key(scope, "path"),) if scope else ()


def _accepted(resource: str, form: str) -> tuple[Key, ...]:
    return tuple(Key(resource, one) for one in _ACCEPTED.get(form, (form,)))


def _joined(resource: str) -> str:
    """A resource without separators, for services spell `webProperty` and `webproperty`."""
    return resource.replace("_", "")


def _is_plain(schema: Schema) -> bool:
    """Whether a value is a string or an integer, or a list of them."""
    inner = schema.get("items") or schema
    return inner.get("type") in _PLAIN and "properties" not in inner
