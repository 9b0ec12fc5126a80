"""Equal pieces of schemas kept once: a pool read from disk is mostly `{"type": "string"}`."""

from collections.abc import Iterable
from typing import Any

from agentscaler.corpus.tool import ToolSpec

__all__ = ["share_schemas"]

Memo = dict[tuple[Any, ...], dict[str, Any]]


def share_schemas(tools: Iterable[ToolSpec]) -> list[ToolSpec]:
    """The tools, with equal flat schemas of theirs made one object; halves the memory of a pool.

    Works in place, on tools that nobody else holds yet.  Shared pieces must not be changed.
    """
    memo: Memo = {}
    kept = []
    for tool in tools:
        _share(tool.parameters, memo)
        if tool.returns is not None:
            _share(tool.returns, memo)
        kept.append(tool)
    return kept


def _share(schema: dict[str, Any], memo: Memo) -> None:
    for name, inner in schema.items():
        if not isinstance(inner, dict):
            continue
        if any(isinstance(value, (dict, list)) for value in inner.values()):
            _share(inner, memo)
        else:
            flat = tuple((key, type(value), value) for key, value in inner.items())
            schema[name] = memo.setdefault(flat, inner)
