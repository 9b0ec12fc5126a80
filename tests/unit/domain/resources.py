"""Descriptions of small APIs, written here: the operations of one kind of thing."""

from collections.abc import Mapping, Sequence
from typing import Any

from agentscaler.corpus.tool import ToolSpec

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
MONEY: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def status(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def resource(
    noun: str,
    fields: Mapping[str, Schema],
    *,
    takes: Sequence[str] = (),
    updates: Sequence[str] = (),
    filters: Sequence[str] = (),
    deletes: bool = True,
    actions: Sequence[str] = (),
) -> list[ToolSpec]:
    """The operations of one kind of thing.

    Args:
        fields: of its record, beside the id.
        takes: fields that a create takes; all are required.
        updates: fields that an update takes, none required.
        filters: fields that a list may be narrowed by.
    """
    key = f"{noun[0].lower()}{noun[1:]}Id"
    record: Schema = {"type": "object", "properties": {key: TEXT, **fields}}
    one: Schema = {"type": "object", "properties": {noun.lower(): record}}
    many: Schema = {
        "type": "object",
        "properties": {f"{noun.lower()}s": {"type": "array", "items": record}},
    }

    def tool(name: str, properties: Schema, required: Sequence[str], returns: Schema) -> ToolSpec:
        return ToolSpec(
            id=f"test.trade.{name}",
            name=name,
            provider="test",
            service="test.trade",
            service_title="Trade",
            description=f"{name} for the trade.",
            parameters={
                "type": "object",
                "properties": properties,
                "required": list(required),
            },
            returns=returns,
            source="test",
            licence="",
        )

    made = [
        tool(f"Create{noun}", {name: fields[name] for name in takes}, takes, one),
        tool(f"Get{noun}", {key: TEXT}, [key], one),
        tool(f"List{noun}s", {name: fields[name] for name in filters}, [], many),
    ]
    if updates:
        changes = {name: fields[name] for name in updates}
        made.append(tool(f"Update{noun}", {key: TEXT, **changes}, [key], one))
    if deletes:
        made.append(tool(f"Delete{noun}", {key: TEXT}, [key], {"type": "object"}))
    made += [tool(f"{action}{noun}", {key: TEXT}, [key], one) for action in actions]
    return made


def within(owner: str, noun: str, tools: Sequence[ToolSpec]) -> list[ToolSpec]:
    """Operations that call their things by a name within an owner, in place of an id.

    Args:
        tools: the operations of one kind of thing, called `noun`, as `resource` makes them.
    """
    key = f"{owner[0].lower()}{owner[1:]}Id"
    made = []
    for tool in tools:
        parameters = {
            **tool.parameters,
            "properties": {key: TEXT, **tool.parameters["properties"]},
            "required": [key, *tool.parameters["required"]],
        }
        text = tool.model_copy(update={"parameters": parameters}).model_dump_json()
        made.append(ToolSpec.model_validate_json(text.replace(f"{noun}Id", f"{noun}Name")))
    return made
