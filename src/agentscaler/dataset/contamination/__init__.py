"""Contamination: what a training set has in common with the benchmarks that are to judge models.

Readers make a `Benchmark` of a checkout, of data, or of names alone; `ContaminationIndex` arranges
some of them for looking up; `compare_domain` holds one domain's tools and dialogues against it, and
gives `Overlap`s with their evidence; a `ContaminationReport` says it all, and `refused` what of it
is too much.
"""

from agentscaler.dataset.contamination.benchmark import Benchmark, BenchmarkTool, Passage
from agentscaler.dataset.contamination.compare import compare_domain
from agentscaler.dataset.contamination.index import ContaminationIndex, load_index, save_index
from agentscaler.dataset.contamination.names import BENCHMARKS, names_of
from agentscaler.dataset.contamination.overlap import Overlap, OverlapKind, merge_overlaps
from agentscaler.dataset.contamination.readers import path_of, read_benchmark, read_benchmarks
from agentscaler.dataset.contamination.refusal import parse_limits, refused
from agentscaler.dataset.contamination.report import (
    ComparedBenchmark,
    ContaminationReport,
    describe_benchmark,
    render_report,
)

__all__ = [
    "BENCHMARKS",
    "Benchmark",
    "BenchmarkTool",
    "ComparedBenchmark",
    "ContaminationIndex",
    "ContaminationReport",
    "Overlap",
    "OverlapKind",
    "Passage",
    "compare_domain",
    "describe_benchmark",
    "load_index",
    "merge_overlaps",
    "names_of",
    "parse_limits",
    "path_of",
    "read_benchmark",
    "read_benchmarks",
    "refused",
    "render_report",
    "save_index",
]
