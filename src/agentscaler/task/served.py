"""What the tools of a domain can do at all, alone or together: read off their contracts' SQL."""

import re
from collections.abc import Iterator

from agentscaler.domain.domain import DomainManifest
from agentscaler.words import singular

__all__ = ["changes_column", "deletes_from", "inserts_into", "is_told_in_full", "spoken_words"]


def is_told_in_full(manifest: DomainManifest) -> bool:
    """Whether every tool that writes says what it changes."""
    return all(tool.contract is not None for tool in manifest.tools if tool.effect == "write")


def deletes_from(manifest: DomainManifest, table: str) -> bool:
    """Whether a tool deletes rows of a table, be it on the side."""
    pattern = rf"\bDELETE FROM {_named(table)}"
    return any(re.search(pattern, one) for one in _effects(manifest))


def inserts_into(manifest: DomainManifest, table: str) -> bool:
    """Whether a tool adds rows to a table."""
    pattern = rf"\b(?:INSERT(?: OR \w+)?|REPLACE) INTO {_named(table)}"
    return any(re.search(pattern, one) for one in _effects(manifest))


def changes_column(manifest: DomainManifest, table: str, column: str) -> bool:
    """Whether tools can bring another value into a column: by a change, or by a new row for
    one that is deleted."""
    update = re.compile(
        rf"\s*UPDATE (?:OR \w+ )?{_named(table)}\s+SET\b.*?[\s,]{_named(column)}\s*=", re.DOTALL
    )
    upsert = re.compile(rf"\s*INSERT .*INTO {_named(table)}.*\bON CONFLICT\b", re.DOTALL)
    return any(update.match(one) or upsert.match(one) for one in _effects(manifest)) or (
        deletes_from(manifest, table) and inserts_into(manifest, table)
    )


def spoken_words(manifest: DomainManifest) -> frozenset[str]:
    """The words in which the tools speak of themselves, also without their endings."""
    found: set[str] = set()
    for tool in manifest.tools:
        text = f"{tool.name} {tool.description} {' '.join(tool.arguments)}"
        for word in re.findall(r"[a-z]+", text.lower()):
            found |= {word, singular(word), word.removesuffix("ed"), word.removesuffix("ing")}
    return frozenset(found)


def _effects(manifest: DomainManifest) -> Iterator[str]:
    for tool in manifest.tools:
        if tool.contract is not None:
            yield from tool.contract.effects


def _named(name: str) -> str:
    return rf'(?:"{re.escape(name)}"|{re.escape(name)}\b)'
