"""Operations on several rows at once: reading or deleting those that a list of keys names.

They do all or nothing; one key that is not there, or a row that may not be deleted, refuses the
whole call.
"""

from typing import Any

from agentscaler.domain.arguments import Unfit
from agentscaler.domain.domain import ArgumentRole, DomainTool, Table, ToolKind
from agentscaler.domain.reasons import DomainReason
from agentscaler.graph import verbs
from agentscaler.graph.operation import Operation
from agentscaler.words import plural

__all__ = ["BATCHES", "batch_kind", "key_argument", "keys_argument"]

BATCHES = frozenset({ToolKind.BATCH_GET, ToolKind.BATCH_DELETE})
MOST = 10
"""Keys that one call may name."""

_PREFIXES = ("batch_", "bulk_")


def batch_kind(operation: Operation, table: Table) -> ToolKind | None:
    """What an operation on several rows does; None where it is on one.

    Raises:
        Unfit: the effect is not told by keys alone, or rows of the table refer to each other.
    """
    if not operation.verb.startswith((*_PREFIXES, "async_")):
        return None
    verb = operation.verb.removeprefix("batch_").removeprefix("bulk_")
    kinds = {
        **dict.fromkeys(verbs.GET, ToolKind.BATCH_GET),
        **dict.fromkeys(verbs.DELETE, ToolKind.BATCH_DELETE),
    }
    kind = kinds.get(verb)
    refers = any(column.references == table.name for column in table.columns)
    if kind is None or not _takes_keys(operation) or (refers and kind is ToolKind.BATCH_DELETE):
        raise Unfit(DomainReason.BATCH, operation.verb)
    return kind


def keys_argument(table: Table) -> tuple[str, ArgumentRole, dict[str, Any]]:
    """The parameter that names several rows: its name, role and schema."""
    key = table.key[0]
    *head, last = key.split("_")
    schema = {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "maxItems": MOST,
        "description": f"The {plural(last)} of the {table.name.replace('_', ' ')}.",
    }
    name = "_".join([*head, plural(last)])
    return name, ArgumentRole(kind="key", table=table.name, column=key), schema


def key_argument(tool: DomainTool, table: Table) -> str:
    """The argument that names the row, or the rows, that a tool works on."""
    return keys_argument(table)[0] if tool.kind in BATCHES else table.key[0]


def _takes_keys(operation: Operation) -> bool:
    """Whether an operation takes a list of texts, and no list of records."""
    properties = (operation.tool.parameters.get("properties") or {}).values()
    items = [one.get("items") or {} for one in properties if one.get("type") == "array"]
    return bool(items) and all(item.get("type") == "string" for item in items)
