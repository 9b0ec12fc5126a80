"""Reads another training run as a benchmark: its domains, policies and tasks' requests."""

from collections.abc import Mapping
from pathlib import Path

from agentscaler.dataset.contamination.benchmark import Benchmark, Passage
from agentscaler.dataset.contamination.identifiers import identifiers_of
from agentscaler.dataset.contamination.readers.files import (
    each_file,
    json_value,
    json_values,
    text_of,
)
from agentscaler.dataset.contamination.records import add_tool, paragraphs

__all__ = ["is_run", "read_run"]


def is_run(folder: Path) -> bool:
    """Whether a folder is a run of this program."""
    return (folder / "manifest.json").is_file() and (folder / "domains").is_dir()


def read_run(folder: Path) -> Benchmark:
    """The run; identifiers of its tasks count, those of its databases' other rows do not."""
    benchmark = Benchmark(folder.name)

    def read_domain(path: Path) -> None:
        manifest = json_value(path)
        tools = manifest.get("tools") if isinstance(manifest, Mapping) else None
        for tool in tools if isinstance(tools, list) else ():
            add_tool(benchmark, tool, path.parent.name)

    def read_policy(path: Path) -> None:
        place = f"policy of {path.parent.name}"
        benchmark.passages += [Passage("policies", place, one) for one in paragraphs(text_of(path))]

    def read_tasks(path: Path) -> None:
        for task in json_values(path):
            if isinstance(task, Mapping) and isinstance(task.get("intent"), str):
                place = f"task {task.get('id')}"
                benchmark.passages.append(Passage("intents", place, task["intent"]))
                benchmark.identify(identifiers_of([task["intent"], task.get("facts")]), place)

    each_file(benchmark, folder / "domains", "*/domain.json", read_domain)
    each_file(benchmark, folder / "domains", "*/policy.md", read_policy)
    each_file(benchmark, folder, "tasks.jsonl", read_tasks)
    return benchmark
