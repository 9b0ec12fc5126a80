"""Records of benchmarks in JSON: tools, requests and policies, wherever they stand in a record.

A record is a tool, or an object with tools under "function", "functions" or "tools", a request
under "question", "instruction", "intent" and the like, or chat messages.  What a user says is a
request, what a system message says is a policy.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from agentscaler.corpus.functions import is_function
from agentscaler.dataset.contamination.benchmark import (
    Benchmark,
    BenchmarkTool,
    Passage,
    PassageKind,
)
from agentscaler.dataset.contamination.identifiers import identifiers_of
from agentscaler.dataset.contamination.parameters import parameter_types

__all__ = ["add_record", "add_tool", "paragraphs"]

_TOOLS = ("function", "functions", "tools")
_KEYS: dict[str, PassageKind] = {
    **dict.fromkeys(
        "ask goal instruction instructions intent known_info prompt query question reason_for_call"
        " request task_instructions ticket unknown_info user_query user_scenario utterance".split(),
        "intents",
    ),
    **dict.fromkeys(
        "constraints guidelines policy rules system system_prompt wiki".split(), "policies"
    ),
}
_LABELS = frozenset({"domain", "id", "language"})
_ROLES: dict[str, PassageKind] = {"user": "intents", "system": "policies"}
_SCHEMAS = ("parameters", "input_schema", "inputSchema", "arguments")
_MOST_DEPTH = 30


def add_record(benchmark: Benchmark, record: Any, place: str, group: str) -> None:
    """Adds what a record holds.

    Args:
        place: of the record, for its texts.
        group: what its tools are told to be of, which may be the place of many records.
    """
    if is_function(record):
        add_tool(benchmark, record, group)
    elif isinstance(record, Mapping):
        _add_tools(benchmark, record, group)
        for kind, text in _passages(record, 0):
            benchmark.passages.append(Passage(kind, place, text))
    if isinstance(record, Mapping):  # what a record is called is no part of its content
        record = {key: value for key, value in record.items() if key not in {"id", "path"}}
    benchmark.identify(identifiers_of(record), place)


def add_tool(benchmark: Benchmark, record: Any, place: str) -> None:
    """Adds a tool in one of the forms in which models are told of tools; others are passed over."""
    if isinstance(record, Mapping) and isinstance(record.get("function"), Mapping):
        record = record["function"]
    if not isinstance(record, Mapping) or not isinstance(record.get("name"), str):
        return
    schema = next((record[key] for key in _SCHEMAS if isinstance(record.get(key), Mapping)), None)
    name = record["name"]
    benchmark.tools.append(BenchmarkTool(name, place, parameter_types(schema)))
    about = record.get("description")
    if isinstance(about, str):
        benchmark.passages.append(Passage("descriptions", f"tool {name} of {place}", about))


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs and list items of Markdown or plain text."""
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        bare = line.strip()
        begins = bare[:2] in {"- ", "* ", "+ "} or bare[:1] == "#" or bare.split(". ")[0].isdigit()
        if (not bare or begins) and lines:
            yield " ".join(lines)
            lines = []
        if bare:
            lines.append(bare)


def _add_tools(benchmark: Benchmark, record: Mapping[str, Any], place: str) -> None:
    for key in _TOOLS:
        found = record.get(key)
        for tool in found if isinstance(found, list) else [found]:
            add_tool(benchmark, tool, place)


def _passages(
    value: Any, depth: int, kind: PassageKind | None = None
) -> Iterator[tuple[PassageKind, str]]:
    """The texts under telling keys; under such a key, every text counts."""
    if isinstance(value, str):
        if kind == "intents":
            yield kind, value
        elif kind == "policies":
            yield from ((kind, part) for part in paragraphs(value))
    elif depth > _MOST_DEPTH:
        return
    elif isinstance(value, list):
        for one in value:
            yield from _passages(one, depth + 1, kind)
    elif isinstance(value, Mapping):
        if isinstance(value.get("content"), str):
            role = value.get("role")
            said = _ROLES.get(role) if isinstance(role, str) else kind
            yield from _passages(value["content"], depth + 1, said)
            return
        for key, one in value.items():
            if key in _TOOLS or key in _LABELS:
                continue
            yield from _passages(one, depth + 1, _KEYS.get(str(key), kind))
