"""Operations of web APIs: their calls, with the keys they take and the records they give.

What a path leaves open (a call at no collection, a method on many things at once) stays as the
name of the operation says it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.calls import Call, body_of, parameters_of, read_call
from agentscaler.domain.parts import settle_parts
from agentscaler.domain.paths import Steps, own_scope_words, read_steps
from agentscaler.domain.places import Places
from agentscaler.graph.operation import (
    KeyInput,
    Operation,
    OperationKind,
    key_of,
    read_operation,
    record_of,
)
from agentscaler.words import split_words

__all__ = ["read_service"]

Schema = dict[str, Any]

_WITH_RECORD = {OperationKind.CREATE, OperationKind.GET, OperationKind.LIST, OperationKind.UPDATE}
_NAME_KEYS = frozenset(
    "alias code domain email handle host hostname key label login name slug symbol tag ticker title"
    " user username".split()
)
_RECEIPT = frozenset("code data error errors message messages ok result status success".split())
"""Fields of an answer that tells how a call went, and nothing of a record."""
_PLAIN = frozenset(
    "config configuration details info metadata options preferences profile properties settings"
    " status state".split()
)
"""Segments for parts of a record that add no word of their own to its fields."""


def read_service(tools: Sequence[ToolSpec]) -> list[Operation]:
    """Understands the operations of one service together, in their order."""
    tools = [_named_by_fragment(tool) for tool in tools]
    at_paths = [tool for tool in tools if _has_path(tool)]
    places = Places(at_paths)
    read = [_read(tool, places) if _has_path(tool) else read_operation(tool) for tool in tools]
    return settle_parts(read)


def _named_by_fragment(tool: ToolSpec) -> ToolSpec:
    """A remote procedure behind a fragment has its name there (`/#Action=DeleteStack`)."""
    fragment = (tool.path or "").partition("#")[2]
    name = re.split(r"[=.&]", fragment)[-1]
    return tool.model_copy(update={"name": name}) if name.isidentifier() else tool


def _has_path(tool: ToolSpec) -> bool:
    is_query = "#" in (tool.path or "") or "?" in (tool.path or "")
    return tool.source == "openapi" and bool(tool.path) and bool(tool.method) and not is_query


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
    call = read_call(base, steps, places) if is_told else None
    if call is not None and not call.steps[-1].noun:
        call = None
    return base if call is None else _operation(base, call, places)


def _operation(base: Operation, call: Call, places: Places) -> Operation:
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
        if entity is not None and _RECEIPT.issuperset(entity.get("properties") or {}):
            entity = None
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
            yield KeyInput(found[0] if found else "_".join(split_words(name)), "id", name, True)
        if last and step.text:
            yield KeyInput(places.resource(steps[:depth]), _form(last), last, True)


def _own_key(tool: ToolSpec, call: Call, resource: str) -> Iterator[KeyInput]:
    keys = call.steps[-1].keys
    is_tie = call.kind in {OperationKind.LINK, OperationKind.UNLINK}
    if is_tie and not keys:
        yield KeyInput(resource, "id", f"{resource}_id", True)
        return
    if keys:
        is_within = len(keys) > 1 and key_of(keys[-1]) is None  # `/repos/{owner}/{repo}`
        yield KeyInput(resource, "name" if is_within else _form(keys[-1]), keys[-1], True)
        return
    if call.kind in {OperationKind.CREATE, OperationKind.LIST, OperationKind.COUNT}:
        return
    for name, schema in parameters_of(tool).items():
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
    for name, schema in parameters_of(tool).items():
        inner = schema.get("items") or schema
        if inner.get("type") not in {None, "string", "integer"} or schema.get("x-in") == "path":
            continue
        found = key_of(name)
        if found is None or not found[0] or found[0] == resource:
            continue
        if found[1] == "id" or found[0] in places.resources:
            yield KeyInput(found[0], found[1], name, name in required)


def _without_path(tool: ToolSpec, part: str) -> ToolSpec:
    """The tool less the parameters that say where, or how to answer: what is left are values."""
    is_body = bool(body_of(tool))
    kept = {
        name: schema
        for name, schema in parameters_of(tool).items()
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


def _part_field(name: str, part: str) -> str:
    """A field of a part of a record as a field of the record."""
    words = split_words(name)
    stem = part.rsplit("_", 1)[-1]
    if not part or part in _PLAIN or stem in _PLAIN or words[:1] == part.split("_")[:1]:
        return name
    return part if words in (["value"], [stem]) else f"{part}_{'_'.join(words)}"
