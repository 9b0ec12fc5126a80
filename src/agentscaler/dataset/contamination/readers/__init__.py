"""Readers of benchmarks: JSON, TOML and Python's syntax tree are read, no code of theirs is run."""

from collections.abc import Callable
from pathlib import Path

from agentscaler.dataset.contamination.benchmark import Benchmark
from agentscaler.dataset.contamination.names import BENCHMARKS, known_names
from agentscaler.dataset.contamination.readers.generic import read_generic
from agentscaler.dataset.contamination.readers.question_sets import (
    acebench_data,
    bfcl_data,
    read_acebench,
    read_bfcl,
)
from agentscaler.dataset.contamination.readers.run import is_run, read_run
from agentscaler.dataset.contamination.readers.tau2 import is_tau2, read_tau2
from agentscaler.dataset.contamination.readers.tau_bench import is_tau_bench, read_tau_bench
from agentscaler.errors import InputError

__all__ = ["path_of", "read_benchmark", "read_benchmarks"]


def read_benchmarks(wanted: tuple[str, ...]) -> list[Benchmark]:
    """The benchmarks of some names and paths, each read once.

    Raises:
        InputError: a path is missing or holds nothing that can be compared.
    """
    return [read_benchmark(one) for one in dict.fromkeys(wanted)]


def read_benchmark(wanted: str) -> Benchmark:
    """A benchmark by its name, by a path, or by both as NAME=PATH.

    Args:
        wanted: a name alone gives what the program knows, the names of its tools; a path is read,
            whatever it is: a checkout of tau2-bench, tau-bench or ACEBench, the data of BFCL, a
            run, or JSON with tools and texts.

    Raises:
        InputError: the path is missing, is not what the name says, or holds nothing that can be
            compared.
    """
    path = path_of(wanted)
    if path is None:
        return known_names(wanted)
    name = wanted.partition("=")[0] if wanted != str(path) else ""
    if not path.exists():
        raise InputError(
            f"There is no benchmark {wanted}.",
            f"Give one of {', '.join(BENCHMARKS)}, or the path of a file or folder.",
        )
    read = _reader(path)
    benchmark = read() if read is not None else read_generic(path)
    if name in BENCHMARKS and benchmark.name != name:
        raise InputError(
            f"{path} is not a checkout of {name}.",
            "Give the folder that its repository was cloned into, or that holds its data.",
        )
    if not (benchmark.tools or benchmark.passages):
        raise InputError(
            f"{path} holds nothing of {benchmark.name} that can be read.",
            "Check that the checkout is whole.",
        )
    if name:
        benchmark.name = name
    return benchmark


def path_of(wanted: str) -> Path | None:
    """The path in what was given for a benchmark; None for a name alone."""
    if wanted in BENCHMARKS:
        return None
    name, separator, path = wanted.partition("=")
    return Path(path) if separator and "/" not in name else Path(wanted)


def _reader(path: Path) -> Callable[[], Benchmark] | None:
    """The reader of the benchmark that lies in a folder; None if it is none that is known."""
    if not path.is_dir():
        return None
    if is_tau2(path):
        return lambda: read_tau2(path)
    if is_tau_bench(path):
        return lambda: read_tau_bench(path)
    if (acebench := acebench_data(path)) is not None:
        return lambda: read_acebench(acebench)
    if (bfcl := bfcl_data(path)) is not None:
        return lambda: read_bfcl(bfcl)
    if is_run(path):
        return lambda: read_run(path)
    return None
