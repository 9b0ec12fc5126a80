"""Keys that are put together from what a caller gives: an owner, and a name within it.

`octo/docs` is the key of the repository docs of octo, in one column of its own, so that other
tables refer to it as to any other key; the owner and the name stand in columns beside it.  Rules,
source and contracts of tools are written as if a caller gave that key (`whole`).  What a caller
does give are the owner and the name (`addressed`); the source puts the key together from them
first (`key_lines`), and a contract does the same in SQL (`addressed_contract`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from agentscaler.domain.batches import BATCHES
from agentscaler.domain.domain import ArgumentRole, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.schema import joined_key, quote
from agentscaler.world.contract import Contract, Requirement
from agentscaler.world.model import with_names

__all__ = [
    "addressed",
    "addressed_contract",
    "key_lines",
    "table_named",
    "whole",
    "with_whole_keys",
]

Schema = dict[str, Any]

_NO_SLASH = "^[^/]*$"
"""What the parts of a key match, so that no two rows have the same."""


def addressed(tool: DomainTool, tables: Mapping[str, Table]) -> DomainTool:
    """The tool as callers see it: with an owner and a name in place of each key made of them.

    A key that may be left out, or has a name of its own beside another of the same table, is
    given as a whole.
    """
    if tool.kind in BATCHES:
        return tool
    required: list[str] = tool.parameters["required"]
    roles: dict[str, ArgumentRole] = {}
    properties: dict[str, Schema] = {}
    addresses: dict[str, tuple[str, ...]] = {}
    demanded: list[str] = []
    for name, role in tool.arguments.items():
        table = tables[role.table]
        as_it_is = (name,) != table.key or not table.address or name not in required
        if as_it_is or role.kind not in {"key", "reference"} or _is_taken(tool, table, tables):
            roles.setdefault(name, role)
            schema = tool.parameters["properties"][name]
            if table.address and role.kind in {"key", "reference", "holds"}:
                form = "/".join(part.column for part in _parts(table, tables))
                schema = {**schema, "description": f"Path of the {table.noun}: {form}."}
            properties.setdefault(name, schema)
            demanded += [name] if name in required else []
            continue
        given = _parts(table, tables)
        addresses[name] = tuple(role.column for role in given)
        for part in given:
            roles[part.column] = part
            properties[part.column] = _property(tables[part.table], part.column, tables)
            demanded.append(part.column)
    own = tables[tool.table]
    if tool.kind is ToolKind.CREATE and own.address:
        addresses[own.key[0]] = tuple(role.column for role in _parts(own, tables))
    if not addresses:
        return tool
    for name in dict.fromkeys(name for names in addresses.values() for name in names):
        properties[name] = {**properties[name], "pattern": _NO_SLASH}
    ordered = sorted(roles, key=lambda name: name not in demanded)
    parameters = {
        **tool.parameters,
        "properties": {name: properties[name] for name in ordered},
        "required": list(dict.fromkeys(name for name in ordered if name in demanded)),
    }
    return tool.model_copy(
        update={
            "arguments": {name: roles[name] for name in ordered},
            "parameters": parameters,
            "addresses": addresses,
        }
    )


def whole(tool: DomainTool, tables: Mapping[str, Table]) -> DomainTool:
    """An `addressed` tool with the keys in place of what they are made of; its contract stays as
    callers see it."""
    own = tables[tool.table]
    is_new = tool.kind is ToolKind.CREATE
    whole_keys = {
        key: parts for key, parts in tool.addresses.items() if not (is_new and key in own.key)
    }
    made = {part for parts in whole_keys.values() for part in parts}
    if not made:
        return tool
    kind: Literal["key", "reference"]
    roles: dict[str, ArgumentRole] = {}
    for name, role in tool.arguments.items():
        if name not in made:
            roles[name] = role
            continue
        for key in (one for one, parts in whole_keys.items() if name in parts):
            target = own.by_name[key].references or own.name
            kind = "key" if key in own.key else "reference"
            roles.setdefault(key, ArgumentRole(kind=kind, table=target, column=key))
    properties = tool.parameters["properties"]
    required = tool.parameters["required"]
    parameters = {
        **tool.parameters,
        "properties": {name: properties.get(name, {"type": "string"}) for name in roles},
        "required": [name for name in roles if name in required or name in whole_keys],
    }
    return tool.model_copy(update={"arguments": roles, "parameters": parameters})


def with_whole_keys(domain: Domain) -> Domain:
    """The domain, its tools as if callers gave whole keys; only to be read, not to be run."""
    tables = domain.manifest.table
    if not any(table.address for table in tables.values()):
        return domain
    tools = tuple(whole(tool, tables) for tool in domain.manifest.tools)
    manifest = domain.manifest.model_copy(update={"tools": tools})
    vars(manifest).pop("tool", None)  # a copy takes over what was worked out of the old tools
    return replace(domain, manifest=manifest)


def key_lines(tool: DomainTool) -> list[str]:
    """Lines of Python that put the keys of an `addressed` tool together."""
    return [
        f'{key} = f"{"/".join(f"{{{part}}}" for part in parts)}"'
        for key, parts in tool.addresses.items()
    ]


def addressed_contract(
    contract: Contract, tool: DomainTool, tables: Mapping[str, Table]
) -> Contract:
    """The contract of an `addressed` tool, from one that speaks of whole keys."""
    if not tool.addresses:
        return contract
    keys = {key: f"({joined_key(parts, ':')})" for key, parts in tool.addresses.items()}
    answer = contract.answer
    if answer is not None:
        answer = answer.model_copy(update={"sql": with_names(answer.sql, keys)})
    return contract.model_copy(
        update={
            "requirements": tuple(
                _requirement(one, tool, keys, tables) for one in contract.requirements
            ),
            "effects": tuple(with_names(effect, keys) for effect in contract.effects),
            "answer": answer,
        }
    )


def table_named(role: ArgumentRole, tables: Mapping[str, Table]) -> str:
    """The table whose row an argument names, by its key or by a part of it; "" for values."""
    if role.kind in {"key", "reference"}:
        return role.table
    if role.kind != "address":
        return ""
    return tables[role.table].by_name[role.column].references or role.table


def _requirement(
    requirement: Requirement,
    tool: DomainTool,
    keys: Mapping[str, str],
    tables: Mapping[str, Table],
) -> Requirement:
    condition = with_names(requirement.condition, keys)
    parts = tool.addresses.get(requirement.argument)
    if parts is None:
        return requirement.model_copy(update={"condition": condition})
    *above, name = parts
    owner = tables[requirement.table].address[0]
    of_owner = f"{quote(owner)} IS {joined_key(above, ':')}"
    whole = of_owner if condition == "TRUE" else f"{of_owner} AND ({condition})"
    return requirement.model_copy(update={"condition": whole, "argument": name, "key": name})


def _parts(table: Table, tables: Mapping[str, Table]) -> list[ArgumentRole]:
    """What the keys of a table are made of: of an owner whose own key is made so, its parts."""
    owner, name = (
        ArgumentRole(kind="address", table=table.name, column=column) for column in table.address
    )
    target = tables.get(table.by_name[owner.column].references or "")
    above = _parts(target, tables) if target is not None and target.address else [owner]
    return [*above, name]


def _is_taken(tool: DomainTool, table: Table, tables: Mapping[str, Table]) -> bool:
    """Whether a tool has other uses for the names of what a table's keys are made of."""
    return any(role.column in tool.arguments for role in _parts(table, tables))


def _property(table: Table, column: str, tables: Mapping[str, Table]) -> Schema:
    target = table.by_name[column].references
    word = column.rsplit("_", 1)[-1].capitalize() if target else table.by_name[column].noun
    what = tables[target].noun if target else table.noun
    return {"type": "string", "description": f"{word[0].upper()}{word[1:]} of the {what}."}
