"""From a vertical's sheet and the signatures of its tools to tables, tools and rules."""

import re
from collections.abc import Iterator, Mapping

import apsw

from agentscaler.corpus.english import listing
from agentscaler.domain.describe import describe_tool
from agentscaler.domain.domain import (
    ArgumentRole,
    Column,
    DomainTool,
    Precondition,
    Table,
    ToolKind,
)
from agentscaler.domain.meaning import meaning_of
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.schema import quote, schema_sql
from agentscaler.domain.specify import specify
from agentscaler.domain.verticals.sheet import (
    AnswerSheet,
    ColumnSheet,
    Sheet,
    TableSheet,
    ToolSheet,
)
from agentscaler.domain.verticals.signature import Parameter, Signature
from agentscaler.errors import InputError
from agentscaler.world.bindings import named_in
from agentscaler.world.contract import Answer, Contract, Requirement
from agentscaler.world.dates import register_dates

__all__ = ["derive_rules", "derive_tables", "derive_tools"]

_JSON_TYPES = {"integer": "integer", "real": "number", "boolean": "boolean"}
_READS = frozenset({ToolKind.GET, ToolKind.LIST, ToolKind.COUNT})
_WRITTEN = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")
_LICENCE = "Apache-2.0"


def derive_tables(sheet: Sheet) -> dict[str, Table]:
    """The tables by name, in the order of the sheet."""
    return {name: _table(name, one) for name, one in sheet.tables.items()}


def _table(name: str, sheet: TableSheet) -> Table:
    key = sheet.key or (next(iter(sheet.columns)),)
    return Table(
        name=name,
        noun=sheet.noun,
        key=key,
        natural_key=sheet.natural,
        label=sheet.label,
        status=sheet.status,
        columns=tuple(
            _column(column, one, sheet.noun, column in key) for column, one in sheet.columns.items()
        ),
    )


def _column(name: str, sheet: ColumnSheet, noun: str, is_key: bool) -> Column:
    meaning = sheet.meaning
    if meaning is None:
        telling = not sheet.references and not sheet.enum and not is_key
        meaning = meaning_of(noun, name, sheet.type) if telling else ""
    return Column(
        name=name,
        type=sheet.type,
        meaning=meaning,
        noun=sheet.noun or name.removesuffix("_id").replace("_", " "),
        description=sheet.description,
        enum=sheet.enum,
        nullable=sheet.null,
        references=sheet.references,
        minimum=sheet.minimum,
        maximum=sheet.maximum,
    )


def derive_tools(
    name: str, sheet: Sheet, tables: dict[str, Table], signatures: Mapping[str, Signature]
) -> tuple[DomainTool, ...]:
    """The tools in the order of the sheet, with their contracts.

    Args:
        name: of the vertical.

    Raises:
        InputError: an argument's role cannot be told, or SQL of a tool does not run.
    """
    connection = apsw.Connection(":memory:")
    try:
        register_dates(connection)
        connection.execute(schema_sql(tables.values()))
        return tuple(
            _tool(name, signatures[tool], one, tables, connection)
            for tool, one in sheet.tools.items()
        )
    finally:
        connection.close()


def _tool(
    vertical: str,
    signature: Signature,
    sheet: ToolSheet,
    tables: dict[str, Table],
    connection: apsw.Connection,
) -> DomainTool:
    table = tables[sheet.table]
    arguments = {one.name: _role(one.name, sheet, tables) for one in signature.parameters}
    statuses: dict[str, object] = {}
    if sheet.becomes and table.status:
        statuses["precondition"] = Precondition(column=table.status, allowed=sheet.allowed)
        statuses["sets"] = {table.status: sheet.becomes}
    plain = DomainTool(
        name=signature.name,
        description=signature.description,
        parameters={
            "type": "object",
            "properties": {
                one.name: _property(one, arguments[one.name], tables)
                for one in signature.parameters
            },
            "required": [one.name for one in signature.parameters if one.required],
            "additionalProperties": False,
        },
        returns={},
        effect="read" if sheet.kind in _READS else "write",
        kind=sheet.kind,
        table=table.name,
        arguments=arguments,
        ask=sheet.ask,
        origin=f"verticals/{vertical}/{signature.name}",
        licence=_LICENCE,
        **statuses,
    )
    contract = _contract(plain, sheet, tables, connection)
    for statement in _statements(contract):
        _prepare(signature.name, statement, connection)
    written = dict.fromkeys(found for text in contract.effects for found in _WRITTEN.findall(text))
    return plain.model_copy(
        update={
            "contract": contract,
            "description": _description(signature, contract),
            "returns": _returns(plain, sheet, contract, tables, connection),
            "effect": "write" if written else "read",
            "writes": tuple(sorted(written)),
        }
    )


