"""Tables of what a run holds: stage, in, out, rejected by reason, seconds."""

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from agentscaler.corpus import SourceCount
from agentscaler.dataset.counts import CHARACTERS_A_TOKEN, SplitCounts
from agentscaler.pipeline import STAGES, Stage
from agentscaler.pipeline.card import SPLITS
from agentscaler.runfolder import RunFolder, StageRecord, StageState

__all__ = [
    "dataset_table",
    "file_lines",
    "rejected",
    "sources_table",
    "status_table",
    "summary_table",
]

_FIGURES = ("in", "out", "rejected by reason", "seconds")
_SPLIT_FIGURES = ("examples", "domains", "turns", "calls", "tokens", "tokens learned")
_STATE_STYLES = {
    StageState.ABSENT: "dim",
    StageState.PARTIAL: "yellow",
    StageState.COMPLETE: "green",
    StageState.STALE: "red",
}


def summary_table(records: Mapping[str, StageRecord]) -> Table:
    """What went through each stage of a run that has just ended."""
    table = _table("What went through", *_FIGURES)
    for stage in STAGES:
        if record := records.get(stage.name):
            table.add_row(stage.name, *_figures(stage, record))
    return table


def status_table(folder: RunFolder) -> Table:
    """The state of every stage, and what went through."""
    table = _table(f"Run {folder.path}", "state", *_FIGURES)
    for stage in STAGES:
        state, record = folder.state(stage.name), folder.record(stage.name)
        figures = _figures(stage, record) if record else ("", "", "", "")
        table.add_row(stage.name, f"[{_STATE_STYLES[state]}]{state}[/]", *figures)
    return table


def sources_table(folder: RunFolder) -> Table:
    """What came of each source of the pool."""
    table = Table(title="What was read", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("source", "holds", "operations", "tools", "rejected by reason"):
        is_number = heading in {"operations", "tools"}
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
        )
    for one in folder.read("pool-sources.jsonl", SourceCount):
        held = [f"{count:,} {form}" for form, count in one.forms.items()]
        held += [f"{one.unknown:,} not read"] if one.unknown else []
        counts = sorted(one.rejected.items(), key=lambda count: (-count[1], count[0]))
        reasons = [f"{n:,} {reason}" for reason, n in counts]
        reasons += [f"{one.skipped:,} passed over"] if one.skipped else []
        table.add_row(
            escape(one.source),
            "\n".join(held),
            f"{one.read:,}",
            f"{one.kept:,}",
            "\n".join(reasons) or "-",
        )
    return table


def dataset_table(record: StageRecord) -> Table:
    """What the training set holds, by split."""
    table = Table(title="The training set", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("split", *_SPLIT_FIGURES):
        table.add_column(heading, justify="left" if heading == "split" else "right")
    for split in SPLITS:
        counts = SplitCounts.read(split, record.counters)
        figures = (
            *(counts.examples, counts.domains, counts.turns, counts.calls),
            *(counts.tokens, counts.learned_tokens),
        )
        table.add_row(split, *(f"{figure:,}" for figure in figures))
    table.caption = f"tokens are estimated, {CHARACTERS_A_TOKEN} characters each"
    table.caption_justify = "left"
    return table


def file_lines(folder: RunFolder) -> list[str]:
    """The files and folders that are there, a line a stage."""
    lines = []
    for stage in STAGES:
        names = (*(f"{name}/" for name in stage.directories), *stage.outputs)
        there = [str(folder.path / name) for name in names if (folder.path / name).exists()]
        if there:
            lines.append(f"{stage.name:>8}  {'  '.join(there)}")
    return lines


def rejected(counters: Mapping[str, int]) -> list[tuple[str, int]]:
    """Rejections by reason, the most frequent first."""
    counts = [
        (key.removeprefix("rejected:"), n)
        for key, n in counters.items()
        if key.startswith("rejected:")
    ]
    return sorted(counts, key=lambda count: (-count[1], count[0]))


def _table(title: str, *headings: str) -> Table:
    table = Table(title=escape(title), title_justify="left", box=SIMPLE_HEAD)
    for heading in ("stage", *headings):
        table.add_column(
            heading,
            justify="right" if heading == "seconds" else "left",
            no_wrap=heading in {"stage", "state", "seconds"},
        )
    return table


def _figures(stage: Stage, record: StageRecord) -> tuple[str, str, str, str]:
    counters = record.counters
    return (
        f"{counters.get('in', 0):,} {stage.takes}",
        f"{counters.get('out', 0):,} {stage.gives}",
        "\n".join(f"{n:,} {reason}" for reason, n in rejected(counters)) or "-",
        f"{record.seconds:.1f}",
    )
