"""Mistakes that an agent makes on purpose, so that a dialogue shows how to recover from them.

None of them changes the state.  Most are certain to be refused: the argument check, the list of
tools or the lookup of a key turns them away.  Some are reads that merely do not help, and fit only
where further reads are free; the question for a fact that was told already is no call at all.
"""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from agentscaler.domain.domain import DomainManifest, DomainTool, ToolKind
from agentscaler.rollout.mistake import Mistake, MistakeKind, Occasion, in_words
from agentscaler.rollout.mistaken_rows import garbled_id, other_tables_id, wrong_row
from agentscaler.rollout.wording import fold

__all__ = ["draw_mistake"]


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
        lambda: garbled_id(manifest, tool, arguments, occasion.seen, rng),
        lambda: other_tables_id(occasion, rng),
        lambda: _unknown_parameter(tool, arguments, rng),
        lambda: _misspelt_parameter(tool, arguments, rng),
        lambda: _wrong_tool_name(manifest, tool, arguments, rng),
    ]
    if occasion.free_reads and tool.effect == "read":
        makers += [
            lambda: _wrong_tool(occasion, rng),
            lambda: wrong_row(occasion, rng),
            lambda: _date_format(occasion, rng),
        ]
    possible = [mistake for make in makers if (mistake := make()) is not None]
    return rng.choice(possible)


def _missing_argument(
    tool: DomainTool, arguments: Mapping[str, Any], rng: random.Random
) -> Mistake | None:
    required = [name for name in tool.parameters.get("required", ()) if name in arguments]
    if not required:
        return None
    missing = rng.choice(required)
    rest = {name: value for name, value in arguments.items() if name != missing}
    return Mistake(MistakeKind.MISSING_ARGUMENT, tool.name, rest, {"parameter": in_words(missing)})


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
    words = {"parameter": in_words(name), "wrong": wrong, "right": str(arguments[name])}
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
    words = {"parameter": in_words(name), "wrong": wrong, "right": str(arguments[name])}
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
    words = {"parameter": in_words(name), "wrong": wrong, "right": right}
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
    words = {"parameter": in_words(name), "wrong": wrong, "right": occasion.arguments[name]}
    arguments = {**occasion.arguments, name: wrong}
    return Mistake(MistakeKind.DATE_FORMAT, tool.name, arguments, words, refused=False)


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
