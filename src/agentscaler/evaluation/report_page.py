"""`report_page`: an evaluation for people, in Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from agentscaler.evaluation.figures import Figures, Part
from agentscaler.evaluation.folder import EvaluationRecord
from agentscaler.evaluation.statistics import Interval

__all__ = ["ReportSection", "interval_cell", "report_page", "table"]

_GROUPS_AT_MOST = 12
_REASONS_AT_MOST = 15
_METHOD = """\
pass^k is the chance that k trials of a task all succeed, estimated without bias from all trials of
the task, and averaged over tasks (Yao et al. 2024, arXiv 2406.12045). Intervals are 95%: they allow
for tasks which resemble each other being drawn together (cluster-robust t-intervals: Liang and
Zeger 1986; Miller 2024, arXiv 2411.00640), and are never narrower than Wilson's interval for as
many independent tasks. A trial that the infrastructure failed counts as nothing, neither for nor
against, and is played again when the same command is given again."""


@dataclass(frozen=True)
class ReportSection:
    """What a suite adds to its report.

    Attributes:
        name: its key in `report.json`.
        title: its heading in `report.md`.
        lines: of Markdown below that.
        content: plain values, sorted as they are to stand there.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    content: Mapping[str, Any] = field(default_factory=dict)


def report_page(
    record: EvaluationRecord,
    figures: Figures,
    sections: Sequence[ReportSection] = (),
    plot: str = "",
) -> str:
    """The page; `plot` is where the picture of success by number of calls lies, "" for none."""
    lines = [f"# {record.suite}: {record.contestant}", "", *_counts(figures)]
    if figures.whole is not None:
        lines += ["", *_headline(figures.whole), *_scores(figures)]
        for title, parts in (
            ("By difficulty", figures.bands),
            ("By kind of task", figures.kinds),
            ("By group", figures.groups),
        ):
            lines += _parts_section(title, parts)
        lines += _calls(figures, plot)
        lines += _failures(figures)
        lines += _spending(figures)
    for section in sections:
        lines += ["", f"## {section.title}", "", *section.lines]
    lines += ["", *_method(record)]
    return "\n".join([*lines, ""])


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; cells are texts."""
    return [
        f"| {' | '.join(headings)} |",
        f"|{'---|' * len(headings)}",
        *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows),
    ]


def interval_cell(one: Interval, *, sign: bool = False) -> str:
    """A share with its interval, as a cell of a table."""
    form = "+.1%" if sign else ".1%"
    return f"{one.mean:{form}} ({one.low:{form}} to {one.high:{form}})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _counts(figures: Figures) -> Iterator[str]:
    counts = figures.counts
    yield from table(
        ("trials expected", "done", "failed by the infrastructure", "not played"),
        [
            [
                f"{n:,}"
                for n in (counts.expected, counts.done, counts.infrastructure, counts.unplayed)
            ]
        ],
    )
    if counts.done < counts.expected:
        yield ""
        yield (
            f"**This is not the whole evaluation:** {counts.expected - counts.done:,} of"
            f" {counts.expected:,} trials are missing. The same command goes on with them."
        )


def _headline(whole: Part) -> Iterator[str]:
    rows = [
        [f"pass^{k}", interval_cell(one), f"{one.tasks:,}"] for k, one in whole.pass_hat.items()
    ]
    rows.append(["mean reward", interval_cell(whole.reward), f"{whole.tasks:,}"])
    yield from table(("", "with 95% interval", "tasks"), rows)
    clusters = whole.pass_hat[1].clusters
    if clusters < whole.tasks:
        yield ""
        yield f"The tasks are of {clusters:,} clusters, which the intervals are made over."


def _scores(figures: Figures) -> Iterator[str]:
    if figures.scores:
        rows = [[name, interval_cell(mean)] for name, mean in figures.scores.items()]
        yield ""
        yield from table(("further score", "mean with 95% interval"), rows)


def _parts_section(title: str, parts: Mapping[str, Part]) -> Iterator[str]:
    if not parts:
        return
    shown = parts
    yield from ("", f"## {title}", "")
    if len(parts) > _GROUPS_AT_MOST:
        worst = sorted(parts, key=lambda name: (parts[name].pass_hat[1].mean, name))
        shown = {name: parts[name] for name in worst[:_GROUPS_AT_MOST]}
        yield f"The {len(shown)} lowest of {len(parts):,}; `report.json` has all."
        yield ""
    yield from _parts_table(shown)


def _parts_table(parts: Mapping[str, Part]) -> list[str]:
    most = max(max(part.pass_hat) for part in parts.values())
    ks = [1, most] if most > 1 else [1]
    rows = []
    for name, part in parts.items():
        cells = [interval_cell(part.pass_hat[k]) if k in part.pass_hat else "-" for k in ks]
        rows.append(
            [name, f"{part.tasks:,}", f"{part.trials:,}", *cells, f"{part.reward.mean:.3f}"]
        )
    return table(["", "tasks", "trials", *(f"pass^{k}" for k in ks), "mean reward"], rows)


def _calls(figures: Figures, plot: str) -> Iterator[str]:
    if figures.calls:
        yield from ("", "## By number of calls that the task needs", "")
        if plot:
            yield from (f"![success by number of calls, with 95% intervals]({plot})", "")
        yield from _parts_table({str(n): part for n, part in figures.calls.items()})


def _failures(figures: Figures) -> Iterator[str]:
    failed = sum(figures.owners.values())
    yield from ("", "## Failures", "")
    if not failed:
        yield "None."
        return
    owners = ", ".join(f"{owner} {n:,}" for owner, n in figures.owners.items())
    yield f"{failed:,} of {figures.counts.done:,} trials failed; to blame: {owners}."
    if figures.without_them is not None:
        yield (
            f"Without the {figures.others_failed:,} that the user or the environment failed,"
            f" {interval_cell(figures.without_them)} of the trials succeed."
        )
    yield ""
    rows = [[owner, reason, f"{n:,}"] for (owner, reason), n in figures.reasons.items()]
    yield from table(("owner", "reason", "trials"), rows[:_REASONS_AT_MOST])
    if len(rows) > _REASONS_AT_MOST:
        yield from ("", f"{len(rows) - _REASONS_AT_MOST} rarer reasons stand in `report.json`.")


def _spending(figures: Figures) -> Iterator[str]:
    spent = figures.spending
    if spent is None:
        return
    told = [f"{spent.turns:.1f} turns of the agent", f"{spent.calls:.1f} tool calls"]
    if spent.prompt_tokens is not None:
        told.append(f"{spent.prompt_tokens:,.0f} prompt tokens")
    if spent.completion_tokens is not None:
        told.append(f"{spent.completion_tokens:,.0f} completion tokens")
    yield from ("", "## A trial on average", "", f"{', '.join(told)}.")


def _method(record: EvaluationRecord) -> Iterator[str]:
    yield from ("## How it was done", "", _METHOD, "")
    yield from ("```yaml", *_yaml(record), "```")


def _yaml(record: EvaluationRecord) -> list[str]:
    told = record.model_dump(mode="json", include={"identity", "settings", "data", "trials"})
    text: str = yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)
    return text.rstrip().splitlines()
