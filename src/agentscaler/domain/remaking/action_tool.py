"""From a deed as a model wrote it to a tool with its contract, or to what is wrong with it.

What can be demanded by rule is demanded here; whether the two accounts agree is for the certificate
to try.  The same model wrote both, so agreement shows that it knew what it was saying, and not that
the operation really does that.  So more is asked of the SQL than that it runs: it must change rows
of the tool's own table, only rows that the call names, through every parameter, under conditions
that some rows meet and others do not.
"""

import re
from collections.abc import Iterator, Mapping

from agentscaler.corpus.english import listing
from agentscaler.domain.describe import describe_tool
from agentscaler.domain.domain import ArgumentRole, Ask, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.remaking.action_form import ActionDraft, ActionParameter, ActionRequirement
from agentscaler.domain.remaking.words import text_faults
from agentscaler.domain.specify import specify
from agentscaler.world.bindings import named_in
from agentscaler.world.contract import Contract, Requirement
from agentscaler.world.model import Model, ModelError, quote

__all__ = ["action_faults", "action_tool", "idle_conditions"]

_WRITTEN = re.compile(r"^(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)\b", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]|;|--|/\*")
_PLACE = re.compile(r"\{([\w.]+)\}")
_OPTIONAL = re.compile(r"\[[^\[\]]*\]")
_JSON = {"integer": "integer", "real": "number", "boolean": "boolean"}
_OWN = frozenset({"_now"})


def action_faults(draft: ActionDraft, domain: Domain) -> Iterator[str]:
    """What is wrong with a deed, as far as its text shows."""
    tables = domain.manifest.table
    table = tables.get(draft.table)
    if table is None or not _is_plain(table):
        yield f"table {draft.table!r} is no table of single keys; it may be {_plain_names(tables)}"
        return
    given = {one.name: one for one in draft.parameters}
    if len(given) != len(draft.parameters):
        yield "two parameters have the same name"
    first = draft.parameters[0] if draft.parameters else None
    if first is None or (first.name, first.kind, first.table, first.required) != (
        *(table.key[0], "key", table.name, True),
    ):
        yield f"the first parameter must be the required key {table.key[0]} of {table.name}"
        return
    for one in draft.parameters[1:]:
        yield from _parameter_faults(one, table, tables)
    yield from _sql_faults(draft, table, tables, given)
    yield from _word_faults(draft, given)


def _parameter_faults(
    one: ActionParameter, table: Table, tables: Mapping[str, Table]
) -> Iterator[str]:
    if one.kind == "value":
        column = table.by_name.get(one.column)
        if one.table != table.name or column is None:
            yield f"{one.name} is a value, so it must name a column of {table.name}"
        elif column.references or column.name in table.key:
            yield f"{one.name} goes into {column.name}, which holds keys; make it a reference"
    elif one.table not in tables or not _is_plain(tables[one.table]):
        yield f"{one.name} names no table of single keys: {one.table!r}"
    yield from text_faults(one.description, 200)


def _sql_faults(
    draft: ActionDraft,
    table: Table,
    tables: Mapping[str, Table],
    given: Mapping[str, ActionParameter],
) -> Iterator[str]:
    if not draft.effects:
        yield "there are no effects; a tool that changes nothing does not fit"
    conditions = [one.condition for one in draft.requires]
    for sql in (*draft.effects, *conditions):
        if _CONTROL.search(sql) or sql.count("(") != sql.count(")"):
            yield f"{sql!r} has a semicolon, a comment, or brackets that do not match"
        unknown = sorted(named_in(sql) - given.keys() - _OWN)
        if unknown:
            yield f"{sql!r} names {', '.join(unknown)}, which is no parameter"
    written = []
    for effect in draft.effects:
        found = _WRITTEN.match(effect)
        if found is None or found[2] not in tables:
            yield f"{effect!r} does not begin with INSERT INTO, UPDATE or DELETE FROM and a table"
            continue
        written.append(found[2])
        where = effect.upper().rpartition(" WHERE ")[2] if " WHERE " in effect.upper() else ""
        if not found[1].startswith("INSERT") and not _names_a_row(where.lower(), given):
            yield f"{effect!r} needs a WHERE that names the key, or it changes rows of others"
    if written and table.name not in written:
        yield f"nothing of {table.name} is changed"
    used = frozenset[str]().union(*map(named_in, (*draft.effects, *conditions)))
    for name in given.keys() - used:
        yield f"{name} is used by no requirement and no effect"
    for one in draft.requires:
        rows = [name for name, parameter in given.items() if parameter.kind != "value"]
        if one.argument and one.argument not in rows:
            yield f"a requirement is about {one.argument!r}, which names no row"


def _names_a_row(where: str, given: Mapping[str, ActionParameter]) -> bool:
    return any(given[name].kind != "value" for name in named_in(where) & given.keys())


