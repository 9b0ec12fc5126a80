"""Operations of web APIs, read off method and path rather than off their names.

`POST /orders/{id}/cancel` is an action on an order, `PUT /boards/{id}/closed` an update of a board,
`DELETE /teams/{id}/members/{userId}` unties two things; whatever an operation id says.  What a path
leaves open (a call at no collection, a method on many things at once) stays as the name says it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agentscaler.corpus.openapi_verbs import FINDING, NOUNS_TOO, VERBS
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.words import singular, split_words
from agentscaler.domain.paths import Step, own_scope_words, read_steps
from agentscaler.domain.places import Places
from agentscaler.graph import verbs
from agentscaler.graph.operation import (
    KeyInput,
    Operation,
    OperationKind,
    key_of,
    read_operation,
    record_of,
)

__all__ = ["read_service"]

Schema = dict[str, Any]
Steps = tuple[Step, ...]

_ITEM_KINDS = {
    "GET": OperationKind.GET,
    "PUT": OperationKind.UPDATE,
    "PATCH": OperationKind.UPDATE,
    "POST": OperationKind.UPDATE,
    "DELETE": OperationKind.DELETE,
}
_VERB_KINDS = (
    (OperationKind.CREATE, verbs.CREATE | {"post"}),
    (OperationKind.LIST, FINDING - {"get"} | {"all", "index"}),
    (OperationKind.GET, frozenset({"get", "info"})),
    (OperationKind.UPDATE, verbs.UPDATE),
    (OperationKind.DELETE, verbs.DELETE),
)
_WITH_RECORD = {OperationKind.CREATE, OperationKind.GET, OperationKind.LIST, OperationKind.UPDATE}
_NAME_KEYS = frozenset(
    "alias code domain email handle host hostname key label login name slug symbol tag ticker title"
    " user username".split()
)
_PLAIN = frozenset(
    "config configuration details info metadata options preferences profile properties settings"
    " status state".split()
)
"""Segments for parts of a record that add no word of their own to its fields."""


def read_service(tools: Sequence[ToolSpec]) -> list[Operation]:
    """Understands the operations of one service together, in their order."""
    at_paths = [tool for tool in tools if _has_path(tool)]
    places = Places(at_paths)
    return [_read(tool, places) if _has_path(tool) else read_operation(tool) for tool in tools]


def _has_path(tool: ToolSpec) -> bool:
    return tool.source == "openapi" and bool(tool.path) and bool(tool.method)


@dataclass(frozen=True)
class _Call:
    """What a call does, and to which record: `steps` lead to it or to the collection it is in."""

    kind: OperationKind
    steps: Steps
    verb: str = ""
    part: str = ""


def _read(tool: ToolSpec, places: Places) -> Operation:
    base = read_operation(tool)
    steps = tuple(
        step
        for step in read_steps(tool.path or "", tool.method or "")
        if step.text.lower() not in own_scope_words()
    )
    many_at_once = base.verb.startswith(("batch", "bulk", "async")) or (
        bool(steps) and not {"batch", "bulk"}.isdisjoint(split_words(steps[-1].text))
    )
    is_told = bool(steps) and bool(steps[-1].noun) and not many_at_once
    call = _call(base, steps, places) if is_told else None
    if call is not None and not call.steps[-1].noun:
        call = None
    return base if call is None else _operation(base, call, places)


def _call(base: Operation, steps: Steps, places: Places) -> _Call | None:
    method, last = base.tool.method or "", steps[-1]
    if last.keys:
        return _on_item(base, steps, places)
    before = steps[:-1]
    words = split_words(last.text)
    if before and last.text.lstrip("$") == "count":
        while len(before) > 1 and before[-1].text.lower() in FINDING:  # "/tickets/query/count"
            before = before[:-1]
        return None if before[-1].keys else _Call(OperationKind.COUNT, before)
    is_many = bool(words) and places.is_collection(steps)
    is_called = method == "POST" and "." in (base.tool.path or "").rpartition("/")[2]
    is_verb = bool(words) and (is_called or _is_verb(words, method))
    if before and is_verb and not places.at(steps).keyed:
        return _by_verb(base, words, before)
    if is_many:
        return _on_collection(base, steps, places)
    if not before or not words:
        return None
    if before[-1].keys:
        return _on_part(base, steps, places)
    if method == "GET" and base.is_list and places.is_collection(before):
        return _Call(OperationKind.LIST, before)  # `/pets/available`
    return None


def _is_verb(words: list[str], method: str) -> bool:
    """Whether a last segment says what to do."""
    if words[0] not in VERBS | {"all"}:
        return False
    if len(words) == 1:
        return words[0] not in NOUNS_TOO or method in {"POST", "PUT"}
    return words[0] not in NOUNS_TOO and singular(words[-1]) == words[-1]


def _by_verb(base: Operation, words: list[str], before: Steps) -> _Call | None:
    """A path that ends with a verb."""
    if len(words) == 1:
        for kind, known in _VERB_KINDS:
            if words[0] in known:
                is_of_many = kind in {OperationKind.LIST, OperationKind.CREATE}
                if is_of_many and before[-1].keys:
                    break
                return _Call(kind, before)
    if base.tool.method == "GET":
        return _Call(OperationKind.ACTION, before, f"read_{'_'.join(words)}")
    return _Call(OperationKind.ACTION, before, "_".join(words))


def _on_item(base: Operation, steps: Steps, places: Places) -> _Call:
    """A path that ends with a key."""
    method = base.tool.method or ""
    kind = _ITEM_KINDS.get(method)
    if kind is None:
        return _Call(OperationKind.ACTION, steps, method.lower())
    if method in {"PUT", "POST", "DELETE"} and any(step.keys for step in steps[:-1]):
        is_made_here = "POST" in places.at(steps).whole_methods
        is_loose = not is_made_here and (method == "DELETE" or len(_body(base.tool)) < 2)
        if is_loose and places.has_own_place(places.resource(steps), steps):
            tie = OperationKind.UNLINK if method == "DELETE" else OperationKind.LINK
            return _Call(tie, steps)
    if method == "PUT" and not {"POST"} & places.at(steps).whole_methods:
        return _Call(OperationKind.CREATE, steps)  # the caller chooses the key
    return _Call(kind, steps)


def _on_collection(base: Operation, steps: Steps, places: Places) -> _Call | None:
    method = base.tool.method
    if method == "GET":
        return _Call(OperationKind.LIST, steps)
    if method == "POST":
        resource = places.resource(steps)
        owned = any(step.keys for step in steps[:-1])
        if owned and base.verb in verbs.LINK and places.has_own_place(resource, steps):
            return _Call(OperationKind.LINK, steps)
        is_search = base.kind is OperationKind.LIST and base.is_list
        return _Call(OperationKind.LIST if is_search else OperationKind.CREATE, steps)
    names = set(_parameters(base.tool))
    if {"id", f"{places.resource(steps)}_id"} & {"_".join(split_words(name)) for name in names}:
        return _Call(_ITEM_KINDS.get(method or "", OperationKind.ACTION), steps)
    verb = "clear" if method == "DELETE" else "replace_all"
    return _Call(OperationKind.ACTION, steps, verb)


def _on_part(base: Operation, steps: Steps, places: Places) -> _Call:
    """A path to a part of a record: what can be written there are columns of the record."""
    method = base.tool.method or ""
    part = steps[-1].noun
    known = places.at(steps).whole_methods
    is_kept = bool(known & {"PUT", "PATCH"}) or {"GET", "POST"} <= known
    if is_kept and method in {"PUT", "PATCH", "POST"}:
        return _Call(OperationKind.UPDATE, steps[:-1], part=part)
    if is_kept and method == "GET":
        return _Call(OperationKind.GET, steps[:-1], part=part)
    if method == "POST":
        return _Call(OperationKind.ACTION, steps[:-1], part)
    verb = {"GET": "read", "DELETE": "clear"}.get(method, "put")
    return _Call(OperationKind.ACTION, steps[:-1], f"{verb}_{part}")


def _operation(base: Operation, call: _Call, places: Places) -> Operation:
    resource = places.resource(call.steps)
    owners = list(_owners(call.steps, places))
    own = _own_key(base.tool, call, resource)
    others = [
        key
        for key in _asked(base.tool, resource, places)
        if key.resource not in {owner.resource for owner in owners}
    ]
    keys = [key for key in owners if key.resource != resource]
    tool = _without_path(base.tool, call.part)
    entity, is_list = None, False
    if call.kind in _WITH_RECORD and not call.part:
        entity, is_list, _ = record_of(base.tool.returns, resource)
    elif call.part and call.kind is OperationKind.GET:
        entity, _, _ = record_of(base.tool.returns, call.part)
        entity = entity and _prefixed(entity, call.part)
    is_read = call.kind in {OperationKind.GET, OperationKind.LIST, OperationKind.COUNT}
    tie = {OperationKind.LINK: "associate", OperationKind.UNLINK: "disassociate"}
    return replace(
        base,
        tool=tool,
        verb=call.verb or tie.get(call.kind, call.kind.value),
        kind=call.kind,
        effect="read" if is_read else "write",
        resource=resource,
        other="",
        parents=tuple(dict.fromkeys(key.resource for key in keys)),
        entity=entity,
        is_list=is_list,
        requires=(*own, *keys, *others),
        produces=(),
    )


def _owners(steps: Steps, places: Places) -> Iterator[KeyInput]:
    """Keys of the records above, outermost first."""
    for depth, step in enumerate(steps, 1):
        above = step.keys[:-1] if depth == len(steps) else step.keys
        if not above:
            continue
        *before, last = above
        if depth == len(steps):
            before, last = list(above), ""
        for name in before:
            found = key_of(name)
            word = found[0] if found else "_".join(split_words(name))
            if word in places.resources:
                yield KeyInput(word, "id", name, True)
        if last and step.text:
            yield KeyInput(places.resource(steps[:depth]), _form(last), last, True)


def _own_key(tool: ToolSpec, call: _Call, resource: str) -> Iterator[KeyInput]:
    keys = call.steps[-1].keys
    if keys:
        yield KeyInput(resource, _form(keys[-1]), keys[-1], True)
        return
    if call.kind in {OperationKind.CREATE, OperationKind.LIST, OperationKind.COUNT}:
        return
    for name, schema in _parameters(tool).items():
        found = key_of(name)
        if found is not None and schema.get("type") in {None, "string", "integer"}:
            word, field = found
            if (word == resource or not word) and field == "id":
                yield KeyInput(resource, field, name, True)
                return


def _form(key: str) -> str:
    found = key_of(key)
    if found is not None:
        return found[1]
    words = split_words(key)
    return "name" if words and words[-1] in _NAME_KEYS else "id"


def _asked(tool: ToolSpec, resource: str, places: Places) -> Iterator[KeyInput]:
    """Keys of other records in the query and the body."""
    required = set(tool.parameters.get("required") or ())
    for name, schema in _parameters(tool).items():
        inner = schema.get("items") or schema
        if inner.get("type") not in {None, "string", "integer"} or schema.get("x-in") == "path":
            continue
        found = key_of(name)
        if found is None or not found[0] or found[0] == resource:
            continue
        if found[1] == "id" or found[0] in places.resources:
            yield KeyInput(found[0], found[1], name, name in required)


def _parameters(tool: ToolSpec) -> dict[str, Schema]:
    return tool.parameters.get("properties") or {}


def _body(tool: ToolSpec) -> list[str]:
    return [name for name, schema in _parameters(tool).items() if schema.get("x-in") == "body"]


def _without_path(tool: ToolSpec, part: str) -> ToolSpec:
    """The tool less the parameters that say where, or how to answer: what is left are values."""
    is_body = bool(_body(tool))
    kept = {
        name: schema
        for name, schema in _parameters(tool).items()
        if schema.get("x-in") != "path"
        and not (is_body and schema.get("x-in") == "query")
        and not name.startswith(("$", "@"))
    }
    names = {name: _part_field(name, part) for name in kept}
    required = [names[name] for name in tool.parameters.get("required") or () if name in kept]
    parameters = {
        **tool.parameters,
        "properties": {names[name]: schema for name, schema in kept.items()},
        "required": required,
    }
    return tool.model_copy(update={"parameters": parameters})


def _prefixed(entity: Schema, part: str) -> Schema:
    fields = entity.get("properties") or {}
    return {"properties": {_part_field(name, part): schema for name, schema in fields.items()}}


def _part_field(name: str, part: str) -> str:
    """A field of a part of a record as a field of the record."""
    words = split_words(name)
    stem = part.rsplit("_", 1)[-1]
    if not part or part in _PLAIN or stem in _PLAIN or words[:1] == part.split("_")[:1]:
        return name
    return part if words in (["value"], [stem]) else f"{part}_{'_'.join(words)}"
