"""From the operations of a community to tables: keys, labels, foreign keys, columns.

Every resource that some operation creates, returns or lists becomes a table, if enough is known of
it.  The operations of the same service outside the community are heard too where they speak of
the same resources, for they often hold the fuller schema.
"""

import re
from collections import Counter
from collections.abc import Collection

from agentscaler.domain.arrays import gather_lists, stem_of
from agentscaler.domain.domain import Column, Table
from agentscaler.domain.fields import Field, gather_fields, to_column
from agentscaler.domain.meaning import is_person
from agentscaler.domain.outline import Outline, Reference, cut_cycles, settle_names
from agentscaler.domain.owners import is_named_by_noun
from agentscaler.graph.operation import KeyInput, Operation, OperationKind, key_of
from agentscaler.words import plural

__all__ = ["derive_tables", "owner_of", "reference_column", "table_name"]

_LABELS = (
    "display_name friendly_name full_name name title subject email email_address user_name username"
    " headline summary caption"
).split()
_STATES = ("status", "state", "phase")
_OWN_STATES = frozenset(
    "approval build current execution job lifecycle operational overall processing provisioning"
    " publish review run task workflow".split()
)
_MIN_COLUMNS = 3
_MAX_COLUMNS = 9
_MAX_REFERENCES = 3
_SELF_NAMED = frozenset({OperationKind.GET, OperationKind.UPDATE, OperationKind.DELETE})
_MAKERS = frozenset({OperationKind.CREATE, OperationKind.GET, OperationKind.LIST})
_CROSS_CUTTING = frozenset(
    "tag tag_key resource resource_tag resource_policy iam_policy iam_permission permission label"
    " operation location organization project account policy_document".split()
)
_NEVER = frozenset("tag_key resource_tag resource_policy iam_policy policy_document".split())
"""Of these, the ones that have no records of their own in any service."""
_VIEWS = frozenset({"attribute", "detail", "metadata", "statistic", "summary"})
"""Last words of resources that only show another one in some way."""


def table_name(resource: str) -> str:
    """The table of a resource: its name in the plural."""
    *head, last = resource.split("_")
    return "_".join([*head, plural(last)])


def reference_column(prefix: str, key: str) -> str:
    """The column that holds another table's key; `prefix` tells two of them apart."""
    return f"{prefix}_{key}" if prefix else key


def owner_of(resource: str, known: list[str]) -> tuple[str, str] | None:
    """The known resource that a key's resource name means, with what stands before it.

    `source_vpc` means `vpc` with the prefix `source`; `flow` means `contact_flow` if no other
    resource ends so; None when none fits.
    """
    if resource in known:
        return resource, ""
    fits = [name for name in known if resource.endswith("_" + name)]
    if fits:
        best = max(fits, key=len)
        return best, resource[: -len(best) - 1]
    longer = [name for name in known if resource and name.endswith("_" + resource)]
    return (longer[0], "") if len(longer) == 1 else None


def derive_tables(
    operations: list[Operation],
    context: list[Operation],
    *,
    without: Collection[str] = (),
) -> dict[str, Table]:
    """Tables by resource.

    Args:
        operations: those of the community.
        context: further ones of the same service that speak of the same resources.
        without: resources that get no table.
    """
    by_resource: dict[str, list[Operation]] = {}
    for operation in [*operations, *context]:
        if operation.resource:
            by_resource.setdefault(operation.resource, []).append(operation)
    for resource in _CROSS_CUTTING & by_resource.keys():
        if resource in _NEVER or not _is_worked_on(resource, by_resource[resource]):
            del by_resource[resource]
    wanted = {operation.resource for operation in operations} - set(without)
    makers: list[str] = []
    for resource in sorted(wanted & by_resource.keys()):
        if resource.rsplit("_", 1)[-1] in _VIEWS or not resource.isidentifier():
            continue
        named = table_name(resource) in {table_name(other) for other in makers}
        if not named and any(one.kind in _MAKERS for one in by_resource[resource]):
            makers.append(resource)
    while True:
        drafts = {resource: _draft(resource, by_resource[resource]) for resource in makers}
        for draft in drafts.values():
            _refer(draft, by_resource[draft.resource], drafts)
        cut_cycles(drafts)
        settle_names(drafts, by_resource)
        tables = {resource: _table(draft, drafts) for resource, draft in drafts.items()}
        thin = {name for name, table in tables.items() if len(table.columns) < _MIN_COLUMNS}
        if not thin:
            return tables
        makers = [resource for resource in makers if resource not in thin]


