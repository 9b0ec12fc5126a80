"""A plot of success rates with their intervals, as SVG: over domains, or one bar an agent."""

import math
from collections.abc import Sequence

from agentscaler.charts import Point, Series, share_plot
from agentscaler.experiment.figures import AgentFigures, Figures

__all__ = ["success_plot"]

_MARGIN = 24 / 596
"""Of a logarithmic axis at either end."""


def success_plot(figures: Figures) -> str:
    """Success against the number of training domains, on a log axis; or against agents by name.

    Each point is a mean over seeds and tasks, each line through it its 95% interval; small rings
    are single seeds.
    """
    over_sizes = figures.arm == "scaling"
    places = _places(figures.agents, over_sizes=over_sizes)
    trials = dict.fromkeys(trial for one in figures.agents for trial in one.success)
    return share_plot(
        "Success in free-running episodes, with 95% intervals",
        [_series(figures.agents, places, trial, line=over_sizes) for trial in trials],
        places,
        "training domains (log scale), equal tokens" if over_sizes else "",
    )


def _series(
    agents: Sequence[AgentFigures], places: dict[str, float], trial: str, *, line: bool
) -> Series:
    points = (
        Point(
            places[one.label],
            one.success[trial].mean,
            one.success[trial].low,
            one.success[trial].high,
            tuple(one.by_seed[trial].values()),
        )
        for one in agents
        if trial in one.success
    )
    return Series(trial, tuple(points), line)


def _places(agents: Sequence[AgentFigures], *, over_sizes: bool) -> dict[str, float]:
    if not over_sizes:
        return {one.label: (place + 0.5) / len(agents) for place, one in enumerate(agents)}
    logs = [math.log(one.size) for one in agents]
    span = (logs[-1] - logs[0]) or 1.0 if logs else 1.0
    return {
        one.label: _MARGIN + (1 - 2 * _MARGIN) * (log - logs[0]) / span
        for one, log in zip(agents, logs, strict=True)
    }
