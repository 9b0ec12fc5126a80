"""`write_report`: what an evaluation found, as a Markdown page, JSON and a plot.

Made of the folder's record and trials alone, and of what a suite adds; no clock has a say in it, so
that an evaluation that was killed and went on gives the same bytes as one that was not disturbed.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agentscaler.charts import Point, Series, share_plot
from agentscaler.evaluation.figures import Figures, Part, figures_of
from agentscaler.evaluation.folder import EvaluationFolder
from agentscaler.evaluation.report_page import ReportSection, report_page
from agentscaler.evaluation.statistics import Interval
from agentscaler.runfolder import write_atomically

__all__ = ["CALLS_PLOT", "figures_json", "write_report"]

FORMAT = 1
CALLS_PLOT = "calls.svg"
_FEWEST_NUMBERS = 2
"""Numbers of calls, below which there is no curve to draw."""


def write_report(
    folder: EvaluationFolder, sections: Sequence[ReportSection] = ()
) -> tuple[Figures, list[Path]]:
    """Writes `report.md`, `report.json` and, where numbers of calls are known, `calls.svg`.

    Args:
        sections: what the suite has to say besides.

    Returns:
        the figures, and the files that were written.

    Raises:
        InputError: there is no evaluation, or its trials cannot be read.
    """
    record = folder.read()
    figures = figures_of(record, folder.results())
    with_plot = len(figures.calls) >= _FEWEST_NUMBERS
    files = [folder.path / "report.md", folder.path / "report.json"]
    page = report_page(record, figures, sections, CALLS_PLOT if with_plot else "")
    _write(files[0], page)
    content = {
        "format": FORMAT,
        **record.model_dump(mode="json", exclude={"tasks", "code"}),
        "tasks": len(record.tasks),
        **figures_json(figures),
        **{section.name: section.content for section in sections if section.content},
    }
    write_atomically(files[1], content)
    if with_plot:
        files.append(folder.path / CALLS_PLOT)
        _write(files[2], calls_plot({record.contestant: figures}))
    return figures, files


def calls_plot(of: Mapping[str, Figures]) -> str:
    """Success against the number of calls that a task needs, a series a contestant: the figure on
    long horizons of "Towards General Agentic Intelligence via Environment Scaling" (arXiv
    2509.13311).
    """
    numbers = sorted({number for figures in of.values() for number in figures.calls})
    places = {str(n): (place + 0.5) / len(numbers) for place, n in enumerate(numbers)}
    series = [
        Series(
            name,
            tuple(
                Point(places[str(number)], first.mean, first.low, first.high)
                for number, part in figures.calls.items()
                for first in [part.pass_hat[1]]
            ),
            line=True,
        )
        for name, figures in of.items()
    ]
    return share_plot(
        "Success (pass^1) by the number of calls that a task needs, with 95% intervals",
        series,
        places,
        "tool calls of the right solution",
    )


def figures_json(figures: Figures) -> dict[str, Any]:
    """The figures as plain values."""
    counts, spending = figures.counts, figures.spending
    return {
        "counts": {
            "expected": counts.expected,
            "done": counts.done,
            "failed_by_infrastructure": counts.infrastructure,
            "not_played": counts.unplayed,
        },
        "whole": _part(figures.whole) if figures.whole else None,
        "bands": _parts(figures.bands),
        "kinds": _parts(figures.kinds),
        "groups": _parts(figures.groups),
        "calls": _parts({str(number): part for number, part in figures.calls.items()}),
        "failures": {
            "owners": dict(figures.owners),
            "reasons": [
                {"owner": owner, "reason": reason, "trials": trials}
                for (owner, reason), trials in figures.reasons.items()
            ],
            "by_user_or_environment": figures.others_failed,
            "success_without_these": (
                _interval(figures.without_them) if figures.without_them else None
            ),
        },
        "scores": {name: _interval(mean) for name, mean in figures.scores.items()},
        "a_trial": (
            {
                "turns": spending.turns,
                "calls": spending.calls,
                "prompt_tokens": spending.prompt_tokens,
                "completion_tokens": spending.completion_tokens,
            }
            if spending
            else None
        ),
    }


def _parts(parts: Mapping[str, Part]) -> dict[str, Any]:
    return {name: _part(part) for name, part in parts.items()}


def _part(part: Part) -> dict[str, Any]:
    return {
        "tasks": part.tasks,
        "trials": part.trials,
        "pass_hat": {str(k): _interval(one) for k, one in part.pass_hat.items()},
        "reward": _interval(part.reward),
    }


def _interval(one: Interval) -> dict[str, Any]:
    return {
        "mean": one.mean,
        "low": one.low,
        "high": one.high,
        "tasks": one.tasks,
        "clusters": one.clusters,
    }


def _write(file: Path, content: str) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_text(content, encoding="utf-8")
    part.replace(file)
