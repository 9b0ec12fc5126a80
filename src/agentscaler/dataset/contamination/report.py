"""`ContaminationReport`: what a training run was held against, and what came of it."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from agentscaler.dataset.contamination.benchmark import Benchmark
from agentscaler.dataset.contamination.overlap import Overlap, OverlapKind
from agentscaler.dataset.contamination.passages import GRAM

__all__ = ["ComparedBenchmark", "ContaminationReport", "describe_benchmark", "render_report"]

_SHOWN = 25
_WORDS = {
    OverlapKind.SOURCES: "Sources",
    OverlapKind.NAMES: "Names of tools",
    OverlapKind.SCHEMAS: "Parameters of tools",
    OverlapKind.DESCRIPTIONS: "Descriptions of tools",
    OverlapKind.POLICIES: "Policies",
    OverlapKind.INTENTS: "Requests",
    OverlapKind.IDENTIFIERS: "Identifiers",
}


class ComparedBenchmark(BaseModel):
    """A benchmark, and how much of it was looked for.

    Attributes:
        names_only: nothing was known of it but names of tools.
        passages: of each kind.
        short: passages that have too few words to be compared.
        unread: files that could not be read, each with the reason.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    names_only: bool
    files: int
    tools: int
    passages: dict[str, int]
    short: int
    identifiers: int
    unread: tuple[str, ...] = ()


class ContaminationReport(BaseModel):
    """The outcome.

    Attributes:
        domains, dialogues, tools: of the training split, all of which were looked at.
        overlaps: sorted by benchmark, kind and strength.
        fail_on: the limits that were set.
        refused: how many overlaps they do not allow.
    """

    model_config = ConfigDict(frozen=True)

    domains: int
    dialogues: int
    tools: int
    benchmarks: tuple[ComparedBenchmark, ...]
    overlaps: tuple[Overlap, ...]
    fail_on: tuple[str, ...] = ()
    refused: int = 0

    def count(self, kind: OverlapKind, benchmark: str | None = None) -> int:
        """How many overlaps of a kind there are, with one benchmark or with all."""
        return sum(one.kind is kind and benchmark in {None, one.benchmark} for one in self.overlaps)

    @property
    def source_lines(self) -> list[str]:
        """A sentence for each source of the pool that has the form of a benchmark's records."""
        return [
            f"The pool was read from {one.ours}: {one.common}, in the form of {one.benchmark}."
            for one in self.overlaps
            if one.kind is OverlapKind.SOURCES
        ]


def describe_benchmark(benchmark: Benchmark, short: int) -> ComparedBenchmark:
    """What a report says of a benchmark; `short` of its passages have too few words."""
    return ComparedBenchmark(
        name=benchmark.name,
        names_only=benchmark.names_only,
        files=benchmark.files,
        tools=len(benchmark.tools),
        passages=dict(sorted(Counter(one.kind for one in benchmark.passages).items())),
        short=short,
        identifiers=len(benchmark.identifiers),
        unread=tuple(benchmark.unread),
    )


def render_report(report: ContaminationReport) -> str:
    """The report as Markdown; it does not say which folder the run lies in, so that equal runs have
    equal bytes."""
    lines = [
        "# Contamination\n",
        f"The training split ({_number(report.domains, 'domain')}, {_number(report.tools, 'tool')},"
        f" {_number(report.dialogues, 'dialogue')}) was held against "
        f"{_number(len(report.benchmarks), 'benchmark')}. {_verdict(report)}\n",
        *_benchmarks(report),
        *_counts(report),
    ]
    for benchmark in report.benchmarks:
        for kind in OverlapKind:
            found = [
                one
                for one in report.overlaps
                if one.kind is kind and one.benchmark == benchmark.name
            ]
            if found:
                lines += _evidence(benchmark.name, kind, found)
    return "\n".join(lines)


def _verdict(report: ContaminationReport) -> str:
    if not report.fail_on:
        return "No limits were set (`--fail-on`); what is in common is for a reader to judge."
    limits = ", ".join(report.fail_on)
    if report.refused:
        words = f"{report.refused:,} overlaps are" if report.refused > 1 else "1 overlap is"
        return f"**{words} not allowed** by the limits: {limits}."
    return f"The limits allow all of it: {limits}."


def _benchmarks(report: ContaminationReport) -> list[str]:
    rows = []
    for one in report.benchmarks:
        texts = ", ".join(f"{count:,} {kind}" for kind, count in one.passages.items()) or "-"
        rows.append((one.name, f"{one.tools:,}", texts, f"{one.short:,}", f"{one.identifiers:,}"))
    lines = [
        "## What was looked for\n",
        *_table(["benchmark", "tools", "texts", "of these too short", "identifiers"], rows),
    ]
    if bare := [one.name for one in report.benchmarks if one.names_only]:
        lines.append(
            f"Of {', '.join(bare)} only names of tools are known: parameters, texts and identifiers"
            " were not compared. Give `--against NAME=DIR` with its checkout or data.\n"
        )
    lines.append(f"Texts of fewer than {GRAM} words are not compared.\n")
    for one in report.benchmarks:
        lines += [f"- {one.name}: not read: {_cell(reason)}" for reason in one.unread[:_SHOWN]]
    return lines


def _counts(report: ContaminationReport) -> list[str]:
    rows = [
        (one.name, *(f"{report.count(kind, one.name):,}" for kind in OverlapKind))
        for one in report.benchmarks
    ]
    others = {one.benchmark for one in report.overlaps} - {one.name for one in report.benchmarks}
    rows += [
        (name, *(f"{report.count(kind, name):,}" for kind in OverlapKind))
        for name in sorted(others)
    ]
    return ["## What is in common\n", *_table(["benchmark", *map(str, OverlapKind)], rows)]


def _evidence(benchmark: str, kind: OverlapKind, found: Sequence[Overlap]) -> list[str]:
    rows = [
        (
            one.theirs,
            one.ours,
            f"{one.domains:,}",
            "-" if one.score is None else f"{one.score:.2f}",
            one.common,
            one.note or "-",
        )
        for one in found[:_SHOWN]
    ]
    more = len(found) - len(rows)
    headings = ["there", "here, first", "our domains", "score", "in common", "note"]
    rest = [f"And {more:,} more, in `contamination.json`.\n"] if more else []
    title = f"## {_WORDS[kind]} in common with {benchmark}: {len(found):,}\n"
    return [title, *_table(headings, rows), *rest]


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(headings)} |",
        f"|{'---|' * len(headings)}",
        *(f"| {' | '.join(map(_cell, row))} |" for row in rows),
        "",
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
