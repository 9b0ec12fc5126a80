"""Mistakes that an agent makes on purpose, so that a dialogue shows how to recover from them.

None of them changes the state.  Most are certain to be refused: the argument check, the list of
tools or the lookup of a key turns them away.  Some are reads that merely do not help, and fit only
where further reads are free; the question for a fact that was told already is no call at all.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from agentscaler.domain.domain import DomainManifest, DomainTool, Table, ToolKind
from agentscaler.rollout.wording import fold, says
from agentscaler.task.task import GoldCall

__all__ = ["Mistake", "MistakeKind", "Occasion", "draw_mistake", "premature_call"]


class MistakeKind(StrEnum):
    """What is wrong with a call."""

    ASKED_AGAIN = "asked_again"
    """The user is asked for what it has told; no call."""
    UNLISTED_VALUE = "unlisted_value"
    """A value is given that is not one of those listed, though it means the right one."""
    WRONG_TYPE = "wrong_type"
    """A number or a switch is sent as text."""
    DATE_FORMAT = "date_format"
    """A read is asked with a date as people write it."""
    OTHER_TABLES_ID = "other_tables_id"
    """The id of a row next to the right one, in another table."""
    WRONG_TOOL = "wrong_tool"
    """The list of something else is read."""
    WRONG_ROW = "wrong_row"
    """A neighbour of the right row is read."""

    MISSING_ARGUMENT = "missing_argument"
    """A required argument is left out."""
    ENUM_CASE = "enum_case"
    """A listed value is written with the wrong case."""
    NAME_AS_ID = "name_as_id"
    """A name stands where the key of a row belongs."""
    GARBLED_ID = "garbled_id"
    """The key of a row is copied wrongly."""
    UNKNOWN_PARAMETER = "unknown_parameter"
    """An argument is given that the tool does not have."""
    MISSPELT_PARAMETER = "misspelt_parameter"
    """A parameter's name is written in another style."""
    WRONG_TOOL_NAME = "wrong_tool_name"
    """The tool's name is slightly off."""


@dataclass(frozen=True)
class Mistake:
    """A wrong call, and the words with which one can say what was wrong with it.

    Attributes:
        refused: whether the world is sure to refuse it; else it may give what is of no use.
    """

    kind: MistakeKind
    tool: str
    arguments: dict[str, Any]
    words: Mapping[str, str] = field(default_factory=dict)
    refused: bool = True


@dataclass(frozen=True)
class Occasion:
    """A right call that may be made wrong.

    Attributes:
        arguments: of the right call.
        seen: the conversation so far, folded; a garbled key must not be one that stands in it.
        results: what the calls so far gave, the latest last.
        free_reads: whether reads beside gold's do no harm to what the episode is worth.
    """

    manifest: DomainManifest
    tool: DomainTool
    arguments: Mapping[str, Any]
    seen: str = ""
    results: Sequence[Any] = ()
    free_reads: bool = False


_KEYED_KINDS = (ToolKind.GET, ToolKind.UPDATE, ToolKind.DELETE, ToolKind.TRANSITION)
_INVENTED_OPTIONS = (
    ("verbose", True),
    ("dry_run", False),
    ("include_details", True),
    ("format", "json"),
    ("notify", True),
)
_OTHER_WORDS = {
    "high": "urgent",
    "low": "minor",
    "medium": "normal",
    "open": "opened",
    "closed": "close",
    "active": "in use",
    "enabled": "on",
    "disabled": "off",
    "card": "credit card",
    "express": "fast",
    "standard": "normal",
    "pending": "waiting",
    "cancelled": "canceled",
    "public": "everyone",
    "private": "hidden",
}
_VERB_SYNONYMS = {
    "get": ("fetch", "read", "show"),
    "describe": ("get", "show"),
    "list": ("search", "find", "get_all"),
    "search": ("find", "list"),
    "create": ("add", "make", "new"),
    "add": ("create", "insert"),
    "update": ("modify", "edit", "change"),
    "modify": ("update", "edit"),
    "delete": ("remove", "drop"),
    "remove": ("delete", "drop"),
    "count": ("number_of", "total"),
    "cancel": ("stop", "abort"),
    "start": ("run", "begin"),
    "stop": ("end", "halt"),
}


def draw_mistake(occasion: Occasion, rng: random.Random) -> Mistake:
    """A wrong version of a right call; the kinds that fit it are equally likely."""
    manifest, tool, arguments = occasion.manifest, occasion.tool, occasion.arguments
    makers: list[Callable[[], Mistake | None]] = [
        lambda: _missing_argument(tool, arguments, rng),
        lambda: _enum_case(tool, arguments, rng),
        lambda: _unlisted_value(tool, arguments, rng),
        lambda: _wrong_type(tool, arguments, rng),
        lambda: _garbled_id(manifest, tool, arguments, occasion.seen, rng),
        lambda: _other_tables_id(occasion, rng),
        lambda: _unknown_parameter(tool, arguments, rng),
        lambda: _misspelt_parameter(tool, arguments, rng),
        lambda: _wrong_tool_name(manifest, tool, arguments, rng),
    ]
    if occasion.free_reads and tool.effect == "read":
        makers += [
            lambda: _wrong_tool(occasion, rng),
            lambda: _wrong_row(occasion, rng),
            lambda: _date_format(occasion, rng),
        ]
    possible = [mistake for make in makers if (mistake := make()) is not None]
    return rng.choice(possible)


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