def _is_worked_on(resource: str, operations: list[Operation]) -> bool:
    """Whether a service makes records of a resource and asks for them by their key."""
    return any(one.kind is OperationKind.CREATE for one in operations) and any(
        needed.resource == resource
        for one in operations
        if one.kind in _SELF_NAMED
        for needed in one.requires
    )


def _draft(resource: str, operations: list[Operation]) -> Outline:
    fields = gather_fields(resource, operations)
    votes: Counter[str] = Counter()
    for operation in operations:
        if operation.kind in _SELF_NAMED:
            for needed in operation.requires:
                if needed.resource == resource:
                    votes[needed.field] += 2 if needed.required else 1
    creates = [operation for operation in operations if operation.kind is OperationKind.CREATE]
    chosen = any(_names_itself(operation) for operation in creates)
    path_style = any(_is_resource_name(operation) for operation in operations)
    if path_style and votes["name"] and "name" not in _asked_names(operations):
        natural = chosen
    elif votes:
        natural = votes["name"] > votes["id"] or is_named_by_noun(resource, operations, fields)
    else:
        natural = "name" in fields and "id" not in fields
    named_by_path = any(
        needed.parameter == "name" and needed.resource == resource
        for operation in operations
        if _is_resource_name(operation) and operation.kind is not OperationKind.CREATE
        for needed in operation.requires
    )
    if named_by_path:  # the field is the resource's path, "projects/p/clusters/c"
        fields.pop("name", None)
    fields.pop("parent", None)
    suffix = "id" if path_style or not natural else "name"
    return Outline(resource, fields, natural, f"{resource}_{suffix}")


def _is_resource_name(operation: Operation) -> bool:
    """Whether an operation belongs to an API whose keys may be whole paths."""
    return "." in operation.tool.name and operation.tool.source != "openapi"


def _asked_names(operations: list[Operation]) -> set[str]:
    """Parameters called after the resource itself, as older discovery documents have them."""
    return {
        "name"
        for operation in operations
        for needed in operation.requires
        if needed.parameter.lower() == operation.resource.replace("_", "")
    }


def _names_itself(operation: Operation) -> bool:
    """Whether a create takes the new thing's id (`clusterId`) from the caller."""
    for parameter in operation.tool.parameters.get("properties") or {}:
        found = key_of(parameter)
        if found is not None and found == (operation.resource, "id"):
            return True
    return False


def _refer(draft: Outline, operations: list[Operation], drafts: dict[str, Outline]) -> None:
    """Finds which other tables a resource points to."""
    tied = {
        owner_of(parent, list(drafts))
        for operation in operations
        if operation.kind in {OperationKind.LINK, OperationKind.UNLINK}
        for parent in operation.parents[-1:]
    }
    known = [name for name in drafts if name != draft.resource and (name, "") not in tied]
    votes: Counter[tuple[str, str]] = Counter()
    held = {stem_of(seen.name) for seen in gather_lists(draft.resource, operations)}
    for operation in operations:
        if operation.kind in {OperationKind.LINK, OperationKind.UNLINK}:
            continue
        is_nested = operation.tool.source == "openapi"
        owners = [parent for parent in operation.parents if parent in known]
        for parent in owners[-1:] if is_nested else owners:
            votes[parent, ""] += 2
        above = set(owners[:-1]) if is_nested else set()
        lists = operation.kind is OperationKind.LIST
        if lists and operation.other in known and operation.other not in held:
            votes[operation.other, ""] += 1
        for needed in _single_keys(operation):
            if needed.resource in above or needed.resource == draft.resource:
                continue  # the owner's owner, or its own key
            if lists and needed.resource in held:
                continue  # records are asked for by what their lists hold
            _vote(votes, needed, known, 3 if operation.kind is OperationKind.CREATE else 1)
    for name, seen in draft.fields.items():
        found = None if seen.nested else key_of(name)
        if found is not None and found[0] in held and not seen.stored:
            continue
        if found is not None and found[0] and found[0] != draft.resource:
            owner = owner_of(found[0], known)
            if owner is not None:
                votes[owner] += 1
    for (target, prefix), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        column = reference_column(prefix, drafts[target].key)
        if len(draft.references) < _MAX_REFERENCES and column != draft.key:
            nullable = not all(
                _demands(operation, target, known)
                for operation in operations
                if operation.kind is OperationKind.CREATE
            )
            draft.references.setdefault(column, Reference(target, nullable))


def _demands(create: Operation, target: str, known: list[str]) -> bool:
    """Whether a create cannot do without the key of `target`."""
    return target in create.parents or any(
        needed.required and owner_of(needed.resource, known) == (target, "")
        for needed in _single_keys(create)
    )


