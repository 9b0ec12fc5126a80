"""Words about tools: descriptions with explicit inputs and outputs, return schemas, the policy.

Everything here is generated from the rules that the tools enforce, so it is true of the code.
"""

import re
from collections.abc import Iterable
from typing import Any

from agentscaler.corpus.english import capital, listing, plural_noun, with_article
from agentscaler.domain.domain import Column, DomainTool, ListField, Table, ToolKind
from agentscaler.domain.members import shown_lists
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.source import list_columns

__all__ = [
    "DESTRUCTIVE",
    "OPENING",
    "describe_tool",
    "needs_confirmation",
    "policy_statements",
    "policy_text",
]

OPENING = "You help people who work with this system. You act only through the tools."
"""How a policy begins."""

Schema = dict[str, Any]

_JSON_TYPES = {"integer": "integer", "real": "number", "boolean": "boolean"}
_PREAMBLE = re.compile(
    r"^(Required|Optional)\W+|^(This|The \w+) (operation|API|action|method) (?=\w+s )"
    r"|^Enables? you to (programmatically )?"
)
_ORDERING = frozenset({"sort", "descending", "limit"})
DESTRUCTIVE = frozenset({"cancel", "abort", "terminate", "revoke", "reject", "retire", "deprecate"})


def describe_tool(tool: DomainTool, tables: dict[str, Table], source: str) -> DomainTool:
    """The tool with its description and return schema.

    Args:
        source: the description the API gives.
    """
    table = tables[tool.table]
    sentences = [_lead(tool, table, source), _inputs(tool), _output(tool, table)]
    if refusal := _refusal(tool):
        sentences.append(refusal)
    return tool.model_copy(
        update={
            "description": " ".join(sentence for sentence in sentences if sentence),
            "returns": _returns(tool, table),
        }
    )


def needs_confirmation(tool: DomainTool) -> bool:
    """Whether the policy wants the user's yes before the call."""
    if tool.ask is not None:
        return bool(tool.ask.confirm)
    verb = tool.name.split("_")[0]
    return tool.kind in {ToolKind.DELETE, ToolKind.BATCH_DELETE, ToolKind.UNLINK} or (
        tool.kind is ToolKind.TRANSITION and verb in DESTRUCTIVE
    )


def policy_text(title: str, tools: Iterable[DomainTool], rules: Iterable[Rule]) -> str:
    """What the agent may and must do, as Markdown."""
    told = (f"- {statement}" for statement in policy_statements(tools, rules))
    return "\n".join([f"# {title}", "", OPENING, "", *told]) + "\n"


def policy_statements(tools: Iterable[DomainTool], rules: Iterable[Rule]) -> list[str]:
    """The statements of a policy, each one that the tools enforce or the funnel checks.  Bounds of
    numbers are left to the parameters that have them."""
    statements = [
        "Use only facts that the user told you or that a tool returned. Never make up an id.",
        "When you lack a fact that only the user can know, ask for it. What a tool can look up,"
        " look up.",
        "When a tool refuses, read why, then correct the call or tell the user what stands in"
        " the way.",
    ]
    confirmed = [tool.name for tool in tools if needs_confirmation(tool)]
    if confirmed:
        statements.append(
            f"Before you call {_either(confirmed)}, say exactly what you are about to do and wait"
            " for the user's yes."
        )
    told = (rule.text for rule in rules if rule.pattern is not Pattern.RANGE)
    return [*statements, *dict.fromkeys(told)]


def _lead(tool: DomainTool, table: Table, source: str) -> str:
    first = _PREAMBLE.sub("", source.split(". ")[0].strip().rstrip("."))
    if 10 <= len(first) <= 200 and not re.search(r"\[|https?:|<", first):
        return f"{first[0].upper()}{first[1:]}."
    verb = tool.name.split("_")[0]
    what = (
        plural_noun(table.noun)
        if tool.kind in {ToolKind.LIST, ToolKind.COUNT}
        else with_article(table.noun)
    )
    return f"{verb.capitalize()} {what}."


