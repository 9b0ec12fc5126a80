"""Mistakes about rows: the wrong id, the id of something else, a name for an id, another row."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from agentscaler.domain.domain import DomainManifest, DomainTool, Table, ToolKind
from agentscaler.rollout.mistake import Mistake, MistakeKind, Occasion, in_words
from agentscaler.rollout.wording import fold, says
from agentscaler.task.task import GoldCall

__all__ = ["garbled_id", "other_tables_id", "premature_call", "wrong_row"]

_KEYED_KINDS = (ToolKind.GET, ToolKind.UPDATE, ToolKind.DELETE, ToolKind.TRANSITION)


def premature_call(
    manifest: DomainManifest,
    gold: Sequence[GoldCall],
    lookup: int,
    calls: Sequence[int],
    heard: str,
) -> Mistake | None:
    """The call that a lookup is for, made before the lookup with a name where the key belongs.

    Args:
        lookup: index of the lookup, whose own arguments must be visible.
        calls: indices of the goal's calls, whose facts must all be told.
        heard: what the user said, folded; the name must stand in it.
    """
    for call in (gold[index] for index in calls):
        tool = manifest.tool[call.tool]
        fed = [key for key, source in call.provenance.items() if source.origin == "tool"]
        if len(fed) != 1 or tool.kind not in _KEYED_KINDS or tool.kind is ToolKind.DELETE:
            continue
        role, source = tool.arguments.get(fed[0]), call.provenance[fed[0]]
        if role is None or role.kind != "key" or source.call != lookup:
            continue
        table = manifest.table[role.table]
        name = None if table.natural_key else _name_beside(gold[lookup].result, source.path, table)
        if name and says(heard, fold(name)):
            return Mistake(MistakeKind.NAME_AS_ID, tool.name, {**call.arguments, fed[0]: name})
    return None


def _name_beside(result: Any, path: Sequence[str | int], table: Table) -> str | None:
    """The name in the row whose key stands at `path` of a result."""
    for step in path[:-1]:
        result = result[step]
    name = result.get(table.label) if isinstance(result, dict) else None
    return name if isinstance(name, str) else None


def garbled_id(
    manifest: DomainManifest,
    tool: DomainTool,
    arguments: Mapping[str, Any],
    seen: str,
    rng: random.Random,
) -> Mistake | None:
    """A key without its prefix or with a character missing; never of a tool that only filters."""
    if tool.kind not in _KEYED_KINDS:
        return None
    choices = []
    for name, value in arguments.items():
        role = tool.arguments.get(name)
        if role is None or role.kind != "key" or not isinstance(value, str):
            continue
        natural = manifest.table[role.table].natural_key
        wrong = _drop_character(value, rng) if natural else _strip_prefix(value, rng)
        if wrong and wrong != value and not says(seen, fold(wrong)):
            choices.append((name, wrong))
    if not choices:
        return None
    name, wrong = rng.choice(choices)
    words = {"parameter": in_words(name), "wrong": wrong, "right": str(arguments[name])}
    return Mistake(MistakeKind.GARBLED_ID, tool.name, {**arguments, name: wrong}, words)


def other_tables_id(occasion: Occasion, rng: random.Random) -> Mistake | None:
    """In place of a row's key, the key of another table's row that stands beside it."""
    tool, tables = occasion.tool, occasion.manifest.table
    if tool.kind not in _KEYED_KINDS:
        return None
    for name, value in occasion.arguments.items():
        role = tool.arguments.get(name)
        if role is None or role.kind != "key" or tables[role.table].natural_key:
            continue
        record = _record_of(occasion.results, tables[role.table].key[0], value)
        others = [
            (other, str(record[column.name]))
            for column in tables[role.table].columns
            if column.references is not None
            and (other := tables[column.references]).name != role.table
            and not other.natural_key
            and record.get(column.name) not in (None, value)
        ]
        if others:
            other, wrong = rng.choice(others)
            noun = tables[role.table].noun
            words = {"wrong": wrong, "right": str(value), "noun": noun, "other": other.noun}
            arguments = {**occasion.arguments, name: wrong}
            return Mistake(MistakeKind.OTHER_TABLES_ID, tool.name, arguments, words)
    return None


def wrong_row(occasion: Occasion, rng: random.Random) -> Mistake | None:
    """Another row of a list that was read."""
    tool, tables = occasion.tool, occasion.manifest.table
    if tool.kind is not ToolKind.GET:
        return None
    for name, value in occasion.arguments.items():
        role = tool.arguments.get(name)
        if role is None or role.kind != "key":
            continue
        key = tables[role.table].key[0]
        for result in reversed(occasion.results):
            rows = result.get(role.table) if isinstance(result, dict) else None
            keys = [row.get(key) for row in rows or [] if isinstance(row, dict)]
            others = [other for other in keys if other not in (None, value)]
            if value in keys and others:
                wrong = rng.choice(others)
                words = {"wrong": str(wrong), "right": str(value), "noun": tables[role.table].noun}
                arguments = {**occasion.arguments, name: wrong}
                return Mistake(MistakeKind.WRONG_ROW, tool.name, arguments, words, refused=False)
    return None


def _record_of(results: Sequence[Any], key: str, value: Any) -> Mapping[str, Any]:
    """The latest record in which `value` is the key; an empty one if there is none."""
    for result in reversed(results):
        if not isinstance(result, dict):
            continue
        lists = [one for one in result.values() if isinstance(one, list)]
        for record in (result, *(row for rows in lists for row in rows)):
            if isinstance(record, dict) and record.get(key) == value:
                return record
    return {}


def _strip_prefix(key: str, rng: random.Random) -> str:
    for separator in ("-", "_", ":", "/"):
        if separator in key.strip(separator):
            return key.rpartition(separator)[2]
    return _drop_character(key, rng)


def _drop_character(key: str, rng: random.Random) -> str:
    if len(key) < 6:
        return ""
    place = rng.randrange(1, len(key) - 1)
    return key[:place] + key[place + 1 :]