def _single_keys(operation: Operation) -> list[KeyInput]:
    """The keys that an operation takes one of; a list of keys makes no column."""
    properties = operation.tool.parameters.get("properties") or {}
    return [
        needed
        for needed in operation.requires
        if (properties.get(needed.parameter) or {}).get("type") != "array"
    ]


def _vote(votes: Counter[tuple[str, str]], needed: KeyInput, known: list[str], weight: int) -> None:
    owner = owner_of(needed.resource, known)
    if owner is not None:
        votes[owner] += weight


def _table(draft: Outline, drafts: dict[str, Outline]) -> Table:
    noun = draft.resource.replace("_", " ")
    label_field = next(
        (name for name in _LABELS if name in draft.fields and name not in draft.references), None
    )
    key = Column(
        name=draft.key,
        type="text",
        meaning="natural_key" if draft.natural_key else "id",
        noun="path" if draft.address else "name" if draft.natural_key else "id",
        nullable=False,
    )
    label = (draft.address or (draft.key,))[-1] if draft.natural_key else None
    columns = [key, *_address_columns(draft, noun)]
    if not draft.natural_key and label_field is not None:
        made = to_column(draft.fields[label_field], noun)
        if made is not None and made.type == "text" and not made.enum:
            meaning = made.meaning
            if meaning not in {"email", "username", "person_name"}:
                meaning = "person_name" if is_person(noun) else "title"
            columns.append(made.model_copy(update={"nullable": False, "meaning": meaning}))
            label = made.name
    for column, reference in draft.references.items():
        columns.append(
            Column(
                name=column,
                type="text",
                meaning="reference",
                noun=re.sub("_(id|name|path)$", "", column).replace("_", " "),
                references=table_name(reference.target),
                nullable=reference.nullable,
            )
        )
    columns += _plain_columns(draft, drafts, {column.name for column in columns} | {label or ""})
    status = next((c.name for c in columns if c.enum and _is_status(c.name, draft.resource)), None)
    return Table(
        name=table_name(draft.resource),
        noun=noun,
        key=(draft.key,),
        natural_key=draft.natural_key,
        label=label,
        status=status,
        address=draft.address,
        columns=tuple(
            c.model_copy(update={"nullable": False}) if c.name == status else c for c in columns
        ),
    )


def _address_columns(draft: Outline, noun: str) -> list[Column]:
    """The columns that a key is made of, besides references."""
    if not draft.address:
        return []
    owner, name = draft.address
    made = [Column(name=name, type="text", meaning="natural_key", noun="name", nullable=False)]
    if owner not in draft.references:
        word = owner.replace("_", " ")
        made.insert(
            0, Column(name=owner, type="text", meaning="natural_key", noun=word, nullable=False)
        )
    return made


def _is_status(column: str, resource: str) -> bool:
    """Whether a column is the row's own status, and not that of something it has."""
    *before, last = column.split("_")
    return last in _STATES and all(word in _OWN_STATES or word in resource for word in before)


def _plain_columns(draft: Outline, drafts: dict[str, Outline], taken: set[str]) -> list[Column]:
    """The columns that hold values, the most telling ones."""
    noun = draft.resource.replace("_", " ")
    ranked: list[tuple[int, int, Column]] = []
    for found in draft.fields.values():
        if found.name in taken or found.name in {"id", "name", draft.resource} or not found.stored:
            continue
        key = key_of(found.name)
        if key is not None and (key[1] == "id" or owner_of(key[0], list(drafts)) is not None):
            continue  # a key of something that is no table here, or one already a reference
        column = to_column(found, noun)
        if column is not None:
            ranked.append((-_weight(found, column), found.order, column))
    best = sorted(ranked, key=lambda item: item[:2])[:_MAX_COLUMNS]
    return [
        column for weight, order, column in sorted(best, key=lambda item: item[1]) if weight < 0
    ]


def _weight(found: Field, column: Column) -> int:
    """How telling a field is: what people set and ask for first, unknown text last."""
    weight = 4 * found.required_by_create + 3 * found.in_create + 3 * found.in_update
    weight += 2 * found.in_filter + min(found.outputs, 2)
    if column.enum:
        weight += 3 + 6 * (column.name.rsplit("_", 1)[-1] in _STATES)
    if column.meaning in {"text", "number"}:
        weight -= 5
    if found.nested:
        weight -= 4
    if column.meaning in {"moment", "money", "sentence", "email", "quantity"}:
        weight += 2
    return weight - max(0, column.name.count("_") - 2) * 2
