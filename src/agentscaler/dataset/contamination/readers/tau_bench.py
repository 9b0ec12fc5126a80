"""Reads a checkout of tau-bench: tools, wiki, rules, tasks and data of its environments."""

from collections.abc import Callable
from pathlib import Path

from agentscaler.dataset.contamination.benchmark import Benchmark, Passage
from agentscaler.dataset.contamination.identifiers import identifiers_of
from agentscaler.dataset.contamination.readers.files import (
    each_file,
    json_value,
    python_tree,
    text_of,
)
from agentscaler.dataset.contamination.readers.python_tools import (
    keyword_texts,
    literals_returned,
    strings_in,
)
from agentscaler.dataset.contamination.records import add_tool, paragraphs

__all__ = ["is_tau_bench", "read_tau_bench"]

_ENVIRONMENTS = Path("tau_bench", "envs")


def is_tau_bench(folder: Path) -> bool:
    """Whether a folder is a checkout of tau-bench."""
    return (folder / _ENVIRONMENTS).is_dir()


def read_tau_bench(folder: Path) -> Benchmark:
    """The benchmark, its training and development tasks too: they are of the same worlds."""
    benchmark = Benchmark("tau-bench")
    root = folder / _ENVIRONMENTS

    def domain_of(path: Path) -> str:
        return path.relative_to(root).parts[0]

    def read_tool(path: Path) -> None:
        for definition in literals_returned(python_tree(path), "get_info"):
            add_tool(benchmark, definition, domain_of(path))

    def read_tasks(path: Path) -> None:
        place = f"{domain_of(path)} {path.stem}"
        tree = python_tree(path)
        for number, text in enumerate(keyword_texts(tree, "instruction")):
            benchmark.passages.append(Passage("intents", f"{place} {number}", text))
        benchmark.identify(identifiers_of(list(strings_in(tree))), place)

    def read_policy(texts: Callable[[Path], list[str]]) -> Callable[[Path], None]:
        def read(path: Path) -> None:
            for text in texts(path):
                place = path.relative_to(root).as_posix()
                benchmark.passages += [Passage("policies", place, one) for one in paragraphs(text)]

        return read

    def read_data(path: Path) -> None:
        place = path.relative_to(root).as_posix()
        benchmark.identify(identifiers_of(json_value(path)), place)

    each_file(benchmark, root, "*/tools/*.py", read_tool)
    each_file(benchmark, root, "*/wiki.md", read_policy(lambda path: [text_of(path)]))
    each_file(
        benchmark, root, "*/rules.py", read_policy(lambda path: list(strings_in(python_tree(path))))
    )
    each_file(benchmark, root, "*/tasks*.py", read_tasks)
    each_file(benchmark, root, "*/data/*.json", read_data)
    return benchmark
