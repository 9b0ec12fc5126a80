"""Whether a domain's tools are this package's own, so that they may run in its process.

What a folder says of itself is not believed.  The rules write the source from the tables and tools
in the manifest and nothing else, so it is written again and held against what the folder holds;
the tools of a vertical are held against those that come with the package.
"""

import re
from collections.abc import Iterator

from agentscaler.domain.addresses import whole
from agentscaler.domain.domain import DomainManifest
from agentscaler.domain.members import with_members
from agentscaler.domain.packaged import is_packaged
from agentscaler.domain.rules import supply_rules
from agentscaler.domain.source import render_source

__all__ = ["is_own"]

_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_WORDS = re.compile(r"[^\"\\{}\r\n]*")
_UNFIT = (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError)


def is_own(manifest: DomainManifest, source: str) -> bool:
    """Whether `source` is, letter for letter, what this package makes of `manifest`."""
    if manifest.engine == "curated":
        return is_packaged(source)
    if manifest.engine != "rules" or not _is_plain(manifest):
        return False
    try:
        tools = [whole(tool, manifest.table) for tool in manifest.tools]
        ruled = supply_rules(manifest.table, tools)
        supply = with_members(ruled, tools, manifest.table)
        return source == render_source(manifest.tools, manifest.table, supply.clauses)
    except _UNFIT:
        return False  # tables and tools that do not fit together: not what the rules make


def _is_plain(manifest: DomainManifest) -> bool:
    """Whether no text that the rules write into source could be read as code."""
    return all(_NAME.fullmatch(name) for name in _names(manifest)) and all(
        _WORDS.fullmatch(text) for text in _texts(manifest)
    )


def _names(manifest: DomainManifest) -> Iterator[str]:
    for table in manifest.tables:
        yield from (table.name, *table.key, *table.address, *table.by_name)
        yield from (column.references for column in table.columns if column.references)
        yield from (name for name in (table.label, table.status, table.part_of) if name)
        for field in table.lists:
            yield from (field.name, field.table, field.owner, field.order)
            yield from (column.name for column in field.columns)
            yield from (column.references for column in field.columns if column.references)
    for tool in manifest.tools:
        yield from (tool.name, tool.table, *tool.arguments, *tool.sets, *tool.addresses)
        yield from (part for parts in tool.addresses.values() for part in parts)
        for role in tool.arguments.values():
            yield from (name for name in (role.table, role.column) if name)
        if tool.precondition is not None:
            yield tool.precondition.column


def _texts(manifest: DomainManifest) -> Iterator[str]:
    for table in manifest.tables:
        yield table.noun
        for column in table.columns:
            yield from (column.noun, *column.enum)
        for field in table.lists:
            yield field.noun
            yield from (text for column in field.columns for text in (column.noun, *column.enum))
    for tool in manifest.tools:
        yield from (value for value in tool.sets.values() if isinstance(value, str))
        if tool.precondition is not None:
            yield from (value for value in tool.precondition.allowed if isinstance(value, str))