def _word_faults(draft: ActionDraft, given: Mapping[str, ActionParameter]) -> Iterator[str]:
    texts = {"request": draft.request, "report": draft.report}
    texts |= {"confirm": draft.confirm} if draft.confirm else {}
    for name, text in texts.items():
        places = set(_PLACE.findall(text))
        odd = sorted(places - given.keys())
        if odd:
            yield f"{name} has places for {', '.join(odd)}, which are no parameters"
        bare = _PLACE.sub("it", text).replace("[", "").replace("]", "").replace("|", " ")
        yield from (f"{name}: {fault}" for fault in text_faults(" ".join(bare.split()), 200))
    always = set(_PLACE.findall(_OPTIONAL.sub("", draft.request)))
    for name, one in given.items():
        if one.required and name not in _PLACE.findall(draft.request):
            yield f"request does not say {{{name}}}, which is required"
        if not one.required and name in always:
            yield f"request says {{{name}}} outside brackets, though it is optional"
    for demand in draft.requires:
        yield from (f"requirement: {fault}" for fault in text_faults(demand.text, 120))
    yield from (f"description: {fault}" for fault in text_faults(draft.description, 300))


def action_tool(
    draft: ActionDraft, name: str, origin: str, licence: str, domain: Domain
) -> DomainTool:
    """The tool of a deed without faults."""
    tables = domain.manifest.table
    table = tables[draft.table]
    arguments = {one.name: _role(one, table, tables) for one in draft.parameters}
    required = [one.name for one in draft.parameters if one.required]
    plain = DomainTool(
        name=name,
        description="",
        parameters={
            "type": "object",
            "properties": {
                one.name: _property(one, arguments[one.name], tables) for one in draft.parameters
            },
            "required": required,
            "additionalProperties": False,
        },
        returns={},
        effect="write",
        kind=ToolKind.GET,
        table=table.name,
        arguments=arguments,
        origin=origin,
        licence=licence,
    )
    like_a_get = plain.model_copy(update={"arguments": {table.key[0]: arguments[table.key[0]]}})
    there = [
        Requirement(argument=one, table=role.table, key=tables[role.table].key[0])
        for one, role in arguments.items()
        if role.kind in {"key", "reference"}
    ]
    demands = [_requirement(one, arguments, tables) for one in draft.requires]
    written = {found[2] for found in map(_WRITTEN.match, draft.effects) if found}
    texts = list(dict.fromkeys(one.text for one in draft.requires))
    refusal = f" Refused unless {listing(texts)}." if texts else ""
    return plain.model_copy(
        update={
            "kind": ToolKind.ACTION,
            "description": f"{draft.description.rstrip('.')}.{refusal}",
            "returns": describe_tool(like_a_get, tables, "").returns,
            "writes": tuple(sorted(written)),
            "contract": Contract(
                requirements=(*there, *demands),
                effects=draft.effects,
                answer=specify(like_a_get, tables).answer,
            ),
            "ask": Ask(request=draft.request, confirm=draft.confirm, report=draft.report),
        }
    )


def idle_conditions(draft: ActionDraft, tool: DomainTool, domain: Domain) -> Iterator[str]:
    """Conditions on rows alone that all rows of all states meet, or none."""
    for one in draft.requires:
        if not one.argument or named_in(one.condition) - _OWN:
            continue
        role = tool.arguments[one.argument]
        met = unmet = 0
        for image in domain.states.values():
            with Model(image, (), now=domain.manifest.now) as model:
                try:
                    ((some, others),) = model.select(
                        f"SELECT total(({one.condition}) IS TRUE), total(({one.condition}) IS NOT"
                        f" TRUE) FROM {quote(role.table)}",
                        {"_now": domain.manifest.now},
                    )
                except ModelError as error:
                    yield str(error)
                    return
            met, unmet = met + some, unmet + others
        if not met or not unmet:
            yield f"{one.condition!r} holds of {'every' if met else 'no'} row of {role.table}"


def _role(one: ActionParameter, table: Table, tables: Mapping[str, Table]) -> ArgumentRole:
    if one.kind == "value":
        return ArgumentRole(kind="value", table=table.name, column=one.column)
    column = one.name if one.name in table.by_name else tables[one.table].key[0]
    return ArgumentRole(kind=one.kind, table=one.table, column=column)


def _requirement(
    one: ActionRequirement, arguments: Mapping[str, ArgumentRole], tables: Mapping[str, Table]
) -> Requirement:
    if not one.argument:
        return Requirement(condition=one.condition, text=one.text)
    role = arguments[one.argument]
    return Requirement(
        condition=one.condition,
        argument=one.argument,
        table=role.table,
        key=tables[role.table].key[0],
        text=one.text,
    )


def _property(
    one: ActionParameter, role: ArgumentRole, tables: Mapping[str, Table]
) -> dict[str, object]:
    schema: dict[str, object] = {"type": "string"}
    if role.kind == "value":
        column = tables[role.table].by_name[role.column]
        schema = {"type": _JSON.get(column.type, "string")}
        schema |= {"enum": list(column.enum)} if column.enum else {}
        bounds = {"minimum": column.minimum, "maximum": column.maximum}
        schema |= {word: bound for word, bound in bounds.items() if bound is not None}
    return {**schema, "description": one.description}


def _is_plain(table: Table) -> bool:
    """Whether its rows have one key that callers give as it is."""
    return not table.is_link and not table.address and table.part_of is None


def _plain_names(tables: Mapping[str, Table]) -> str:
    return listing([name for name, table in tables.items() if _is_plain(table)], "or")