def _role(name: str, sheet: ToolSheet, tables: dict[str, Table]) -> ArgumentRole:
    """What an argument means, as its sheet says or its name tells."""
    table = tables[sheet.table]
    if name in sheet.arguments:
        return _said_role(name, sheet.arguments[name], table, tables)
    column = table.by_name.get(name)
    if name in table.key and not table.is_link and sheet.kind is not ToolKind.CREATE:
        return ArgumentRole(kind="key", table=table.name, column=name)
    if column is not None and column.references:
        return ArgumentRole(kind="reference", table=column.references, column=name)
    owners = [one for one in tables.values() if one.key == (name,) and one.name != table.name]
    if owners:
        return ArgumentRole(kind="reference", table=owners[0].name, column=name)
    if column is not None:
        kind = "filter" if sheet.kind in {ToolKind.LIST, ToolKind.COUNT} else "value"
        return ArgumentRole.model_validate({"kind": kind, "table": table.name, "column": name})
    raise InputError(
        f"The role of the argument {name} on {table.name} is not told.",
        "Say it in `arguments` of the tool.",
    )


def _said_role(name: str, said: str, table: Table, tables: dict[str, Table]) -> ArgumentRole:
    """A role in its short form: "key orders", "value orders.note", "filter status", "value"."""
    kind, _, place = said.partition(" ")
    target, _, column = place.partition(".")
    if kind in {"key", "reference"}:
        column = column or (name if name in table.by_name else tables[target].key[0])
    elif not column:
        target, column = table.name, target
    return ArgumentRole.model_validate({"kind": kind, "table": target, "column": column})


def _property(
    parameter: Parameter, role: ArgumentRole, tables: dict[str, Table]
) -> dict[str, object]:
    """A parameter's JSON Schema, with the values that its column allows."""
    schema: dict[str, object] = dict(parameter.schema)
    column = tables[role.table].by_name.get(role.column)
    if role.kind in {"value", "filter"} and column is not None and column.enum:
        schema.setdefault("enum", list(column.enum))
    if role.kind == "value" and column is not None:
        bounds = {"minimum": column.minimum, "maximum": column.maximum}
        schema |= {word: bound for word, bound in bounds.items() if bound is not None}
    if parameter.description:
        schema["description"] = parameter.description
    return schema


def _contract(
    tool: DomainTool, sheet: ToolSheet, tables: dict[str, Table], connection: apsw.Connection
) -> Contract:
    if tool.kind is ToolKind.ACTION:
        base = _action(tool, sheet, tables)
    else:
        base = specify(tool, tables)
    requirements = []
    for one in sheet.requires:
        role = tool.arguments[one.of] if one.of else None
        requirements.append(
            Requirement(
                condition=" ".join(one.holds.split()),
                argument=one.of,
                table=role.table if role else "",
                key=tables[role.table].key[0] if role else "",
                text=one.text,
                rule=one.rule,
            )
        )
    effects = tuple(" ".join(text.split()) for text in sheet.effects)
    deletes = tool.kind is ToolKind.DELETE  # what refers to a row goes before it
    answer = base.answer
    if sheet.answer is not None:
        sql = " ".join(sheet.answer.sql.split())
        _prepare(tool.name, sql, connection)
        flags = tuple(
            name
            for name in _names(sql, connection)
            if _type_of(name, sheet.answer, tables[tool.table], tables) == "boolean"
        )
        answer = Answer(sql=sql, field=sheet.answer.field, flags=flags)
    return Contract(
        requirements=(*base.requirements, *requirements),
        effects=(*effects, *base.effects) if deletes else (*base.effects, *effects),
        answer=answer,
        mints=base.mints,
    )


