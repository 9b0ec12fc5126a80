"""Reads data sets of which each record carries the tools that it is about.

| data set | tools stand under | beside |
|---|---|---|
| xLAM, APIGen | "tools", a list or the JSON text of one | "query", "answers" or messages |
| ACEBench, BFCL | "function", a list or one object | "question" |

A tool that stands in many records is read once: what is the same to the letter is one operation.
Another definition under a name that was read already is an operation of its own, and the pool
rejects it for its id.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from agentscaler.corpus.documents import (
    BrokenJsonError,
    parse_documents,
    parse_json,
    read_text,
)
from agentscaler.corpus.functions import read_functions
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.settings import PoolSettings

__all__ = ["is_acebench_record", "is_xlam_record", "toolset_service"]

_DIALOGUE_KEYS = frozenset({"query", "answers", "conversations", "messages", "task_id", "system"})


def toolset_service(path: Path, name: str, settings: PoolSettings, *, source: str) -> Service:
    """The tools of one file, as the service `name`; `source` is "xlam" or "acebench"."""
    return Service(path.name, lambda: _read(path, name, settings, source))


def is_xlam_record(record: Any) -> bool:
    """Whether a record is a query with its tools, as xLAM and APIGen write it."""
    return (
        isinstance(record, Mapping)
        and isinstance(record.get("tools"), str | list)
        and not _DIALOGUE_KEYS.isdisjoint(record)
    )


def is_acebench_record(record: Any) -> bool:
    """Whether a record is a question with its functions, as ACEBench and BFCL write it."""
    return (
        isinstance(record, Mapping)
        and isinstance(record.get("function"), list | Mapping)
        and "question" in record
    )


def _read(path: Path, name: str, settings: PoolSettings, source: str) -> Reading:
    documents = parse_documents(read_text(path), path)
    records = documents[0] if len(documents) == 1 else documents
    if not isinstance(records, list):
        records = [records]
    tools = _distinct(_carried(records))
    return read_functions(tools, path.name, settings, source=source, service=name, provider=source)


def _carried(records: Iterable[Any]) -> Iterator[Any]:
    """The tools of all records; a record without any stands for itself, to be rejected."""
    for record in records:
        found = record
        if isinstance(record, Mapping):
            found = record.get("tools", record.get("function", record))
        if isinstance(found, str):
            found = parse_json(found)
        if isinstance(found, list):
            yield from found
        else:
            yield found


def _distinct(tools: Iterable[Any]) -> Iterator[Any]:
    """The tools without exact repetitions."""
    seen = set()
    for tool in tools:
        if not isinstance(tool, BrokenJsonError):
            text = json.dumps(tool, sort_keys=True)
            if text in seen:
                continue
            seen.add(text)
        yield tool
