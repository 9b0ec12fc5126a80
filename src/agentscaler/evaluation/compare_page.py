"""A comparison for people, in Markdown, and for programs, as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentscaler.evaluation.compare import Compared, Comparison, Flip
from agentscaler.evaluation.figures import Figures, Part
from agentscaler.evaluation.published import SOURCE, PublishedRow
from agentscaler.evaluation.report import figures_json
from agentscaler.evaluation.report_page import interval_cell, table
from agentscaler.evaluation.statistics import PairedTest

__all__ = ["Published", "comparison_json", "comparison_page"]


@dataclass(frozen=True)
class Published:
    """What the paper has on a suite, and what the evaluations come to in its columns.

    Attributes:
        ours: per cent by column, by the name of the evaluation.
    """

    rows: Sequence[PublishedRow]
    ours: Mapping[str, Mapping[str, float]]


_FLIPS_AT_MOST = 15
_GROUPS_AT_MOST = 40


def comparison_page(
    comparison: Comparison, published: Published | None = None, plot: str = ""
) -> str:
    """The page.

    Args:
        published: what the paper has on the suite; None where it is not asked for.
        plot: where the picture of success by number of calls lies; "" for none.
    """
    names = list(comparison.figures)
    lines = [f"# {comparison.suite}: {' against '.join(names)}", "", *_headline(comparison)]
    lines += _differing(comparison, names)
    lines += _pairs(comparison)
    for title, parts in (
        ("By difficulty", {name: of.bands for name, of in comparison.figures.items()}),
        ("By kind of task", {name: of.kinds for name, of in comparison.figures.items()}),
        ("By group", {name: of.groups for name, of in comparison.figures.items()}),
        (
            "By number of calls that the task needs",
            {
                name: {str(number): part for number, part in of.calls.items()}
                for name, of in comparison.figures.items()
            },
        ),
    ):
        lines += _parts(title, parts)
    if plot:
        lines += ["", f"![success by number of calls, with 95% intervals]({plot})"]
    for pair in comparison.pairs:
        lines += _flips(names[0], pair)
    if published is not None:
        lines += _published(comparison, published)
    return "\n".join([*lines, "", *_method(names[0]), ""])


def comparison_json(comparison: Comparison, published: Published | None = None) -> dict[str, Any]:
    """The same as plain values, with every task that is solved more or less often."""
    content: dict[str, Any] = {
        "format": 1,
        "suite": comparison.suite,
        "evaluations": [
            {"name": one.name, "contestant": one.record.contestant, "identity": one.record.identity}
            | figures_json(comparison.figures[one.name])
            for one in comparison.evaluated
        ],
        "differing": {name: list(values) for name, values in comparison.differing.items()},
        "against_the_first": [
            {
                "name": pair.name,
                "tasks": pair.tasks,
                "clusters": pair.clusters,
                "success": _test_json(pair.success),
                "reward": _test_json(pair.reward),
                "better": [_flip_json(flip) for flip in pair.better],
                "worse": [_flip_json(flip) for flip in pair.worse],
            }
            for pair in comparison.pairs
        ],
    }
    if published is not None:
        rows = [{"model": row.model, "per_cent": row.parts} for row in published.rows]
        content["published"] = {"source": SOURCE, "rows": rows, "ours": published.ours}
    return content


def _headline(comparison: Comparison) -> Iterator[str]:
    wholes = {name: of.whole for name, of in comparison.figures.items() if of.whole is not None}
    ks = sorted({k for whole in wholes.values() for k in whole.pass_hat})
    rows = [
        [
            f"pass^{k}",
            *(
                interval_cell(whole.pass_hat[k]) if k in whole.pass_hat else "-"
                for whole in wholes.values()
            ),
        ]
        for k in ks
    ]
    rows.append(["mean reward", *(interval_cell(whole.reward) for whole in wholes.values())])
    rows += _scores(list(comparison.figures.values()))
    rows.append(["tasks", *(f"{whole.tasks:,}" for whole in wholes.values())])
    counts = [of.counts for of in comparison.figures.values()]
    rows.append(["trials done", *(f"{one.done:,} of {one.expected:,}" for one in counts)])
    rows += _spending(list(comparison.figures.values()))
    yield from table(("", *wholes), rows)


def _scores(figures: Sequence[Figures]) -> Iterator[list[str]]:
    for name in dict.fromkeys(name for of in figures for name in of.scores):
        means = (of.scores.get(name) for of in figures)
        yield [name, *(interval_cell(mean) if mean is not None else "-" for mean in means)]


def _spending(figures: Sequence[Figures]) -> Iterator[list[str]]:
    spent = [of.spending for of in figures]
    yield ["turns a trial", *(f"{one.turns:.1f}" if one else "-" for one in spent)]
    yield ["tool calls a trial", *(f"{one.calls:.1f}" if one else "-" for one in spent)]
    for what in ("prompt_tokens", "completion_tokens"):
        values = [getattr(one, what) if one else None for one in spent]
        if any(value is not None for value in values):
            cells = [f"{value:,.0f}" if value is not None else "-" for value in values]
            yield [f"{what.replace('_', ' ')} a trial", *cells]


def _differing(comparison: Comparison, names: Sequence[str]) -> Iterator[str]:
    if comparison.differing:
        yield from ("", "**They were not made alike:**", "")
        rows = [[name, *values] for name, values in comparison.differing.items()]
        yield from table(("", *names), rows)


def _pairs(comparison: Comparison) -> Iterator[str]:
    first, *others = comparison.figures
    yield from ("", "## On the same tasks", "")
    held = {pair.name for pair in comparison.pairs}
    for name in others:
        if name not in held:
            yield f"{name} shares no task with {first}."
            yield ""
    if not comparison.pairs:
        return
    rows = []
    for pair in comparison.pairs:
        for what, test in (("pass^1", pair.success), ("mean reward", pair.reward)):
            rows.append(
                [
                    f"{pair.name} - {first}",
                    what,
                    interval_cell(test.difference, sign=True),
                    _p(test.p_t) if test.difference.freedom else "-",
                    _p(test.p_flips),
                    f"{pair.tasks:,} of {pair.clusters:,}",
                    f"{len(pair.better):,} / {len(pair.worse):,}",
                ]
            )
    yield from table(
        (
            *("", "of", "difference", "p, t-test", "p, sign flips"),
            *("tasks of clusters", "tasks solved more / less often"),
        ),
        rows,
    )


def _parts(title: str, of: Mapping[str, Mapping[str, Part]]) -> Iterator[str]:
    names = list(dict.fromkeys(name for parts in of.values() for name in parts))
    if not names:
        return
    yield from ("", f"## {title}", "")
    if len(names) > _GROUPS_AT_MOST:
        yield f"The first {_GROUPS_AT_MOST} of {len(names):,}; the JSON has all."
        yield ""
    rows = []
    for name in names[:_GROUPS_AT_MOST]:
        parts = [evaluated.get(name) for evaluated in of.values()]
        cells = [interval_cell(part.pass_hat[1]) if part is not None else "-" for part in parts]
        rows.append([name, *cells])
    yield from table(("pass^1", *of), rows)


def _flips(first: str, pair: Compared) -> Iterator[str]:
    for what, flips in (("more", pair.better), ("less", pair.worse)):
        if not flips:
            continue
        yield from ("", f"## Tasks that {pair.name} solves {what} often", "")
        rows = [
            [flip.task, f"{flip.before:.0%}", f"{flip.after:.0%}"]
            for flip in flips[:_FLIPS_AT_MOST]
        ]
        yield from table(("task", first, pair.name), rows)
        if len(flips) > _FLIPS_AT_MOST:
            yield from ("", f"{len(flips) - _FLIPS_AT_MOST:,} more stand in the JSON.")


def _published(comparison: Comparison, published: Published) -> Iterator[str]:
    rows = published.rows
    yield from ("", "## What the paper published", "")
    if not rows:
        yield f"The paper has no figures on the suite {comparison.suite}."
        return
    columns = list(dict.fromkeys(part for row in rows for part in row.parts))
    named = [(f"**{name}**", parts) for name, parts in published.ours.items()]
    named += [(row.model, row.parts) for row in rows]
    cells = [
        [name, *(f"{parts[one]:.1f}%" if one in parts else "-" for one in columns)]
        for name, parts in named
    ]
    yield from table(("model", *columns), cells)
    yield ""
    yield (
        f"Source: {SOURCE}; rows in bold are the evaluations compared here. The paper's simulated"
        " users and versions of the benchmarks need not be those used here."
    )


def _method(first: str) -> Iterator[str]:
    yield "## How it was done"
    yield ""
    yield (
        "Tables by part give pass^1 over all tasks of each evaluation, with 95% intervals. Tests"
        f" hold each evaluation against {first} on the tasks that both have: the t-test is paired"
        " and cluster-robust, the sign flips ask how often the difference would be as large if in"
        " each cluster it were a toss of a coin who is who; a - stands where one cluster leaves"
        " no spread to be seen."
    )


def _test_json(test: PairedTest) -> dict[str, Any]:
    one = test.difference
    return {
        "difference": {"mean": one.mean, "low": one.low, "high": one.high},
        "p_t": test.p_t if one.freedom else None,
        "p_sign_flips": test.p_flips,
    }


def _flip_json(flip: Flip) -> dict[str, Any]:
    return {"task": flip.task, "before": flip.before, "after": flip.after}


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"
