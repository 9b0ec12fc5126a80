"""What a call to a web API does to which record, read off method and path.

`POST /orders/{id}/cancel` is an action on an order, `PUT /boards/{id}/closed` an update of a board,
`DELETE /teams/{id}/members/{userId}` unties two things; whatever an operation id says.
"""

from dataclasses import dataclass
from typing import Any

from agentscaler.corpus.openapi_verbs import FINDING, NOUNS_TOO, VERBS
from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.paths import Steps
from agentscaler.domain.places import Places
from agentscaler.graph import verbs
from agentscaler.graph.operation import Operation, OperationKind, key_of, record_of
from agentscaler.words import singular, split_words

__all__ = ["Call", "body_of", "parameters_of", "read_call"]

Schema = dict[str, Any]

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
_CERTAIN = FINDING | frozenset(
    "calculate check compute generate parse refresh regenerate send sync validate verify".split()
)
"""Verbs that stay verbs before a plural (`POST listKeys`)."""


@dataclass(frozen=True)
class Call:
    """What a call does, and to which record: `steps` lead to it or to the collection it is in."""

    kind: OperationKind
    steps: Steps
    verb: str = ""
    part: str = ""


def read_call(base: Operation, steps: Steps, places: Places) -> Call | None:
    """What an operation's method and path say, or None where they leave it open.

    Args:
        base: the operation as its name tells of it.
        steps: of its path, at least one.
    """
    method, last = base.tool.method or "", steps[-1]
    if last.keys:
        return _on_item(base, steps, places)
    before = steps[:-1]
    words = split_words(last.text)
    if before and last.text.lstrip("$") == "count":
        while len(before) > 1 and before[-1].text.lower() in FINDING:  # "/tickets/query/count"
            before = before[:-1]
        return None if before[-1].keys else Call(OperationKind.COUNT, before)
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
        return Call(OperationKind.LIST, before)  # `/pets/available`
    return None


def _is_verb(words: list[str], method: str) -> bool:
    """Whether a last segment says what to do."""
    if words[0] not in VERBS | {"all"}:
        return False
    if method == "POST" and words[0] in _CERTAIN:
        return True
    if len(words) == 1:
        return words[0] not in NOUNS_TOO or method in {"POST", "PUT"}
    return words[0] not in NOUNS_TOO and singular(words[-1]) == words[-1]


def _by_verb(base: Operation, words: list[str], before: Steps) -> Call | None:
    """A path that ends with a verb."""
    if len(words) == 1:
        for kind, known in _VERB_KINDS:
            if words[0] in known:
                is_of_many = kind in {OperationKind.LIST, OperationKind.CREATE}
                if is_of_many and before[-1].keys:
                    break
                return Call(kind, before)
    if base.tool.method == "GET":
        return Call(OperationKind.ACTION, before, f"read_{'_'.join(words)}")
    return Call(OperationKind.ACTION, before, "_".join(words))


def _on_item(base: Operation, steps: Steps, places: Places) -> Call:
    """A path that ends with a key."""
    method = base.tool.method or ""
    kind = _ITEM_KINDS.get(method)
    if kind is None:
        return Call(OperationKind.ACTION, steps, method.lower())
    if method in {"PUT", "POST", "DELETE"} and any(step.keys for step in steps[:-1]):
        is_made_here = "POST" in places.at(steps).whole_methods
        is_loose = not is_made_here and (method == "DELETE" or len(body_of(base.tool)) < 2)
        if is_loose and places.has_own_place(places.resource(steps), steps):
            tie = OperationKind.UNLINK if method == "DELETE" else OperationKind.LINK
            return Call(tie, steps)
    if method == "POST" and base.verb in verbs.CREATE:
        return Call(OperationKind.ACTION, steps, "create_from")
    is_new = base.verb in verbs.CREATE | {"put", "upsert", "save", "store"}
    if method == "PUT" and is_new and "POST" not in places.at(steps).whole_methods:
        return Call(OperationKind.CREATE, steps)  # the caller chooses the key
    return Call(kind, steps)


def _on_collection(base: Operation, steps: Steps, places: Places) -> Call | None:
    method = base.tool.method
    if method == "GET":
        last = (split_words(steps[-1].text) or [""])[-1]
        _, is_list, _ = record_of(base.tool.returns, places.resource(steps))
        is_one = singular(last) == last and base.tool.returns is not None and not is_list
        kind = OperationKind.ACTION if is_one else OperationKind.LIST
        return Call(kind, steps, "read_one" if is_one else "")
    if method == "POST":
        resource = places.resource(steps)
        owned = any(step.keys for step in steps[:-1])
        is_tie = base.verb in verbs.LINK or _is_all_keys(base.tool, resource)
        if owned and is_tie and places.has_own_place(resource, steps):
            return Call(OperationKind.LINK, steps)
        is_search = base.kind is OperationKind.LIST and base.is_list
        return Call(OperationKind.LIST if is_search else OperationKind.CREATE, steps)
    resource = places.resource(steps)
    is_owned = any(step.keys for step in steps[:-1])
    is_tie = is_owned and _is_all_keys(base.tool, resource)
    if method == "DELETE" and is_tie and places.has_own_place(resource, steps):
        return Call(OperationKind.UNLINK, steps)
    names = {"_".join(split_words(name)) for name in parameters_of(base.tool)}
    if not is_owned and names & {"id", f"{resource}_id"}:
        return Call(_ITEM_KINDS.get(method or "", OperationKind.ACTION), steps)
    verb = "clear" if method == "DELETE" else "replace_all"
    return Call(OperationKind.ACTION, steps, verb)


def _on_part(base: Operation, steps: Steps, places: Places) -> Call:
    """A path to a part of a record: what can be written there are columns of the record."""
    method = base.tool.method or ""
    part = steps[-1].noun
    known = places.at(steps).whole_methods
    is_kept = bool(known & {"PUT", "PATCH"}) or {"GET", "POST"} <= known
    if is_kept and method in {"PUT", "PATCH", "POST"}:
        return Call(OperationKind.UPDATE, steps[:-1], part=part)
    if method == "POST":
        return Call(OperationKind.ACTION, steps[:-1], part)
    verb = {"GET": "read", "DELETE": "clear"}.get(method, "put")
    return Call(OperationKind.ACTION, steps[:-1], f"{verb}_{part}")


def _is_all_keys(tool: ToolSpec, resource: str) -> bool:
    """Whether a body holds nothing but keys of a resource."""
    found = [key_of(name) for name in body_of(tool)]
    return bool(found) and all(key is not None and key[0] in {"", resource} for key in found)


def parameters_of(tool: ToolSpec) -> dict[str, Schema]:
    return tool.parameters.get("properties") or {}


def body_of(tool: ToolSpec) -> list[str]:
    return [name for name, schema in parameters_of(tool).items() if schema.get("x-in") == "body"]