def _missing_argument(
    tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    required = [name for name in tool.parameters.get("required", ()) if name in arguments]
    if not required:
        return None
    missing = rng.choice(required)
    rest = {name: value for name, value in arguments.items() if name != missing}
    return Mistake(MistakeKind.MISSING_ARGUMENT, tool.name, rest, {"parameter": _words(missing)})


def _enum_case(
    tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    choices = []
    for name, value in arguments.items():
        allowed = tool.parameters["properties"].get(name, {}).get("enum")
        if allowed is None or not isinstance(value, str):
            continue
        for form in (value.lower(), value.capitalize(), value.upper()):
            if form not in allowed:
                choices.append((name, form))
                break
    if not choices:
        return None
    name, wrong = rng.choice(choices)
    words = {"parameter": _words(name), "wrong": wrong, "right": str(arguments[name])}
    return Mistake(MistakeKind.ENUM_CASE, tool.name, {**arguments, name: wrong}, words)


def _unlisted_value(
    tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    """A listed value in words ("in progress"), or by another name."""
    choices = []
    for name, value in arguments.items():
        allowed = tool.parameters["properties"].get(name, {}).get("enum")
        if allowed is None or not isinstance(value, str):
            continue
        wrong = _OTHER_WORDS.get(value.lower()) or value.lower().replace("_", " ")
        if fold(wrong) not in {fold(one) for one in allowed}:
            choices.append((name, wrong))
    if not choices:
        return None
    name, wrong = rng.choice(choices)
    words = {"parameter": _words(name), "wrong": wrong, "right": str(arguments[name])}
    return Mistake(MistakeKind.UNLISTED_VALUE, tool.name, {**arguments, name: wrong}, words)


def _wrong_type(
    tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    choices = [
        name
        for name, value in arguments.items()
        if isinstance(value, bool | int | float)
        and tool.parameters["properties"].get(name, {}).get("type")
        in ("boolean", "integer", "number")
    ]
    if not choices:
        return None
    name = rng.choice(choices)
    value = arguments[name]
    wrong = ("on" if value else "off") if isinstance(value, bool) else str(value)
    right = str(value).lower() if isinstance(value, bool) else str(value)
    words = {"parameter": _words(name), "wrong": wrong, "right": right}
    return Mistake(MistakeKind.WRONG_TYPE, tool.name, {**arguments, name: wrong}, words)


def _date_format(occasion: Occasion, rng: random.Random) -> Mistake | None:
    tool, choices = occasion.tool, []
    for name, value in occasion.arguments.items():
        role = tool.arguments.get(name)
        table = occasion.manifest.table.get(role.table) if role is not None else None
        column = table.by_name.get(role.column) if role is not None and table is not None else None
        if column is not None and column.type in ("date", "timestamp"):
            choices.append((name, datetime.fromisoformat(value)))
    if not choices:
        return None
    name, moment = rng.choice(choices)
    wrong = moment.strftime(rng.choice(("%d/%m/%Y", "%d.%m.%Y", "%B %d, %Y")))
    words = {"parameter": _words(name), "wrong": wrong, "right": occasion.arguments[name]}
    arguments = {**occasion.arguments, name: wrong}
    return Mistake(MistakeKind.DATE_FORMAT, tool.name, arguments, words, refused=False)


def _other_tables_id(occasion: Occasion, rng: random.Random) -> Mistake | None:
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


def _wrong_tool(occasion: Occasion, rng: random.Random) -> Mistake | None:
    """The list of another table, where one can be had for nothing."""
    right = occasion.tool
    others = [
        tool
        for tool in occasion.manifest.tools
        if tool.kind is ToolKind.LIST
        and tool.table != right.table
        and not tool.parameters.get("required")
    ]
    if right.kind is not ToolKind.LIST or not others:
        return None
    wrong = rng.choice(others)
    words = {"wrong": wrong.name, "right": right.name}
    return Mistake(MistakeKind.WRONG_TOOL, wrong.name, {}, words, refused=False)


def _wrong_row(occasion: Occasion, rng: random.Random) -> Mistake | None:
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


def _garbled_id(
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
    words = {"parameter": _words(name), "wrong": wrong, "right": str(arguments[name])}
    return Mistake(MistakeKind.GARBLED_ID, tool.name, {**arguments, name: wrong}, words)


def _unknown_parameter(
    tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    options = [
        option for option in _INVENTED_OPTIONS if option[0] not in tool.parameters["properties"]
    ]
    if not options:
        return None
    name, value = rng.choice(options)
    return Mistake(
        MistakeKind.UNKNOWN_PARAMETER, tool.name, {**arguments, name: value}, {"wrong": name}
    )


def _misspelt_parameter(
    tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    choices = []
    for name in arguments:
        first, *rest = name.split("_")
        wrong = first + "".join(part.capitalize() for part in rest)
        if rest and wrong not in tool.parameters["properties"]:
            choices.append((name, wrong))
    if not choices:
        return None
    right, wrong = rng.choice(choices)
    renamed = {wrong if name == right else name: value for name, value in arguments.items()}
    words = {"wrong": wrong, "right": right}
    return Mistake(MistakeKind.MISSPELT_PARAMETER, tool.name, renamed, words)


def _wrong_tool_name(
    manifest: DomainManifest, tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    verb, _, rest = tool.name.partition("_")
    names = [f"{synonym}_{rest}" for synonym in _VERB_SYNONYMS.get(verb, ()) if rest]
    names.append(tool.name[:-1] if tool.name.endswith("s") else f"{tool.name}s")
    names = [name for name in names if name not in manifest.tool]
    if not names:
        return None
    wrong = rng.choice(names)
    words = {"wrong": wrong, "right": tool.name}
    return Mistake(MistakeKind.WRONG_TOOL_NAME, wrong, dict(arguments), words)


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


def _words(name: str) -> str:
    return name.replace("_", " ")
