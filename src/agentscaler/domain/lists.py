"""Lists inside records: fields that hold several values, each kept in a table of its own.

In: the tables of a domain by resource, and the operations that speak of the resources.  Out: the
same tables with a `ListField` for each list that is worth having, and the tables of their members:
ties to another resource where the list holds its keys or records, else values or small objects.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agentscaler.domain.arrays import SeenList, carried_lists, gather_lists, member_of, stem_of
from agentscaler.domain.domain import ArgumentRole, Column, ListField, Table
from agentscaler.domain.fields import Field, field_name, to_column
from agentscaler.domain.links import link_table
from agentscaler.domain.tables import owner_of, reference_column, table_name
from agentscaler.graph.operation import Operation, key_of, same_resource
from agentscaler.words import plural

__all__ = ["find_lists", "member_arguments", "members_schema"]

Schema = dict[str, Any]

MOST_MEMBERS = 10
"""Members that one call may give a list."""
_LISTS_OF_A_TABLE = 2
_LISTS_OF_A_DOMAIN = 6
_COLUMNS_OF_AN_OBJECT = 5
_TOLD_BY_AN_OBJECT = 3

_NOISE = frozenset(
    "action annotation attribute condition detail error event exception failure field filter header"
    " history label_key link log message metadata object option operation parameter permission"
    " property reason result statistic summary tag_key value warning".split()
)
"""Last words of lists that tell of a request, of an answer, or of anything at all."""
_ENVELOPES = frozenset("element entity entry record request resource response row".split())
"""What lists hold that are all of an answer or a request, not part of a record."""
_UNTOLD = frozenset({"text", "number"})
"""Meanings of which nothing is known."""
_FREE = frozenset(
    "alias hashtag interest keyword label origin phrase scope skill synonym tag term topic"
    " word".split()
)
"""Last words of lists of texts that people make up as they like."""
_NAMES = frozenset({"name", "title"})
"""Meanings of texts that are worth having where somebody sets them."""
_NO_MEMBERS = frozenset({"sentence", "trouble", "reason", "moment", "flag"})
"""Meanings of values that do not come in lists."""
_PAIRS = frozenset({"key", "name", "value", "values"})
"""Columns of objects that say nothing by themselves."""
_JSON_TYPES = {"integer": "integer", "real": "number"}
_SCALARS = frozenset({"string", "integer", "number"})


@dataclass(frozen=True)
class _Found:
    """A list that would make a table."""

    resource: str
    weight: int
    order: int
    field: ListField
    table: Table


def find_lists(
    tables: dict[str, Table], operations: Iterable[Operation]
) -> tuple[dict[str, Table], dict[str, Table]]:
    """The tables with the lists of their records, and the tables of the lists' members by name.

    Args:
        tables: by resource.
        operations: all that speak of these resources.
    """
    by_resource: dict[str, list[Operation]] = {}
    for operation in operations:
        if operation.resource in tables:
            by_resource.setdefault(operation.resource, []).append(operation)
    found = [
        one
        for resource in tables
        for seen in gather_lists(resource, by_resource.get(resource, ()))
        if (one := _found(seen, resource, tables)) is not None
    ]
    found.sort(key=lambda one: (-one.weight, one.resource, one.order))
    taken = {table.name for table in tables.values()}
    members: dict[str, Table] = {}
    lists: dict[str, list[ListField]] = {}
    for one in found:
        own = lists.setdefault(one.resource, [])
        whole = not one.field.is_plain and any(not field.is_plain for field in own)
        doubled = any(field.name == one.field.name for field in own)
        if whole or doubled or len(own) == _LISTS_OF_A_TABLE or one.table.name in taken:
            continue
        if sum(map(len, lists.values())) == min(_LISTS_OF_A_DOMAIN, len(tables)):
            break
        own.append(one.field)
        members.setdefault(one.table.name, one.table)
    listed = {
        resource: table.model_copy(update={"lists": tuple(lists.get(resource, ()))})
        for resource, table in tables.items()
    }
    return listed, members


def member_arguments(operation: Operation, table: Table) -> dict[str, ArgumentRole]:
    """The lists of bare values that a request carries, as parameters."""
    plain = {field.name: field for field in table.lists if field.is_plain}
    stems = {
        field.order.rsplit("_", 1)[0] if field.columns[0].references else stem_of(name): name
        for name, field in plain.items()
    }
    carried = []
    for stem in map(stem_of, carried_lists(operation)):
        if stem in stems:
            carried.append(stems[stem])
        else:
            carried += [stems[one] for one in stems if same_resource(one, stem)][:1]
    return {
        name: ArgumentRole(kind="members", table=table.name, column=name)
        for name in plain
        if name in carried
    }


def members_schema(table: Table, name: str) -> Schema:
    """The schema of a parameter that takes the members of a list."""
    field = next(one for one in table.lists if one.name == name)
    (column,) = field.columns
    items: Schema = {"type": _JSON_TYPES.get(column.type, "string")}
    if column.enum:
        items["enum"] = list(column.enum)
    *head, last = field.noun.split(" ")
    many = " ".join([*head, plural(last)])
    return {
        "type": "array",
        "items": items,
        "maxItems": MOST_MEMBERS,
        "description": f"The {many} of the {table.noun}, each once.",
    }


def _found(seen: SeenList, resource: str, tables: dict[str, Table]) -> _Found | None:
    member = member_of(seen.name)
    kind, inner = seen.item.get("type"), seen.item.get("properties") or {}
    if kind != "object" and kind not in _SCALARS:
        return None
    if resource.endswith(member) or member in _ENVELOPES:
        return None  # records of the same kind, several at once
    target = _target(member, tables, whole=kind == "object")
    if target is not None and (kind != "object" or target[0] != resource):
        return _tie(seen, resource, target, tables)
    if member.rsplit("_", 1)[-1] in _NOISE:
        return None
    return _objects(seen, resource, inner, tables) if inner else _values(seen, resource, tables)


def _target(member: str, tables: dict[str, Table], *, whole: bool) -> tuple[str, str] | None:
    """The resource whose rows a list names, with what stands before it (see `owner_of`)."""
    known = list(tables)
    key = None if whole else key_of(member)
    if key is not None:
        return owner_of(key[0], known) if key[0] else None
    found = owner_of(member, known)
    return None if found is None or len(found[0]) > len(member) else found


def _tie(
    seen: SeenList, resource: str, target: tuple[str, str], tables: dict[str, Table]
) -> _Found | None:
    other, prefix = target
    own, owned = tables[resource], tables[other]
    if any(column.references == own.name for column in owned.columns):
        return None  # a column there says the same
    if other == resource and not prefix:
        return None
    if prefix:
        made = _prefixed(own, resource, owned, other, prefix)
    else:
        made = link_table((resource, other), tables)
    end = made.by_name[reference_column(prefix, owned.key[0])]
    *head, last = end.name.split("_")
    field = ListField(
        name="_".join([*head, plural(last)]),
        noun=end.name.replace("_", " "),
        table=made.name,
        owner=own.key[0],
        order=end.name,
        columns=(end,),
    )
    if field.name in own.by_name:
        return None
    table = made.model_copy(update={"part_of": own.name})
    return _Found(resource, 10 + seen.weight, seen.order, field, table)


def _prefixed(own: Table, resource: str, owned: Table, other: str, prefix: str) -> Table:
    """The table of ties in a role, such as the `admin` users of a team."""
    end = reference_column(prefix, owned.key[0])
    role = prefix.replace("_", " ")
    return Table(
        name=f"{resource}_{prefix}_{table_name(other)}",
        noun=f"{own.noun} {role} {owned.noun}",
        key=(own.key[0], end),
        columns=(
            _owner_column(own),
            Column(
                name=end,
                type="text",
                meaning="reference",
                noun=f"{role} {owned.noun}",
                nullable=False,
                references=owned.name,
            ),
        ),
    )


def _values(seen: SeenList, resource: str, tables: dict[str, Table]) -> _Found | None:
    own = tables[resource]
    member = member_of(seen.name)
    key = key_of(member)
    if key is not None and key[1] == "id":
        return None  # keys of what is no table here
    column = to_column(Field(member, seen.item), own.noun)
    if column is None or column.type not in {"text", "integer", "real"}:
        return None
    if column.meaning in _NO_MEMBERS:
        return None
    if column.meaning in _UNTOLD and member.rsplit("_", 1)[-1] not in _FREE:
        return None
    if column.meaning in _NAMES and not seen.settable:
        return None
    weight = seen.weight + 3 * bool(column.enum)
    column = column.model_copy(update={"nullable": False})
    noun = member.replace("_", " ")
    made = Table(
        name=f"{resource}_{seen.name}",
        noun=noun,
        key=(own.key[0], member),
        columns=(_owner_column(own), column),
        part_of=own.name,
    )
    if member == own.key[0] or seen.name in own.by_name:
        return None
    field = ListField(
        name=seen.name,
        noun=noun,
        table=made.name,
        owner=own.key[0],
        order=member,
        columns=(column,),
    )
    return _Found(resource, weight, seen.order, field, made)


def _objects(
    seen: SeenList, resource: str, inner: Mapping[str, Schema], tables: dict[str, Table]
) -> _Found | None:
    own = tables[resource]
    member = member_of(seen.name)
    noun = member.replace("_", " ")
    required = set(seen.item.get("required") or ())
    ranked: dict[str, tuple[int, Column]] = {}
    for name, schema in inner.items():
        made = _object_column(name, schema, member, own, tables)
        if made is not None:
            weight, column = made
            nullable = name not in required
            ranked.setdefault(
                column.name, (weight, column.model_copy(update={"nullable": nullable}))
            )
    for taken in (own.key[0], "position"):
        ranked.pop(taken, None)
    best = sorted(ranked, key=lambda name: -ranked[name][0])[:_COLUMNS_OF_AN_OBJECT]
    columns = [column for name, (_, column) in ranked.items() if name in best]
    weight = len(columns) + 2 * any(column.references for column in columns)
    if len(columns) < 2 or weight + 2 * seen.settable < _TOLD_BY_AN_OBJECT:
        return None
    if 2 * sum(column.name in own.by_name for column in columns) > len(columns):
        return None  # a page of such records
    if _PAIRS.issuperset(best) or seen.name in own.by_name:
        return None
    columns = _as_people(columns)
    told = next((at for at, one in enumerate(columns) if one.references is None), 0)
    columns[told] = columns[told].model_copy(update={"nullable": False})
    place = Column(name="position", type="integer", noun="position", nullable=False, minimum=1)
    table = Table(
        name=f"{resource}_{seen.name}",
        noun=noun,
        key=(own.key[0], place.name),
        columns=(_owner_column(own), place, *columns),
        part_of=own.name,
    )
    field = ListField(
        name=seen.name,
        noun=noun,
        table=table.name,
        owner=own.key[0],
        order=place.name,
        columns=tuple(columns),
    )
    return _Found(
        resource, seen.weight + sum(ranked[c.name][0] for c in columns), seen.order, field, table
    )


def _object_column(
    name: str, schema: Schema, member: str, own: Table, tables: dict[str, Table]
) -> tuple[int, Column] | None:
    """The column that a property of a listed object makes, with how telling it is."""
    stem = field_name(member, name)
    if not stem.isidentifier() or schema.get("type") not in {*_SCALARS, "boolean"}:
        return None
    if "arn" in stem.split("_"):
        return None
    key = key_of(name)
    owner = owner_of(key[0], list(tables)) if key is not None and key[0] else None
    if owner is not None and schema["type"] == "string":
        target = tables[owner[0]]
        column = Column(
            name=reference_column(owner[1], target.key[0]),
            type="text",
            meaning="reference",
            noun=f"{owner[1]} {target.noun}".strip().replace("_", " "),
            references=target.name,
        )
        return 4, column
    if key is not None and key[1] == "id":
        return None
    made = to_column(Field(stem, schema), member.replace("_", " "))
    if made is None or made.meaning in _UNTOLD | {"sentence", "trouble", "reason"}:
        return None
    return 1 + bool(made.enum), made


def _as_people(columns: list[Column]) -> list[Column]:
    """The columns, where who has an e-mail address has a person's name."""
    if all(column.meaning != "email" for column in columns):
        return columns
    return [
        column.model_copy(update={"meaning": "person_name"})
        if column.meaning in _NAMES and column.name.endswith("name")
        else column
        for column in columns
    ]


def _owner_column(own: Table) -> Column:
    return Column(
        name=own.key[0],
        type="text",
        meaning="reference",
        noun=own.noun,
        nullable=False,
        references=own.name,
    )