def _action(tool: DomainTool, sheet: ToolSheet, tables: dict[str, Table]) -> Contract:
    """A deed of its own: every row that it names is there; it returns the row it is about."""
    table = tables[tool.table]
    requirements = tuple(
        Requirement(argument=name, table=role.table, key=tables[role.table].key[0])
        for name, role in tool.arguments.items()
        if role.kind in {"key", "reference"}
    )
    key = table.key[0]
    about = [name for name, role in tool.arguments.items() if role.kind == "key"]
    row = ":_id" if sheet.mints else f":{about[0] if about else key}"
    answer = Answer(
        sql=f"SELECT * FROM {quote(table.name)} WHERE {quote(key)} = {row}",
        flags=tuple(column.name for column in table.columns if column.type == "boolean"),
    )
    return Contract(requirements=requirements, answer=answer, mints=key if sheet.mints else "")


def _statements(contract: Contract) -> Iterator[str]:
    for one in contract.requirements:
        source = f" FROM {quote(one.table)}" if one.table else ""
        yield f"SELECT {one.condition}{source}"
    yield from contract.effects
    if contract.answer is not None:
        yield contract.answer.sql


def _prepare(tool: str, statement: str, connection: apsw.Connection) -> None:
    try:
        connection.execute(f"EXPLAIN {statement}", dict.fromkeys(named_in(statement)))
    except apsw.Error as error:
        raise InputError(
            f"SQL of the tool {tool} does not run: {error} ({statement}).", "Correct it."
        ) from error


def _description(signature: Signature, contract: Contract) -> str:
    """What the docstring says, and when the tool refuses."""
    texts = dict.fromkeys(one.text for one in contract.requirements if one.text)
    refusal = f" Refused unless {listing(list(texts))}." if texts else ""
    return signature.description + refusal


def _returns(
    tool: DomainTool,
    sheet: ToolSheet,
    contract: Contract,
    tables: dict[str, Table],
    connection: apsw.Connection,
) -> dict[str, object]:
    """The JSON Schema of the result: of its kind, or of the columns that its answer gives."""
    if sheet.answer is None and tool.kind is not ToolKind.ACTION:
        return dict(describe_tool(tool, tables, "").returns)
    assert contract.answer is not None
    table = tables[tool.table]
    names = _names(contract.answer.sql, connection)
    record: dict[str, object] = {
        "type": "object",
        "properties": {name: _field(name, sheet.answer, table, tables) for name in names},
        "required": names,
    }
    field = contract.answer.field
    if not field:
        return record
    rows = {"type": "array", "items": record}
    return {"type": "object", "properties": {field: rows}, "required": [field]}


def _names(sql: str, connection: apsw.Connection) -> list[str]:
    """The columns that a query gives."""
    one_row = f"SELECT answer.* FROM (SELECT 1) LEFT JOIN ({sql}) AS answer ON FALSE"
    cursor = connection.execute(one_row, dict.fromkeys(named_in(sql)))
    return [str(description[0]) for description in cursor.get_description()]


def _field(
    name: str, answer: AnswerSheet | None, table: Table, tables: dict[str, Table]
) -> dict[str, object]:
    kind = _JSON_TYPES.get(_type_of(name, answer, table, tables), "string")
    column = table.by_name.get(name)
    sure = column is not None and (column.type == "boolean" or not column.nullable)
    return {"type": kind if sure and answer is None else [kind, "null"]}


def _type_of(name: str, answer: AnswerSheet | None, table: Table, tables: dict[str, Table]) -> str:
    """The type of a field of a result: as the sheet says, or of the column of that name."""
    if answer is not None and name in answer.types:
        return answer.types[name]
    for one in (table, *tables.values()):
        if name in one.by_name:
            return one.by_name[name].type
    raise InputError(
        f"The type of the field {name}, which a tool of {table.name} returns, is not told.",
        "Say it in `types` of its answer.",
    )


def derive_rules(sheet: Sheet) -> tuple[Rule, ...]:
    """The rules, each with the tools that keep it."""
    return tuple(
        Rule(
            id=name,
            pattern=Pattern.OWN,
            supplied=False,
            table=one.table,
            columns=one.columns,
            text=one.text,
            tools=tuple(
                dict.fromkeys(
                    tool
                    for tool, given in sheet.tools.items()
                    if tool in one.tools or any(need.rule == name for need in given.requires)
                )
            ),
            broken=" ".join(one.broken.split()),
        )
        for name, one in sheet.rules.items()
    )
