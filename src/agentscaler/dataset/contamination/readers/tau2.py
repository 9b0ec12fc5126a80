"""Reads a checkout of tau2-bench: tools, policies, tasks and databases of its domains."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentscaler.dataset.contamination.benchmark import Benchmark, BenchmarkTool, Passage
from agentscaler.dataset.contamination.identifiers import identifiers_of
from agentscaler.dataset.contamination.readers.files import (
    each_file,
    json_value,
    json_values,
    python_tree,
    text_of,
)
from agentscaler.dataset.contamination.readers.python_tools import decorated_tools
from agentscaler.dataset.contamination.records import add_record, paragraphs
from agentscaler.errors import InputError

__all__ = ["is_tau2", "read_tau2"]

_SOURCE = Path("src", "tau2", "domains")
_DATA = Path("data", "tau2", "domains")
_DECORATORS = frozenset({"is_tool", "is_discoverable_tool"})
_PASSED_OVER = ("audio_difficulty", "split_tasks", "voice")


def is_tau2(folder: Path) -> bool:
    """Whether a folder is a checkout of tau2-bench."""
    return (folder / _SOURCE).is_dir() or (folder / _DATA).is_dir()


def read_tau2(folder: Path) -> Benchmark:
    """The benchmark; tools of its simulated users count as tools."""
    benchmark = Benchmark("tau2")
    source, data = folder / _SOURCE, folder / _DATA

    def read_tools(path: Path) -> None:
        domain = path.relative_to(source).parts[0]
        place = f"{domain}, user" if path.stem.startswith("user_") else domain
        for tool in decorated_tools(python_tree(path), _DECORATORS):
            benchmark.tools.append(BenchmarkTool(tool.name, place, tool.parameters))
            where = f"tool {tool.name} of {place}"
            benchmark.passages.append(Passage("descriptions", where, tool.description))

    def read_policy(path: Path) -> None:
        place = path.relative_to(data).as_posix()
        for text in paragraphs(text_of(path)):
            benchmark.passages.append(Passage("policies", place, text))

    def read_tasks(path: Path) -> None:
        if any(word in path.stem for word in _PASSED_OVER):
            return
        domain = path.relative_to(data).parts[0]
        for task in json_values(path):
            name = task.get("id", path.stem) if isinstance(task, Mapping) else path.stem
            add_record(benchmark, _without_actions(task), f"{domain} task {name}", domain)
            if isinstance(task, Mapping):
                criteria = task.get("evaluation_criteria")
                benchmark.identify(identifiers_of(criteria), f"{domain} task {name}")

    def read_document(path: Path) -> None:
        value = json_value(path)
        content = value.get("content") if isinstance(value, Mapping) else None
        for text in paragraphs(content) if isinstance(content, str) else ():
            place = path.relative_to(data).as_posix()
            benchmark.passages.append(Passage("policies", place, text))

    def read_database(path: Path) -> None:
        value = _toml(path) if path.suffix == ".toml" else json_value(path)
        benchmark.identify(identifiers_of(value), path.relative_to(data).as_posix())

    each_file(benchmark, source, "*/*.py", read_tools)
    each_file(benchmark, data, "*/**/*.md", read_policy)
    each_file(benchmark, data, "*/documents/*.json", read_document)
    each_file(benchmark, data, "*/tasks*.json", read_tasks)
    each_file(benchmark, data, "*/*db.*", read_database)
    return benchmark


def _without_actions(task: Any) -> Any:
    """A task without what its agent is to do: that names tools, and is no request."""
    if not isinstance(task, Mapping):
        return task
    return {key: value for key, value in task.items() if key in {"user_scenario", "ticket"}}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_of(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path.name} is not TOML: {error}.") from error
