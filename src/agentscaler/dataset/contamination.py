"""Contamination: whether tools of the training set are called as those of a benchmark are.

Which benchmarks, a file says that the user gives: each with the names of its tools.  Only whole
names are compared.  A name in common does not make two tools the same, and a tool taken over under
another name would not be seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from agentscaler.dataset.example import DatasetDomain
from agentscaler.errors import InputError

__all__ = ["SharedNames", "read_benchmark_tools", "shared_names"]


@dataclass(frozen=True)
class SharedNames:
    """The names that one benchmark and the training set have in common.

    Attributes:
        tools: how many names the benchmark has.
        shared: the names in common, sorted.
        domains: domains of the training split that have a tool with such a name.
        examples: dialogues of these domains.
    """

    benchmark: str
    tools: int
    shared: tuple[str, ...]
    domains: int
    examples: int


def read_benchmark_tools(path: Path) -> dict[str, tuple[str, ...]]:
    """The names of tools by benchmark, of a JSON file that maps one to the other.

    Raises:
        InputError: the file cannot be read, or is not a mapping of benchmarks to lists of names.
    """
    example = 'Write it as {"benchmark": ["name_of_a_tool", ...]}.'
    try:
        values = orjson.loads(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"The names of benchmarks' tools in {path} cannot be read: {error.strerror}.",
            "Give dataset.benchmark_tools the path of a readable file.",
        ) from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path} is not JSON: {error}.", example) from error
    if not isinstance(values, dict):
        raise InputError(f"{path} does not map benchmarks to names of tools.", example)
    for benchmark, names in values.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InputError(f"{path} has no list of names under {benchmark}.", example)
    return {benchmark: tuple(sorted(set(names))) for benchmark, names in values.items()}


def shared_names(
    domains: Iterable[DatasetDomain], benchmarks: Mapping[str, tuple[str, ...]]
) -> list[SharedNames]:
    """What each benchmark has in common with the domains that are trained on."""
    trained = [domain for domain in domains if domain.split == "train"]
    names_of = {domain.id: {tool.name for tool in domain.tools} for domain in trained}
    result = []
    for benchmark, names in benchmarks.items():
        touched = [domain for domain in trained if names_of[domain.id].intersection(names)]
        ours = set().union(*(names_of[domain.id] for domain in touched))
        result.append(
            SharedNames(
                benchmark=benchmark,
                tools=len(names),
                shared=tuple(name for name in names if name in ours),
                domains=len(touched),
                examples=sum(domain.examples for domain in touched),
            )
        )
    return result