def _inputs(tool: DomainTool) -> str:
    required = tool.parameters["required"]
    ordering = [n for n, role in tool.arguments.items() if role.kind in _ORDERING]
    optional = [n for n in tool.arguments if n not in required and n not in ordering]
    told = [f"needs {listing(required)}"] if required else []
    if optional:
        how = "filters by" if tool.kind in {ToolKind.LIST, ToolKind.COUNT} else "takes"
        told.append(f"optionally {how} {listing(optional)}")
    if ordering:
        how = "sorted and cut short" if len(ordering) > 1 else "cut short"
        told.append(f"{how} by {listing(ordering)}")
    lists = [name for name, role in tool.arguments.items() if role.kind == "members"]
    replaced = (
        f" What is given as {listing(lists, 'or')} replaces what was there."
        if lists and tool.kind is ToolKind.UPDATE
        else ""
    )
    return f"{capital('; '.join(told))}.{replaced}" if told else "Takes no arguments."


def _output(tool: DomainTool, table: Table) -> str:
    key = " and ".join(table.key)
    match tool.kind:
        case ToolKind.CREATE:
            return f"Returns the new {table.noun} with its {key}."
        case ToolKind.GET:
            held = [field.name for field in shown_lists(tool.kind, table)]
            return f"Returns the {table.noun}{f' with its {listing(held)}' if held else ''}."
        case ToolKind.LIST:
            shown = [column.name for column in list_columns(table)]
            shown += [field.name for field in shown_lists(tool.kind, table)]
            return f"Returns {table.name} with their {listing(shown)}."
        case ToolKind.COUNT:
            return f"Returns the count of {plural_noun(table.noun)}."
        case ToolKind.BATCH_GET:
            return f"Returns the {plural_noun(table.noun)}, in the order of their {key}."
        case ToolKind.BATCH_DELETE:
            return f"Deletes all of them or none; returns how many {table.name} were deleted."
        case ToolKind.DELETE:
            return f"Returns the {key} of what was deleted."
        case ToolKind.UPDATE | ToolKind.TRANSITION:
            return f"Returns the changed {table.noun}."
        case ToolKind.LINK | ToolKind.UNLINK:
            return f"Returns {key} and whether they are linked."
        case ToolKind.ACTION:
            return f"Returns the {table.noun}."


def _refusal(tool: DomainTool) -> str:
    """What the tool demands beyond well-formed arguments, as its contract says it."""
    demands = tool.contract.requirements if tool.contract is not None else ()
    texts = list(dict.fromkeys(demand.text for demand in demands if demand.text))
    return f"Refused unless {listing(texts)}." if texts else ""


def _returns(tool: DomainTool, table: Table) -> Schema:
    lists = shown_lists(tool.kind, table)
    if tool.kind is ToolKind.COUNT:
        return _object({"count": {"type": "integer"}})
    if tool.kind in {ToolKind.LIST, ToolKind.BATCH_GET}:
        columns = list_columns(table) if tool.kind is ToolKind.LIST else table.columns
        return _object({table.name: {"type": "array", "items": _record(columns, lists)}})
    if tool.kind is ToolKind.BATCH_DELETE:
        return _object({"deleted": {"type": "integer"}})
    if tool.kind in {ToolKind.DELETE, ToolKind.LINK, ToolKind.UNLINK}:
        flag = "deleted" if tool.kind is ToolKind.DELETE else "linked"
        return _object(
            {**{key: {"type": "string"} for key in table.key}, flag: {"type": "boolean"}}
        )
    return _record(table.columns, lists)


def _record(columns: Iterable[Column], lists: Iterable[ListField] = ()) -> Schema:
    properties = {column.name: _column_schema(column) for column in columns}
    return _object(properties | {field.name: _list_schema(field) for field in lists})


def _list_schema(field: ListField) -> Schema:
    bare = field.is_plain
    items = _column_schema(field.columns[0]) if bare else _record(field.columns)
    return {"type": "array", "items": items}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _column_schema(column: Column) -> Schema:
    kind = _JSON_TYPES.get(column.type, "string")
    if column.nullable and column.type != "boolean":
        return {"type": [kind, "null"]}
    return {"type": kind}


def _either(names: list[str]) -> str:
    return listing(names, "or")
